import { ts } from 'ts-morph';
import type { Piece } from '../../src/transform.ts';
import { connectArguments, connectCall, opener, creationOf, streamClass, type Creation } from './connect-creation.ts';
import { castError, isRethrow } from './error-first.ts';
import type { Out } from './layout.ts';
import {
  bodyOf,
  handlerOf,
  isCleanup,
  isHandlerDeclaration,
  isNoop,
  listening,
  methodCall,
  sameValue,
  socketType,
  type Handler,
} from './scene.ts';
import {
  claimNames,
  declaredNames,
  mentionsSettler,
  referencesTo,
  shown,
  skipParentheses,
  Stop,
  type Work,
} from './shape.ts';
import { settleExpression, settleList } from './tails.ts';
import { noteThrows } from './waits.ts';
import { declaresTimer, isExpression, limitError, timerOf, type Timer } from './time-limit.ts';

/** The executor while it is read: a socket, what limits the time, and what happens on which event. */
interface Reading {
  readonly work: Work;
  /** As it is written: `socket`, `this.#socket`. */
  socket: ts.Expression | undefined;
  readonly handlers: Map<string, Handler>;
  created: (Creation & { readonly args: readonly Piece[]; readonly count: number }) | undefined;
  /** Arguments of `socket.connect(…)`. */
  place: readonly Piece[] | undefined;
  readonly before: Out[];
  readonly after: Out[];
  /** A timer limits the connecting alone. */
  timer: Timer | undefined;
  readonly silences: { readonly ms: ts.Expression; readonly callback: ts.Expression | Handler }[];
}

/** A socket that is waited for: `connect` or `error`, perhaps within a time limit. */
export function settleConnect(work: Work, list: readonly ts.Statement[]): readonly Out[] | undefined {
  if (!waitsForConnect(work, list)) return undefined;
  const reading: Reading = {
    work,
    socket: undefined,
    handlers: new Map(),
    created: undefined,
    place: undefined,
    before: [],
    after: [],
    timer: undefined,
    silences: [],
  };
  for (const statement of list) if (!declaresTimer(work, statement, list)) readStatement(reading, statement);
  const { socket, handlers } = reading;
  const connected = handlers.get('connect');
  if (!socket || !connected) return undefined;
  for (const [event, handler] of handlers) refuseOther(reading, event, handler);
  return write(reading, socket, connected);
}

function waitsForConnect(work: Work, list: readonly ts.Statement[]): boolean {
  return list.some((statement) => {
    if (creationOf(work, statement, true)) return true;
    const call = connectCall(statement);
    if (call && isSocket(work, (call.expression as ts.PropertyAccessExpression).expression)) return true;
    const found = listening(work, statement);
    return (
      found !== undefined &&
      isSocket(work, found.emitter) &&
      found.registrations.some(({ event }) => /^(connect|secureConnect)$/.test(event))
    );
  });
}

function isSocket(work: Work, node: ts.Expression): boolean {
  const plain = skipParentheses(node);
  return (
    !ts.isCallExpression(plain) &&
    socketType.test(work.context.types.text(plain).replace(/ \| (undefined|null)\b/g, ''))
  );
}

