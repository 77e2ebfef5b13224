import { chooseFullSockets } from '../sockets/choose-full.ts';
import { codedError } from '../sockets/system-error.ts';
import { deadlineOf } from '../sockets/table.ts';
import { socketChannel } from './channel.ts';
import { checkPort } from './connect.ts';
import { addressesOf } from './lookup.ts';
import { TcpStream } from './stream.ts';
import type { Endpoint, FullSockets } from '../sockets/table.ts';

export interface ListenerOptions {
  /** 0 lets the system choose. */
  port?: number;
  /** Every address by default, IPv6 and IPv4. */
  host?: string;
  path?: string;
  /** How many connections may wait to be accepted, 511 by default. */
  backlog?: number;
  reusePort?: boolean;
  ipv6Only?: boolean;
  allowHalfOpen?: boolean;
}

/** Stops a listener, also from another thread: it can be sent in a message or in `workerData`. */
export interface ListenerStopper {
  flag: SharedArrayBuffer;
}

/**
 * A socket that takes connections, one blocking `accept` at a time. It belongs in a thread of its own: a client in the
 * same thread would wait for it for ever.
 *
 * @example
 * ```ts
 * using listener = TcpListener.bind({ port: 0, allowHalfOpen: true });
 * parentPort.postMessage({ port: listener.port, stopper: listener.stopper });
 * for (const socket of listener.incoming()) socket.end(socket.readToEnd());
 * ```
 */
export class TcpListener {
  /** Hand this to another thread, which ends `accept` and `incoming` with `TcpListener.stop(stopper)` within 100 ms. */
  readonly stopper: ListenerStopper = { flag: new SharedArrayBuffer(4) };
  readonly #flag = new Int32Array(this.stopper.flag);
  readonly #sockets: FullSockets;
  readonly #socket: number;
  readonly #allowHalfOpen: boolean;
  #closed = false;

  private constructor(sockets: FullSockets, socket: number, allowHalfOpen: boolean) {
    this.#sockets = sockets;
    this.#socket = socket;
    this.#allowHalfOpen = allowHalfOpen;
  }

  /** Listens. Throws as `server.listen` reports it: `listen EADDRINUSE 127.0.0.1:80`. */
  static bind(options: ListenerOptions | number, host?: string): TcpListener {
    const whole = typeof options === 'number' ? { port: options, ...(host !== undefined && { host }) } : options;
    const sockets = chooseFullSockets('listen');
    const settings = {
      backlog: whole.backlog ?? 511,
      reusePort: whole.reusePort ?? false,
      ipv6Only: whole.ipv6Only ?? false,
    };
    const bindTo = (at: Endpoint): TcpListener =>
      new TcpListener(sockets, sockets.listen(at, settings), whole.allowHalfOpen ?? false);
    if (whole.path !== undefined) return bindTo({ path: whole.path });
    const port = checkPort(whole.port);
    if (whole.host !== undefined) return bindTo({ ...addressesOf(sockets, whole.host, 0)[0]!, port });
    try {
      return bindTo({ address: '::', port, family: 6 });
    } catch (error) {
      // A machine without IPv6.
      if ((error as { code?: string }).code === 'EADDRINUSE') throw error;
      return bindTo({ address: '0.0.0.0', port, family: 4 });
    }
  }

  static stop(stopper: ListenerStopper): void {
    Atomics.store(new Int32Array(stopper.flag), 0, 1);
  }

  /**
   * Waits for the next connection. `timeout` in milliseconds, ETIMEDOUT. Once stopped it throws
   * ERR_SERVER_NOT_RUNNING; `incoming` ends instead.
   */
  accept(timeout = 0): TcpStream {
    const accepted = this.#next(timeout);
    if (accepted === undefined) throw codedError(new Error('Server is not running.'), 'ERR_SERVER_NOT_RUNNING');
    return accepted;
  }

  /** The connections until the listener is stopped. */
  *incoming(): Generator<TcpStream, void, undefined> {
    for (let next = this.#next(0); next !== undefined; next = this.#next(0)) yield next;
  }

  /** Where it listens, in the shape of `server.address()`. */
  address(): { address: string; port: number; family: 'IPv4' | 'IPv6' } | { path: string } | null {
    const local = this.#closed ? undefined : this.#sockets.local(this.#socket);
    if (local === undefined) return null;
    return 'path' in local ? local : { address: local.address, port: local.port, family: `IPv${local.family}` };
  }

  /** The port, 0 for a Unix domain socket. */
  get port(): number {
    const address = this.address();
    return address !== null && 'port' in address ? address.port : 0;
  }

  /** Ends `incoming` and every later `accept`. */
  stop(): void {
    TcpListener.stop(this.stopper);
  }

  close(): void {
    if (this.#closed) return;
    this.stop();
    this.#closed = true;
    const address = this.#sockets.local(this.#socket);
    this.#sockets.close(this.#socket);
    if (address !== undefined && 'path' in address && address.path !== '' && !address.path.startsWith('\0')) {
      process.getBuiltinModule('node:fs').rmSync(address.path, { force: true });
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #next(timeout: number): TcpStream | undefined {
    if (this.#closed) return undefined;
    const socket = this.#sockets.accept(this.#socket, deadlineOf(timeout), () => Atomics.load(this.#flag, 0) === 1);
    if (socket === undefined) return undefined;
    const remote = this.#sockets.remote(socket) ?? { path: '' };
    const channel = socketChannel(this.#sockets, socket);
    return new TcpStream({ channel, remote }, { allowHalfOpen: this.#allowHalfOpen });
  }
}
