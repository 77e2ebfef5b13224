import { parseTrailers } from './head.ts';
import { aborted, parseError, tooLarge } from './parse-error.ts';
import type { Framed } from './head.ts';
import type { Reader } from './reader.ts';

export interface BodyLimits {
  maxHeaderSize: number;
  /** The most bytes a body may have. */
  maxBodySize: number;
}

/** The size of a chunk in hex, and extensions: names with values, plain or quoted. */
const chunkLine =
  /^([\da-f]{1,13})(?:;[\w!#$%&'*+\-.^`|~]+(?:=(?:[\w!#$%&'*+\-.^`|~]*|"(?:[\t\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"))?)*\r\n$/i;

/** The largest buffer that a length alone makes us allocate. */
const trusted = 64 * 1024 * 1024;

/** A body that is read from a connection, once. `done` is called when its last byte has been read. */
export class Body {
  /** Names and values by turns; complete when the body is. */
  readonly rawTrailers: string[] = [];
  ended = false;
  readonly #reader: Reader;
  readonly #chunked: boolean;
  /** Its end is that of the connection. */
  readonly #open: boolean;
  readonly limits: BodyLimits;
  readonly #done: (complete: boolean) => void;
  #left: number;
  /** All of a body that had come with its head. */
  #early: Buffer | undefined;
  #first = true;
  #size = 0;

  constructor(reader: Reader, { chunked, length }: Framed, limits: BodyLimits, done: (complete: boolean) => void) {
    this.#reader = reader;
    this.#chunked = chunked;
    this.#open = length === Infinity;
    this.limits = limits;
    this.#done = done;
    this.#left = length;
    if (chunked || this.#open) return;
    this.#count(length);
    if (length === 0) this.#finish();
    // What is here already is taken: the connection can serve the next request though nobody reads this body.
    else if (length <= reader.held) this.#early = this.#whole(length);
  }

  /** The bytes that came, or null at the end of the body. */
  next(): Buffer | null {
    if (this.ended) return this.#takeEarly() ?? null;
    return this.#guard(() => {
      if (this.#left === 0 && !this.#nextChunk()) return null;
      const bytes = this.#reader.some(this.#left);
      if (bytes === undefined) {
        if (!this.#open) throw aborted();
        this.#finish();
        return null;
      }
      this.#took(bytes.length);
      return bytes;
    });
  }

  /** All that is left. */
  rest(): Buffer {
    if (this.ended) return this.#takeEarly() ?? Buffer.alloc(0);
    if (!this.#chunked && this.#left <= trusted) return this.#guard(() => this.#whole(this.#left));
    const chunks: Buffer[] = [];
    for (let chunk = this.next(); chunk !== null; chunk = this.next()) chunks.push(chunk);
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  }

  /** Gives up: the connection cannot be used again. */
  abandon(): void {
    if (this.ended) return;
    this.ended = true;
    this.#done(false);
  }

  #takeEarly(): Buffer | undefined {
    const bytes = this.#early;
    this.#early = undefined;
    return bytes;
  }

  #guard<Result>(act: () => Result): Result {
    try {
      return act();
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  #whole(length: number): Buffer {
    const bytes = length < 4096 ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length);
    for (let filled = 0; filled < length;) {
      const count = this.#reader.into(bytes, filled, length - filled);
      if (count === 0) throw aborted();
      filled += count;
    }
    this.#took(length);
    return bytes;
  }

  #took(count: number): void {
    this.#left -= count;
    if (this.#open) this.#count(count);
    else if (this.#left === 0 && !this.#chunked) this.#finish();
  }

  #count(bytes: number): void {
    this.#size += bytes;
    if (this.#size <= this.limits.maxBodySize) return;
    this.abandon();
    throw tooLarge(this.limits.maxBodySize);
  }

  /** Reads the line before the next chunk. False after the last one. */
  #nextChunk(): boolean {
    if (!this.#first && this.#line(2) !== '\r\n') {
      throw parseError('HPE_STRICT', 'Expected CR LF after chunk data');
    }
    this.#first = false;
    const size = chunkLine.exec(this.#line(this.limits.maxHeaderSize));
    if (size === null) throw parseError('HPE_INVALID_CHUNK_SIZE', 'Invalid character in chunk size');
    this.#left = Number.parseInt(size[1]!, 16);
    this.#count(this.#left);
    if (this.#left > 0) return true;
    this.#trailers();
    this.#finish();
    return false;
  }

  #trailers(): void {
    let text = '';
    for (let line = this.#line(this.limits.maxHeaderSize); line !== '\r\n';) {
      text += line;
      line = this.#line(this.limits.maxHeaderSize - text.length);
    }
    this.rawTrailers.push(...parseTrailers(text, this.limits.maxHeaderSize));
  }

  #line(max: number): string {
    const line = this.#reader.until('\r\n', max, checkLine);
    if (line === undefined) throw aborted();
    checkLine(line);
    return line;
  }

  #finish(): void {
    this.ended = true;
    this.#done(true);
  }
}

/** A line feed by itself, or a return that no line feed follows, ends nothing. */
function checkLine(text: string): void {
  if (/(?:^|[^\r])\n|\r[^\n]/.test(text)) throw parseError('HPE_STRICT', 'Expected CR LF');
}