function readStatement(reading: Reading, statement: ts.Statement): void {
  const { work } = reading;
  const created = creationOf(work, statement, true);
  if (created) {
    if (reading.socket) throw new Stop('event', 'The executor opens two sockets.');
    reading.socket = created.socket;
    const { call, secure } = created;
    const { args, count, listener } = ts.isCallExpression(call)
      ? connectArguments(work, call, secure)
      : { args: plainArguments(work, call), count: 0, listener: undefined };
    reading.created = { ...created, args, count };
    if (listener) addHandler(reading, 'connect', listener);
    for (const { event, handler } of created.heard) addHandler(reading, event, handler);
    return;
  }
  const connecting = connectCall(statement);
  const target = connecting && (connecting.expression as ts.PropertyAccessExpression).expression;
  if (target && isSocket(work, target) && (!reading.socket || sameValue(work, reading.socket, target))) {
    if (reading.place || (reading.created && ts.isCallExpression(reading.created.call)))
      throw new Stop('event', 'The socket connects twice.');
    reading.socket ??= target;
    const { args, listener } = connectArguments(work, connecting, false);
    reading.place = args;
    if (listener) addHandler(reading, 'connect', listener);
    return;
  }
  const timer = timerOf(work, statement);
  if (timer) {
    reading.timer = timer;
    return;
  }
  const found = listening(work, statement);
  if (found) {
    reading.socket ??= isSocket(work, found.emitter) ? found.emitter : undefined;
    if (!reading.socket || !sameValue(work, reading.socket, found.emitter))
      throw new Stop('event', `\`${shown(work, found.emitter)}\` is another emitter than the socket.`);
    // They stay with the socket: what they stand for is decided where they are.
    if (found.registrations.every(({ event, handler }) => staysListening(work, event, handler))) {
      reading.after.push({ line: [statement] });
      return;
    }
    for (const { event, handler } of found.registrations) addHandler(reading, event, handler);
    return;
  }
  if (isHandlerDeclaration(statement)) {
    if (!mentionsSettler(work, statement) && !onlyHandles(work, statement) && !onlyCleansUp(reading, statement))
      reading.before.push({ line: [statement] });
    return;
  }
  const method = methodCall(statement);
  if (method && reading.socket && sameValue(work, reading.socket, method.receiver)) {
    if (isCleanup(work, statement, [reading.socket])) return;
    const [ms, callback] = method.call.arguments;
    if (method.name === 'setTimeout' && ms) {
      if (callback || ms.getText() !== '0') reading.silences.push({ ms, callback: callback ?? ms });
      return;
    }
    if (/^(un)?ref$/.test(method.name)) return;
    reading.after.push({ line: [statement] });
    return;
  }
  if (mentionsSettler(work, statement))
    throw new Stop('escapes', `\`${shown(work, statement)}\` hands on what settles the promise.`);
  (reading.socket ? reading.after : reading.before).push({ line: [statement] });
}

/** A listener that has nothing to do with the promise. */
function staysListening(work: Work, event: string, handler: Handler): boolean {
  if (!/^(data|end|close|error)$/.test(event) || 'settles' in handler || isNoop(handler)) return false;
  if (mentionsSettler(work, handler.literal.body)) return false;
  if (event === 'error') work.notes.add('An error of the connection is thrown here; the promise stayed pending.');
  return true;
}

/** `const cleanup = () => { clearTimeout(timer); … }` */
function onlyCleansUp({ work, socket }: Reading, statement: ts.Statement): boolean {
  const emitters = socket ? [socket] : [];
  return declaredNames([statement]).every((name) => {
    const handler = handlerOf(work, name);
    return (
      handler !== undefined &&
      'literal' in handler &&
      ts.isBlock(handler.literal.body) &&
      handler.literal.body.statements.every((s) => isCleanup(work, s, emitters))
    );
  });
}

