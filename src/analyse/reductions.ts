import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { isFirstIn, isNext } from './stores.ts';
import { isAsync, skipParentheses, walk } from './syntax.ts';
import { promiseMember } from './uses.ts';

/**
 * `xs.reduce(async (before, x) => …, Promise.resolve(…))`. One that only waits for what came before and keeps nothing is a loop; in one that
 * works first and waits later, the calls ran beside one another.
 */
export function reduction(node: ts.Node, draft: Draft): string | undefined {
  if (!ts.isCallExpression(node) || node.arguments.length !== 2) return undefined;
  const [callback, first] = node.arguments;
  if (!callback || !ts.isArrowFunction(callback) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  if (!/^global#(Readonly)?Array\.reduce$/.test(draft.checker.api(node) ?? '')) return undefined;
  const [before] = callback.parameters;
  if (!before || !ts.isIdentifier(before.name) || draft.checker.bearing(draft.checker.typeOf(before)) !== 'promise')
    return undefined;
  const reads = [...walk(callback.body)].filter(
    (inner): inner is ts.Identifier => ts.isIdentifier(inner) && draft.checker.declarations(inner).includes(before),
  );
  if (isEmptyPromise(first!) && reads.length === 1 && isTurn(draft, callback, reads[0]!)) return 'reduce-each';
  return isAsync(callback) && !reads.some((read) => isFirst(callback, before, read)) ? 'reduce-beside' : undefined;
}

/** `Promise.resolve()` */
function isEmptyPromise(node: ts.Expression): boolean {
  const call = skipParentheses(node);
  return ts.isCallExpression(call) && promiseMember(call) === 'resolve' && call.arguments.length === 0;
}

/** The callback is `async (before, x) => { await before; … }` or `(before, x) => before.then(() => …)`. */
function isTurn(draft: Draft, callback: ts.ArrowFunction, read: ts.Identifier): boolean {
  if (ts.isBlock(callback.body)) {
    const [first, ...rest] = callback.body.statements;
    if (!isAsync(callback) || rest.length === 0 || !first || !ts.isExpressionStatement(first)) return false;
    return ts.isAwaitExpression(first.expression) && skipParentheses(first.expression.expression) === read;
  }
  const call = skipParentheses(callback.body);
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return false;
  const [handler, ...more] = call.arguments;
  return (
    call.expression.expression === read &&
    call.expression.name.text === 'then' &&
    more.length === 0 &&
    handler !== undefined &&
    ts.isArrowFunction(handler) &&
    handler.parameters.length === 0 &&
    draft.checker.isVoid(draft.checker.awaited(draft.checker.typeOf(call)))
  );
}

/** What came before is waited for before anything else is done. */
function isFirst(callback: ts.ArrowFunction, before: ts.ParameterDeclaration, read: ts.Identifier): boolean {
  return ts.isBlock(callback.body) ? isNext(before, read) : isFirstIn(callback.body, read);
}
