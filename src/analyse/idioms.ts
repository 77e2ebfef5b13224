import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { skipParentheses } from './syntax.ts';

/** Statements that only make sense together; each recogniser names the idiom or says nothing. */
const recognisers: readonly ((node: ts.Node, draft: Draft) => string | undefined)[] = [writeThenDrain];

export function collectIdiom(draft: Draft, node: ts.Node): void {
  for (const recognise of recognisers) {
    const idiom = recognise(node, draft);
    if (idiom !== undefined) draft.emit({ kind: 'idiom', idiom }, node, draft.enclosing(node), 0);
  }
}

/** `if (!socket.write(data)) await once(socket, 'drain')`, with the wait written in any way that names `'drain'`. */
function writeThenDrain(node: ts.Node, draft: Draft): string | undefined {
  if (!ts.isIfStatement(node) || node.elseStatement) return undefined;
  const condition = skipParentheses(node.expression);
  if (!ts.isPrefixUnaryExpression(condition) || condition.operator !== ts.SyntaxKind.ExclamationToken) return undefined;
  const call = skipParentheses(condition.operand);
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression) || call.expression.name.text !== 'write') return undefined;
  if (draft.checker.bearing(draft.checker.typeOf(call.expression.expression)) !== 'swapped') return undefined;
  const body = ts.isBlock(node.thenStatement) ? node.thenStatement.statements : [node.thenStatement];
  const [only] = body;
  if (body.length !== 1 || !only || !ts.isExpressionStatement(only) || !ts.isAwaitExpression(skipParentheses(only.expression))) return undefined;
  return /(['"`])drain\1/.test(only.getText()) ? 'write-drain' : undefined;
}
