import { ts } from 'ts-morph';
import type { Piece } from '../../src/transform.ts';
import { connectArguments, connectCall, opener, creationOf, streamClass, type Creation } from './connect-creation.ts';
import type { Out } from './layout.ts';
import { bodyOf, listening, methodCall, sameValue, type Handler } from './scene.ts';
import { claimNames, declaredNames, mentionsSettler, shown, Stop, type Work } from './shape.ts';
import { settleStream } from './streams.ts';
import { noteThrows } from './waits.ts';

/** An executor that makes a socket, and waits for what comes over it. */
interface Exchange {
  readonly created: Creation;
  readonly before: readonly ts.Statement[];
  readonly args: readonly Piece[];
  readonly count: number;
  /** What is written once it is connected. */
  readonly onConnect: Handler | undefined;
  /** The listener of `connect` where the connecting call has it. */
  readonly given: ts.Expression | undefined;
  /** The statement that has the listener of `connect`, and that of `socket.connect(…)`. */
  readonly registered: ts.Statement | undefined;
  readonly connecting: ts.Statement | undefined;
  readonly rest: readonly ts.Statement[];
}

/** `const socket = connect(…)`, a question, and an answer by `data`: the whole exchange in one executor. */
export function settleExchange(work: Work, list: readonly ts.Statement[]): readonly Out[] | undefined {
  const exchange = exchangeOf(work, list);
  if (!exchange) return undefined;
  return asStatements(work, exchange) ?? asListeners(work, exchange);
}

function exchangeOf(work: Work, list: readonly ts.Statement[]): Exchange | undefined {
  const at = list.findIndex((s) => creationOf(work, s) !== undefined);
  const statement = list[at];
  const created = statement && creationOf(work, statement);
  if (!created || !ts.isIdentifier(created.socket) || !ts.isVariableStatement(statement)) return undefined;
  const before = list.slice(0, at);
  const rest = list.slice(at + 1);
  if (before.some((s) => mentionsSettler(work, s))) return undefined;
  const connecting = rest.find((s) => {
    const call = connectCall(s);
    return call && sameValue(work, (call.expression as ts.PropertyAccessExpression).expression, created.socket);
  });
  const call = connecting ? connectCall(connecting)! : created.call;
  if (!ts.isCallExpression(call)) return undefined;
  const heard = rest.flatMap((s) => {
    const found = listening(work, s);
    if (!found || !sameValue(work, found.emitter, created.socket)) return [];
    return found.registrations.map((one) => ({ ...one, statement: s, alone: found.registrations.length === 1 }));
  });
  if (!heard.some(({ event }) => event === 'data')) return undefined;
  const { args, count, listener } = connectArguments(work, call, created.secure);
  const onEvent = heard.filter(({ event }) => /^(connect|ready|secureConnect)$/.test(event));
  if (onEvent.length > 1 || (onEvent.length > 0 && listener)) return undefined;
  const onConnect = listener ?? onEvent[0]?.handler;
  if (onConnect && ('settles' in onConnect || mentionsSettler(work, onConnect.literal.body))) return undefined;
  const given = listener && call.arguments.at(-1);
  const registered = onEvent[0]?.alone ? onEvent[0].statement : undefined;
  return { created, before, args, count, onConnect, given, registered, connecting, rest };
}

/** Connect, ask, read to the end. */
function asStatements(work: Work, exchange: Exchange): readonly Out[] | undefined {
  const { created, before, args, count, onConnect, registered, connecting, rest } = exchange;
  if (onConnect && !exchange.given && !registered) return undefined;
  const stream = [...before.filter(isEmptyStore), ...rest.filter((s) => s !== registered && s !== connecting)];
  const heard = stream.flatMap((s) => listening(work, s)?.registrations ?? []);
  const failure = heard.find(({ event }) => event === 'error');
  if (!failure || !('settles' in failure.handler)) return undefined;
  if (stream.some((s) => methodCall(s) && !listening(work, s) && methodCall(s)?.name !== 'setEncoding'))
    return undefined;
  let read: readonly Out[] | undefined;
  try {
    read = settleStream(work, stream);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  if (!read) return undefined;
  const asked: Out[] = [];
  if (onConnect && 'literal' in onConnect) {
    const body = bodyOf(work, onConnect, [created.socket]);
    const statements = Array.isArray(body) ? (body as readonly ts.Statement[]) : [];
    if (statements.length === 0) asked.push({ line: [body, work.semi] });
    claimNames(work, declaredNames(statements));
    noteThrows(work, [onConnect.literal.body]);
    asked.push(...statements.map((s): Out => ({ line: [s] })));
  }
  const opened: Out[] =
    created.secure && count > 1
      ? [made(work, exchange), { line: [`${work.context.text(created.socket)}.connect()${work.semi}`] }]
      : [{ line: [headOf(work, created), ...opener(created.secure), '(', ...args, ')', work.semi] }];
  const first = before.filter((s) => !isEmptyStore(s)).map((s): Out => ({ line: [s] }));
  return [...first, ...opened, ...asked, ...read];
}

/** `const chunks = []`, `let text = ''`: it can stand later too. */
function isEmptyStore(statement: ts.Statement): boolean {
  return (
    ts.isVariableStatement(statement) &&
    statement.declarationList.declarations.every(
      ({ initializer: value }) =>
        value !== undefined &&
        ((ts.isArrayLiteralExpression(value) && value.elements.length === 0) || ts.isStringLiteralLike(value)),
    )
  );
}

/** The listeners stay, and the wait tells them. */
function asListeners(work: Work, exchange: Exchange): readonly Out[] {
  const { created, before, given, connecting, rest } = exchange;
  const name = work.context.text(created.socket);
  const event = created.secure ? 'secureConnect' : 'connect';
  const lines: Piece[] = [
    ...(given ? [[`${name}.once('${event}', `, given, `)${work.semi}`]] : []),
    ...rest.filter((s) => s !== connecting),
  ];
  if (rest.some((s) => ts.isReturnStatement(s)))
    throw new Stop(
      'event',
      `\`${shown(
        work,
        rest.find((s) => ts.isReturnStatement(s))!,
      )}\` leaves the executor early.`,
    );
  const parameters = work.executor.parameters.map((p) => work.context.text(p)).join(', ');
  const [type] = work.node.typeArguments ?? [];
  const typed: Piece[] = type && work.typescript && work.context.text(type) !== 'void' ? ['<', type, '>'] : [];
  const isVoid = work.context.types.isVoid(work.node, true);
  work.notes.add('Listeners are called while it waits for the answer.');
  const resolve: Piece[] = [`${name}.settle`, ...typed, `((${parameters}) => {`];
  return [
    ...before.map((s): Out => ({ line: [s] })),
    made(work, exchange),
    { resolve, effect: isVoid, inert: false, tail: true, block: { lines, close: '})' } },
  ];
}

function made(work: Work, { created, args }: Exchange): Out {
  return { line: [headOf(work, created), streamClass(created.secure), '.to(', ...args, ')', work.semi] };
}

const headOf = ({ context }: Work, { socket }: Creation): string => `const ${context.text(socket)} = `;
