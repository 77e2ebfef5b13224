import * as fs from 'node:fs';
import { readChunksSync, type ChunkOptions } from './chunks.ts';
import { readLinesSync } from './lines.ts';

/** Where and how much to read; the defaults are Node's: a new buffer of 16 KiB, from where the file stands. */
export interface ReadOptions<T extends NodeJS.ArrayBufferView = Buffer> {
  buffer?: T | undefined;
  offset?: number | null | undefined;
  length?: number | null | undefined;
  /** Null or -1 reads from, and moves, the file's own position. */
  position?: number | bigint | null | undefined;
}

export interface WriteOptions {
  offset?: number | null | undefined;
  length?: number | null | undefined;
  position?: number | null | undefined;
}

/** What `writeFile` and `appendFile` take. */
export type FileData = string | NodeJS.ArrayBufferView | Iterable<string | NodeJS.ArrayBufferView>;

type EncodingOption = BufferEncoding | null | { encoding?: BufferEncoding | null | undefined } | undefined;

/**
 * An open file whose methods are those of `FileHandle` from `node:fs/promises`, blocking: same arguments, and the same
 * results without the promise. Close it, or declare it with `using`; one that is collected open stays open.
 */
export class FileHandleSync implements Disposable {
  #fd: number;

  /** Takes over an open descriptor. */
  constructor(fd: number) {
    this.#fd = fd;
  }

  /** The descriptor, -1 once closed. */
  get fd(): number {
    return this.#fd;
  }

  read<T extends NodeJS.ArrayBufferView>(
    buffer: T,
    offset?: number | null,
    length?: number | null,
    position?: number | bigint | null,
  ): { bytesRead: number; buffer: T };
  read<T extends NodeJS.ArrayBufferView>(buffer: T, options?: ReadOptions<T>): { bytesRead: number; buffer: T };
  read<T extends NodeJS.ArrayBufferView = Buffer>(options?: ReadOptions<T>): { bytesRead: number; buffer: T };
  read(
    first?: NodeJS.ArrayBufferView | ReadOptions<NodeJS.ArrayBufferView> | null,
    second?: number | ReadOptions<NodeJS.ArrayBufferView> | null,
    length?: number | null,
    position?: number | bigint | null,
  ): { bytesRead: number; buffer: NodeJS.ArrayBufferView } {
    const fd = this.#open('read');
    const isBuffer = ArrayBuffer.isView(first);
    const given: ReadOptions<NodeJS.ArrayBufferView> =
      typeof second === 'object' && second !== null
        ? second
        : isBuffer
          ? { offset: second, length, position }
          : (first ?? {});
    const buffer = isBuffer ? first : (given.buffer ?? Buffer.alloc(16_384));
    const offset = given.offset ?? 0;
    const wanted = given.length ?? buffer.byteLength - offset;
    if (wanted === 0) return { bytesRead: 0, buffer };
    return { bytesRead: fs.readSync(fd, buffer, offset, wanted, given.position ?? null), buffer };
  }

  /** One write, which may be partial: see `bytesWritten`. */
  write<T extends NodeJS.ArrayBufferView>(
    buffer: T,
    offset?: number | null,
    length?: number | null,
    position?: number | null,
  ): { bytesWritten: number; buffer: T };
  write<T extends NodeJS.ArrayBufferView>(buffer: T, options?: WriteOptions): { bytesWritten: number; buffer: T };
  write(
    data: string,
    position?: number | null,
    encoding?: BufferEncoding | null,
  ): { bytesWritten: number; buffer: string };
  write(
    data: string | NodeJS.ArrayBufferView,
    second?: number | WriteOptions | null,
    third?: number | string | null,
    position?: number | null,
  ): { bytesWritten: number; buffer: string | NodeJS.ArrayBufferView } {
    const fd = this.#open('write');
    if (!ArrayBuffer.isView(data)) {
      const at = typeof second === 'number' ? second : null;
      return { bytesWritten: fs.writeSync(fd, data, at, third as BufferEncoding | null), buffer: data };
    }
    if (data.byteLength === 0) return { bytesWritten: 0, buffer: data };
    const given = typeof second === 'object' && second !== null ? second : { offset: second, length: third, position };
    const offset = given.offset ?? 0;
    const length = (given.length as number | null | undefined) ?? data.byteLength - offset;
    return { bytesWritten: fs.writeSync(fd, data, offset, length, given.position ?? null), buffer: data };
  }

