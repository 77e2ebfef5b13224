import { ts } from 'ts-morph';
import type { Applicability, ImportNeed, Template, TemplatePart } from './model/edit.ts';
import type { Colour, SiteKind, SiteOf } from './model/facts.ts';
import type { Span } from './model/ids.ts';

/** The syntax node a site of each kind comes with; compiler nodes, read-only. */
export interface SiteNodes {
  'async-function': ts.FunctionLikeDeclaration;
  await: ts.AwaitExpression;
  call: ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression | ts.PropertyAccessExpression;
  'api-call': ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression;
  'api-member':
    ts.PropertyAccessExpression | ts.ElementAccessExpression | ts.BindingElement | ts.ObjectLiteralElementLike;
  'api-value': ts.Expression;
  'type-reference': ts.TypeReferenceNode | ts.ImportTypeNode | ts.ExpressionWithTypeArguments;
  combinator: ts.CallExpression;
  'promise-static': ts.CallExpression;
  executor: ts.NewExpression;
  then: ts.CallExpression;
  'promise-value': ts.Expression;
  store: ts.Node;
  escape: ts.Node;
  'return-in-try': ts.ReturnStatement;
  'for-await': ts.ForOfStatement;
  'await-using': ts.VariableStatement | ts.VariableDeclarationList;
  'async-symbol': ts.Node;
  callback: ts.Expression;
  'dynamic-import': ts.CallExpression;
  expectation: ts.CallExpression | ts.PropertyAccessExpression;
  'server-import': ts.ImportDeclaration;
  loop: ts.Node;
  idiom: ts.Node;
  cast: ts.Node;
  exposed: ts.Node;
  'early-throw': ts.ThrowStatement;
  twin: ts.FunctionLikeDeclaration;
  'twin-place': ts.Node;
  'async-test': ts.ArrowFunction | ts.FunctionExpression;
}

/** Type questions about nodes inside the site. */
export interface TypeQuestions {
  colour(node: ts.Expression): Colour;
  /** The type as its author would write it, `T` of `Promise<T>` when awaited is asked for. */
  text(node: ts.Expression, awaited?: boolean): string;
  /** API id of a callee, member or type of a library, else undefined. */
  api(node: ts.Node): string | undefined;
  /** The call's result has no members that a caller could miss: void, undefined or never. */
  isVoid(node: ts.Expression, awaited?: boolean): boolean;
  /** Node names a binding (variable, parameter, import) declared outside of the site. */
  isOuter(node: ts.Identifier): boolean;
  /** A function, and the same one whatever runs before it is called. */
  isFixedFunction(node: ts.Expression): boolean;
  /** An element of an array may be missing, to the project's compiler: `noUncheckedIndexedAccess`. */
  readonly strictIndexes: boolean;
  /** How another thread can name a library's function: module, names from its namespace down; `typed` where `typeof import(…)` has them. */
  importable(
    callee: ts.Expression,
  ): { readonly module: string; readonly name: string; readonly typed: boolean; readonly simple: boolean } | undefined;
  /** What keeps the value from being copied to another thread, to be read after "holds"; undefined for plain data. */
  cloneProblem(node: ts.Expression, awaited?: boolean): string | undefined;
  /** Names of the value's properties, as far as its type tells. */
  properties(node: ts.Expression): readonly string[];
  /** Same binding. */
  same(a: ts.Node, b: ts.Node): boolean;
}

export interface Context {
  readonly types: TypeQuestions;
  readonly source: ts.SourceFile;
  /** Source text of a node, without leading trivia. */
  readonly text: (node: ts.Node) => string;
}

/** Marks a name to import in a template. */
export interface Imported {
  readonly need: ImportNeed;
}

/** Marks a new local name in a template; the same object gives the same name. */
export interface Fresh {
  readonly fresh: string;
}

/** Puts an exact span of the site's text in a template (what is claimed inside of it is rendered). */
export interface Verbatim {
  readonly span: Span;
}

/** Puts the site's text as it was read in a template, whatever is claimed inside of it. */
export interface Raw {
  readonly raw: Span;
}

export type Piece = string | ts.Node | Imported | Fresh | Verbatim | Raw | Rewrite | readonly Piece[];

/** Text with children, before it is tied to a site. */
export interface Rewrite {
  readonly pieces: readonly Piece[];
}

export interface ClaimAnswer {
  readonly rewrite: Rewrite;
  readonly applicability?: Applicability;
  readonly note?: string;
  readonly requires?: readonly string[];
  readonly drops?: string;
  /** What is refused where the policy that the claim asks for is not allowed. */
  readonly otherwise?: RefuseAnswer;
}

