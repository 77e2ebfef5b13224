import { ts } from 'ts-morph';
import { skipTrivia } from './comments.ts';
import type { Marked } from './marks.ts';
import { isSealed, needsParens, runsOn } from './precedence.ts';
import { walk } from './source.ts';

/** What is to be taken out of the text: place of the character, and what stands there instead. */
export type Removals = ReadonlyMap<number, '' | ' '>;

/** Marks in the parsed text, and which of them are redundant. */
export interface Verdicts {
  /** Places of opening parentheses that stay. */
  readonly kept: ReadonlySet<number>;
  /** All of them, without those that stand directly in others. */
  readonly outermost: readonly number[];
  /** Opening parentheses that the parser did not read as parentheses around an expression. */
  readonly lost: readonly number[];
  /** Closing parentheses after which, once they are gone, nothing can go on with the expression. */
  readonly sealed: ReadonlySet<number>;
}

type Edge = 'statement' | 'body' | 'default' | 'restricted';

/** Decides which marked parentheses the tree needs. */
export function judgeParens(tree: ts.SourceFile, { text, pairs }: Marked): Verdicts {
  const marked = new Map<number, ts.ParenthesizedExpression>();
  const nodes = new Map<ts.Node, number>();
  const edges = new Map<number, Edge>();
  const ins: ts.BinaryExpression[] = [];
  if (pairs.size === 0) return { kept: new Set(), outermost: [], lost: [], sealed: new Set() };
  walk(tree, (node) => {
    if (ts.isParenthesizedExpression(node)) {
      const start = node.getStart(tree);
      if (pairs.has(start)) {
        marked.set(start, node);
        nodes.set(node, start);
      }
    } else if (ts.isBinaryExpression(node)) {
      if (node.operatorToken.kind === ts.SyntaxKind.InKeyword) ins.push(node);
    } else {
      const edge = edgeOf(node);
      if (edge !== undefined) {
        const start = edge.expression.getStart(tree);
        if (pairs.has(start)) edges.set(start, edge.kind);
      }
    }
  });
  const kept = new Set<number>();
  const sealed = new Set<number>();
  const gone = (node: ts.Node): boolean => {
    const start = nodes.get(node);
    return start !== undefined && !kept.has(start);
  };
  const bared = (node: ts.Node): ts.Node => {
    let inner = node;
    while (gone(inner)) inner = (inner as ts.ParenthesizedExpression).expression;
    return inner;
  };
  const isMark = (at: number): boolean => pairs.has(at) || closes.has(at);
  const closes = new Set(pairs.values());
  // Inner ones first: of two pairs around the same expression the outer one is judged.
  for (const [node, start] of [...nodes].toReversed()) {
    if (nodes.has(node.parent)) continue;
    const inner = bared(node);
    const after = skipTrivia(text, pairs.get(start)! + 1, isMark);
    const next = text.slice(after, after + 2);
    if (needsParens(inner, node, node.parent, bared) || runsOn(inner, next, bared)) kept.add(start);
    else if (next.startsWith(';')) {
      if (isSealed(inner, bared)) sealed.add(pairs.get(start)!);
    }
  }
  for (const node of ins) keepInForHead(node, nodes, kept);
  for (const [start, kind] of edges) keepAtEdge(start, kind, text, marked, kept);
  const outermost = [...nodes].filter(([node]) => !nodes.has(node.parent)).map(([, start]) => start);
  return { kept, outermost, sealed, lost: [...pairs.keys()].filter((start) => !marked.has(start)) };
}

function edgeOf(node: ts.Node): { expression: ts.Expression; kind: Edge } | undefined {
  if (ts.isExpressionStatement(node)) return { expression: node.expression, kind: 'statement' };
  if (ts.isArrowFunction(node)) return ts.isBlock(node.body) ? undefined : { expression: node.body, kind: 'body' };
  if (ts.isExportAssignment(node) && node.isExportEquals !== true)
    return { expression: node.expression, kind: 'default' };
  if (ts.isReturnStatement(node) || ts.isThrowStatement(node) || ts.isYieldExpression(node)) {
    return node.expression && { expression: node.expression, kind: 'restricted' };
  }
  return undefined;
}

