import { readChunksSync, type ChunkOptions, type Source } from './chunks.ts';

/** What ends a line for `node:readline`: from Node 24, Unicode's line and paragraph separators too. */
const lineEnding = Number.parseInt(process.versions.node) < 24 ? /\r?\n|\r(?!\n)/g : /\r?\n|\r(?!\n)|\u2028|\u2029/g;

/**
 * Reads a file, pipe or terminal line by line, without the line ends: `readline` over `fs.createReadStream` as a generator.
 * It ends lines where `readline` does: at `\n`, `\r\n` and a lone `\r`, from Node 24 at U+2028 and U+2029 too. Holds one
 * chunk and one line.
 *
 * @throws what opening or reading throws, at the first step of the loop
 *
 * @example
 * ```ts
 * import { readLinesSync } from '@unawait/std/fs';
 *
 * for (const line of readLinesSync('access.log')) count(line);
 * for (const answer of readLinesSync(0)) reply(answer); // standard input
 * ```
 */
export function readLinesSync(
  source: Source,
  options: BufferEncoding | (ChunkOptions & { encoding?: BufferEncoding | undefined }) = 'utf8',
): Generator<string, void, undefined> {
  const { encoding = 'utf8', ...range } = typeof options === 'string' ? { encoding: options } : options;
  return splitLines(readChunksSync(source, { ...range, encoding }));
}

/** Lines of text that comes in chunks. */
export function* splitLines(chunks: Iterable<string>): Generator<string, void, undefined> {
  let begun = '';
  let afterReturn = false;
  for (const chunk of chunks) {
    const text: string = afterReturn && chunk.startsWith('\n') ? chunk.slice(1) : chunk;
    afterReturn = false;
    // Only the new part is searched, so that a long line costs no more than its length.
    if (text.search(lineEnding) < 0) {
      begun += text;
      continue;
    }
    afterReturn = text.endsWith('\r');
    const joined = begun + text;
    let from = 0;
    for (const match of joined.matchAll(lineEnding)) {
      yield joined.slice(from, match.index);
      from = match.index + match[0].length;
    }
    begun = joined.slice(from);
  }
  if (begun !== '') yield begun;
}
