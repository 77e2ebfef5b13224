import { registerPart } from '../parts.ts';
import * as proxy from '../http/proxy.ts';

registerPart('proxy', proxy);
export * from '../http/proxy.ts';
