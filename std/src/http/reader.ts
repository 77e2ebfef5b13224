import { parseError } from './parse-error.ts';

/** Where a reader's bytes come from: puts at most `length` at `offset`, 0 at the end. */
export type Source = (into: Buffer, offset: number, length: number) => number;

const initialSize = 16384;
const empty = Buffer.alloc(0);

/** A buffer that the last connection to fall idle has given back, for the next one that reads. */
let spare: Buffer | undefined;

/** A buffer between a connection and the parser: what came but was not yet asked for. */
export class Reader {
  readonly #source: Source;
  #bytes: Buffer = empty;
  #start = 0;
  #end = 0;

  constructor(source: Source) {
    this.#source = source;
  }

  /** How many bytes lie here unread. */
  get held(): number {
    return this.#end - this.#start;
  }

  /** Gives the buffer back while nothing lies in it. */
  release(): void {
    if (this.held > 0 || this.#bytes.length !== initialSize) return;
    spare = this.#bytes;
    this.#bytes = empty;
    this.#start = 0;
    this.#end = 0;
  }

  /** Asks for more bytes. False at the end. Room is made by moving, then by growing. */
  fill(): boolean {
    if (this.#bytes === empty) {
      this.#bytes = spare ?? Buffer.allocUnsafeSlow(initialSize);
      spare = undefined;
    } else if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = 0;
    } else if (this.#end === this.#bytes.length) {
      const roomy = this.#start > 0 ? this.#bytes : Buffer.allocUnsafeSlow(this.#bytes.length * 2);
      this.#bytes.copy(roomy, 0, this.#start, this.#end);
      this.#bytes = roomy;
      this.#end -= this.#start;
      this.#start = 0;
    }
    const count = this.#source(this.#bytes, this.#end, this.#bytes.length - this.#end);
    this.#end += count;
    return count > 0;
  }

  /** The next byte without taking it, -1 at the end. */
  peek(): number {
    return this.#start < this.#end || this.fill() ? this.#bytes[this.#start]! : -1;
  }

  skip(count: number): void {
    this.#start += count;
  }

  /**
   * The text up to and with `mark` (CR LF or CR LF CR LF), in latin1, or undefined when the end comes first. More than
   * `max` bytes without it are refused. `check` sees each unfinished text, so that a wrong one is not waited for.
   */
  until(mark: string, max: number, check?: (text: string) => void): string | undefined {
    // Most lines and heads are found in the first bytes; searching text is faster than searching bytes.
    for (let window = 1024; ; window *= 2) {
      const seen = Math.min(window, this.held);
      const text = this.#bytes.toString('latin1', this.#start, this.#start + seen);
      const end = text.indexOf(mark) + mark.length;
      if (end >= mark.length) {
        this.#start += end;
        return text.slice(0, end);
      }
      if (seen < this.held) continue;
      if (seen > max) throw parseError('HPE_HEADER_OVERFLOW', 'Header overflow');
      if (check !== undefined && seen > 0) check(text);
      if (!this.fill()) return undefined;
    }
  }

  /** Some of the next `max` bytes as a buffer of their own; undefined at the end. */
  some(max: number): Buffer | undefined {
    if (this.held > 0) {
      const end = Math.min(this.#end, this.#start + max);
      const taken = Buffer.from(this.#bytes.subarray(this.#start, end));
      this.#start = end;
      return taken;
    }
    // Straight from the source where it pays.
    const fresh = Buffer.allocUnsafeSlow(Math.min(max, 65536));
    const count = this.#source(fresh, 0, fresh.length);
    return count === 0 ? undefined : fresh.subarray(0, count);
  }

  /** Fills `into` from `offset` on, by at most `length`. 0 at the end. */
  into(into: Buffer, offset: number, length: number): number {
    if (this.held === 0) return this.#source(into, offset, length);
    const count = this.#bytes.copy(into, offset, this.#start, Math.min(this.#end, this.#start + length));
    this.#start += count;
    return count;
  }
}
