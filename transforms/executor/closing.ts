import type { ts } from 'ts-morph';
import type { Out } from './layout.ts';
import { isNoop, listening, methodCall, sameValue, socketType, type Handler } from './scene.ts';
import { skipParentheses, type Work } from './shape.ts';
import { settleExpression, settleList } from './tails.ts';

/** `socket.once('close', resolve); socket.end();`: an end, or a destruction, that is waited for. */
export function settleClosing(work: Work, list: readonly ts.Statement[]): readonly Out[] | undefined {
  let socket: ts.Expression | undefined;
  let closing: { readonly statement: ts.Statement; readonly name: string } | undefined;
  const handlers = new Map<string, Handler>();
  for (const statement of list) {
    const found = listening(work, statement);
    const method = found ? undefined : methodCall(statement);
    const target = found?.emitter ?? method?.receiver;
    if (!target || (socket && !sameValue(work, socket, target))) return undefined;
    socket ??= target;
    if (method && !closing && /^(end|destroy|destroySoon)$/.test(method.name)) {
      closing = { statement, name: method.name };
    } else if (!found) return undefined;
    for (const { event, handler } of found?.registrations ?? []) {
      if (handlers.has(event)) return undefined;
      handlers.set(event, handler);
    }
  }
  const event = [...handlers.keys()].find((name) => name !== 'error');
  const done = event === undefined ? undefined : handlers.get(event);
  if (!socket || !closing || !done || !socketType.test(work.context.types.text(socket))) return undefined;
  if (handlers.size > (handlers.has('error') ? 2 : 1)) return undefined;
  const failure = handlers.get('error');
  if (failure && !('settles' in failure && failure.settles === 'reject') && !isNoop(failure)) return undefined;
  const reads = event === 'close' && closing.name === 'end';
  if (!reads && !(event === 'finish' && closing.name === 'end') && !(event === 'close')) return undefined;
  const name = work.context.text(skipParentheses(socket));
  if (reads) work.notes.add('It reads until the other side ends; what still comes is dropped.');
  const rest: Out[] = reads ? [{ line: [`${name}.readToEnd()${work.semi}`] }] : [];
  const after = doneOuts(work, done);
  return after && [{ line: [closing.statement] }, ...rest, ...after];
}

function doneOuts(work: Work, done: Handler): readonly Out[] | undefined {
  if ('settles' in done)
    return done.settles === 'resolve' ? [{ resolve: undefined, effect: true, inert: true, tail: true }] : undefined;
  const { body, parameters } = done.literal;
  if (parameters.length > 0) return undefined;
  if (!('statements' in body)) return settleExpression(work, body, true);
  const { outs, settles } = settleList(work, body.statements, true);
  return settles ? outs : undefined;
}
