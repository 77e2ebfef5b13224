import { ts } from 'ts-morph';
import type { Source } from './source.ts';

/** A comment of the source: its text, and how it stands among the lines. */
export interface Comment {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Nothing stands before it on its line. */
  readonly ownLine: boolean;
  /** A blank line stands before it. */
  readonly afterBlank: boolean;
  /** A line break follows, before the next token. */
  readonly breaks: boolean;
}

const ofSource = new WeakMap<Source, readonly Comment[]>();

/** Comments between `start` and `end`, a part of the source that begins and ends between tokens. */
export function commentsBetween(source: Source, start: number, end: number): readonly Comment[] {
  const slice = source.text.slice(start, end);
  if (!slice.includes('//') && !slice.includes('/*')) return [];
  let all = ofSource.get(source);
  if (all === undefined) ofSource.set(source, (all = readComments(source)));
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (all[middle]!.start < start) low = middle + 1;
    else high = middle;
  }
  let last = low;
  while (last < all.length && all[last]!.end <= end) last++;
  return all.slice(low, last);
}

/** Comments stand between tokens, and only the tree knows what a token is (`/` in a regular expression, `//` in JSX text). */
function readComments({ text, tree }: Source): Comment[] {
  const comments: Comment[] = [];
  const stack: ts.Node[] = [tree];
  while (stack.length > 0) {
    const node = stack.pop()!;
    const children = node.getChildren(tree);
    if (children.length > 0) {
      stack.push(...children.toReversed());
      continue;
    }
    const start = node.getStart(tree);
    if (node.kind === ts.SyntaxKind.SyntaxList || ts.isJsxText(node) || start - node.pos < 2) continue;
    const trivia = text.slice(node.pos, start);
    for (const match of trivia.matchAll(/\/\/[^\r\n]*|\/\*[\s\S]*?\*\//g)) {
      const from = node.pos + match.index;
      const to = from + match[0].length;
      const before = /(?:^|[\r\n])[ \t]*$/.exec(text.slice(text.lastIndexOf('\n', from - 1) + 1, from));
      comments.push({
        start: from,
        end: to,
        text: match[0],
        ownLine: before !== null,
        afterBlank: /\n[ \t]*\r?\n[ \t]*$/.test(text.slice(node.pos, from)),
        breaks: /^[ \t]*[\r\n]/.test(text.slice(to, to + 200)),
      });
    }
  }
  return comments;
}

/** The place after white space and comments; `passed` places count as white space. */
export function skipTrivia(text: string, from: number, passed?: (at: number) => boolean): number {
  let at = from;
  while (at < text.length) {
    const char = text[at]!;
    if (/\s/.test(char) || passed?.(at) === true) at++;
    else if (char === '/' && text[at + 1] === '/') {
      while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at++;
    } else if (char === '/' && text[at + 1] === '*') {
      const end = text.indexOf('*/', at + 2);
      at = end === -1 ? text.length : end + 2;
    } else break;
  }
  return at;
}
