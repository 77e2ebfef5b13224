import { ts } from 'ts-morph';
import type { Span } from '../../src/model/ids.ts';
import type { Context, Piece } from '../../src/transform.ts';
import type { RowMap } from '../api-map/index.ts';

/** Why an executor cannot become plain code; thrown while it is read, and turned into a refusal at the top. */
export class Stop extends Error {
  readonly reason: StopReason;
  /** The next step, where there is one to name. */
  readonly unlocks: string | undefined;

  constructor(reason: StopReason, detail: string, unlocks?: string) {
    super(detail);
    this.reason = reason;
    this.unlocks = unlocks;
  }
}

export type StopReason = 'escapes' | 'never-settles' | 'goes-on' | 'event' | 'callback' | 'maybe-thenable' | 'scope';

export type FunctionLiteral = ts.ArrowFunction | ts.FunctionExpression;

/** One executor while it is read. */
export interface Work {
  readonly context: Context;
  readonly rows: RowMap;
  readonly node: ts.NewExpression;
  readonly executor: FunctionLiteral;
  /** The block that the promise stands in, where statements beside it belong to the wait. */
  readonly around: ts.Node | undefined;
  /** `;`, or nothing in code that goes without. */
  readonly semi: string;
  readonly typescript: boolean;
  readonly notes: Set<string>;
  /** Names that are declared in the scope that everything ends up in. */
  readonly names: Set<string>;
  /** How often it waits for something that comes back later. */
  waits: number;
  /** What becomes of a response that the promise is resolved with: its body is read later, or never. */
  readonly response: 'stream' | 'whole' | undefined;
  /** Statements of which nothing is left in blocking code. */
  readonly ignored: Set<ts.Node>;
  /** What takes the place of nodes inside of what stays. */
  readonly replaced: Map<ts.Node, readonly Piece[]>;
}

export function startWork(
  node: ts.NewExpression,
  context: Context,
  rows: RowMap,
  around?: ts.Node,
  response?: Work['response'],
): Work {
  const executor = skipParentheses(node.arguments?.[0]);
  if (!executor || !isFunctionLiteral(executor)) throw new Stop('escapes', 'The executor is not written here.');
  for (const parameter of executor.parameters) {
    if (!ts.isIdentifier(parameter.name)) throw new Stop('escapes', 'The executor takes its parameters apart.');
  }
  if (ts.isFunctionExpression(executor) && usesThis(executor))
    throw new Stop('scope', 'The executor has a `this` of its own.');
  return {
    context,
    rows,
    node,
    executor,
    around,
    response,
    semi: /;[ \t]*(\/\/.*)?\r?$/m.test(context.source.text) || !context.source.text.includes('\n') ? ';' : '',
    typescript: /\.[cm]?tsx?$/.test(context.source.fileName),
    notes: new Set(),
    names: new Set(),
    waits: 0,
    ignored: new Set(),
    replaced: new Map(),
  };
}

export function isFunctionLiteral(node: ts.Node): node is FunctionLiteral {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node);
}

/** A callback whose body can stand in another function. */
export function checkBody(fn: ts.FunctionLikeDeclaration): void {
  if (ts.isArrowFunction(fn)) return;
  if (fn.asteriskToken) throw new Stop('scope', 'A callback is a generator.');
  if (usesThis(fn)) throw new Stop('scope', 'A callback has a `this` of its own.');
}

export function skipParentheses(node: ts.Expression): ts.Expression;
export function skipParentheses(node: ts.Expression | undefined): ts.Expression | undefined;
export function skipParentheses(node: ts.Expression | undefined): ts.Expression | undefined {
  let current = node;
  while (
    current &&
    (ts.isParenthesizedExpression(current) || ts.isNonNullExpression(current) || ts.isAsExpression(current))
  )
    current = current.expression;
  return current;
}

/** Statements of a function's body; undefined for a concise body. */
export function statementsOf(fn: FunctionLiteral): readonly ts.Statement[] | undefined {
  return ts.isBlock(fn.body) ? fn.body.statements : undefined;
}

