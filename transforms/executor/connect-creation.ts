import { ts } from 'ts-morph';
import { imported, type Imported, type Piece } from '../../src/transform.ts';
import { argumentsSpan } from '../api-map/call-arguments.ts';
import { handlerOf, listeningOf, methodCall, type Handler, type Registration } from './scene.ts';
import { shown, skipParentheses, Stop, type Work } from './shape.ts';

const creations = /^node:(net|tls)#(connect|createConnection)$/;

/** What a blocking connection takes too. */
const known = new Set([
  'host',
  'port',
  'path',
  'family',
  'localAddress',
  'localPort',
  'allowHalfOpen',
  'noDelay',
  'keepAlive',
]);
const knownToTls = new Set([...known, 'ca', 'cert', 'key', 'passphrase', 'rejectUnauthorized', 'servername']);

/** A statement that makes a socket. */
export interface Creation {
  /** The socket as it is written from then on. */
  readonly socket: ts.Expression;
  /** `const socket = `, `this.socket = `. */
  readonly head: Piece;
  readonly call: ts.CallExpression | ts.NewExpression;
  readonly secure: boolean;
  /** Listeners that the same statement registers. */
  readonly heard: readonly Registration[];
}

/** `const socket = connect(…)`, `this.socket = connect(…)`, `const socket = new Socket()`; with listeners behind it where they are `chained`. */
export function creationOf(work: Work, statement: ts.Statement, chained = false): Creation | undefined {
  let socket: ts.Expression | undefined;
  let value: ts.Expression | undefined;
  if (ts.isVariableStatement(statement)) {
    const [declaration, ...more] = statement.declarationList.declarations;
    if (more.length > 0 || !declaration || !ts.isIdentifier(declaration.name)) return undefined;
    socket = declaration.name;
    value = declaration.initializer;
  } else if (ts.isExpressionStatement(statement)) {
    const { expression } = statement;
    if (!ts.isBinaryExpression(expression) || expression.operatorToken.kind !== ts.SyntaxKind.EqualsToken)
      return undefined;
    socket = expression.left;
    value = expression.right;
  }
  const whole = value && skipParentheses(value);
  const heard = chained && whole ? listeningOf(work, whole) : undefined;
  const call = heard?.emitter ?? whole;
  if (!socket || !call || !(ts.isCallExpression(call) || ts.isNewExpression(call))) return undefined;
  const api = work.context.types.api(call) ?? '';
  const isNew = ts.isNewExpression(call) && /^node:net#Socket(\.constructor)?$/.test(api);
  if (!isNew && !(ts.isCallExpression(call) && creations.test(api))) return undefined;
  const { source } = work.context;
  const head = { span: { start: statement.getStart(source), end: call.getStart(source) } };
  return { socket, head, call, secure: api.startsWith('node:tls#'), heard: heard?.registrations ?? [] };
}

/** `socket.connect(…)`, outside of what makes the socket. */
export function connectCall(statement: ts.Statement): ts.CallExpression | undefined {
  const method = methodCall(statement);
  return method?.name === 'connect' ? method.call : undefined;
}

/** The arguments of a connecting call as pieces, and its listener. */
export function connectArguments(
  work: Work,
  call: ts.CallExpression,
  secure: boolean,
): { readonly args: readonly Piece[]; readonly count: number; readonly listener: Handler | undefined } {
  const args = call.arguments;
  const last = args.at(-1);
  const listener = last && handlerOf(work, last);
  const count = listener ? args.length - 1 : args.length;
  if (args.some((a) => ts.isSpreadElement(a)))
    throw new Stop('event', `\`${shown(work, call)}\` has arguments that cannot be seen here.`);
  for (const argument of args.slice(0, count)) {
    for (const property of ts.isObjectLiteralExpression(argument) ? argument.properties : []) {
      if (!(secure ? knownToTls : known).has(property.name?.getText() ?? ''))
        throw new Stop('event', `The option \`${shown(work, property)}\` of the socket has no blocking form.`);
    }
  }
  const given: Piece[] = count > 0 ? [{ span: argumentsSpan(work.context.source, call, 0, count - 1) }] : [];
  return { args: given, count, listener };
}

export const streamClass = (secure: boolean): Imported =>
  secure ? imported('@unawait/std/tls', 'TlsStream') : imported('@unawait/std/net', 'TcpStream');

/** What connects at once. */
export const opener = (secure: boolean): readonly Piece[] =>
  secure ? [streamClass(true), '.connect'] : [imported('@unawait/std/net', 'connectSync')];
