import { readChunksSync } from './chunks.ts';
import { splitLines } from './lines.ts';

export interface DialogueOptions {
  /** What the answers come from: `process.stdin`. */
  readonly input: { readonly fd: number };
  /** What is asked goes there; it is not asked where this is left out. */
  readonly output?: { write(text: string): unknown } | undefined;
  /** As in `readline`, and without effect: the terminal itself edits a line. */
  readonly terminal?: boolean | undefined;
  /** As in `readline`, and without effect: `\r\n` ends one line. */
  readonly crlfDelay?: number | undefined;
}

/** Lines of each descriptor that was begun: what came together with an answer is the next one, whoever asks. */
const begun = new Map<number, Iterator<string, void>>();

/**
 * Questions to who sits at the terminal, or to a pipe, one line an answer: `readline.createInterface` over `process.stdin`. The terminal edits
 * the line, so there is no history and no completion, and Ctrl+C ends the process.
 *
 * @example
 * ```ts
 * import { DialogueSync } from '@unawait/std/fs';
 *
 * const dialogue = new DialogueSync({ input: process.stdin, output: process.stdout });
 * const name = dialogue.question('Your name? ');
 * ```
 */
export class DialogueSync implements Iterable<string> {
  readonly #options: DialogueOptions;
  #closed = false;

  constructor(options: DialogueOptions) {
    this.#options = options;
  }

  /** @throws an error with the code `ERR_USE_AFTER_CLOSE` once the dialogue is closed, or the input has no further line */
  question(query: string): string {
    if (this.#closed) throw closedError();
    this.#options.output?.write(query);
    const answer = this.#next();
    if (answer === undefined) throw closedError();
    return answer;
  }

  /** Gives up nothing but this object: the input stays open. */
  close(): void {
    this.#closed = true;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The lines that are left. */
  *[Symbol.iterator](): Generator<string, void, undefined> {
    for (let line = this.#next(); line !== undefined; line = this.#next()) yield line;
  }

  #next(): string | undefined {
    if (this.#closed) return undefined;
    const { fd } = this.#options.input;
    const lines = begun.get(fd) ?? splitLines(readChunksSync(fd, { encoding: 'utf8' }));
    begun.set(fd, lines);
    const next = lines.next();
    if (!next.done) return next.value;
    begun.delete(fd);
    this.#closed = true;
    return undefined;
  }
}

function closedError(): Error {
  return Object.assign(new Error('readline was closed'), { code: 'ERR_USE_AFTER_CLOSE' });
}