/** At the beginning of a statement or arrow body some tokens mean something else, and `return` ends at a line break. */
function keepAtEdge(
  start: number,
  kind: Edge,
  text: string,
  marked: ReadonlyMap<number, ts.ParenthesizedExpression>,
  kept: Set<number>,
): void {
  const opens: number[] = [];
  let at = start;
  while (marked.has(at) && !kept.has(at)) {
    opens.push(at);
    at = skipTrivia(text, at + 1);
  }
  if (opens.length === 0) return;
  const first = marked.get(start)!;
  if (kind === 'restricted') {
    if (/[\r\n]/.test(text.slice(start, at))) kept.add(start);
    return;
  }
  const here = text.slice(at, at + 40);
  const begins =
    kind === 'body'
      ? here.startsWith('{')
      : /^(?:(?:async\s+)?function\b|class\b|@)/.test(here) ||
        (kind === 'statement' && (here.startsWith('{') || /^let\s*\[/.test(here) || isDirective(first, at, text)));
  if (!begins) return;
  let keep = opens.at(-1)!;
  for (let node: ts.Node = marked.get(keep)!.parent; marked.get(node.getStart()) === node; node = node.parent) {
    keep = node.getStart();
  }
  kept.add(keep);
}

/** A lone string at the beginning of a body would become a directive. */
function isDirective(first: ts.ParenthesizedExpression, at: number, text: string): boolean {
  if (text[at] !== "'" && text[at] !== '"') return false;
  let node: ts.Node = first;
  while (ts.isParenthesizedExpression(node)) node = node.expression;
  if (!ts.isStringLiteral(node)) return false;
  const statement = first.parent;
  const body = statement.parent;
  if (!ts.isExpressionStatement(statement) || !(ts.isSourceFile(body) || ts.isBlock(body))) return false;
  if (ts.isBlock(body) && !ts.isFunctionLike(body.parent)) return false;
  for (const before of body.statements) {
    if (before === statement) return true;
    if (!ts.isExpressionStatement(before) || !ts.isStringLiteral(before.expression)) return false;
  }
  return false;
}

/** `for (let i = (a in b); …)`: without parentheses the head would be that of a `for … in`. */
function keepInForHead(node: ts.BinaryExpression, nodes: ReadonlyMap<ts.Node, number>, kept: Set<number>): void {
  let below: ts.Node = node;
  let innermost: number | undefined;
  for (;;) {
    const { parent } = below;
    if (ts.isForStatement(parent)) {
      if (parent.initializer === below && innermost !== undefined) kept.add(innermost);
      return;
    }
    if (ts.isParenthesizedExpression(parent)) {
      const start = nodes.get(parent);
      if (start === undefined || kept.has(start)) return;
      if (innermost === undefined || nodes.has(below)) innermost = start;
    } else if (!isOpen(parent, below)) return;
    below = parent;
  }
}

function isOpen(parent: ts.Node, below: ts.Node): boolean {
  return (
    ts.isBinaryExpression(parent) ||
    (ts.isConditionalExpression(parent) && parent.whenTrue !== below) ||
    (ts.isArrowFunction(parent) && parent.body === below && !ts.isBlock(below)) ||
    ts.isPrefixUnaryExpression(parent) ||
    ts.isAsExpression(parent) ||
    ts.isSatisfiesExpression(parent) ||
    ts.isYieldExpression(parent) ||
    ts.isVariableDeclarationList(parent) ||
    (ts.isVariableDeclaration(parent) && parent.initializer === below)
  );
}

/** Everything to be taken out once `kept` is settled, semicolons included. */
export function removals(
  { text, pairs, semicolons }: Marked,
  { kept, sealed }: Pick<Verdicts, 'kept' | 'sealed'>,
): Removals {
  const gone = new Set<number>();
  for (const [open, close] of pairs) {
    if (!kept.has(open)) gone.add(open).add(close);
  }
  const out = new Map<number, '' | ' '>();
  for (const at of gone) out.set(at, glues(text, at, gone) ? ' ' : '');
  for (const at of semicolons) {
    const next = skipTrivia(text, at + 1, (place) => gone.has(place));
    if (!continuesLine(text, next) || (gone.has(at - 1) && sealed.has(at - 1))) out.set(at, '');
  }
  return out;
}

/** Such a token after a line break goes on with the expression before. */
function continuesLine(text: string, at: number): boolean {
  return /^(?:[([`/*<]|\+(?!\+)|-(?!-)|in\b|instanceof\b)/.test(text.slice(at, at + 12));
}

/** The characters on both sides would become one token; the last of several marks in a row takes the space. */
function glues(text: string, at: number, gone: ReadonlySet<number>): boolean {
  if (gone.has(at + 1)) return false;
  let before = at - 1;
  while (gone.has(before)) before--;
  const left = text[before] ?? '';
  const right = text[at + 1] ?? '';
  if (/[\p{ID_Continue}$#\\]/u.test(left) && /[\p{ID_Continue}$#\\]/u.test(right)) return true;
  return (
    (left === right && /[-+/&|<>]/.test(left)) || (left === '/' && right === '*') || (left === '<' && right === '!')
  );
}
