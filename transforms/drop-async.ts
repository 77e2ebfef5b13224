import { ts } from 'ts-morph';
import { defineTransform, template } from '../src/transform.ts';

export default defineTransform({
  id: 'drop-async',
  code: 'UA102',
  claims: 'async-function',
  applicability: 'safe',
  summary: 'Drop the word `async` from a function that turned blocking',
  reasons: {},
  rewrite(site, node, { source }) {
    const word = ts.canHaveModifiers(node)
      ? ts.getModifiers(node)?.find((m) => m.kind === ts.SyntaxKind.AsyncKeyword)
      : undefined;
    if (!word) return undefined;
    const rest = { span: { start: skipSpace(source.text, word.end), end: node.end } };
    const before = { start: site.span.start, end: word.getStart(source) };
    return before.end > node.getStart(source)
      ? template`${{ span: { start: node.getStart(source), end: before.end } }}${rest}`
      : template`${rest}`;
  },
});

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}
