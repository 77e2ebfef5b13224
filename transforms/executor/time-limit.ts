import { ts } from 'ts-morph';

import { bodyOf, sameValue, type Handler } from './scene.ts';
import { mentionsSettler, shown, skipParentheses, Stop, type Work } from './shape.ts';

/** A timer that limits a wait. */
export interface Timer {
  readonly name: ts.Identifier | undefined;
  readonly ms: ts.Expression;
  readonly callback: ts.Expression;
}

/** `const timer = setTimeout(…)` or `setTimeout(…);`. */
export function timerOf(work: Work, statement: ts.Statement): Timer | undefined {
  const declaration = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0] : undefined;
  const expression =
    declaration?.initializer ?? (ts.isExpressionStatement(statement) ? statement.expression : undefined);
  const call = expression && skipParentheses(expression);
  if (
    !call ||
    !ts.isCallExpression(call) ||
    !/^(global|node:timers)#setTimeout$/.test(work.context.types.api(call) ?? '')
  )
    return undefined;
  const [callback, ms, ...more] = call.arguments;
  if (!callback || !ms || more.length > 0)
    throw new Stop('callback', `\`${shown(work, call)}\` has arguments that are not followed.`);
  return { name: declaration && ts.isIdentifier(declaration.name) ? declaration.name : undefined, ms, callback };
}

export const isExpression = (body: readonly ts.Statement[] | ts.Expression): body is ts.Expression =>
  !Array.isArray(body);

/** The error of `socket.destroy(error)`, or of `reject(error)` beside `socket.destroy()`; undefined where there is none. */
export function limitError(
  work: Work,
  emitter: ts.Expression,
  callback: Handler,
  rethrows: boolean,
): ts.Expression | undefined {
  if ('settles' in callback) throw new Stop('callback', 'A time limit settles the promise without an error.');
  const body = bodyOf(work, callback, [emitter]);
  const expressions = isExpression(body)
    ? [body]
    : body.map((s) => (ts.isExpressionStatement(s) ? s.expression : undefined));
  let error: ts.Expression | undefined;
  let rejected: ts.Expression | undefined;
  for (const expression of expressions) {
    const call = expression && skipParentheses(expression);
    if (!call || !ts.isCallExpression(call)) throw new Stop('callback', 'A time limit does more than to end the wait.');
    const [value] = call.arguments;
    if (
      ts.isPropertyAccessExpression(call.expression) &&
      /^(destroy|abort)$/.test(call.expression.name.text) &&
      sameValue(work, call.expression.expression, emitter)
    )
      error ??= value;
    else if (mentionsSettler(work, call.expression) && value) rejected ??= value;
    else throw new Stop('callback', 'A time limit does more than to end the wait.');
  }
  if (rejected && !rethrows)
    throw new Stop('callback', 'A time limit has another error than the one of the event `error`.');
  return error ?? rejected;
}
