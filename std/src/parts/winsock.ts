import { registerPart } from '../parts.ts';
import * as winsock from '../sockets/winsock.ts';

registerPart('winsock', winsock);
export * from '../sockets/winsock.ts';
