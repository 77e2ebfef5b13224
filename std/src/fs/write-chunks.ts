import type { PathLike } from 'node:fs';
import { FileWriterSync, type WriterOptions } from './writer.ts';

/**
 * Writes what an iterable yields to a file, piece by piece: `pipeline(chunks, fs.createWriteStream(path))`, blocking. The file is opened
 * before the first piece is asked for; where the iterable throws, what it has yielded until then stays in the file.
 *
 * @throws what opening or writing throws, and what the iterable throws
 *
 * @example
 * ```ts
 * import { readChunksSync, writeChunksSync } from '@unawait/std/fs';
 *
 * writeChunksSync('copy.img', readChunksSync('disk.img', { start: 512 }));
 * ```
 */
export function writeChunksSync(
  path: PathLike,
  chunks: Iterable<string | NodeJS.ArrayBufferView>,
  options?: BufferEncoding | WriterOptions,
): void {
  const out = new FileWriterSync(path, options);
  try {
    for (const chunk of chunks) out.write(chunk);
  } finally {
    out.end();
  }
}
