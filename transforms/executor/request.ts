import { ts } from 'ts-morph';
import type { Piece } from '../../src/transform.ts';

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
import { namedStream, pipedResponse } from './pipes.ts';
import { writtenBy } from './request-body.ts';
import { requestCall, type Request } from './request-call.ts';
import { limitBy, withLimit } from './request-limit.ts';
import { declaresTimer, timerOf, type Timer } from './time-limit.ts';

type NamedStream = NonNullable<ReturnType<typeof namedStream>>;

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
  if (!list.some((s) => requestOf(work, s))) return undefined;
  const before: Out[] = [];
  let request: Request | undefined;
  let timer: Timer | undefined;
  const files: NamedStream[] = [];
  const aside: ts.Statement[] = [];
  for (const statement of list) {
    const made = requestOf(work, statement);
    const limit = made ? undefined : timerOf(work, statement);
    if (made) {
      if (request) throw new Stop('event', 'The executor sends two requests.');
      request = made;
    } else if (limit && !timer) timer = limit;
    else if (declaresTimer(work, statement, list)) continue;
    else if (isPiped(work, statement, list)) files.push(namedStream(work, statement)!);
    else if (files.some(({ name }) => isListening(work, statement, name))) aside.push(statement);
    else if (request) readLater(work, request, statement);
    else if (isHandlerDeclaration(statement) && mentionsSettler(work, statement)) continue;
    else if (mentionsSettler(work, statement)) return undefined;
    else before.push({ line: [statement] });
  }
  if (!request) return undefined;
  if (timer) limitBy(work, request, timer);
  if (!request.ended && /request$/.test(work.context.types.api(request.call)!))
    throw new Stop('never-settles', 'The request is never ended.');
  for (const event of request.handlers.keys())
    if (!/^(response|error|timeout)$/.test(event))
      throw new Stop('event', `The event \`${event}\` of the request has no blocking form.`);
  const response = request.handlers.get('response');
  if (work.response && response && 'settles' in response && response.settles === 'resolve' && files.length === 0)
    return [...before, ...handedOn(work, request)];
  if (!response || !('literal' in response)) throw new Stop('event', 'The response is handed on.');
  return [...before, ...exchange(work, request, response, files, aside)];
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
  return expression && requestIn(work, expression, name);
}

/** A request that is made in an expression, perhaps with listeners. */
function requestIn(work: Work, expression: ts.Expression, name?: ts.Identifier): Request | undefined {
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
  return { call, name, handlers, writes: [], ended, limit: undefined };
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
  if (!name) throw unclear();
  const method = methodCall(statement);
  const [ms, callback, ...more] = method?.call.arguments ?? [];
  if (method?.name === 'setTimeout' && sameValue(work, name, method.receiver)) {
    if (!ms || more.length > 0 || request.limit) throw unclear();
    request.limit = { ms, callback };
    return;
  }
  const written = writtenBy(work, name, statement);
  if (!written || request.ended) throw unclear();
  request.writes.push(written);
  request.ended = written.ends;
}

/** `new Promise((resolve, reject) => http.get(url, resolve).on('error', reject))`, for a response that is read later. */
export function settleRequestIn(work: Work, expression: ts.Expression): readonly Out[] | undefined {
  const request = work.response && requestIn(work, expression);
  const response = request?.handlers.get('response');
  if (!response || !('settles' in response) || response.settles !== 'resolve') return undefined;
  if ([...request!.handlers.keys()].some((event) => !/^(response|error)$/.test(event))) return undefined;
  if (!request!.ended && /request$/.test(work.context.types.api(request!.call)!))
    throw new Stop('never-settles', 'The request is never ended.');
  return handedOn(work, request!);
}

/** The promise is resolved with the response itself. */
function handedOn(work: Work, request: Request): readonly Out[] {
  const failure = failureOuts(work, request.handlers.get('error'), request.name ? [request.name] : []);
  const caught = withLimit(work, request, failure);
  const sent: Out = { resolve: requestCall(work, request), effect: false, inert: false, tail: true };
  if (!request.handlers.has('error'))
    work.notes.add('An error of the request goes to the caller; as an event that nobody heard it ended the process.');
  if (!caught) return [sent];
  return [
    {
      sections: [
        { head: ['try'], body: [sent] },
        { head: caught.head, body: caught.outs },
      ],
      short: false,
    },
  ];
}

