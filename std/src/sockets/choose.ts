import { part } from '../parts.ts';
import { descriptorSockets } from './descriptor.ts';
import { loadKoffi } from './koffi.ts';
import { loadNodeFfi } from './node-ffi.ts';
import { posixSockets } from './posix.ts';
import type { BackendName, Sockets } from './table.ts';

const names: BackendName[] = ['koffi', 'ffi', 'descriptor', 'bridge'];
const tables = new Map<BackendName, Sockets | undefined>();
let chosen: Sockets | undefined;
/** Whether the environment named it: then a gap is not filled by another. */
let named = false;

/** What some tables cannot do: only the descriptor has gaps. */
export type Need = 'client' | 'server' | 'datagram';

/**
 * The table of this process: the first of koffi, node:ffi, descriptor and bridge that works here, or the one that the
 * environment variable `UNAWAIT_BACKEND` names. Where it has a gap, and none was named, the bridge fills it.
 */
export function chooseSockets(need: Need = 'client'): Sockets {
  if (chosen === undefined) {
    const name = process.env['UNAWAIT_BACKEND'];
    named = name !== undefined && name !== '';
    chosen = named ? forcedTable(name!) : firstWorking();
  }
  if (need !== 'client' && chosen.name === 'descriptor' && !named) return table('bridge') ?? chosen;
  return chosen;
}

/** For tests: a table by its name, or undefined where this machine cannot have it. */
export function table(name: BackendName): Sockets | undefined {
  if (!tables.has(name)) tables.set(name, make(name));
  return tables.get(name);
}

/** For tests: takes this table from now on, or asks the environment again. */
export function useSockets(sockets: Sockets | undefined): void {
  chosen = sockets;
  named = false;
}

function firstWorking(): Sockets {
  for (const name of names) {
    const found = table(name);
    if (found !== undefined) return found;
  }
  throw new Error('None of the backends koffi, ffi, descriptor and bridge works here.');
}

function forcedTable(name: string): Sockets {
  const found = (names as string[]).includes(name) ? table(name as BackendName) : undefined;
  if (found !== undefined) return found;
  throw new Error(
    `UNAWAIT_BACKEND is \`${name}\`, which ${(names as string[]).includes(name) ? 'does not work here' : 'is not known'}. ` +
      `Take one of ${names.join(', ')}, or unset it.`,
  );
}

function make(name: BackendName): Sockets | undefined {
  const windows = process.platform === 'win32';
  switch (name) {
    case 'koffi':
    case 'ffi': {
      // The layouts of C structures that are used here are those of 64-bit little-endian systems.
      if (!['x64', 'arm64', 'riscv64', 'loong64'].includes(process.arch)) return undefined;
      if (windows) return part('winsock').windowsSockets(name);
      const library = name === 'koffi' ? loadKoffi() : loadNodeFfi();
      return library && posixSockets(name, library);
    }
    case 'descriptor':
      return windows ? undefined : descriptorSockets();
    case 'bridge':
      return part('bridge').bridgeSockets();
  }
}
