import { findPart, part } from '../parts.ts';
import { descriptorSockets } from './descriptor.ts';
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
  const known = (names as string[]).includes(name);
  const found = known ? table(name as BackendName) : undefined;
  if (found !== undefined) return found;
  throw new Error(
    `UNAWAIT_BACKEND is \`${name}\`, which ${known ? 'does not work here' : 'is not known'}. Take one of ${names.join(', ')}, or unset it.`,
  );
}

function make(name: BackendName): Sockets | undefined {
  if (name === 'descriptor') return process.platform === 'win32' ? undefined : descriptorSockets();
  if (name === 'bridge') return part('bridge').bridgeSockets();
  // In a bundle, without this part, the descriptor serves, unless it is asked for by name.
  return (named ? part('native') : findPart('native'))?.nativeSockets(name);
}
