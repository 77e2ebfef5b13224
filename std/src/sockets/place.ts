import type { Endpoint, UnixAddress } from './table.ts';

/** Whether it is a Unix domain socket's. */
export const isUnix = (at: Endpoint): at is UnixAddress => 'path' in at;
