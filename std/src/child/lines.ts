import { splitLines } from '../fs/lines.ts';

/**
 * The lines of what a child has written, without their ends: `readline` over its output, once it is there.
 *
 * @example
 * ```ts
 * import { linesOf, runSync } from '@unawait/std/child';
 *
 * for (const line of linesOf(runSync('git', ['ls-files']).stdout!)) console.log(line);
 * ```
 */
export function linesOf(output: Uint8Array | string): string[] {
  const text =
    typeof output === 'string' ? output : Buffer.from(output.buffer, output.byteOffset, output.length).toString();
  return [...splitLines([text])];
}
