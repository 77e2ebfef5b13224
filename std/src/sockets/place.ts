import type { Endpoint, UnixAddress } from './table.ts';

export const isUnix = (at: Endpoint): at is UnixAddress => 'path' in at;

/** What an error says about where it happened. */
export function placeOf(at: Endpoint): { address: string; port?: number } {
  return isUnix(at) ? { address: at.path } : { address: at.address, port: at.port };
}
