import { closeSync, openSync, readSync, type PathLike } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** What can be read from: a path, an open descriptor, or something that has one, such as a `FileHandleSync`. */
export type Source = PathLike | number | { readonly fd: number };

export interface ChunkOptions {
  /** First byte to read; from where the descriptor stands when left out. */
  start?: number | undefined;
  /** Last byte to read, counted like `start` and included; to the end when left out. */
  end?: number | undefined;
  /** Longest chunk, in bytes: 64 KiB unless told otherwise. */
  highWaterMark?: number | undefined;
}

/** How long to wait for a descriptor that somebody has made non-blocking, in milliseconds. */
const shortestPause = 0.05;
const longestPause = 10;
const pause = new Int32Array(new SharedArrayBuffer(4));

/**
 * Reads a file, pipe or terminal chunk by chunk: `fs.createReadStream` as a generator, with the meaning of its options.
 * What it opened it closes, also when the loop ends early; a descriptor that it was given stays open.
 *
 * @throws what opening or reading throws, at the first step of the loop
 *
 * @example
 * ```ts
 * import { readChunksSync } from '@unawait/std/fs';
 *
 * const hash = createHash('sha256');
 * for (const chunk of readChunksSync('disk.img')) hash.update(chunk);
 * const input = Buffer.concat([...readChunksSync(0)]); // all of standard input
 * ```
 */
export function readChunksSync(
  source: Source,
  options: ChunkOptions & { encoding: BufferEncoding },
): Generator<string, void, undefined>;
export function readChunksSync(source: Source, options?: ChunkOptions): Generator<Buffer, void, undefined>;
export function readChunksSync(
  source: Source,
  options: ChunkOptions & { encoding?: BufferEncoding } = {},
): Generator<Buffer | string, void, undefined> {
  const { start, end = Infinity, highWaterMark = 64 * 1024, encoding } = options;
  if (start !== undefined) checkOffset('start', start);
  if (end !== Infinity) checkOffset('end', end);
  if (start !== undefined && start > end) throw outOfRange('start', `<= "end" (here: ${end})`, start);
  if (!(Number.isSafeInteger(highWaterMark) && highWaterMark > 0)) {
    throw outOfRange('highWaterMark', 'a positive integer', highWaterMark);
  }
  const chunks = readBytes(source, start, end, highWaterMark);
  return encoding === undefined ? chunks : decoded(chunks, encoding);
}

function* readBytes(
  source: Source,
  start: number | undefined,
  end: number,
  highWaterMark: number,
): Generator<Buffer, void, undefined> {
  const own = typeof source === 'number' || hasDescriptor(source) ? undefined : openSync(source, 'r');
  const fd = own ?? (typeof source === 'object' && 'fd' in source ? source.fd : (source as number));
  try {
    let left = end - (start ?? 0) + 1;
    let position = start ?? null;
    while (left > 0) {
      const buffer = Buffer.allocUnsafe(Math.min(highWaterMark, left));
      const count = readWaiting(fd, buffer, position);
      if (count === 0) return;
      left -= count;
      if (position !== null) position += count;
      yield buffer.subarray(0, count);
    }
  } finally {
    if (own !== undefined) closeSync(own);
  }
}

function hasDescriptor(source: Exclude<Source, number>): source is { readonly fd: number } {
  return typeof source === 'object' && 'fd' in source;
}

/** One read; waits where a non-blocking descriptor (a terminal, a pipe of Node's) has nothing yet. */
function readWaiting(fd: number, buffer: Buffer, position: number | null): number {
  for (let wait = shortestPause; ; wait = Math.min(2 * wait, longestPause)) {
    try {
      return readSync(fd, buffer, 0, buffer.length, position);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      // Windows reports the end of a pipe as an error.
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, wait);
    }
  }
}

function* decoded(chunks: Iterable<Buffer>, encoding: BufferEncoding): Generator<string, void, undefined> {
  const decoder = new StringDecoder(encoding);
  for (const chunk of chunks) {
    const text = decoder.write(chunk);
    if (text !== '') yield text;
  }
  const rest = decoder.end();
  if (rest !== '') yield rest;
}

function checkOffset(name: string, value: number): void {
  if (typeof value !== 'number') {
    const error = new TypeError(`The "${name}" argument must be of type number. Received ${typeof value}`);
    throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
  }
  if (!Number.isSafeInteger(value) || value < 0) throw outOfRange(name, `>= 0 && <= 2 ** 53 - 1`, value);
}

function outOfRange(name: string, range: string, value: number): RangeError {
  const error = new RangeError(`The value of "${name}" is out of range. It must be ${range}. Received ${value}`);
  return Object.assign(error, { code: 'ERR_OUT_OF_RANGE' });
}
