import { ts } from 'ts-morph';

import { bodyOf, sameValue, type Handler } from './scene.ts';
import { referencesTo, settler, shown, skipParentheses, Stop, type Work } from './shape.ts';

/** A timer that limits a wait. */
export interface Timer {
  readonly name: ts.Identifier | undefined;
  readonly ms: ts.Expression;
  readonly callback: ts.Expression;
}

/** `const timer = setTimeout(…)`, `timer = setTimeout(…);` or `setTimeout(…);`. */
export function timerOf(work: Work, statement: ts.Statement): Timer | undefined {
  const declaration = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0] : undefined;
  const written = ts.isExpressionStatement(statement) ? skipParentheses(statement.expression) : undefined;
  const assignment =
    written &&
    ts.isBinaryExpression(written) &&
    written.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    ts.isIdentifier(written.left)
      ? { name: written.left, value: written.right }
      : undefined;
  const expression = declaration?.initializer ?? assignment?.value ?? written;
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
  const name = declaration && ts.isIdentifier(declaration.name) ? declaration.name : assignment?.name;
  return { name, ms, callback };
}

export const isExpression = (body: readonly ts.Statement[] | ts.Expression): body is ts.Expression =>
  !Array.isArray(body);

/** What a time limit does: it destroys the emitter, perhaps with an error, and settles the promise, or leaves that to the event `error`. */
export interface Limit {
  /** `error` of `socket.destroy(error)`, which the event `error` is given. */
  readonly error: ts.Expression | undefined;
  /** What settles the promise. */
  readonly settling: readonly ts.Expression[];
}

export function limitOf(work: Work, emitter: ts.Expression, callback: Handler): Limit {
  if ('settles' in callback) throw new Stop('callback', 'A time limit settles the promise without an error.');
  const body = bodyOf(work, callback, [emitter]);
  const expressions = isExpression(body)
    ? [body]
    : body.map((s) => (ts.isExpressionStatement(s) || ts.isReturnStatement(s) ? s.expression : undefined));
  let error: ts.Expression | undefined;
  const settling: ts.Expression[] = [];
  for (const expression of expressions) {
    const call = expression && skipParentheses(expression);
    if (!call || !ts.isCallExpression(call)) throw new Stop('callback', 'A time limit does more than to end the wait.');
    if (
      ts.isPropertyAccessExpression(call.expression) &&
      /^(destroy|abort)$/.test(call.expression.name.text) &&
      sameValue(work, call.expression.expression, emitter)
    )
      [error] = call.arguments;
    else if (settler(work, call.expression)) settling.push(call);
    else throw new Stop('callback', 'A time limit does more than to end the wait.');
  }
  return { error, settling: settling.slice(0, 1) };
}

/** The error that a time limit ends the wait with; undefined where there is none. */
export function limitError(
  work: Work,
  emitter: ts.Expression,
  callback: Handler,
  rethrows: boolean,
): ts.Expression | undefined {
  const { error, settling } = limitOf(work, emitter, callback);
  const [call] = settling as readonly ts.CallExpression[];
  if (!call) return error;
  if (settler(work, call.expression) === 'resolve')
    throw new Stop('callback', 'A time limit resolves the promise, which an error does not.');
  if (!rethrows) throw new Stop('callback', 'A time limit has another error than the one of the event `error`.');
  return call.arguments[0];
}

/** Forgets the statements that end a timer, and gives them; refused where anything else is done with it. */
export function ignoreTimer(work: Work, { name }: Timer): readonly ts.Statement[] {
  const endings: ts.Statement[] = [];
  if (!name) return endings;
  for (const use of referencesTo(work, name, work.executor.body)) {
    const clearing = clearingOf(work, use);
    if (clearing) endings.push(clearing);
    else if (!isAssigned(use) && !ts.isVariableDeclaration(use.parent))
      throw new Stop(
        'callback',
        `\`${shown(work, use.parent)}\` does something else with the time limit than to end it.`,
      );
  }
  for (const one of endings) work.ignored.add(one);
  return endings;
}

/** `clearTimeout(timer);` or `if (timer) clearTimeout(timer);` */
function clearingOf(work: Work, use: ts.Identifier): ts.Statement | undefined {
  const call = use.parent;
  if (ts.isIfStatement(call) && call.expression === use && !call.elseStatement) {
    const inner = ts.isBlock(call.thenStatement) ? call.thenStatement.statements : [call.thenStatement];
    return inner.every((s) => /^clearTimeout\(\w+!?\);?$/.test(work.context.text(s))) ? call : undefined;
  }
  if (!ts.isCallExpression(call) || work.context.text(call.expression) !== 'clearTimeout') return undefined;
  return ts.isExpressionStatement(call.parent) ? call.parent : undefined;
}

const isAssigned = (use: ts.Identifier): boolean =>
  ts.isBinaryExpression(use.parent) &&
  use.parent.left === use &&
  use.parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;

/** `let timer;` of a timer that is set further down. */
export function declaresTimer(work: Work, statement: ts.Statement, list: readonly ts.Statement[]): boolean {
  if (!ts.isVariableStatement(statement)) return false;
  const [only, ...more] = statement.declarationList.declarations;
  if (!only || more.length > 0 || only.initializer || !ts.isIdentifier(only.name)) return false;
  const declared = only.name;
  return list.some((s) => {
    const name = s === statement ? undefined : timerOf(work, s)?.name;
    return name !== undefined && work.context.types.same(name, declared);
  });
}
