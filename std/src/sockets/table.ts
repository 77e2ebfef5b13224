import { now } from '../time/clock.ts';
import type { Library } from './library.ts';

/** The four ways to block. `koffi`, `ffi` and `descriptor` make system calls in this thread; `bridge` asks a worker. */
export type BackendName = 'koffi' | 'ffi' | 'descriptor' | 'bridge';

/** An address of an IP socket, as Node's `socket.address()` gives it. */
export interface IpAddress {
  address: string;
  port: number;
  family: 4 | 6;
}

/** A Unix domain socket's place in the file system (on Linux, a leading NUL means the abstract name space). */
export interface UnixAddress {
  path: string;
}

export type Endpoint = IpAddress | UnixAddress;

export interface ListenOptions {
  backlog: number;
  /** Several sockets may listen on one port, and the kernel spreads the connections. */
  reusePort: boolean;
  /** An IPv6 socket that takes no IPv4 connections. */
  ipv6Only: boolean;
}

/**
 * The primitives of clients, one table for each backend. A socket is a number that only its own table understands (a
 * descriptor, or a key of the bridge). Every `deadline` is a moment on the clock of `now()`, Infinity to wait for ever;
 * a call that runs past it throws ETIMEDOUT. Failures are thrown with Node's `code`, `errno` and `syscall`.
 */
export interface Sockets {
  readonly name: BackendName;
  /** `local` is the near end, where the caller wants a certain one. */
  connect(to: Endpoint, deadline: number, local?: IpAddress): number;
  /** Waits for bytes and puts at most `length` of them at `offset`. 0 says that the other side has ended. */
  receive(socket: number, into: Uint8Array, offset: number, length: number, deadline: number): number;
  /** Hands over some of the bytes, at least one, and says how many. */
  send(socket: number, from: Uint8Array, offset: number, length: number, deadline: number): number;
  /** Ends the writing half. */
  shutdown(socket: number): void;
  close(socket: number): void;
  /** Whether a receive would return at once: bytes have come, or the other side has ended or failed. */
  readable(socket: number): boolean;
  /** Whether `readable` costs no more than one system call. */
  readonly readableIsCheap: boolean;
  setNoDelay(socket: number, on: boolean): void;
  /** `seconds` of silence before the first probe; 0 keeps the system's setting. */
  setKeepAlive(socket: number, on: boolean, seconds: number): void;
  local(socket: number): Endpoint | undefined;
  remote(socket: number): Endpoint | undefined;
  /** All addresses of a host, in the resolver's order. `family` 0 asks for both. */
  lookup(host: string, family: 0 | 4 | 6): IpAddress[];
  /** Where the table calls into C: what TLS needs to drive OpenSSL over the same descriptor. */
  readonly foreign: ForeignAccess | undefined;
}

/** What listeners and datagram sockets need beside. `descriptor` has none of it. */
export interface FullSockets extends Sockets {
  listen(at: Endpoint, options: ListenOptions): number;
  /** Waits for a connection. Once `stopped()` is true it gives undefined, within 100 ms. */
  accept(socket: number, deadline: number, stopped: () => boolean): number | undefined;
  bindUdp(at: IpAddress, options: { reuseAddress: boolean; ipv6Only: boolean }): number;
  /** Fixes a datagram socket's peer: `receive` and `send` then work on it too. */
  connectUdp(socket: number, to: IpAddress): void;
  sendTo(socket: number, from: Uint8Array, to: IpAddress, deadline: number): number;
  /** One datagram; what does not fit is cut off. */
  receiveFrom(socket: number, into: Uint8Array, deadline: number): { size: number; from: IpAddress };
  setBroadcast(socket: number, on: boolean): void;
}

/** What a layer above needs to work on a descriptor by its own calls into C. */
export interface ForeignAccess {
  library: Library;
  /** Waits until the descriptor can be read or written. Throws as `receive` does. */
  wait(socket: number, direction: 'read' | 'write', deadline: number): void;
  setBlocking(socket: number, on: boolean): void;
}

/** The deadline of an operation that may take `timeout` milliseconds; 0 and undefined mean for ever. */
export const deadlineOf = (timeout: number | undefined): number =>
  timeout === undefined || timeout <= 0 || timeout === Infinity ? Infinity : now() + timeout;
