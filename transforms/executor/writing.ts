import { ts } from 'ts-morph';
import type { Piece } from '../../src/transform.ts';
import { argumentsSpan } from '../api-map/call-arguments.ts';
import type { Out } from './layout.ts';
import { handlerOf, isCleanup, isHandlerDeclaration, listening, sameValue, socketType, type Handler } from './scene.ts';
import { isFunctionLiteral, mentionsSettler, nodesOf, settler, skipParentheses, type Work } from './shape.ts';
import { settleList } from './tails.ts';
import { settleLater } from './waits.ts';

/**
 * A write that is waited for: by its callback, beside a listener that rejects on `error`; or by `drain` where `write` says that the buffer
 * is full. A blocking write comes back when all is sent, and throws what goes wrong.
 */
export function settleWriting(work: Work, list: readonly ts.Statement[]): readonly Out[] | undefined {
  const writes = list.flatMap((s) => (isHandlerDeclaration(s) ? [] : [...nodesOf(s)].filter(isWrite)));
  const [write] = writes;
  if (!write || writes.length > 1) return undefined;
  const socket = (write.expression as ts.PropertyAccessExpression).expression;
  if (!socketType.test(work.context.types.text(socket).replace(/ \| (undefined|null)\b/g, ''))) return undefined;
  const rest = list.filter((s) => !onlyRejects(work, s, socket) && !isHandlerDeclaration(s));
  return drained(work, rest, write, socket) ?? called(work, list, rest, write, socket);
}

function isWrite(node: ts.Node): node is ts.CallExpression {
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === 'write' &&
    node.arguments.length > 0
  );
}

/** `socket.once('error', reject);` */
function onlyRejects(work: Work, statement: ts.Statement, socket: ts.Expression): boolean {
  const found = listening(work, statement);
  return (
    found !== undefined &&
    sameValue(work, socket, found.emitter) &&
    found.registrations.every(({ event, handler }) => /^(error|close)$/.test(event) && rejectsOnly(work, handler))
  );
}

function rejectsOnly(work: Work, handler: Handler): boolean {
  if ('settles' in handler) return handler.settles === 'reject';
  const { body, parameters } = handler.literal;
  const list = ts.isBlock(body) ? body.statements.filter((s) => !isCleanup(work, s, [])) : undefined;
  const [only, ...more] = list ?? [];
  const call = skipParentheses(
    list ? (only && ts.isExpressionStatement(only) ? only.expression : undefined) : (body as ts.Expression),
  );
  const [error] = parameters;
  return (
    more.length === 0 &&
    call !== undefined &&
    ts.isCallExpression(call) &&
    settler(work, call.expression) === 'reject' &&
    error !== undefined &&
    call.arguments[0]?.getText() === error.name.getText()
  );
}

/** `if (socket.write(data)) resolve(); else socket.once('drain', resolve);` in its forms. */
function drained(
  work: Work,
  rest: readonly ts.Statement[],
  write: ts.CallExpression,
  socket: ts.Expression,
): readonly Out[] | undefined {
  const [first, second, ...more] = rest;
  const named = first && ts.isVariableStatement(first) ? first.declarationList.declarations[0] : undefined;
  const test = named ? second : first;
  if (more.length > 0 || !test || (!named && second) || !ts.isIfStatement(test) || !test.elseStatement)
    return undefined;
  let condition = skipParentheses(test.expression);
  const isNegated = ts.isPrefixUnaryExpression(condition) && condition.operator === ts.SyntaxKind.ExclamationToken;
  if (ts.isPrefixUnaryExpression(condition)) condition = skipParentheses(condition.operand);
  const asks = named
    ? named.initializer !== undefined &&
      skipParentheses(named.initializer) === write &&
      condition.getText() === named.name.getText()
    : condition === write;
  if (!asks) return undefined;
  const [full, free] = isNegated ? [test.thenStatement, test.elseStatement] : [test.elseStatement, test.thenStatement];
  if (!waitsForDrain(work, full, socket) || !resolvesSoon(work, free)) return undefined;
  return [{ resolve: written(work, write, socket), effect: true, inert: false, tail: true }];
}

