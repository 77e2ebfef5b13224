import { ts } from 'ts-morph';
import {
  checkBody,
  isFunctionLiteral,
  nodesOf,
  settler,
  shown,
  skipParentheses,
  Stop,
  type FunctionLiteral,
  type Work,
} from './shape.ts';

/** What is called on an event: `resolve` or `reject` themselves, or a function that is written in the executor. */
export type Handler =
  | { readonly settles: 'resolve' | 'reject' }
  | { readonly literal: FunctionLiteral | (ts.FunctionDeclaration & { readonly body: ts.Block }) };

export interface Registration {
  readonly event: string;
  readonly handler: Handler;
  readonly once: boolean;
}

/** `x.on(…).once(…)`: the emitter at its root, and what is registered. */
export interface Listening {
  readonly emitter: ts.Expression;
  readonly registrations: readonly Registration[];
}

/** How a socket's type is written. */
export const socketType = /^(net\.|tls\.)?(TLS)?Socket$/;

const listenerMember = /^(on|once|addListener|prependListener|prependOnceListener)$/;
const removal = /^(off|removeListener|removeAllListeners)$/;

/** The listeners that a statement registers; undefined where it is no such statement. */
export function listening(work: Work, statement: ts.Statement): Listening | undefined {
  return ts.isExpressionStatement(statement) ? listeningOf(work, statement.expression) : undefined;
}

export function listeningOf(work: Work, expression: ts.Expression): Listening | undefined {
  const registrations: Registration[] = [];
  let at = skipParentheses(expression);
  while (
    ts.isCallExpression(at) &&
    ts.isPropertyAccessExpression(at.expression) &&
    listenerMember.test(at.expression.name.text)
  ) {
    const [event, listener, ...more] = at.arguments;
    if (!event || !listener || more.length > 0) break;
    if (!ts.isStringLiteralLike(event))
      throw new Stop('event', `The event \`${shown(work, event)}\` is not known here.`);
    const handler = handlerOf(work, listener);
    if (!handler) throw new Stop('event', `What is done on the event \`${event.text}\` is not written here.`);
    registrations.unshift({ event: event.text, handler, once: /once/i.test(at.expression.name.text) });
    at = skipParentheses(at.expression.expression);
  }
  return registrations.length > 0 ? { emitter: at, registrations } : undefined;
}

/** A function that is written here, or has a name in the executor. */
export function handlerOf(work: Work, node: ts.Expression): Handler | undefined {
  const expression = skipParentheses(node);
  const settles = settler(work, expression);
  if (settles) return { settles };
  if (isFunctionLiteral(expression)) return literalHandler(expression);
  if (!ts.isIdentifier(expression)) return undefined;
  for (const inner of nodesOf(work.executor.body)) {
    if (
      ts.isVariableDeclaration(inner) &&
      ts.isIdentifier(inner.name) &&
      inner.initializer &&
      work.context.types.same(inner.name, expression)
    ) {
      const literal = skipParentheses(inner.initializer);
      return isFunctionLiteral(literal) ? literalHandler(literal) : undefined;
    }
    if (
      ts.isFunctionDeclaration(inner) &&
      inner.name &&
      inner.body &&
      work.context.types.same(inner.name, expression)
    ) {
      return literalHandler(inner as ts.FunctionDeclaration & { body: ts.Block });
    }
  }
  return undefined;
}

function literalHandler(literal: Extract<Handler, { literal: unknown }>['literal']): Handler {
  checkBody(literal);
  if (literal.parameters.some((p) => p.initializer || p.dotDotDotToken))
    throw new Stop('callback', 'A parameter of a listener has a default, or takes the rest.');
  return { literal };
}

/** It only gives names to functions. */
export function isHandlerDeclaration(statement: ts.Statement): boolean {
  if (ts.isFunctionDeclaration(statement)) return true;
  return (
    ts.isVariableStatement(statement) &&
    statement.declarationList.declarations.every(
      (d) => d.initializer !== undefined && isFunctionLiteral(skipParentheses(d.initializer)),
    )
  );
}

/** The same variable or member chain, as far as the text and the binding at its root say. */
export function sameValue(work: Work, a: ts.Expression, b: ts.Expression): boolean {
  const [x, y] = [skipParentheses(a), skipParentheses(b)];
  if (ts.isIdentifier(x) && ts.isIdentifier(y)) return work.context.types.same(x, y);
  return (
    !ts.isCallExpression(x) && work.context.text(x).replaceAll('!', '') === work.context.text(y).replaceAll('!', '')
  );
}

/** `receiver.name(…)` as a statement. */
export function methodCall(
  statement: ts.Statement,
): { readonly call: ts.CallExpression; readonly receiver: ts.Expression; readonly name: string } | undefined {
  if (!ts.isExpressionStatement(statement)) return undefined;
  const call = skipParentheses(statement.expression);
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return undefined;
  return { call, receiver: call.expression.expression, name: call.expression.name.text };
}

/** Nothing is left of it in blocking code: it ends a timer, or takes a listener away, or gives the emitter one that does nothing. */
export function isCleanup(work: Work, statement: ts.Statement, emitters: readonly ts.Expression[]): boolean {
  if (!ts.isExpressionStatement(statement)) return false;
  const expression = skipParentheses(statement.expression);
  if (!ts.isCallExpression(expression)) return false;
  if (work.context.text(expression.expression) === 'clearTimeout') return true;
  const method = methodCall(statement);
  if (method && emitters.some((e) => sameValue(work, e, method.receiver))) {
    if (removal.test(method.name)) return true;
    const found = listening(work, statement);
    return found !== undefined && found.registrations.every((r) => r.event === 'error' && isNoop(r.handler));
  }
  const named =
    ts.isIdentifier(expression.expression) && expression.arguments.length === 0
      ? handlerOf(work, expression.expression)
      : undefined;
  return (
    named !== undefined &&
    'literal' in named &&
    ts.isBlock(named.literal.body) &&
    named.literal.body.statements.every((s) => isCleanup(work, s, emitters))
  );
}

export function isNoop(handler: Handler): boolean {
  return 'literal' in handler && ts.isBlock(handler.literal.body) && handler.literal.body.statements.length === 0;
}

/** What a handler does beside cleaning up; an expression for a concise body. */
export function bodyOf(
  work: Work,
  handler: Extract<Handler, { literal: unknown }>,
  emitters: readonly ts.Expression[],
): readonly ts.Statement[] | ts.Expression {
  const { body } = handler.literal;
  return ts.isBlock(body) ? body.statements.filter((s) => !isCleanup(work, s, emitters)) : body;
}
