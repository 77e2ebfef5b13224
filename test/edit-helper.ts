import { ts } from 'ts-morph';
import type { Claim } from '../src/model/edit.ts';
import type { Site, SiteKind } from '../src/model/facts.ts';
import { siteId } from '../src/model/ids.ts';
import { apply } from '../src/edit/apply.ts';
import { parse, walk } from '../src/edit/source.ts';
import { type Rewrite, template, toTemplate } from '../src/transform.ts';

/** One site and its claim, made by hand as a transform would. */
export interface Made {
  readonly site: Site;
  readonly claim: Claim;
}

/** Says what becomes of a node: a rewrite, or undefined. `outer` is the node whose span is the site's, when it is not the node. */
export type Rule = (node: ts.Node, source: ts.SourceFile) => Rewrite | undefined;

export function make(
  file: string,
  source: ts.SourceFile,
  node: ts.Node,
  rewrite: Rewrite,
  options: { drops?: string; rank?: number; transform?: string; kind?: SiteKind } = {},
): Made {
  const { drops, rank = 1, transform = 'test', kind = 'loop' } = options;
  let outer = node;
  while (ts.isExpression(node) && ts.isParenthesizedExpression(outer.parent)) outer = outer.parent;
  const span = { start: outer.getStart(source), end: outer.end };
  const id = siteId(file, span, kind);
  const expression = ts.isExpression(node);
  const { template, imports } = toTemplate(rewrite, source, expression);
  return {
    site: {
      id,
      kind: 'loop',
      api: '',
      place: { file, line: 1, column: 1 },
      span,
      inside: file,
      test: false,
      rank,
    },
    claim: {
      transform,
      code: 'UA000',
      site: id,
      template,
      imports,
      requires: [],
      applicability: 'safe',
      ...(drops !== undefined && { drops }),
    },
  };
}

/** `await x` → `x` */
export const removeAwait: Rule = (node) => (ts.isAwaitExpression(node) ? template`${node.expression}` : undefined);

/** `async` goes, whatever function has it. */
export const removeAsync: Rule = (node, source) => {
  if (!ts.canHaveModifiers(node) || !ts.isFunctionLike(node)) return undefined;
  const modifiers = ts.getModifiers(node) ?? [];
  const at = modifiers.findIndex(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
  if (at === -1) return undefined;
  const start = node.getStart(source);
  const from = modifiers[at]!.getStart(source);
  const after = /\S/.exec(source.text.slice(modifiers[at]!.end))!.index + modifiers[at]!.end;
  return template`${{ span: { start, end: from } }}${{ span: { start: after, end: node.end } }}`;
};

function claimsOf(file: string, text: string, rules: readonly Rule[]): Made[] {
  const source = parse(file, text);
  const made: Made[] = [];
  walk(source, (node) => {
    rules.forEach((rule, i) => {
      const rewrite = rule(node, source);
      if (rewrite !== undefined)
        made.push(make(file, source, node, rewrite, { kind: i === 0 ? 'await' : 'call', rank: i }));
    });
  });
  return made;
}

/** The text with all rules applied; throws what is a problem. */
export function rewrite(text: string, rules: readonly Rule[] = [removeAwait], file = 'a.ts'): string {
  const made = claimsOf(file, text, rules);
  const { changes, problems } = apply(
    new Map([[file, text]]),
    made.map(({ site }) => site),
    made.map(({ claim }) => claim),
  );
  if (problems.length > 0) throw new Error(`${problems[0]!.transform}: ${problems[0]!.message}`);
  return changes[0]?.after ?? text;
}
