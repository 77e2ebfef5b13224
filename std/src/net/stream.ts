import { codedError, codeOf } from '../sockets/system-error.ts';
import { openConnection, wholeOptions } from './connect.ts';
import { HeardStream } from './heard-stream.ts';
import type { IpAddress } from '../sockets/table.ts';
import type { Channel } from './channel.ts';
import type { ConnectSyncOptions, Connected } from './connect.ts';

/** How many bytes one read asks for unless it is told. */
const chunkSize = 65536;

/** Where the next read puts its bytes, unless a read is under way. Most reads fill little of it and are copied out. */
let spare: Buffer | undefined;

/** Closes the sockets of streams that were dropped without a `close`. */
const forgotten = new FinalizationRegistry<Channel>((channel) => channel.close());

/** What turns bytes into text without breaking a character in two: a `StringDecoder`. */
interface Decoder {
  write(bytes: Buffer): string;
  end(): string;
}

/**
 * A TCP connection that is read and written with blocking calls.
 *
 * `Chunk` is what `read` and the iteration give: `Buffer`, and after `setEncoding` (whose result has the new type)
 * `string`. As in Node the socket closes by itself once both sides have ended, and ends when the other side does,
 * unless `allowHalfOpen` is set. Every wait is bounded by the read or the write timeout, ETIMEDOUT.
 *
 * @example
 * ```ts
 * using socket = TcpStream.connect({ host: 'example.org', port: 7 });
 * socket.writeAll('ping\n');
 * for (const line of socket.lines()) console.log(line);
 * ```
 */
export class TcpStream<Chunk extends Buffer | string = Buffer> extends HeardStream<Chunk> {
  bytesRead = 0;
  bytesWritten = 0;
  /** Undefined until it is connected. */
  #open: Channel | undefined;
  #remote: Partial<IpAddress> | undefined;
  #pending: ConnectSyncOptions | undefined;
  #allowHalfOpen: boolean;
  #onTimeout: (() => void) | undefined;
  /** What a call of the system threw last. */
  #thrown: unknown;
  /** What `destroy` was given. */
  #failure: Error | undefined;
  #readTimeout = 0;
  #writeTimeout = 0;
  #decoder: Decoder | undefined;
  /** Bytes that were read but not asked for. */
  #held: Buffer | undefined;
  #readEnded = false;
  #writeEnded = false;
  #closed = false;

  /** Of a connection that stands, or of one that `connect` or the first read or write opens; without any `connect` says where to. */
  constructor(
    connection?: Connected | ConnectSyncOptions,
    options: { allowHalfOpen?: boolean | undefined; timeout?: number | undefined } = {},
  ) {
    super();
    const stands = connection !== undefined && 'channel' in connection;
    const whole = stands ? options : (connection ?? options);
    this.#allowHalfOpen = whole.allowHalfOpen ?? false;
    if (whole.timeout !== undefined) this.setTimeout(whole.timeout);
    if (stands) this.#adopt(connection);
    else this.#pending = connection;
  }

  /** Connects; see `connectSync`. */
  static connect(options: ConnectSyncOptions | number, host?: string): TcpStream {
    const to = wholeOptions(options, host);
    return new TcpStream(openConnection(to), to);
  }

