import { ts } from 'ts-morph';
import type { Claim } from '../model/edit.ts';
import type { Site } from '../model/facts.ts';
import { Level, levelOf } from './precedence.ts';
import { spanKey, walk } from './source.ts';

/** Where a rewrite is sure to need no parentheses; everywhere else marked ones are put in, and judged later. */
export interface Sure {
  /** Spans of calls, member accesses and names that begin with a word. */
  readonly tight: ReadonlySet<number>;
  /** Spans of sites after which no member, call or type arguments stand. */
  readonly loose: ReadonlySet<number>;
}

/** Looks at the spans that claims name, and only at those. */
export function readSure(tree: ts.SourceFile, sites: ReadonlyMap<string, Site>, claims: readonly Claim[]): Sure {
  const ends = new Set<number>();
  for (const { site, template } of claims) {
    const span = sites.get(site)?.span;
    if (span !== undefined) ends.add(span.end);
    for (const part of template.parts) if (typeof part === 'object' && 'child' in part) ends.add(part.child.end);
  }
  const tight = new Set<number>();
  const loose = new Set<number>();
  walk(tree, (node) => {
    if (!ends.has(node.end) || !ts.isExpression(node)) return;
    const start = node.getStart(tree);
    const key = spanKey(start, node.end);
    if (levelOf(node) >= Level.call && beginsWithName(tree.text, start) && !ts.isExpressionWithTypeArguments(node)) {
      tight.add(key);
    }
    if (!ts.isParenthesizedExpression(node.parent) && isLoose(node)) loose.add(key);
  });
  return { tight, loose };
}

function beginsWithName(text: string, start: number): boolean {
  const [word] = /^[\p{ID_Start}$_]?[\p{ID_Continue}$]*/u.exec(text.slice(start, start + 12))!;
  return word !== '' && !/^(?:\d|(?:function|class|let|async|yield)$)/.test(word);
}

function isLoose(node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return parent.expression !== node;
  return !(
    ts.isPropertyAccessExpression(parent) ||
    (ts.isElementAccessExpression(parent) && parent.expression === node) ||
    ts.isNonNullExpression(parent) ||
    ts.isTaggedTemplateExpression(parent) ||
    ts.isDecorator(parent) ||
    ts.isExpressionWithTypeArguments(parent) ||
    ts.isShorthandPropertyAssignment(parent)
  );
}
