import { askedFor, chooseSockets, table } from './choose.ts';
import { codedError } from './system-error.ts';
import type { FullSockets, Sockets } from './table.ts';

/**
 * The table for listeners and datagram sockets. Where the one of this process has no calls for them the bridge fills the
 * gap, unless that one was asked for by name.
 */
export function chooseFullSockets(purpose: string): FullSockets {
  const chosen = chooseSockets();
  const full = askedFor() === undefined && !isFull(chosen) ? table('bridge') : chosen;
  if (full !== undefined && isFull(full)) return full;
  const message = `The backend \`${chosen.name}\` cannot ${purpose}. Install koffi or use \`bridge\`.`;
  throw codedError(new Error(message), 'ENOTSUP');
}

const isFull = (sockets: Sockets): sockets is FullSockets => 'listen' in sockets;
