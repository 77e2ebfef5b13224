import { ts } from 'ts-morph';
import type { Type } from '../checker/checker.ts';
import { ownSignatures } from './bound.ts';
import type { Draft } from './draft.ts';
import { isFunctionLike, skipParentheses } from './syntax.ts';

const kinds = /^(\[object )?Async(Generator)?Function\]?$/;

/** `f.constructor.name === 'AsyncFunction'`, `types.isAsyncFunction(f)`: what may be `f` stays the kind of function that is asked for. */
export function collectFunctionKind(draft: Draft, node: ts.Node): void {
  const asked = askedIn(draft, node);
  if (!asked) return;
  const site = draft.emit({ kind: 'escape', how: 'function-kind', detail: '' }, node, draft.enclosing(node), 0);
  for (const declaration of ownSignatures(asked, draft.checker))
    draft.require(draft.functionUnit(declaration), site.id, 'is asked what it is in');
}

/** `f is () => Promise<T>` of what may also be `() => T`: both would be the same, and the guard would leave nothing. */
export function collectKindGuard(draft: Draft, node: ts.TypeNode, found: Type): void {
  const site = draft.emit({ kind: 'escape', how: 'function-kind', detail: '' }, node.parent, draft.enclosing(node), 0);
  for (const declaration of draft.checker.signatures(found))
    if (draft.checker.isOwn(declaration) && isFunctionLike(declaration))
      draft.require(draft.functionUnit(declaration), site.id, 'is asked for in');
}

function askedIn(draft: Draft, node: ts.Node): ts.Expression | undefined {
  if (ts.isCallExpression(node)) {
    const api = /isAsyncFunction$/.test(node.expression.getText()) ? draft.checker.api(node) : undefined;
    return api?.startsWith('node:util') ? node.arguments[0] : undefined;
  }
  if (!ts.isBinaryExpression(node)) return undefined;
  if (node.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword)
    return ts.isIdentifier(node.right) && kinds.test(node.right.text) ? node.left : undefined;
  const [name, other] = ts.isStringLiteralLike(node.right) ? [node.right, node.left] : [node.left, node.right];
  return ts.isStringLiteralLike(name) && kinds.test(name.text) ? subjectOf(skipParentheses(other)) : undefined;
}

/** `f` of `f.constructor.name`, `f[Symbol.toStringTag]` and `Object.prototype.toString.call(f)`. */
function subjectOf(node: ts.Expression): ts.Expression | undefined {
  if (ts.isCallExpression(node)) return node.arguments[0];
  let at = node;
  while (ts.isPropertyAccessExpression(at) && /^(name|constructor)$/.test(at.name.text)) at = at.expression;
  return ts.isElementAccessExpression(at) ? at.expression : at;
}
