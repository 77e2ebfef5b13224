import { chooseFullSockets } from '../sockets/choose-full.ts';
import { codedError } from '../sockets/system-error.ts';
import { deadlineOf } from '../sockets/table.ts';
import { addressesOf } from './lookup.ts';
import { checkPort } from './connect.ts';
import type { IpAddress, FullSockets } from '../sockets/table.ts';

export interface UdpOptions {
  /** 0, the default, lets the system choose. */
  port?: number;
  /** Every IPv4 address by default; `::` takes IPv6 as well. */
  host?: string;
  reuseAddr?: boolean;
  ipv6Only?: boolean;
}

/** A datagram and its sender. */
export interface Datagram {
  data: Buffer;
  from: { address: string; port: number; family: 'IPv4' | 'IPv6' };
}

/**
 * A datagram socket.
 *
 * @example
 * ```ts
 * using socket = UdpSocket.bind();
 * socket.send('ping', 9000, '127.0.0.1');
 * const { data } = socket.receive(1000);
 * ```
 */
export class UdpSocket {
  readonly #sockets: FullSockets;
  readonly #socket: number;
  readonly #family: 4 | 6;
  #peer: IpAddress | undefined;
  #closed = false;

  private constructor(sockets: FullSockets, socket: number, family: 4 | 6) {
    this.#sockets = sockets;
    this.#socket = socket;
    this.#family = family;
  }

  static bind(options: UdpOptions = {}): UdpSocket {
    const sockets = chooseFullSockets('open datagram sockets');
    const at = addressesOf(sockets, options.host ?? '0.0.0.0', 0)[0]!;
    const socket = sockets.bindUdp(
      { ...at, port: checkPort(options.port ?? 0) },
      { reuseAddress: options.reuseAddr ?? false, ipv6Only: options.ipv6Only ?? false },
    );
    return new UdpSocket(sockets, socket, at.family);
  }

  /** Fixes the peer: only its datagrams are received, and `send` needs no address. */
  connect(port: number, host = 'localhost'): this {
    this.#checkOpen();
    const to = this.#resolve(port, host);
    this.#sockets.connectUdp(this.#socket, to);
    this.#peer = to;
    return this;
  }

  /** Sends one datagram and says how many bytes it had. A string goes out as UTF-8. */
  send(data: string | Uint8Array, port?: number, host = 'localhost'): number {
    this.#checkOpen();
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    if (this.#peer !== undefined) return this.#sockets.send(this.#socket, bytes, 0, bytes.length, Infinity);
    return this.#sockets.sendTo(this.#socket, bytes, this.#resolve(port, host), Infinity);
  }

  /** Waits for one datagram, at most `timeout` milliseconds (ETIMEDOUT), for ever with 0. */
  receive(timeout = 0): Datagram {
    this.#checkOpen();
    const into = Buffer.allocUnsafe(65536);
    const { size, from } = this.#sockets.receiveFrom(this.#socket, into, deadlineOf(timeout));
    const { address, port, family } = from;
    return { data: Buffer.from(into.subarray(0, size)), from: { address, port, family: `IPv${family}` } };
  }

  setBroadcast(on: boolean): void {
    this.#checkOpen();
    this.#sockets.setBroadcast(this.#socket, on);
  }

  address(): { address: string; port: number; family: 'IPv4' | 'IPv6' } {
    this.#checkOpen();
    const { address, port, family } = this.#sockets.local(this.#socket) as IpAddress;
    return { address, port, family: `IPv${family}` };
  }

  get port(): number {
    return this.address().port;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sockets.close(this.#socket);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** An address of the socket's own family. An IPv6 socket reaches IPv4 through mapped addresses. */
  #resolve(port: number | undefined, host: string): IpAddress {
    const found = addressesOf(this.#sockets, host, 0);
    const same = found.find((each) => each.family === this.#family);
    if (same !== undefined) return { ...same, port: checkPort(port) };
    if (this.#family === 6) return { address: `::ffff:${found[0]!.address}`, port: checkPort(port), family: 6 };
    throw codedError(new TypeError(`${host} has no IPv4 address`), 'ERR_INVALID_ARG_VALUE');
  }

  #checkOpen(): void {
    if (this.#closed) throw codedError(new Error('Not running'), 'ERR_SOCKET_DGRAM_NOT_RUNNING');
  }
}
