import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { skipParentheses } from './syntax.ts';

/**
 * `x instanceof Promise ? await x : x` and `x instanceof Promise ? x.then(f) : f(x)`, where the type says that `x` may be a promise: both arms do the
 * same, once there are no promises any more. Arms that differ stay, and what they test with them.
 */
export function collectPromiseTest(draft: Draft, node: ts.ConditionalExpression): void {
  const tested = testedIn(node.condition);
  if (!tested || !/^(promise|mixed)$/.test(draft.checker.colour(draft.checker.typeOf(tested)))) return;
  if (!doSame(skipParentheses(node.whenTrue), skipParentheses(node.whenFalse), tested.text)) return;
  draft.emit({ kind: 'idiom', idiom: 'promise-test' }, node, draft.enclosing(node), -1);
}

/** `x` of `x instanceof Promise` and of `typeof x.then === 'function'`. */
function testedIn(condition: ts.Expression): ts.Identifier | undefined {
  const test = skipParentheses(condition);
  if (!ts.isBinaryExpression(test)) return undefined;
  const { left, right, operatorToken } = test;
  if (operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword)
    return ts.isIdentifier(left) && right.getText() === 'Promise' ? left : undefined;
  if (operatorToken.kind !== ts.SyntaxKind.EqualsEqualsEqualsToken || !ts.isTypeOfExpression(left)) return undefined;
  const member = skipParentheses(left.expression);
  return /^(['"`])function\1$/.test(right.getText()) &&
    ts.isPropertyAccessExpression(member) &&
    member.name.text === 'then' &&
    ts.isIdentifier(member.expression)
    ? member.expression
    : undefined;
}

function doSame(promised: ts.Expression, plain: ts.Expression, name: string): boolean {
  if (ts.isAwaitExpression(promised)) {
    const awaited = skipParentheses(promised.expression);
    return awaited.getText() === name && plain.getText() === name;
  }
  if (!ts.isCallExpression(promised) || !ts.isCallExpression(plain) || promised.arguments.length !== 1) return false;
  const [handler] = promised.arguments;
  return (
    promised.expression.getText() === `${name}.then` &&
    // A name has no effects of its own, and means the same in both arms.
    ts.isIdentifier(handler!) &&
    plain.expression.getText() === handler.text &&
    plain.arguments.length === 1 &&
    plain.arguments[0]!.getText() === name
  );
}
