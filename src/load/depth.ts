import { ts } from 'ts-morph';
import { UsageError } from './usage-error.ts';

/** Deeper than people write, and less than TypeScript overflows at. */
const DEEP = 400;

/** Whether TypeScript, which works by recursion, ran out of stack. */
export function isOverflow(error: unknown): boolean {
  return error instanceof RangeError && /call stack/i.test(error.message);
}

/** What to say when TypeScript could not parse a file: where brackets are nested deepest. */
export function tooDeepToParse(file: string, text: string): UsageError {
  let depth = 0;
  let deepest = 0;
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    if ('([{'.includes(text[i]!)) depth++;
    else if (')]}'.includes(text[i]!)) depth--;
    if (depth > deepest) [deepest, at] = [depth, i];
  }
  const line = text.slice(0, at).split('\n').length;
  return new UsageError(
    `${file}:${line} is nested too deeply for TypeScript to read. Split what stands there, or leave the file out of the tsconfig.`,
  );
}

/** What to say when TypeScript could not answer for a program: the place that is nested deepest, where one is. */
export function tooDeepToCheck(
  sources: readonly { readonly file: string; readonly source: ts.SourceFile }[],
): UsageError {
  let deepest = { depth: 0, place: '' };
  for (const { file, source } of sources) {
    const stack: [node: ts.Node, depth: number][] = [[source, 0]];
    while (stack.length > 0) {
      const [node, depth] = stack.pop()!;
      if (depth > deepest.depth) {
        deepest = { depth, place: `${file}:${source.getLineAndCharacterOfPosition(node.pos).line + 1}` };
      }
      ts.forEachChild(node, (child) => void stack.push([child, depth + 1]));
    }
  }
  return new UsageError(
    deepest.depth > DEEP
      ? `${deepest.place} is nested ${deepest.depth} levels deep, too deep for TypeScript to check. Split what stands there, or leave the file out of the tsconfig.`
      : 'The types of this project depend on one another in longer chains than TypeScript can follow. Give functions that call one another return types.',
  );
}
