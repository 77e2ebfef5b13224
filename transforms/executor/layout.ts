import { ts } from 'ts-morph';
import type { Piece } from '../../src/transform.ts';
import { nodesOf, type Work } from './shape.ts';

/** Code on its way out, one entry a statement. */
export type Out =
  | { readonly line: readonly Piece[] }
  /** The promise is resolved here; `value` is an expression. `effect`: the expression has no value, it is there for what it does. */
  | {
      readonly resolve: readonly Piece[] | undefined;
      readonly effect: boolean;
      readonly inert: boolean;
      readonly tail: boolean;
      /** Statements of a function that the expression ends with, and what closes it. */
      readonly block?: { readonly lines: readonly Piece[]; readonly close: string };
    }
  | { readonly reject: readonly Piece[] }
  /** `if (…) {` … `} else {` … `}`; `short`: a branch of one line was written without braces. */
  | {
      readonly sections: readonly { readonly head: readonly Piece[]; readonly body: readonly Out[] }[];
      readonly short: boolean;
    };

/** What becomes of the value: `return` it (`last`: the function ends here anyway), leave it, or put it where `head` says. */
export type Finish =
  | { readonly kind: 'return'; readonly last: boolean }
  | { readonly kind: 'discard' }
  | { readonly kind: 'assign'; readonly head: readonly Piece[] };

/** Statements as pieces, the first without indentation; undefined where this finish cannot be written. */
export function layout(work: Work, outs: readonly Out[], finish: Finish, level: number): readonly Piece[] | undefined {
  const lines = print(work, outs, finish, level, true);
  if (!lines) return undefined;
  return lines.flatMap((line, i) => (i === 0 ? line : [breakTo(level), ...line]));
}

export const breakTo = (level: number): string => `\n${'  '.repeat(level)}`;

type Lines = (readonly Piece[])[];

function print(work: Work, outs: readonly Out[], finish: Finish, level: number, last: boolean): Lines | undefined {
  const lines: Lines = [];
  for (const [i, out] of outs.entries()) {
    const ends = last && i === outs.length - 1;
    if ('line' in out) lines.push(out.line);
    else if ('reject' in out) lines.push(['throw ', out.reject, work.semi]);
    else if ('sections' in out) {
      const printed = printSections(work, out, finish, level, ends);
      if (!printed) return undefined;
      lines.push(...printed);
    } else {
      const printed = printResolve(work, withBlock(out, level), finish, ends);
      if (!printed) return undefined;
      lines.push(...printed);
    }
  }
  return lines;
}

function withBlock(out: Extract<Out, { resolve: unknown }>, level: number): Extract<Out, { resolve: unknown }> {
  const { block, resolve } = out;
  if (!block || !resolve) return out;
  const lines = block.lines.flatMap((line): Piece[] => [breakTo(level + 1), line]);
  return { ...out, resolve: [...resolve, ...lines, `${breakTo(level)}${block.close}`] };
}

function printResolve(
  work: Work,
  out: Extract<Out, { resolve: unknown }>,
  finish: Finish,
  ends: boolean,
): Lines | undefined {
  const { resolve, effect, inert, tail } = out;
  if (finish.kind === 'return') {
    if (resolve && !effect) return [['return ', resolve, work.semi]];
    const lines: Lines = resolve ? [[resolve, work.semi]] : [];
    return ends && finish.last ? lines : [...lines, [`return${work.semi}`]];
  }
  if (!tail) return undefined;
  if (finish.kind === 'assign') return ends ? [[...finish.head, resolve ?? 'undefined', work.semi]] : undefined;
  return resolve && !inert ? [[resolve, work.semi]] : [];
}

function printSections(
  work: Work,
  out: Extract<Out, { sections: unknown }>,
  finish: Finish,
  level: number,
  ends: boolean,
): Lines | undefined {
  if (finish.kind === 'assign' && out.sections.some(({ body }) => body.some((o) => 'resolve' in o))) return undefined;
  const bodies = out.sections.map(({ body }) => print(work, body, finish, level + 1, ends));
  if (bodies.includes(undefined)) return undefined;
  const [first, second, ...more] = out.sections;
  if (bodies[0]!.length === 0 && second && more.length === 0 && second.head[0] === 'else') {
    const head = ['if (', negated(first!.head[1] as ts.Expression), ')'];
    return printSections(work, { sections: [{ head, body: second.body }], short: out.short }, finish, level, ends);
  }
  const [only] = bodies as Lines[];
  if (out.short && out.sections.length === 1 && only!.length === 1)
    return [[...out.sections[0]!.head, ' ', ...only![0]!]];
  if (out.short && out.sections.length === 1 && only!.length === 0) return [];
  const pieces: Piece[] = [];
  for (const [i, { head }] of out.sections.entries()) {
    if (i > 0) pieces.push(' ');
    pieces.push(head, ' {');
    for (const line of bodies[i]!) pieces.push(breakTo(level + 1), line);
    pieces.push(bodies[i]!.length > 0 ? `${breakTo(level)}}` : '}');
  }
  return [pieces];
}

/** The opposite of a condition, as people write it. */
export function negated(condition: ts.Expression): Piece {
  if (ts.isPrefixUnaryExpression(condition) && condition.operator === ts.SyntaxKind.ExclamationToken)
    return condition.operand;
  if (ts.isBinaryExpression(condition)) {
    const opposite = opposites.get(condition.operatorToken.kind);
    if (opposite !== undefined) return [condition.left, ` ${opposite} `, condition.right];
  }
  return ['!', condition];
}

const opposites = new Map<ts.SyntaxKind, string>([
  [ts.SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, '==='],
  [ts.SyntaxKind.EqualsEqualsToken, '!='],
  [ts.SyntaxKind.ExclamationEqualsToken, '=='],
]);

/** Puts what `work.replaced` says in the place of nodes inside of pieces that stay. */
export function withReplacements(work: Work, pieces: readonly Piece[]): readonly Piece[] {
  if (work.replaced.size === 0) return pieces;
  return pieces.flatMap((piece): Piece[] => {
    if (typeof piece === 'string') return [piece];
    if (Array.isArray(piece)) return [withReplacements(work, piece as readonly Piece[])];
    if (!('kind' in piece) || 'need' in piece) return [piece];
    const node = piece;
    const inner = [...nodesOf(node)].filter((n) => work.replaced.has(n));
    if (inner.length === 0) return [node];
    if (inner[0] === node) return [work.replaced.get(node)!];
    const { source } = work.context;
    const split: Piece[] = [];
    let from = node.getStart(source);
    for (const one of inner) {
      split.push({ span: { start: from, end: one.getStart(source) } }, work.replaced.get(one)!);
      from = one.end;
    }
    split.push({ span: { start: from, end: node.end } });
    return split;
  });
}