/** The functions that it declares are used as handlers alone. */
function onlyHandles(work: Work, statement: ts.Statement): boolean {
  const names = declaredNames([statement]);
  return names.every((name) =>
    referencesTo(work, name, work.executor.body).every(
      (use) =>
        ts.isCallExpression(use.parent) &&
        use.parent.arguments.includes(use) &&
        /\.(\w*on\w*|off|\w*Listeners?)\(/i.test(use.parent.getText()),
    ),
  );
}

function addHandler(reading: Reading, name: string, handler: Handler): void {
  const event = /^(ready|secureConnect)$/.test(name) ? 'connect' : name;
  if (reading.handlers.has(event)) throw new Stop('event', `Two listeners wait for the event \`${event}\`.`);
  reading.handlers.set(event, handler);
}

function plainArguments({ context }: Work, call: ts.NewExpression): readonly Piece[] {
  const [options, ...more] = call.arguments ?? [];
  if (!options) return [];
  if (more.length === 0 && /^\{ *(allowHalfOpen: *\w+,? *)?\}$/.test(context.text(options))) return [options];
  throw new Stop('event', `The options \`${context.text(options)}\` of the socket have no blocking form.`);
}

/** Events that cannot come before `connect`, or that only say again that it failed, need no listener. */
function refuseOther(reading: Reading, event: string, handler: Handler): void {
  if (/^(connect|error|lookup)$/.test(event)) {
    if (event === 'lookup') throw new Stop('event', 'The event `lookup` has no blocking form.');
    return;
  }
  if (event === 'timeout') return;
  const onlyRejects = 'settles' in handler ? handler.settles === 'reject' : settlesOnly(reading, handler);
  if (/^(close|end)$/.test(event) && onlyRejects) return;
  throw new Stop('event', `The event \`${event}\` has no blocking form.`);
}

function settlesOnly({ work, socket }: Reading, handler: Extract<Handler, { literal: unknown }>): boolean {
  const body = bodyOf(work, handler, [socket!]);
  const outs = isExpression(body) ? settleExpression(work, body, true) : settleList(work, body, true).outs;
  return outs.every((out) => 'reject' in out);
}

function write(reading: Reading, socket: ts.Expression, connected: Handler): readonly Out[] {
  const { work, handlers, timer, before, after } = reading;
  const isMissing = work.typescript && /\b(undefined|null)\b/.test(work.context.types.text(socket));
  const name = `${work.context.text(skipParentheses(socket))}${isMissing && !reading.created ? '!' : ''}`;
  const failure = failureOf(reading, socket);
  const limits: Out[] = [];
  const limit = (ms: ts.Expression, callback: Handler): void => {
    if (failure && endsAlike(work, socket, callback, failure)) {
      limits.push({ line: [`${name}.setTimeout(`, ms, `)${work.semi}`] });
      return;
    }
    const error = limitError(work, socket, callback, failure?.rethrows ?? true);
    if (!error) throw new Stop('never-settles', 'The promise may stay pending after the time limit.');
    limits.push({ line: [`${name}.setTimeout(`, ms, `, () => ${name}.destroy(`, error, `))${work.semi}`] });
  };
  const handler = (node: ts.Expression): Handler => {
    const found = handlerOf(work, node);
    if (!found) throw new Stop('callback', `\`${shown(work, node)}\` is called by a timer.`);
    return found;
  };
  if (timer) {
    if (reading.silences.length > 0 || handlers.has('timeout'))
      throw new Stop('event', 'The socket has two time limits.');
    limit(timer.ms, handler(timer.callback));
  }
  const onTimeout = handlers.get('timeout');
  for (const { ms, callback } of reading.silences) {
    if (callback !== ms) limit(ms, 'kind' in callback ? handler(callback) : callback);
    else if (onTimeout) limit(ms, onTimeout);
    else throw new Stop('event', 'Nothing waits for the event `timeout`.');
  }
  if (limits.length > 1) throw new Stop('event', 'The socket has two time limits.');
  const place = reading.place ?? [];
  const connect: Out = { line: [`${name}.connect(`, ...place, `)${work.semi}`] };
  const reset: Out[] = timer ? [{ line: [`${name}.setTimeout(0)${work.semi}`] }] : [];
  const rest = connectedOuts(reading, socket, connected);
  const guarded: Out =
    failure && !failure.rethrows
      ? {
          sections: [
            { head: ['try'], body: [connect] },
            { head: failure.head, body: failure.outs },
          ],
          short: false,
        }
      : connect;
  const [only, ...more] = rest;
  if (
    !reading.created &&
    before.length + limits.length + after.length === 0 &&
    guarded === connect &&
    only &&
    more.length === 0 &&
    'resolve' in only &&
    !only.resolve
  ) {
    return [{ ...only, resolve: [`${name}.connect(`, ...place, ')'], effect: true, inert: false }];
  }
  const { created } = reading;
  const isCall = created && ts.isCallExpression(created.call);
  if (isCall && limits.length === 0 && guarded === connect && !(created.secure && created.count > 1)) {
    const line = [created.head, ...opener(created.secure), '(', ...created.args, ')', work.semi];
    return [...before, { line }, ...after, ...rest];
  }
  const made: Out[] = created
    ? [
        {
          line: [
            created.head,
            isCall ? '' : 'new ',
            streamClass(created.secure),
            isCall ? '.to(' : '(',
            ...created.args,
            ')',
            work.semi,
          ],
        },
      ]
    : [];
  return [...before, ...made, ...limits, guarded, ...reset, ...after, ...rest];
}

function connectedOuts({ work }: Reading, socket: ts.Expression, connected: Handler): readonly Out[] {
  if ('settles' in connected) {
    if (connected.settles === 'reject') throw new Stop('event', 'The promise is rejected on `connect`.');
    return [{ resolve: undefined, effect: true, inert: true, tail: true }];
  }
  const body = bodyOf(work, connected, [socket]);
  if (isExpression(body)) return settleExpression(work, body, true);
  claimNames(work, declaredNames(body));
  noteThrows(work, body);
  const { outs, settles } = settleList(work, body, true);
  if (!settles) throw new Stop('never-settles', 'The promise may stay pending after `connect`.');
  return outs;
}

/** The time limit does what the listener of `error` does, which needs no error for it: ETIMEDOUT takes the same way. */
function endsAlike(work: Work, socket: ts.Expression, callback: Handler, failure: Failure): boolean {
  if (failure.rethrows || failure.head.length > 1 || 'settles' in callback) return false;
  const { handler } = failure;
  if ('settles' in handler) return false;
  const text = ({ literal }: Extract<Handler, { literal: unknown }>): string => {
    const body = bodyOf(work, { literal }, [socket]);
    const list = isExpression(body) ? [body] : body.filter((s) => !destroysWithout(work, s, socket));
    return list.map((one) => work.context.text(one).replace(/;$/, '')).join(';');
  };
  return callback.literal === handler.literal || text(callback) === text(handler);
}

interface Failure {
  readonly handler: Handler;
  readonly outs: readonly Out[];
  readonly rethrows: boolean;
  readonly head: readonly Piece[];
}

function failureOf({ work, handlers }: Reading, socket: ts.Expression): Failure | undefined {
  const handler = handlers.get('error');
  if (!handler) return undefined;
  if ('settles' in handler) {
    if (handler.settles === 'resolve') throw new Stop('event', 'The promise is resolved on `error`.');
    return { handler, outs: [], rethrows: true, head: [] };
  }
  const body = bodyOf(work, handler, [socket]);
  const statements = isExpression(body) ? body : body.filter((s) => !destroysWithout(work, s, socket));
  const { outs, settles } = isExpression(statements)
    ? { outs: settleExpression(work, statements, true), settles: true }
    : settleList(work, statements, true);
  if (!settles) throw new Stop('never-settles', 'The promise may stay pending after `error`.');
  const name = handler.literal.parameters[0]?.name;
  if (name && !ts.isIdentifier(name)) throw new Stop('callback', 'The listener takes its error apart.');
  if (name && isRethrow(outs, name)) return { handler, outs, rethrows: true, head: [] };
  if (name) castError(work, name, [handler.literal.body]);
  const used = name !== undefined && referencesTo(work, name, handler.literal.body).length > 0;
  return { handler, outs, rethrows: false, head: used ? ['catch (', name, ')'] : ['catch'] };
}

/** `socket.destroy()`: a socket that could not connect is closed already. */
function destroysWithout(work: Work, statement: ts.Statement, socket: ts.Expression): boolean {
  const method = methodCall(statement);
  return (
    method !== undefined &&
    /^(destroy|end)$/.test(method.name) &&
    method.call.arguments.length === 0 &&
    sameValue(work, method.receiver, socket)
  );
}
