import { part } from '../parts.ts';
import { loadKoffi } from './koffi.ts';
import { loadNodeFfi } from './node-ffi.ts';
import { posixSockets } from './posix.ts';
import type { FullSockets } from './table.ts';

/** The table over the system's own calls, or undefined where this machine cannot have it. */
export function nativeSockets(name: 'koffi' | 'ffi'): FullSockets | undefined {
  // The layouts of C structures that are used here are those of 64-bit little-endian systems.
  if (!['x64', 'arm64', 'riscv64', 'loong64'].includes(process.arch)) return undefined;
  if (process.platform === 'win32') return part('winsock').windowsSockets(name);
  const library = name === 'koffi' ? loadKoffi() : loadNodeFfi();
  return library && posixSockets(name, library);
}
