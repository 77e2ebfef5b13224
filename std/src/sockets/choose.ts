import { part } from '../parts.ts';
import { descriptorSockets } from './descriptor.ts';
import type { BackendName, Sockets } from './table.ts';

const names: BackendName[] = ['koffi', 'ffi', 'descriptor', 'bridge'];
const tables = new Map<BackendName, Sockets | undefined>();
let chosen: Sockets | undefined;

/** The backend that the environment names: then no other steps in for it. */
export const askedFor = (): string | undefined => process.env['UNAWAIT_BACKEND'] || undefined;

/**
 * The table of this process: the first of koffi, node:ffi, descriptor and bridge that works here, or the one that the
 * environment variable `UNAWAIT_BACKEND` names.
 */
export const chooseSockets = (): Sockets => (chosen ??= choose(askedFor()));

/** For tests: takes this table from now on, or asks the environment again. */
export function useSockets(sockets: Sockets | undefined): void {
  chosen = sockets;
}

function choose(asked: string | undefined): Sockets {
  for (const name of names) {
    const found = asked === undefined || asked === name ? table(name) : undefined;
    if (found !== undefined) return found;
  }
  const known = (names as (string | undefined)[]).includes(asked);
  throw new Error(
    `UNAWAIT_BACKEND is \`${asked}\`, which ${known ? 'does not work here' : 'is not known'}. Take one of ${names.join(', ')}, or unset it.`,
  );
}

/** A table by its name, or undefined where this machine cannot have it. */
export function table(name: BackendName): Sockets | undefined {
  if (!tables.has(name)) tables.set(name, make(name));
  return tables.get(name);
}

function make(name: BackendName): Sockets | undefined {
  if (name === 'descriptor') return process.platform === 'win32' ? undefined : descriptorSockets();
  if (name === 'bridge') return part('bridge').bridgeSockets();
  try {
    return part('native').nativeSockets(name);
  } catch (error) {
    // In a bundle, without this part, the descriptor serves.
    if (askedFor() === name) throw error;
    return undefined;
  }
}
