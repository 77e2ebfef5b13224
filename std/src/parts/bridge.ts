import { registerPart } from '../parts.ts';
import * as bridge from '../sockets/bridge.ts';

registerPart('bridge', bridge);
export * from '../sockets/bridge.ts';
