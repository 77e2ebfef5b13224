import { ts } from 'ts-morph';
import { fresh, type Piece } from '../../src/transform.ts';

import { limitError } from './time-limit.ts';
import type { Out } from './layout.ts';
import { failureOuts, finishOuts, laterNodes, readAll } from './reader.ts';
import { handlerOf, isHandlerDeclaration, listeningOf, methodCall, sameValue, type Handler } from './scene.ts';
import {
  claimNames,
  declaredNames,
  mentionsSettler,
  nodesOf,
  referencesTo,
  shown,
  skipParentheses,
  Stop,
  type Work,
} from './shape.ts';
import { settleList } from './tails.ts';
import { requestCall, type Request } from './request-call.ts';

const requests = /^node:(https?)#(request|get)$/;

const members = new Set([
  'statusCode',
  'statusMessage',
  'headers',
  'rawHeaders',
  'httpVersion',
  'setEncoding',
  'resume',
  'on',
  'once',
  'addListener',
]);

/** `http.request(…)` or `https.get(…)` whose response is read to its end. */
export function settleRequest(work: Work, list: readonly ts.Statement[]): readonly Out[] | undefined {
  const before: Out[] = [];
  let request: Request | undefined;
  for (const statement of list) {
    const made = requestOf(work, statement);
    if (made) {
      if (request) throw new Stop('event', 'The executor sends two requests.');
      request = made;
    } else if (request) readLater(work, request, statement);
    else if (isHandlerDeclaration(statement) && mentionsSettler(work, statement)) continue;
    else if (mentionsSettler(work, statement)) return undefined;
    else before.push({ line: [statement] });
  }
  if (!request) return undefined;
  if (!request.ended && /request$/.test(work.context.types.api(request.call)!))
    throw new Stop('never-settles', 'The request is never ended.');
  const response = request.handlers.get('response');
  if (!response || !('literal' in response)) throw new Stop('event', 'The response is handed on.');
  for (const event of request.handlers.keys())
    if (!/^(response|error|timeout)$/.test(event))
      throw new Stop('event', `The event \`${event}\` of the request has no blocking form.`);
  return [...before, ...exchange(work, request, response)];
}

/** `const request = http.request(…)`, `https.get(…).on('error', reject)`. */
function requestOf(work: Work, statement: ts.Statement): Request | undefined {
  let expression: ts.Expression | undefined;
  let name: ts.Identifier | undefined;
  if (ts.isVariableStatement(statement) && statement.declarationList.declarations.length === 1) {
    const [declaration] = statement.declarationList.declarations;
    expression = declaration!.initializer;
    name = ts.isIdentifier(declaration!.name) ? declaration!.name : undefined;
  } else if (ts.isExpressionStatement(statement)) ({ expression } = statement);
  if (!expression) return undefined;
  let plain = skipParentheses(expression);
  let ended = false;
  if (
    ts.isCallExpression(plain) &&
    ts.isPropertyAccessExpression(plain.expression) &&
    plain.expression.name.text === 'end' &&
    plain.arguments.length === 0
  ) {
    plain = skipParentheses(plain.expression.expression);
    ended = true;
  }
  const found = isRequest(work, plain) ? undefined : listeningOf(work, plain);
  const call = found?.emitter ?? plain;
  if (!isRequest(work, call)) return undefined;
  const handlers = new Map<string, Handler>();
  const last = call.arguments.at(-1);
  const response = last && handlerOf(work, last);
  if (response) handlers.set('response', response);
  for (const { event, handler } of found?.registrations ?? []) handlers.set(event, handler);
  return { call, name, handlers, body: undefined, ended, limit: undefined };
}

function isRequest(work: Work, node: ts.Expression): node is ts.CallExpression {
  return ts.isCallExpression(node) && requests.test(work.context.types.api(node) ?? '');
}

/** `request.on(…)`, `request.write(body)`, `request.end()`. */
function readLater(work: Work, request: Request, statement: ts.Statement): void {
  const { name } = request;
  const unclear = (): Stop => new Stop('event', `\`${shown(work, statement)}\` has no blocking form beside a request.`);
  const found = ts.isExpressionStatement(statement) ? listeningOf(work, statement.expression) : undefined;
  if (found) {
    if (!name || !sameValue(work, name, found.emitter)) throw unclear();
    for (const { event, handler } of found.registrations) {
      if (request.handlers.has(event)) throw new Stop('event', `Two listeners wait for the event \`${event}\`.`);
      request.handlers.set(event, handler);
    }
    return;
  }
  if (isHandlerDeclaration(statement)) return;
  const conditional = ts.isIfStatement(statement) && !statement.elseStatement ? statement : undefined;
  const inner = conditional
    ? ts.isBlock(conditional.thenStatement) && conditional.thenStatement.statements.length === 1
      ? conditional.thenStatement.statements[0]!
      : conditional.thenStatement
    : statement;
  const method = methodCall(inner);
  if (!method || !name || !sameValue(work, name, method.receiver)) throw unclear();
  const [data, ...more] = method.call.arguments;
  if (method.name === 'setTimeout' && data && more.length < 2 && !conditional && !request.limit) {
    request.limit = { ms: data, callback: more[0] };
    return;
  }
  if (more.length > 0 || request.ended) throw unclear();
  if (method.name !== 'write' && method.name !== 'end') throw unclear();
  if (conditional && (!data || work.context.text(skipParentheses(conditional.expression)) !== work.context.text(data)))
    throw unclear();
  if (data) {
    if (request.body) throw new Stop('event', 'The body of the request is written in parts.');
    request.body = data;
  }
  if (method.name === 'end') request.ended = true;
}