export interface RefuseAnswer {
  readonly refuse: string;
  readonly detail?: string;
  readonly unlocks?: string;
}

/** The text stays as it is: nothing more is needed once its function turns blocking. */
export interface KeepAnswer {
  readonly keep: true;
  readonly applicability?: Applicability;
  readonly note?: string;
  readonly requires?: readonly string[];
}

/** Claim (a bare template is one), keep, refuse for a declared reason, or undefined: "not mine". */
export type Answer = Rewrite | ClaimAnswer | KeepAnswer | RefuseAnswer | undefined;

/** A declared reason: `short` names it in lists, `extra` explains it in the docs and says what would unlock it. */
export interface Reason {
  readonly short: string;
  readonly extra: string;
}

export interface Transform<K extends SiteKind = SiteKind> {
  readonly id: string;
  /** `UA101`; never reused. */
  readonly code: string;
  readonly claims: K | readonly K[];
  /** The highest applicability its claims can have. */
  readonly applicability: Applicability;
  readonly summary: string;
  /** Markdown for `docs/transforms/<id>.md`, beside the example fixture. */
  readonly docs?: string;
  readonly reasons: Readonly<Record<string, Reason>>;
  /** Asked first where several transforms claim one kind; 0 by default, higher goes first. */
  readonly priority?: number;
  rewrite(site: SiteOf<K>, node: SiteNodes[K], context: Context): Answer;
}

export function defineTransform<const K extends SiteKind>(transform: Transform<K>): Transform<K> {
  return transform;
}

/** Literal text around children: ``template`${node.expression}.value` ``. */
export function template(strings: TemplateStringsArray, ...values: Piece[]): Rewrite {
  return { pieces: strings.flatMap((text, i) => (i < values.length ? [text, values[i]!] : [text])) };
}

export function refuse(reason: string, detail?: string, unlocks?: string): RefuseAnswer {
  return { refuse: reason, ...(detail !== undefined && { detail }), ...(unlocks !== undefined && { unlocks }) };
}

export function imported(
  module: string,
  name: string,
  options: { kind?: ImportNeed['kind']; through?: string } = {},
): Imported {
  const { kind = 'value', through } = options;
  return { need: { module, name, kind, ...(through !== undefined && { through }) } };
}

export function fresh(name: string): Fresh {
  return { fresh: name };
}

/** From the start of `first` to the end of `last` (default: the same node), what stands between included. */
export function verbatim(source: ts.SourceFile, first: ts.Node, last: ts.Node = first): Verbatim {
  return { span: { start: first.getStart(source), end: last.end } };
}

/** What ends a statement in this file: nothing where its author leaves semicolons out. */
export function semicolon(source: ts.SourceFile): ';' | '' {
  return /;[ \t]*(?:\/\/.*)?\r?$/m.test(source.text) || !source.text.includes('\n') ? ';' : '';
}

export function keep(note?: string): KeepAnswer {
  return note === undefined ? { keep: true } : { keep: true, applicability: 'noted', note };
}

export function isRefusal(answer: Answer): answer is RefuseAnswer {
  return answer !== undefined && 'refuse' in answer;
}

/** Flattens a rewrite into the plain template of a claim. */
export function toTemplate(
  rewrite: Rewrite,
  source: ts.SourceFile,
  expression: boolean,
): { template: Template; imports: ImportNeed[] } {
  const parts: TemplatePart[] = [];
  const imports: ImportNeed[] = [];
  const stack: Piece[] = [rewrite];
  while (stack.length > 0) {
    const piece = stack.pop()!;
    if (typeof piece === 'string') {
      if (piece !== '') parts.push(piece);
    } else if (Array.isArray(piece)) {
      stack.push(...(piece as readonly Piece[]).toReversed());
    } else if ('pieces' in piece) {
      stack.push(...piece.pieces.toReversed());
    } else if ('need' in piece) {
      parts.push({ import: imports.push(piece.need) - 1 });
    } else if ('raw' in piece) {
      parts.push({ raw: piece.raw });
    } else if ('fresh' in piece) {
      parts.push({ fresh: piece.fresh });
    } else if ('span' in piece) {
      parts.push({ child: piece.span, expression: false });
    } else {
      const node = piece as ts.Node;
      parts.push({ child: { start: node.getStart(source), end: node.end }, expression: ts.isExpression(node) });
    }
  }
  return { template: { parts, expression }, imports };
}