function exchange(
  work: Work,
  request: Request,
  response: Extract<Handler, { literal: unknown }>,
  files: readonly NamedStream[],
  aside: readonly ts.Statement[],
): readonly Out[] {
  const { literal } = response;
  const [parameter, ...more] = literal.parameters;
  if (!parameter || more.length > 0 || !ts.isIdentifier(parameter.name) || !ts.isBlock(literal.body))
    throw new Stop('event', 'The response is handed on.');
  const { name } = parameter;
  const piped = pipedResponse(work, name, [...aside, ...literal.body.statements], files);
  checkMembers(work, name, literal.body, piped !== undefined);
  if (piped) return download(work, request, name, piped);
  const { before, handlers, encoding } = readResponse(work, name, literal.body.statements);
  const ended = handlers.get('end') ?? handlers.get('close');
  if (!ended && handlers.has('data')) throw new Stop('never-settles', 'Nothing waits for the end of the response.');
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
  const read = readAll(
    work,
    [{ reader, onPart: handlers.get('data'), encoding }],
    before,
    ended ? laterNodes(ended) : [],
  );
  claimNames(work, [...declaredNames(read.before), name]);
  const failure = failureOuts(work, request.handlers.get('error'), request.name ? [request.name] : []);
  const [body, ...bodies] = request.writes.filter(({ data }) => data);
  if (body && !body.whole && bodies.length === 0 && !/content-length/i.test(work.context.text(request.call)))
    work.notes.add('The request says the length of its body; it came in chunks.');
  const early = settleList(work, read.before, !ended);
  if (ended && early.settles) throw new Stop('goes-on', 'The response is read after the promise is settled.');
  if (!ended) {
    if (!early.settles) throw new Stop('never-settles', 'Nothing waits for the end of the response.');
    work.notes.add('The body of the response is read, too; nothing waited for its end.');
  }
  const sent = sentOuts(work, request, name, withLimit(work, request, failure));
  return [...sent, ...early.outs, ...read.outs, ...(ended ? finishOuts(work, ended, [name]) : [])];
}

function sentOuts(
  work: Work,
  request: Request,
  name: ts.Identifier,
  caught: ReturnType<typeof failureOuts>,
): readonly Out[] {
  const call = requestCall(work, request);
  if (!caught) return [{ line: ['const ', name, ' = ', ...call, work.semi] }];
  const attempt: Out = { line: [`${name.text} = `, ...call, work.semi] };
  return [
    { line: [`let ${name.text}`, work.semi] },
    {
      sections: [
        { head: ['try'], body: [attempt] },
        { head: caught.head, body: caught.outs },
      ],
      short: false,
    },
  ];
}

/** `response.pipe(file)`: the body is written once it is here. */
function download(
  work: Work,
  request: Request,
  name: ts.Identifier,
  { rest, outs }: NonNullable<ReturnType<typeof pipedResponse>>,
): readonly Out[] {
  const { before, handlers } = readResponse(work, name, rest);
  if (handlers.size > 0) throw new Stop('event', 'The response is piped and heard.');
  claimNames(work, [...declaredNames(before), name]);
  const failure = failureOuts(work, request.handlers.get('error'), request.name ? [request.name] : []);
  const early = settleList(work, before, false);
  if (early.settles) throw new Stop('goes-on', 'The response is read after the promise is settled.');
  return [...sentOuts(work, request, name, withLimit(work, request, failure)), ...early.outs, ...outs];
}

/** `const file = createWriteStream(path)` of an executor that pipes. */
function isPiped(work: Work, statement: ts.Statement, list: readonly ts.Statement[]): boolean {
  const made = namedStream(work, statement);
  return (
    made !== undefined && list.some((s) => new RegExp(`\\.pipe\\(${made.name.text}\\)`).test(work.context.text(s)))
  );
}

function isListening(work: Work, statement: ts.Statement, name: ts.Identifier): boolean {
  const found = ts.isExpressionStatement(statement) ? listeningOf(work, statement.expression) : undefined;
  return found !== undefined && sameValue(work, name, found.emitter);
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
function checkMembers(work: Work, name: ts.Identifier, body: ts.Block, piped: boolean): void {
  for (const use of referencesTo(work, name, body)) {
    const { parent } = use;
    if (ts.isPropertyAccessExpression(parent) && parent.expression === use && members.has(parent.name.text)) continue;
    if (piped && ts.isPropertyAccessExpression(parent) && parent.name.text === 'pipe') continue;
    throw new Stop('event', `\`${shown(work, parent)}\` hands the response on.`);
  }
}
