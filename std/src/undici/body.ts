import type { StreamedHttpResponse } from '../http/message.ts';

/** The body of a response, which is read once, while it arrives. Throws the errors of `undici`. */
export class UndiciSyncBody implements Iterable<Buffer> {
  readonly #answer: StreamedHttpResponse;
  readonly #explain: (error: unknown) => unknown;
  readonly #done: () => void;
  #used = false;

  /** `explain` makes the error that is thrown of one of the system; `done` is called when the body has been read. */
  constructor(answer: StreamedHttpResponse, explain: (error: unknown) => unknown, done: () => void) {
    this.#answer = answer;
    this.#explain = explain;
    this.#done = done;
  }

  get bodyUsed(): boolean {
    return this.#used;
  }

  text(): string {
    return new TextDecoder().decode(this.#take());
  }

  json(): unknown {
    return JSON.parse(this.text()) as unknown;
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.#take());
  }

  arrayBuffer(): ArrayBuffer {
    return new Uint8Array(this.#take()).buffer;
  }

  blob(): Blob {
    return new Blob([new Uint8Array(this.#take())]);
  }

  /** Drops what has not been read. */
  dump(): null {
    this.#used = true;
    try {
      for (let size = 0, chunk = this.#answer.read(); chunk !== null; chunk = this.#answer.read()) {
        size += chunk.length;
        if (size > 131_072) break;
      }
    } catch {
      // Nobody wants the rest.
    }
    this.#answer.close();
    return null;
  }

  *[Symbol.iterator](): Generator<Buffer, void, undefined> {
    this.#use();
    try {
      for (let chunk = this.#answer.read(); chunk !== null; chunk = this.#answer.read()) yield chunk;
      this.#done();
    } catch (error) {
      throw this.#explain(error);
    } finally {
      this.#answer.close();
    }
  }

  #use(): void {
    if (this.#used) throw new TypeError('unusable');
    this.#used = true;
  }

  #take(): Buffer {
    this.#use();
    try {
      const bytes = this.#answer.readToEnd();
      this.#done();
      return bytes;
    } catch (error) {
      throw this.#explain(error);
    }
  }
}