  /**
   * Connects now, to where the constructor said; the blocking form of waiting for the event `connect`. With arguments to there, as
   * Node's `socket.connect` does, again after a `close` too.
   */
  connect(options?: ConnectSyncOptions | string): this;
  connect(port: number, host?: string): this;
  connect(options?: ConnectSyncOptions | number | string, host?: string): this {
    if (options !== undefined && (this.#closed || this.#open === undefined)) this.#reopen(wholeOptions(options, host));
    this.#channelFor('connect');
    return this;
  }

  /** Node's `net.connect`: a stream to there, which `connect`, or the first read or write, opens. */
  static to(optionsOrPath: ConnectSyncOptions | string): TcpStream;
  static to(port: number, host?: string): TcpStream;
  static to(options: ConnectSyncOptions | number | string, host?: string): TcpStream {
    return new TcpStream(wholeOptions(options, host));
  }

  /** The next bytes, at most `max`, or null at the end. */
  override read(max = chunkSize): Chunk | null {
    for (;;) {
      const bytes = this.#readBytes(max);
      if (this.#decoder === undefined) return bytes as Chunk | null;
      const text = bytes === null ? this.#decoder.end() : this.#decoder.write(bytes);
      if (text !== '') return text as Chunk;
      if (bytes === null) return null;
    }
  }

  /** Reads into `target` and says how many bytes, 0 at the end. Nothing is copied or allocated. */
  readInto(target: Uint8Array, offset = 0, length = target.length - offset): number {
    if (length <= 0) return 0;
    const held = this.#takeHeld(length);
    if (held !== undefined) {
      target.set(held, offset);
      return held.length;
    }
    return this.#receive(target, offset, length);
  }

  /** Exactly `size` bytes. Throws ERR_UNEXPECTED_END when the other side ends before. */
  readExact(size: number): Buffer<ArrayBuffer> {
    const bytes = Buffer.allocUnsafeSlow(size);
    for (let filled = 0; filled < size;) {
      const count = this.readInto(bytes, filled, size - filled);
      if (count === 0) {
        const message = `The connection ended after ${filled} of ${size} bytes`;
        throw codedError(new Error(message), 'ERR_UNEXPECTED_END');
      }
      filled += count;
    }
    return bytes;
  }

  /** All bytes until the other side ends. */
  readToEnd(): Buffer<ArrayBuffer> {
    return Buffer.concat([...this.#chunks()]);
  }

  *#chunks(): Generator<Buffer, void, undefined> {
    for (let chunk = this.#readBytes(chunkSize); chunk !== null; chunk = this.#readBytes(chunkSize)) yield chunk;
  }

  /** The chunks until the end. Leaving the loop early closes the socket, as it does in Node. */
  *[Symbol.iterator](): Generator<Chunk, void, undefined> {
    let ended = false;
    try {
      for (let chunk = this.read(); chunk !== null; chunk = this.read()) yield chunk;
      ended = true;
    } finally {
      if (!ended) this.close();
    }
  }

  /** The lines until the end, without their `\n` or `\r\n`. What was read beyond a line stays for the next read. */
  *lines(encoding: BufferEncoding = 'utf8'): Generator<string, void, undefined> {
    const parts: Buffer[] = [];
    const line = (): string => {
      const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
      parts.length = 0;
      return bytes.toString(encoding, 0, bytes.at(-1) === 13 ? bytes.length - 1 : bytes.length);
    };
    for (const chunk of this.#chunks()) {
      const end = chunk.indexOf(10);
      if (end === -1) {
        parts.push(chunk);
        continue;
      }
      parts.push(chunk.subarray(0, end));
      if (end + 1 < chunk.length) this.#held = chunk.subarray(end + 1);
      yield line();
    }
    if (parts.length > 0) yield line();
  }

  /** Writes all of it. Returns once the system has taken the last byte. */
  writeAll(data: string | Uint8Array, encoding: BufferEncoding = 'utf8'): void {
    if (this.#writeEnded && !this.#closed) throw codedError(new Error('write after end'), 'ERR_STREAM_WRITE_AFTER_END');
    const channel = this.#channelFor('write');
    const bytes = typeof data === 'string' ? Buffer.from(data, encoding) : data;
    for (let sent = 0; sent < bytes.length;) {
      sent += this.#patiently(() => channel.send(bytes, sent, bytes.length - sent, this.until(this.#writeTimeout)));
    }
    this.bytesWritten += bytes.length;
  }

  /** Ends the writing half, after some last data. Reading goes on. */
  end(data?: string | Uint8Array, encoding?: BufferEncoding): void {
    if (data !== undefined) this.writeAll(data, encoding);
    if (this.#writeEnded || this.#closed) return;
    this.#writeEnded = true;
    if (this.#readEnded) this.close();
    else this.#channelFor('end').shutdown();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#held = undefined;
    forgotten.unregister(this);
    this.#open?.close();
  }

  /** Node's name for `close`. What is waiting, or is asked of the stream later, throws `error` if there is one. */
  destroy(error?: Error): this {
    if (!this.#closed) this.#failure = error;
    this.close();
    return this;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * The longest a connect, read or write may wait, in milliseconds; 0 means for ever. Then it throws ETIMEDOUT; with a callback it
   * calls that instead, as Node does, and throws what the callback destroyed the stream with, or waits once more.
   */
  setTimeout(ms: number, onTimeout?: () => void): this {
    this.#readTimeout = ms;
    this.#writeTimeout = ms;
    if (onTimeout !== undefined) this.#onTimeout = onTimeout;
    return this;
  }

  setReadTimeout(ms: number): this {
    this.#readTimeout = ms;
    return this;
  }

  setWriteTimeout(ms: number): this {
    this.#writeTimeout = ms;
    return this;
  }

  setNoDelay(on = true): this {
    const { sockets, socket } = this.#channelFor('setNoDelay');
    sockets.setNoDelay(socket, on);
    return this;
  }

  /** `initialDelay` in milliseconds, as in Node. */
  setKeepAlive(on = false, initialDelay = 0): this {
    const { sockets, socket } = this.#channelFor('setKeepAlive');
    sockets.setKeepAlive(socket, on, Math.floor(initialDelay / 1000));
    return this;
  }

  /** From now on `read` and the iteration give text. It is the same stream: keep the result for its type. */
  setEncoding(encoding: BufferEncoding): TcpStream<string> {
    const { StringDecoder } = process.getBuiltinModule('node:string_decoder');
    this.#decoder = new StringDecoder(encoding);
    return this as unknown as TcpStream<string>;
  }

  get remoteAddress(): string | undefined {
    return this.#remote?.address;
  }

  get remotePort(): number | undefined {
    return this.#remote?.port;
  }

  get remoteFamily(): 'IPv4' | 'IPv6' | undefined {
    const family = this.#remote?.family;
    return family && `IPv${family}`;
  }

  get localAddress(): string | undefined {
    return this.#local()?.address;
  }

  get localPort(): number | undefined {
    return this.#local()?.port;
  }

  override get closed(): boolean {
    return this.#closed;
  }

  /** Node's name for `closed`. */
  get destroyed(): boolean {
    return this.#closed;
  }

  protected override connectIfPending(): boolean {
    const pending = this.#open === undefined;
    this.#channelFor('connect');
    return pending;
  }

  protected override isOwnError(error: unknown): boolean {
    return error !== undefined && (error === this.#thrown || error === this.#failure);
  }

  #local(): Partial<IpAddress> | undefined {
    return this.#closed ? undefined : (this.#open?.sockets.local(this.#open.socket) as Partial<IpAddress> | undefined);
  }

  protected openTo(options: ConnectSyncOptions, deadline: number): Connected {
    return openConnection(options, deadline);
  }

  #reopen(to: ConnectSyncOptions): void {
    this.#pending = to;
    this.#allowHalfOpen = to.allowHalfOpen ?? this.#allowHalfOpen;
    this.#open = this.#remote = this.#failure = this.#held = undefined;
    this.#readEnded = this.#writeEnded = this.#closed = false;
    this.bytesRead = this.bytesWritten = 0;
  }

  #adopt({ channel, remote }: Connected): Channel {
    this.#remote = remote as Partial<IpAddress>;
    forgotten.register(this, channel, this);
    return (this.#open = channel);
  }

  /** The channel, opened if it is not yet. */
  #channelFor(what: string): Channel {
    this.#checkOpen(what);
    if (this.#open !== undefined) return this.#open;
    const options = this.#pending;
    if (options === undefined) throw codedError(new Error('Socket is closed'), 'ERR_SOCKET_CLOSED');
    return this.#adopt(this.#patiently(() => this.openTo(options, this.until(options.timeout ?? this.#readTimeout))));
  }

  /** Runs one wait; where a time limit has a callback or a listener, that decides what becomes of it. */
  #patiently<T>(wait: () => T): T {
    for (;;) {
      try {
        return wait();
      } catch (error) {
        if (codeOf(error) !== 'ETIMEDOUT' || !(this.ring() || this.#tellTimeout())) throw (this.#thrown = error);
        if (this.isDone?.()) throw error;
        if (this.#closed) throw (this.#thrown = this.#failure ?? error);
      }
    }
  }

  #tellTimeout(): boolean {
    const heard = this.#onTimeout !== undefined || (this.listeners?.listenerCount('timeout') ?? 0) > 0;
    this.#onTimeout?.();
    this.listeners?.emit('timeout');
    return heard;
  }

  #checkOpen(what: string): void {
    if (!this.#closed) return;
    if (this.#failure !== undefined) throw this.#failure;
    const message = `Cannot call ${what} after a stream was destroyed`;
    throw (this.#thrown = codedError(new Error(message), 'ERR_STREAM_DESTROYED'));
  }

  #takeHeld(max: number): Buffer | undefined {
    const held = this.#held;
    if (held === undefined) return undefined;
    this.#held = held.length > max ? held.subarray(max) : undefined;
    return held.length > max ? held.subarray(0, max) : held;
  }

  #readBytes(max: number): Buffer | null {
    const held = this.#takeHeld(max);
    if (held !== undefined) return held;
    const scratch = spare ?? Buffer.allocUnsafeSlow(chunkSize);
    spare = undefined;
    const count = this.#receive(scratch, 0, Math.min(max, chunkSize));
    // A full buffer is given away rather than copied.
    if (count >= chunkSize / 2) return scratch.subarray(0, count);
    spare = scratch;
    return count === 0 ? null : Buffer.from(scratch.subarray(0, count));
  }

  #receive(target: Uint8Array, offset: number, length: number): number {
    if (this.#readEnded) return 0;
    const channel = this.#channelFor('read');
    const count = this.#patiently(() => channel.receive(target, offset, length, this.until(this.#readTimeout)));
    this.bytesRead += count;
    if (count === 0) {
      this.#readEnded = true;
      if (this.#writeEnded || !this.#allowHalfOpen) this.close();
    }
    return count;
  }
}

/**
 * The blocking form of `net.connect`: returns when the connection stands.
 *
 * Throws what a `net.Socket` would emit, with its `code`, `errno`, `syscall`, `address` and `port`:
 * `connect ECONNREFUSED 127.0.0.1:1`. When a host has several addresses and none answers it is an AggregateError.
 */
export function connectSync(optionsOrPath: ConnectSyncOptions | string): TcpStream;
export function connectSync(port: number, host?: string): TcpStream;
export function connectSync(options: ConnectSyncOptions | number | string, host?: string): TcpStream {
  return TcpStream.connect(wholeOptions(options, host));
}