function exchange(work: Work, request: Request, response: Extract<Handler, { literal: unknown }>): readonly Out[] {
  const { literal } = response;
  const [parameter, ...more] = literal.parameters;
  if (!parameter || more.length > 0 || !ts.isIdentifier(parameter.name) || !ts.isBlock(literal.body))
    throw new Stop('event', 'The response is handed on.');
  const { name } = parameter;
  checkMembers(work, name, literal.body);
  const { before, handlers, encoding } = readResponse(work, name, literal.body.statements);
  const ended = handlers.get('end') ?? handlers.get('close');
  if (!ended) throw new Stop('never-settles', 'Nothing waits for the end of the response.');
  for (const event of handlers.keys())
    if (!/^(data|end|close|error|aborted)$/.test(event))
      throw new Stop('event', `The event \`${event}\` of the response has no blocking form.`);
  const whole = [`${name.text}.body`];
  const reader = {
    whole,
    text: (e: readonly Piece[]) => [...whole, '.toString(', ...e, ')'],
    each: ['[', ...whole, ']'],
    isRead: true,
  };
  const read = readAll(work, [{ reader, onPart: handlers.get('data'), encoding }], before, laterNodes(ended));
  claimNames(work, [...declaredNames(read.before), name]);
  const failure = failureOuts(work, request.handlers.get('error'), []);
  const call = requestCall(work, request);
  if (request.body) work.notes.add('The request says the length of its body; it came in chunks.');
  const early = settleList(work, read.before, false);
  if (early.settles) throw new Stop('goes-on', 'The response is read after the promise is settled.');
  const limited = limitOf(work, request, failure !== undefined);
  const caught = limited ? limitedFailure(work, limited, failure) : failure;
  const sent: readonly Out[] = caught
    ? [
        { line: [`let ${name.text}`, work.semi] },
        {
          sections: [
            { head: ['try'], body: [{ line: [`${name.text} = `, ...call, work.semi] }] },
            { head: caught.head, body: caught.outs },
          ],
          short: false,
        },
      ]
    : [{ line: ['const ', name, ' = ', ...call, work.semi] }];
  return [...sent, ...early.outs, ...read.outs, ...finishOuts(work, ended, [name])];
}

/** The error that a time limit ends the request with; undefined where the one of the blocking call will do. */
function limitOf(work: Work, { call, name, handlers, limit }: Request, maps: boolean): ts.Expression | undefined {
  const callback = limit?.callback ? handlerOf(work, limit.callback) : handlers.get('timeout');
  const inOptions = call.arguments.some(
    (a) =>
      ts.isObjectLiteralExpression(skipParentheses(a)) &&
      (skipParentheses(a) as ts.ObjectLiteralExpression).properties.some((p) => p.name?.getText() === 'timeout'),
  );
  if (!limit && !inOptions && !callback) return undefined;
  if (!callback || !name || (limit && inOptions) || (!limit && !inOptions))
    throw new Stop('event', 'The event `timeout` and the time limit do not belong together.');
  work.notes.add('The time limit is one for the whole exchange now, not for each silence.');
  const error = limitError(work, name, callback, !maps);
  if (!error) work.notes.add('Its error has the code `ETIMEDOUT`.');
  return error;
}

type Failure = NonNullable<ReturnType<typeof failureOuts>>;

/** `catch (error) { if (error.code === 'ETIMEDOUT') throw …; … }` */
function limitedFailure(work: Work, error: ts.Expression, failure: Failure | undefined): Failure {
  const named = failure?.head.find((piece) => typeof piece === 'object' && 'kind' in piece) as
    ts.Identifier | undefined;
  const name: Piece = named
    ? named.text
    : [...nodesOf(error)].some((n) => ts.isIdentifier(n) && n.text === 'error')
      ? fresh('error')
      : 'error';
  const code: Piece[] = work.typescript ? ['(', name, ' as NodeJS.ErrnoException).code'] : [name, '.code'];
  const check: Out = {
    sections: [{ head: ['if (', ...code, " === 'ETIMEDOUT')"], body: [{ reject: [error] }] }],
    short: true,
  };
  return { head: ['catch (', named ?? name, ')'], outs: [check, ...(failure?.outs ?? [{ reject: [name] }])] };
}

function readResponse(work: Work, name: ts.Identifier, list: readonly ts.Statement[]) {
  const before: ts.Statement[] = [];
  const handlers = new Map<string, Handler>();
  let encoding: ts.Expression | undefined;
  for (const statement of list) {
    const found = ts.isExpressionStatement(statement) ? listeningOf(work, statement.expression) : undefined;
    const method = methodCall(statement);
    if (found && sameValue(work, name, found.emitter)) {
      for (const { event, handler } of found.registrations) handlers.set(event, handler);
    } else if (method && sameValue(work, name, method.receiver) && method.name === 'setEncoding')
      [encoding] = method.call.arguments;
    else before.push(statement);
  }
  // `response.resume()` throws the body away: it has been read here.
  for (const statement of before) {
    for (const inner of nodesOf(statement)) {
      const method = ts.isExpressionStatement(inner) ? methodCall(inner) : undefined;
      if (method?.name === 'resume' && sameValue(work, name, method.receiver)) work.ignored.add(inner);
    }
  }
  return { before, handlers, encoding };
}

/** The blocking response has what is asked of this one. */
function checkMembers(work: Work, name: ts.Identifier, body: ts.Block): void {
  for (const use of referencesTo(work, name, body)) {
    const { parent } = use;
    if (ts.isPropertyAccessExpression(parent) && parent.expression === use && members.has(parent.name.text)) continue;
    throw new Stop('event', `\`${shown(work, parent)}\` hands the response on.`);
  }
}
