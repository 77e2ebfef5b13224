import { chooseSockets } from '../sockets/choose.ts';
import { ipFamily } from '../sockets/ip.ts';
import type { IpAddress, Sockets } from '../sockets/table.ts';

/** `family` 4 or 6 asks for one kind only. `all` gives every address instead of the first. */
export interface LookupOptions {
  family?: 0 | 4 | 6 | 'IPv4' | 'IPv6';
  all?: boolean;
  order?: 'verbatim' | 'ipv4first' | 'ipv6first';
}

export interface LookupAddress {
  address: string;
  family: 4 | 6;
}

/**
 * The blocking form of `dns.lookup`: the system's resolver, with its own files, order and time-outs.
 * Throws with `code` ENOTFOUND or EAI_AGAIN, `syscall` getaddrinfo and `hostname`.
 */
export function lookupSync(host: string, options: LookupOptions & { all: true }): LookupAddress[];
export function lookupSync(host: string, options?: 0 | 4 | 6 | (LookupOptions & { all?: false })): LookupAddress;
export function lookupSync(host: string, options: 0 | 4 | 6 | LookupOptions = 0): LookupAddress | LookupAddress[] {
  const { family = 0, all = false, order = 'verbatim' } = typeof options === 'number' ? { family: options } : options;
  const kind = family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : family;
  const found = addressesOf(chooseSockets(), host, kind).map(({ address, family }) => ({ address, family }));
  if (order !== 'verbatim') {
    const first = order === 'ipv4first' ? 4 : 6;
    found.sort((a, b) => Number(b.family === first) - Number(a.family === first));
  }
  return all ? found : found[0]!;
}

/** What `localhost` stands for stays as it is while a program runs, unlike other names. */
const known = new Map<string, IpAddress[]>();

/** The addresses of a host, at least one. An IP address stands for itself. */
export function addressesOf(sockets: Sockets, host: string, family: 0 | 4 | 6): IpAddress[] {
  const literal = ipFamily(host);
  if (literal !== 0) return [{ address: host, port: 0, family: literal }];
  if (host !== 'localhost') return sockets.lookup(host, family);
  const key = `${sockets.name}${family}`;
  let found = known.get(key);
  if (found === undefined) known.set(key, (found = sockets.lookup(host, family)));
  return found;
}