/** Name of the executor's parameter that `node` is: what settles the promise. */
export function settler(work: Work, node: ts.Node): 'resolve' | 'reject' | undefined {
  if (!ts.isIdentifier(node)) return undefined;
  const index = work.executor.parameters.findIndex(
    (p) => (p.name as ts.Identifier).text === node.text && work.context.types.same(p.name, node),
  );
  return index === 0 ? 'resolve' : index === 1 ? 'reject' : undefined;
}

/** Every node below (and with) `root`, parents first. */
export function* nodesOf(root: ts.Node): Generator<ts.Node> {
  const stack: ts.Node[] = [root];
  const children: ts.Node[] = [];
  for (let node = stack.pop(); node; node = stack.pop()) {
    yield node;
    children.length = 0;
    ts.forEachChild(node, (child) => void children.push(child));
    stack.push(...children.toReversed());
  }
}

/** Nodes below `root` without those of functions inside of it. */
export function* ownNodes(root: ts.Node): Generator<ts.Node> {
  const stack: ts.Node[] = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    yield node;
    if (node !== root && ts.isFunctionLike(node)) continue;
    ts.forEachChild(node, (child) => void stack.push(child));
  }
}

/** `resolve` or `reject` occurs in it. */
export function mentionsSettler(work: Work, node: ts.Node): boolean {
  for (const inner of nodesOf(node)) if (settler(work, inner)) return true;
  return false;
}

/** References to a binding below `root`, the binding's own name left out. */
export function referencesTo(work: Work, name: ts.Identifier, root: ts.Node | readonly ts.Node[]): ts.Identifier[] {
  const found: ts.Identifier[] = [];
  const roots: readonly ts.Node[] = 'kind' in root ? [root] : root;
  for (const one of roots) {
    for (const node of nodesOf(one)) {
      if (ts.isIdentifier(node) && node !== name && node.text === name.text && work.context.types.same(name, node))
        found.push(node);
    }
  }
  return found;
}

function usesThis(fn: ts.FunctionLikeDeclaration): boolean {
  const stack: ts.Node[] = fn.body ? [fn.body] : [];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.kind === ts.SyntaxKind.ThisKeyword || (ts.isIdentifier(node) && node.text === 'arguments')) return true;
    if (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isClassLike(node)) continue;
    ts.forEachChild(node, (child) => void stack.push(child));
  }
  return false;
}

/** Text of a node on one line, for people. */
export function shown(work: Work, node: ts.Node): string {
  const [first = '', ...more] = work.context.text(node).split('\n');
  return first.length > 60 || more.length > 0 ? `${first.slice(0, 60).trimEnd()}…` : first;
}

/** What the declared name of a variable, parameter or pattern binds. */
export function boundNames(name: ts.BindingName): ts.Identifier[] {
  if (ts.isIdentifier(name)) return [name];
  const elements: readonly ts.ArrayBindingElement[] = name.elements;
  return elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

/** Takes names into the scope that everything ends up in; two of the same would clash. */
export function claimNames(work: Work, names: readonly ts.Identifier[]): void {
  for (const { text } of names) {
    if (work.names.has(text)) throw new Stop('scope', `Two functions of the executor declare \`${text}\`.`);
    work.names.add(text);
  }
}

/** Names that a list of statements declares for what stands beside them. */
export function declaredNames(list: readonly ts.Statement[]): ts.Identifier[] {
  return list.flatMap((statement) => {
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.flatMap((d) => boundNames(d.name));
    if ((ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name)
      return [statement.name];
    return [];
  });
}

/** Comments on lines of their own in front of a statement, and those behind it on its last line. */
export function commentsOf(work: Work, statement: ts.Statement): Span[] {
  const { text } = work.context.source;
  const leading = (ts.getLeadingCommentRanges(text, statement.pos) ?? []).filter((c) =>
    /\n[ \t]*$/.test(text.slice(0, c.pos)),
  );
  const trailing = ts.getTrailingCommentRanges(text, statement.end) ?? [];
  return [...leading, ...trailing].map(({ pos, end }) => ({ start: pos, end }));
}
