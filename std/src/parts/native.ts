import { registerPart } from '../parts.ts';
import * as native from '../sockets/native.ts';

registerPart('native', native);
export * from '../sockets/native.ts';
