import { chooseSockets } from './choose.ts';
import type { BackendName } from './table.ts';

/** Which backend serves this process: see docs/backends.md. */
export const backendName = (): BackendName => chooseSockets().name;
