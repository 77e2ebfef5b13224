import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { enclosingFunction, excerpt, isAsync, isFunctionLike, skipParentheses, walk } from './syntax.ts';

/**
 * `load('').catch(…)`, where `load` is not async and throws before it has a promise: that went past the handler, and a blocking chain catches it.
 * The site is the `throw`.
 */
export function collectEarlyThrows(draft: Draft, chain: ts.CallExpression): void {
  const root = rootOf(chain);
  if (!ts.isCallExpression(root)) return;
  const { checker } = draft;
  for (const callee of checker.callee(root).declarations) {
    if (!checker.isOwn(callee) || !isFunctionLike(callee) || isAsync(callee)) continue;
    const { body } = callee as ts.FunctionLikeDeclaration;
    if (!body) continue;
    for (const node of walk(body)) {
      if (!ts.isThrowStatement(node) || enclosingFunction(node) !== callee || isCaught(node)) continue;
      draft.emit({ kind: 'early-throw', chain: excerpt(chain) }, node, draft.functionUnit(callee), 0);
    }
  }
}

/** The call that the links stand behind, where one of them looks at failures. */
function rootOf(chain: ts.CallExpression): ts.Expression {
  let at: ts.Expression = chain;
  let looks = false;
  while (ts.isCallExpression(at) && ts.isPropertyAccessExpression(at.expression)) {
    const { name, expression } = at.expression;
    if (!/^(then|catch|finally)$/.test(name.text)) break;
    looks ||= name.text !== 'then' || at.arguments.length > 1;
    at = skipParentheses(expression);
  }
  return looks ? at : chain.expression;
}

function isCaught(node: ts.Node): boolean {
  const owner = enclosingFunction(node);
  for (let at = node; at.parent !== owner; at = at.parent)
    if (ts.isTryStatement(at.parent) && at.parent.tryBlock === at && at.parent.catchClause) return true;
  return false;
}
