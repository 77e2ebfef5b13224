import { closeSync, openSync, writeSync, type Mode, type PathLike } from 'node:fs';

/** Those of the options of `fs.createWriteStream` that have a meaning where writing blocks. */
export interface WriterOptions {
  /** `'w'` by default. */
  readonly flags?: string | undefined;
  readonly encoding?: BufferEncoding | undefined;
  readonly mode?: Mode | undefined;
  /** Where the first byte goes; without `flags: 'r+'` what was in front is gone. */
  readonly start?: number | undefined;
}

/**
 * A file that is written piece by piece: `fs.createWriteStream`, blocking. It is opened at once, and each `write` returns when the system has
 * all of it, so there is no `drain` and no `finish` to wait for.
 *
 * @throws what opening the file throws
 *
 * @example
 * ```ts
 * import { FileWriterSync } from '@unawait/std/fs';
 *
 * const out = new FileWriterSync('squares.txt');
 * for (let i = 0; i < 10; i++) out.write(`${i * i}\n`);
 * out.end();
 * ```
 */
export class FileWriterSync implements Disposable {
  readonly path: PathLike;
  readonly #encoding: BufferEncoding;
  #fd: number;
  #position: number | null;
  #bytesWritten = 0;

  constructor(path: PathLike, options: BufferEncoding | WriterOptions = {}) {
    const {
      flags = 'w',
      encoding = 'utf8',
      mode,
      start,
    } = typeof options === 'string' ? { encoding: options } : options;
    this.path = path;
    this.#encoding = encoding;
    this.#position = start ?? null;
    this.#fd = openSync(path, flags, mode);
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /** True, as everything is taken. @throws what writing throws, and `ERR_STREAM_WRITE_AFTER_END` once it has ended */
  write(chunk: string | NodeJS.ArrayBufferView, encoding: BufferEncoding = this.#encoding): true {
    if (this.#fd === -1) throw Object.assign(new Error('write after end'), { code: 'ERR_STREAM_WRITE_AFTER_END' });
    const bytes =
      typeof chunk === 'string'
        ? Buffer.from(chunk, encoding)
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let written = 0; written < bytes.length;) {
      const count = writeSync(this.#fd, bytes, written, bytes.length - written, this.#position);
      written += count;
      if (this.#position !== null) this.#position += count;
    }
    this.#bytesWritten += bytes.length;
    return true;
  }

  /** Writes what is given, and closes the file. Has no effect the second time. */
  end(chunk?: string | NodeJS.ArrayBufferView, encoding?: BufferEncoding): this {
    if (chunk !== undefined) this.write(chunk, encoding);
    const fd = this.#fd;
    this.#fd = -1;
    if (fd !== -1) closeSync(fd);
    return this;
  }

  [Symbol.dispose](): void {
    this.end();
  }
}
