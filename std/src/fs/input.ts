import { readChunksSync } from './chunks.ts';

/**
 * All of standard input, to its end. Waits where `readFileSync(0)` fails with `EAGAIN`: once anything has looked at
 * `process.stdin`, if only at its `isTTY`, Node has made a pipe non-blocking.
 *
 * @throws what reading throws
 *
 * @example
 * ```ts
 * import { readInputSync } from '@unawait/std/fs';
 *
 * const settings: unknown = JSON.parse(readInputSync('utf8'));
 * ```
 */
export function readInputSync(encoding: BufferEncoding): string;
export function readInputSync(): Buffer<ArrayBuffer>;
export function readInputSync(encoding?: BufferEncoding): string | Buffer<ArrayBuffer> {
  const bytes = Buffer.concat([...readChunksSync(0)]);
  return encoding === undefined ? bytes : bytes.toString(encoding);
}
