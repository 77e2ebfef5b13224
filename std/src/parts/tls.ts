import { registerPart } from '../parts.ts';
import * as tls from '../tls/part.ts';

registerPart('tls', tls);
export * from '../tls/part.ts';
