import { chooseSockets } from '../sockets/choose.ts';
import { ipFamily } from '../sockets/ip.ts';
import { codedError, codeOf, timeoutError } from '../sockets/system-error.ts';
import { deadlineOf } from '../sockets/table.ts';
import { now } from '../time/clock.ts';
import { addressesOf } from './lookup.ts';
import { socketChannel } from './channel.ts';
import type { Endpoint, IpAddress, Sockets } from '../sockets/table.ts';
import type { Channel } from './channel.ts';

/** `net.connect`'s options. Times are milliseconds. */
export interface ConnectSyncOptions {
  port?: number;
  /** A host name or an IP address, `localhost` by default. */
  host?: string | undefined;
  /** A Unix domain socket, instead of `port` and `host`. */
  path?: string | undefined;
  /** How long the connection may take, look-up excluded; afterwards the longest silence in a read or a write. */
  timeout?: number | undefined;
  noDelay?: boolean | undefined;
  keepAlive?: boolean | undefined;
  keepAliveInitialDelay?: number | undefined;
  family?: number | undefined;
  localAddress?: string | undefined;
  localPort?: number | undefined;
  /** Keep the writing half open after the other side has ended. */
  allowHalfOpen?: boolean | undefined;
  /** Whether to go on to the next address of a host when one fails. True by default, as in Node 20 and later. */
  autoSelectFamily?: boolean | undefined;
  /** How long one address may take while others are left, 250 by default. */
  autoSelectFamilyAttemptTimeout?: number | undefined;
}

export interface Connected {
  channel: Channel;
  remote: Endpoint;
}

/** The arguments of `net.connect` as options. */
export function wholeOptions(options: ConnectSyncOptions | number | string, host?: string): ConnectSyncOptions {
  if (typeof options === 'string') return { path: options };
  return typeof options === 'number' ? { port: options, ...(host !== undefined && { host }) } : options;
}

/** Opens a connection as the options say, before the moment `deadline`. Throws as `net.connect` reports it. */
export function openConnection(
  options: ConnectSyncOptions,
  deadline = deadlineOf(options.timeout),
  sockets = chooseSockets(),
): Connected {
  const { path, noDelay, keepAlive, keepAliveInitialDelay = 0 } = options;
  if (path !== undefined) {
    const remote = { path };
    return { channel: socketChannel(sockets, sockets.connect(remote, deadline)), remote };
  }
  const { socket, remote } = openTcp(sockets, options, deadline);
  if (noDelay === true) sockets.setNoDelay(socket, true);
  if (keepAlive === true) sockets.setKeepAlive(socket, true, Math.floor(keepAliveInitialDelay / 1000));
  return { channel: socketChannel(sockets, socket), remote };
}

function openTcp(
  sockets: Sockets,
  options: ConnectSyncOptions,
  deadline: number,
): { socket: number; remote: IpAddress } {
  const { host = 'localhost', family, autoSelectFamily, autoSelectFamilyAttemptTimeout = 250 } = options;
  const port = checkPort(options.port);
  const all = addressesOf(sockets, host, family === 4 || family === 6 ? family : 0);
  const addresses = autoSelectFamily === false ? all.slice(0, 1) : alternating(all);
  const local = localOf(options);
  const failures: Error[] = [];
  for (const address of addresses) {
    const remote = { ...address, port };
    const isLast = address === addresses.at(-1);
    const until = isLast ? deadline : Math.min(deadline, now() + autoSelectFamilyAttemptTimeout);
    try {
      return { socket: sockets.connect(remote, until, local), remote };
    } catch (error) {
      // Only the system's word about this address leads to the next one.
      if (!(error instanceof Error) || !('errno' in error)) throw error;
      if (codeOf(error) === 'ETIMEDOUT' && now() >= deadline) throw timeoutError('connect', remote);
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0]!;
  throw codedError(new AggregateError(failures), codeOf(failures[0]) ?? 'ECONNREFUSED');
}

/** By turns one of each family, the first of the list first. */
function alternating(addresses: IpAddress[]): IpAddress[] {
  if (addresses.length < 2) return addresses;
  const [first, second] = [true, false].map((same) =>
    addresses.filter(({ family }) => (family === addresses[0]!.family) === same),
  ) as [IpAddress[], IpAddress[]];
  return addresses.flatMap((_each, turn) => [...first.slice(turn, turn + 1), ...second.slice(turn, turn + 1)]);
}

function localOf({ localAddress, localPort }: ConnectSyncOptions): IpAddress | undefined {
  if (localAddress === undefined && localPort === undefined) return undefined;
  const address = localAddress ?? '0.0.0.0';
  const family = ipFamily(address);
  if (family === 0) throw codedError(new TypeError(`Invalid IP address: ${address}`), 'ERR_INVALID_IP_ADDRESS');
  return { address, port: localPort ?? 0, family };
}

/** A port, also from plain JavaScript where it is text, as Node takes it. */
export function checkPort(port: number | string | undefined): number {
  if (port === undefined) {
    throw codedError(new TypeError('The options must have a `port` or a `path`'), 'ERR_MISSING_ARGS');
  }
  const number = port === '' ? NaN : Number(port);
  if (Number.isInteger(number) && number >= 0 && number <= 65535) return number;
  const message = `Port should be >= 0 and < 65536. Received ${String(port)}.`;
  throw codedError(new RangeError(message), 'ERR_SOCKET_BAD_PORT');
}