  readv<T extends readonly NodeJS.ArrayBufferView[]>(
    buffers: T,
    position?: number | null,
  ): { bytesRead: number; buffers: T } {
    return { bytesRead: fs.readvSync(this.#open('read'), buffers, position ?? undefined), buffers };
  }

  writev<T extends readonly NodeJS.ArrayBufferView[]>(
    buffers: T,
    position?: number | null,
  ): { bytesWritten: number; buffers: T } {
    const fd = this.#open('writev');
    if (buffers.length === 0) return { bytesWritten: 0, buffers };
    return { bytesWritten: fs.writevSync(fd, buffers, position ?? undefined), buffers };
  }

  /** Reads from where the file stands to its end. */
  readFile(options: BufferEncoding | { encoding: BufferEncoding }): string;
  readFile(options?: { encoding?: null | undefined } | null): Buffer<ArrayBuffer>;
  readFile(options?: EncodingOption): string | Buffer;
  readFile(options?: EncodingOption): string | Buffer {
    return fs.readFileSync(this.#open('readFile'), options);
  }

  /** Writes from where the file stands; what lies beyond what was written stays. */
  writeFile(data: FileData, options?: EncodingOption): void {
    const fd = this.#open('writeFile');
    const encoding = (typeof options === 'string' ? options : options?.encoding) ?? 'utf8';
    if (typeof data === 'string' || ArrayBuffer.isView(data)) {
      writeWhole(fd, data, encoding);
      return;
    }
    for (const part of data) writeWhole(fd, part, encoding);
  }

  /** As `writeFile`: open the file with flag `a` to write to its end. */
  appendFile(data: FileData, options?: EncodingOption): void {
    this.writeFile(data, options);
  }

  /** Reads line by line and closes the file at the end of the loop, as `readLines` does. */
  *readLines(
    options: ChunkOptions & { encoding?: BufferEncoding; autoClose?: boolean } = {},
  ): Generator<string, void, undefined> {
    const { autoClose = true, ...range } = options;
    try {
      yield* readLinesSync(this.#open('read'), range);
    } finally {
      if (autoClose) this.close();
    }
  }

  /** Reads chunk by chunk, in the place of `createReadStream`, and closes the file at the end of the loop. */
  *readChunks(options: ChunkOptions & { autoClose?: boolean } = {}): Generator<Buffer, void, undefined> {
    const { autoClose = true, ...range } = options;
    try {
      yield* readChunksSync(this.#open('read'), range);
    } finally {
      if (autoClose) this.close();
    }
  }

  stat(options: { bigint: true }): fs.BigIntStats;
  stat(options?: { bigint?: false | undefined }): fs.Stats;
  stat(options?: fs.StatOptions): fs.Stats | fs.BigIntStats {
    return fs.fstatSync(this.#open('fstat'), options);
  }

  truncate(length?: number | null): void {
    fs.ftruncateSync(this.#open('ftruncate'), length ?? 0);
  }

  sync(): void {
    fs.fsyncSync(this.#open('fsync'));
  }

  datasync(): void {
    fs.fdatasyncSync(this.#open('fdatasync'));
  }

  utimes(accessed: string | number | Date, modified: string | number | Date): void {
    fs.futimesSync(this.#open('futimes'), accessed, modified);
  }

  chmod(mode: fs.Mode): void {
    fs.fchmodSync(this.#open('fchmod'), mode);
  }

  chown(uid: number, gid: number): void {
    fs.fchownSync(this.#open('fchown'), uid, gid);
  }

  /** Closing twice is fine. */
  close(): void {
    if (this.#fd === -1) return;
    const fd = this.#fd;
    this.#fd = -1;
    fs.closeSync(fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The descriptor, or the error that a closed `FileHandle` gives. */
  #open(syscall: string): number {
    if (this.#fd === -1) throw Object.assign(new Error('file closed'), { code: 'EBADF', syscall });
    return this.#fd;
  }
}

/**
 * Opens a file: `open` of `node:fs/promises`, blocking. Mind the name: `openSync` of `node:fs` gives a bare number.
 *
 * @example
 * ```ts
 * import { openSync } from '@unawait/std/fs';
 *
 * using file = openSync('journal', 'a+');
 * file.appendFile('entry\n');
 * file.datasync();
 * ```
 */
export function openSync(path: fs.PathLike, flags: string | number = 'r', mode: fs.Mode = 0o666): FileHandleSync {
  return new FileHandleSync(fs.openSync(path, flags, mode));
}

function writeWhole(fd: number, data: string | NodeJS.ArrayBufferView, encoding: BufferEncoding): void {
  if (typeof data !== 'string' && !ArrayBuffer.isView(data)) {
    throw Object.assign(new TypeError('Each part written must be a string, a Buffer, a TypedArray, or a DataView'), {
      code: 'ERR_INVALID_ARG_TYPE',
    });
  }
  fs.writeFileSync(fd, data, { encoding });
}
