import { codeOf } from '../sockets/system-error.ts';
import { now } from '../time/clock.ts';
import { Body } from './body.ts';
import { frame, isInterim, parseHead } from './head.ts';
import { hangUp, parseError } from './parse-error.ts';
import { Reader } from './reader.ts';
import type { Channel } from '../net/channel.ts';
import type { BodyLimits } from './body.ts';
import type { Framed, Head } from './head.ts';

/** A request as it goes over the wire. */
export interface WireRequest {
  method: string;
  /** Request line and headers, with the empty line, in latin1. */
  head: string;
  /** A body whose length the head says, or chunks that it announces as chunked. */
  body: Uint8Array | Iterable<Uint8Array> | undefined;
  limits: BodyLimits;
}

export interface Exchange {
  head: Head;
  body: Body;
}

/** Where a small request is put together, so that it leaves in one piece. */
const outgoing = Buffer.allocUnsafeSlow(65536);

/** One connection to a server, used for one request after the other. */
export class HttpConnection {
  deadline = Infinity;
  /** The longest time in milliseconds to wait for the next bytes of a body. */
  silence = Infinity;
  /** How many requests it has carried. */
  used = 0;
  /** A request went out on it after the server had closed it: nothing came back. */
  stale = false;
  /** When it was put aside, and until when the server promised to keep it. */
  idleSince = 0;
  idleUntil = Infinity;
  readonly channel: Channel;
  readonly #reader: Reader;

  constructor(channel: Channel) {
    this.channel = channel;
    this.#reader = new Reader((into, offset, length) =>
      channel.receive(into, offset, length, this.silence === Infinity ? this.deadline : this.#patience()),
    );
  }

  #patience(): number {
    return Math.min(this.deadline, now() + this.silence);
  }

  /** Whether the server still keeps it, by its own word. */
  isPromised(): boolean {
    return this.idleUntil === Infinity || now() <= this.idleUntil;
  }

  /** Whether it looks fit for another request: the server has neither closed it nor sent anything unasked. */
  fresh(): boolean {
    if (this.#reader.held > 0 || !this.isPromised()) return false;
    // Finding out takes longer than a millisecond's silence is worth where it cannot be done by one system call.
    if (!this.channel.readableIsCheap && now() - this.idleSince < 1) return true;
    return !this.channel.readable();
  }

  /**
   * Sends a request and reads the head of its answer. `done` is told, when the body has been read or given up, whether
   * the connection may be used again.
   */
  exchange(request: WireRequest, done: (reusable: boolean) => void): Exchange {
    const reused = this.used++ > 0;
    this.silence = Infinity;
    let sendFailure: unknown;
    try {
      this.#send(request);
    } catch (error) {
      if (!isBroken(error)) throw error;
      // The server may have answered before it hung up.
      sendFailure = error;
    }
    const { head, framed } = this.#answer(request, reused, sendFailure);
    const keep = framed.keepAlive && sendFailure === undefined;
    if (framed.idleSeconds !== undefined) this.idleUntil = now() + framed.idleSeconds * 1000 - 1000;
    const body = new Body(this.#reader, framed, request.limits, (complete) => {
      const clean = complete && this.#reader.held === 0;
      this.#reader.release();
      done(clean && keep);
    });
    return { head, body };
  }

  #send({ head, body }: WireRequest): void {
    const size = body instanceof Uint8Array ? head.length + body.length : head.length;
    if (size <= outgoing.length) {
      outgoing.write(head, 0, 'latin1');
      if (body instanceof Uint8Array) outgoing.set(body, head.length);
      // A small request leaves whole by one call nearly always.
      const sent = this.channel.send(outgoing, 0, size, this.deadline);
      if (sent < size) this.#sendAll(Buffer.from(outgoing.subarray(sent, size)));
    } else {
      this.#sendAll(Buffer.from(head, 'latin1'));
      if (body instanceof Uint8Array) this.#sendAll(body);
    }
    if (body === undefined || body instanceof Uint8Array) return;
    for (const chunk of body) {
      if (chunk.length === 0) continue;
      const size = Buffer.from(`${chunk.length.toString(16)}\r\n`, 'latin1');
      this.#sendAll(Buffer.concat([size, chunk, crlf]));
    }
    this.#sendAll(lastChunk);
  }

  #sendAll(bytes: Uint8Array): void {
    for (let sent = 0; sent < bytes.length;) {
      sent += this.channel.send(bytes, sent, bytes.length - sent, this.deadline);
    }
  }

  /** The final head. Interim ones (1xx) are passed over. */
  #answer(request: WireRequest, reused: boolean, sendFailure: unknown): { head: Head; framed: Framed } {
    const { maxHeaderSize } = request.limits;
    let failure = sendFailure;
    try {
      this.#skipBlankLines();
    } catch (error) {
      if (!isBroken(error)) throw error;
      failure ??= error;
    }
    if (this.#reader.held === 0) {
      this.stale = reused;
      throw failure ?? hangUp();
    }
    for (;;) {
      this.#skipBlankLines();
      const text = this.#reader.until('\r\n\r\n', 4 * maxHeaderSize, checkBeginning);
      if (text === undefined) throw hangUp();
      const head = parseHead(text.slice(0, -2), maxHeaderSize);
      const framed = frame(head, request.method);
      if (!isInterim(head.statusCode) || head.statusCode === 101) return { head, framed };
      if (!framed.keepAlive) throw parseError('HPE_CLOSED_CONNECTION', 'Data after `Connection: close`');
    }
  }

  /** Empty lines before a status line are tolerated, as llhttp does. Returns at the end, too. */
  #skipBlankLines(): void {
    for (let next = this.#reader.peek(); next === 13 || next === 10; next = this.#reader.peek()) this.#reader.skip(1);
  }
}

const crlf = Buffer.from('\r\n');
const lastChunk = Buffer.from('0\r\n\r\n');

/** The other side is gone: what it had sent before may still lie in the socket. */
const isBroken = (error: unknown): boolean => ['EPIPE', 'ECONNRESET', 'ECONNABORTED'].includes(codeOf(error) ?? '');

/** A beginning that cannot become a head is refused at once instead of waiting for the rest. */
function checkBeginning(text: string): void {
  if (!'HTTP/'.startsWith(text.slice(0, 5))) throw parseError('HPE_INVALID_CONSTANT', 'Expected HTTP/');
  const end = text.lastIndexOf('\n');
  if (/(?:^|[^\r])\n|\r[^\n]/.test(text)) throw parseError('HPE_CR_EXPECTED', 'Missing expected CR or LF');
  if (end !== -1) parseHead(text.slice(0, end + 1), Infinity);
}