function onlyOf(statement: ts.Statement): ts.Statement | undefined {
  if (!ts.isBlock(statement)) return statement;
  return statement.statements.length === 1 ? statement.statements[0] : undefined;
}

function waitsForDrain(work: Work, statement: ts.Statement, socket: ts.Expression): boolean {
  const only = onlyOf(statement);
  const found = only && listening(work, only);
  if (!found || !sameValue(work, socket, found.emitter)) return false;
  return found.registrations.every(({ event, handler }) => event === 'drain' && resolvesOnly(work, handler));
}

function resolvesOnly(work: Work, handler: Handler): boolean {
  if ('settles' in handler) return handler.settles === 'resolve';
  const { body } = handler.literal;
  if (!ts.isBlock(body)) return isResolve(work, body);
  const [only, ...more] = body.statements.filter((s) => !work.ignored.has(s));
  return more.length === 0 && only !== undefined && ts.isExpressionStatement(only) && isResolve(work, only.expression);
}

function isResolve(work: Work, node: ts.Expression): boolean {
  const call = skipParentheses(node);
  return ts.isCallExpression(call) && settler(work, call.expression) === 'resolve' && call.arguments.length === 0;
}

/** `resolve();`, `process.nextTick(resolve);` */
function resolvesSoon(work: Work, statement: ts.Statement): boolean {
  const only = onlyOf(statement);
  if (!only || !ts.isExpressionStatement(only)) return false;
  if (isResolve(work, only.expression)) return true;
  const call = skipParentheses(only.expression);
  const [callback, ...more] = ts.isCallExpression(call) ? call.arguments : [];
  if (!callback || more.length > 0 || !ts.isCallExpression(call)) return false;
  if (!/^(process\.nextTick|setImmediate|queueMicrotask)$/.test(work.context.text(call.expression))) return false;
  const handler = handlerOf(work, callback);
  return handler !== undefined && resolvesOnly(work, handler);
}

function written(
  work: Work,
  write: ts.CallExpression,
  socket: ts.Expression,
  count = write.arguments.length,
): readonly Piece[] {
  const span = { span: argumentsSpan(work.context.source, write, 0, count - 1) };
  return [socket, '.writeAll(', span, ')'];
}

/** The callback of `write`, with what it takes away from the socket. */
function called(
  work: Work,
  list: readonly ts.Statement[],
  rest: readonly ts.Statement[],
  write: ts.CallExpression,
  socket: ts.Expression,
): readonly Out[] | undefined {
  if (rest.length === list.length || !rest.some((s) => mentionsSettler(work, s))) return undefined;
  for (const statement of rest)
    for (const node of nodesOf(statement))
      if (ts.isExpressionStatement(node) && isCleanup(work, node, [socket])) work.ignored.add(node);
  const [only, ...more] = rest;
  const callback = write.arguments.at(-1)!;
  const handler = handlerOf(work, callback);
  // Without a look at its error the callback would hide it.
  if (
    only &&
    more.length === 0 &&
    ts.isExpressionStatement(only) &&
    skipParentheses(only.expression) === write &&
    handler
  ) {
    const call = written(work, write, socket, write.arguments.length - 1);
    if (resolvesOnly(work, handler)) {
      work.notes.add(hidden);
      return [{ resolve: call, effect: true, inert: false, tail: true }];
    }
    if ('literal' in handler && handler.literal.parameters.length === 0 && isFunctionLiteral(handler.literal)) {
      work.notes.add(hidden);
      return [{ line: [...call, work.semi] }, ...settleLater(work, handler.literal, true)];
    }
  }
  const { outs, settles } = settleList(work, rest, true);
  return settles ? outs : undefined;
}

const hidden = 'An error of the write is thrown here; its callback did not look at it.';
