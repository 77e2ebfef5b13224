import { ts } from 'ts-morph';
import { type Context, imported, type Piece, type Rewrite, template } from '../../src/transform.ts';

export type MapCall = ts.CallExpression & { readonly expression: ts.PropertyAccessExpression };

/** `xs.map(f)` of an array. */
export function isMap(node: ts.Expression, types: Context['types']): node is MapCall {
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === 'map' &&
    /^global#(Readonly)?Array\.map$/.test(types.api(node) ?? '')
  );
}

/** What `settled` keeps of each element, and which child was taken apart for it. */
export interface Settled {
  readonly rewrite: Rewrite;
  readonly drops?: string;
}

/** `xs.map(f)` → `xs.map((item) => settled(() => f(item)))`; undefined where it is no such call. */
export function settledMap(elements: ts.Expression, context: Context): Settled | undefined {
  const { types, source } = context;
  const settled = imported('@unawait/std/outcome', 'settled');
  const [callback, ...more] = isMap(elements, types) ? elements.arguments : [];
  if (!callback || more.length > 0) return undefined;
  const before: Piece = { span: { start: elements.getStart(source), end: callback.getStart(source) } };
  const after: Piece = { span: { start: callback.end, end: elements.end } };
  if (!ts.isArrowFunction(callback)) {
    const names = ['item', 'index', 'all'].slice(0, parameterCount(types.text(callback))).join(', ');
    return { rewrite: template`${before}(${names}) => ${settled}(() => ${callback}(${names}))${after}` };
  }
  const [first] = callback.parameters;
  const from = source.text.lastIndexOf('(', first?.getStart(source) ?? callback.equalsGreaterThanToken.pos);
  const parenthesised = from >= callback.getStart(source);
  const head: Piece = {
    span: { start: parenthesised ? from : first!.getStart(source), end: callback.equalsGreaterThanToken.end },
  };
  return {
    rewrite: template`${before}${head} ${settled}(() => ${callback.body})${after}`,
    drops: 'The callback is split into its parameters and its body, which runs within `settled`.',
  };
}

/**
 * `[f(), g()]` → `[settled(() => f()), settled(() => g())]`; else the element that is spread, or awaits something first: a failure of that
 * was thrown at once.
 */
export function settledElements(
  array: ts.ArrayLiteralExpression,
  { source }: Context,
): { readonly pieces: Piece } | { readonly bad: ts.Expression } {
  const settled = imported('@unawait/std/outcome', 'settled');
  const pieces: Piece[] = [];
  let at = array.getStart(source);
  for (const element of array.elements) {
    if (ts.isSpreadElement(element) || holdsAwait(element)) return { bad: element };
    pieces.push({ span: { start: at, end: element.getStart(source) } }, template`${settled}(() => ${element})`);
    at = element.end;
  }
  return { pieces: [pieces, { span: { start: at, end: array.end } }] };
}

/** Number of parameters of a function type, as text. */
function parameterCount(type: string): number {
  const source = ts.createSourceFile('type.ts', `type F = ${type};`, ts.ScriptTarget.Latest);
  const [alias] = source.statements;
  return alias && ts.isTypeAliasDeclaration(alias) && ts.isFunctionTypeNode(alias.type)
    ? alias.type.parameters.length
    : 1;
}

/** It waits for something itself, beside the functions in it. */
export function holdsAwait(node: ts.Node): boolean {
  const stack: ts.Node[] = [node];
  while (stack.length > 0) {
    const inner = stack.pop()!;
    if (ts.isAwaitExpression(inner) || ts.isYieldExpression(inner)) return true;
    if (!ts.isFunctionLike(inner)) ts.forEachChild(inner, (child) => void stack.push(child));
  }
  return false;
}
