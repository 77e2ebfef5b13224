import { ts } from 'ts-morph';
import type { Piece, RefuseAnswer } from '../../src/transform.ts';
import { wholeConverted, wholeSource, wholeWritten, type Whole } from '../streams/whole.ts';
import type { Out } from './layout.ts';
import { failureOuts, finishOuts } from './reader.ts';
import { handlerOf, isHandlerDeclaration, isNoop, methodCall, sameValue, type Handler } from './scene.ts';
import { commentsOf, mentionsSettler, referencesTo, shown, skipParentheses, Stop, type Work } from './shape.ts';

const streams = /^node:(fs#create(Read|Write)Stream|zlib#create\w+)$/;
const adds = /^(on|once|addListener)$/;
const memory = 'The whole content is held in memory, and nothing is written when reading fails.';

/** Streams that flow into each other, and what is done on which event of which. */
interface Flow {
  readonly work: Work;
  /** Streams that have a name. */
  readonly named: Map<ts.Identifier, ts.Expression>;
  /** The stages in the order of the data, as they are made. */
  stages: ts.Expression[];
  readonly failures: Handler[];
  ended: { readonly event: string; readonly handler: Handler; readonly stage: ts.Expression } | undefined;
}

/** `createReadStream(a).pipe(createGzip()).pipe(createWriteStream(b)).on('finish', resolve)`: read, convert and write the whole. */
export function settlePipes(work: Work, list: readonly ts.Statement[]): readonly Out[] | undefined {
  const written = list.filter((s) => !isHandlerDeclaration(s)).map((s) => work.context.text(s));
  if (!written.some((s) => /\.\s*pipe\(/.test(s)) || written.some((s) => /\.\s*on(ce)?\(\s*['"]data/.test(s)))
    return undefined;
  const flow: Flow = { work, named: new Map(), stages: [], failures: [], ended: undefined };
  const before: Out[] = [];
  for (const statement of list) {
    const made = namedStream(work, statement);
    if (made) flow.named.set(made.name, made.value);
    else if (readFlow(flow, statement))
      before.push(...commentsOf(work, statement).map((span) => ({ line: [{ span }] })));
    else if (isHandlerDeclaration(statement) && mentionsSettler(work, statement)) continue;
    else if (mentionsSettler(work, statement) || flow.stages.length > 0) return undefined;
    else before.push({ line: [statement] });
  }
  const outs = flowWritten(flow, undefined);
  return outs && [...before, ...outs];
}

/** `const file = createWriteStream(path)`, which only flows. */
export function namedStream(
  work: Work,
  statement: ts.Statement,
): { readonly name: ts.Identifier; readonly value: ts.Expression } | undefined {
  if (!ts.isVariableStatement(statement)) return undefined;
  const [declaration, ...more] = statement.declarationList.declarations;
  const value = declaration?.initializer && skipParentheses(declaration.initializer);
  if (!value || more.length > 0 || !ts.isIdentifier(declaration.name) || !ts.isCallExpression(value)) return undefined;
  return streams.test(work.context.types.api(value) ?? '') ? { name: declaration.name, value } : undefined;
}

/** A response that flows into a file: `response.pipe(file)` with what is done on its end. */
export function pipedResponse(
  work: Work,
  response: ts.Identifier,
  list: readonly ts.Statement[],
  around: readonly { readonly name: ts.Identifier; readonly value: ts.Expression }[],
): { readonly rest: readonly ts.Statement[]; readonly outs: readonly Out[] } | undefined {
  const flow: Flow = {
    work,
    named: new Map(around.map(({ name, value }) => [name, value])),
    stages: [],
    failures: [],
    ended: undefined,
  };
  const rest: ts.Statement[] = [];
  for (const statement of list) {
    const made = namedStream(work, statement);
    if (made) flow.named.set(made.name, made.value);
    else if (!readFlow(flow, statement)) rest.push(statement);
  }
  const [first] = flow.stages;
  if (!first || !sameValue(work, response, first)) return undefined;
  const outs = flowWritten(flow, { pieces: [`${response.text}.body`] });
  return outs && { rest, outs };
}

/** Listeners, `pipe` calls, and what closes a file; false where the statement is something else. */
function readFlow(flow: Flow, statement: ts.Statement): boolean {
  if (!ts.isExpressionStatement(statement)) return false;
  const { work } = flow;
  const chain: ts.CallExpression[] = [];
  let at = skipParentheses(statement.expression);
  while (ts.isCallExpression(at) && ts.isPropertyAccessExpression(at.expression)) {
    const { name } = at.expression;
    if (name.text !== 'pipe' && !adds.test(name.text)) break;
    chain.unshift(at);
    at = skipParentheses(at.expression.expression);
  }
  if (chain.length === 0) return false;
  const start = at;
  const isStream = isKnown(flow, start);
  const pipes = chain.some((call) => memberOf(call) === 'pipe');
  if (!isStream && !pipes) return false;
  let stage: ts.Expression = start;
  for (const call of chain) {
    if (memberOf(call) === 'pipe') {
      const [target, options] = call.arguments;
      if (!target || options) throw new Stop('event', `\`${shown(work, call)}\` has options that are not followed.`);
      if (flow.stages.length === 0) flow.stages.push(stage);
      else if (!sameValue(work, flow.stages.at(-1)!, stage) && flow.stages.at(-1) !== stage)
        throw new Stop('event', `\`${shown(work, stage)}\` flows into more than one stream.`);
      stage = target;
      flow.stages.push(stage);
    } else listen(flow, stage, call);
  }
  return true;
}

const memberOf = (call: ts.CallExpression): string => (call.expression as ts.PropertyAccessExpression).name.text;

function isKnown({ work, named }: Flow, node: ts.Expression): boolean {
  if (ts.isCallExpression(node)) return streams.test(work.context.types.api(node) ?? '');
  return [...named.keys()].some((name) => sameValue(work, name, node));
}

function listen(flow: Flow, stage: ts.Expression, call: ts.CallExpression): void {
  const { work } = flow;
  const [event, listener, ...more] = call.arguments;
  if (!event || !listener || more.length > 0 || !ts.isStringLiteralLike(event))
    throw new Stop('event', `\`${shown(work, call)}\` is not known here.`);
  const handler = handlerOf(work, listener);
  if (!handler) throw new Stop('event', `What is done on the event \`${event.text}\` is not written here.`);
  if (event.text === 'error') flow.failures.push(handler);
  else if (!/^(finish|close|end)$/.test(event.text))
    throw new Stop('event', `The event \`${event.text}\` of \`${shown(work, stage)}\` has no blocking form.`);
  else if ('literal' in handler && isNoop(handler)) return;
  else if (flow.ended) throw new Stop('event', 'Two listeners wait for the end of what is piped.');
  else flow.ended = { event: event.text, handler, stage };
}

/** The statements that read, convert and write; undefined where it is another flow. */
function flowWritten(flow: Flow, given: Whole | undefined): readonly Out[] | undefined {
  const { work, stages, failures, ended } = flow;
  const last = stages.at(-1);
  if (!last || !ended) return undefined;
  if (ended.stage !== last && !sameValue(work, ended.stage, last))
    throw new Stop('event', `The promise waits for \`${ended.event}\` of a stream that is not the last of them.`);
  const value = (node: ts.Expression): ts.Expression => {
    for (const [name, made] of flow.named) if (sameValue(work, name, node)) return made;
    return node;
  };
  const whole = throughAll(work, stages, value, given);
  checkNames(flow);
  work.notes.add(memory);
  if (failures.length < stages.length - (given ? 1 : 0))
    work.notes.add('An error of a stream that nobody listened to ended the process; it is thrown here now.');
  const [failure, ...others] = failures;
  if (others.some((one) => !alike(work, one, failure!)))
    throw new Stop('event', 'What is done on an error depends on the stream.');
  const caught = failureOuts(work, failure, [...flow.named.keys()]);
  const line: Out = { line: [...whole.pieces, work.semi] };
  const done = finishOuts(work, ended.handler, [...flow.named.keys()]);
  const reading: readonly Out[] = caught
    ? [
        {
          sections: [
            { head: ['try'], body: [line] },
            { head: caught.head, body: caught.outs },
          ],
          short: false,
        },
      ]
    : [line];
  return [...reading, ...done];
}

/** `pipeline(source, …, sink, callback)` without its callback. */
export function pipelineWritten(work: Work, stages: readonly ts.Expression[]): readonly Piece[] {
  work.notes.add(memory);
  return throughAll(work, stages, (node) => node, undefined).pieces;
}

/** What is read, converted and written; `given` stands for the first stage. */
function throughAll(
  work: Work,
  stages: readonly ts.Expression[],
  value: (stage: ts.Expression) => ts.Expression,
  given: Whole | undefined,
): Whole {
  let whole = given;
  for (const [i, stage] of stages.entries()) {
    if (i === 0 && given) continue;
    const node = value(stage);
    const next: Whole | RefuseAnswer | undefined = !whole
      ? wholeSource(node, work.context)
      : i === stages.length - 1
        ? wholeWritten(whole, node, work.context)
        : wholeConverted(whole, node, work.context);
    if (!next) throw new Stop('event', `\`${shown(work, stage)}\` is a stream without a blocking form.`);
    if (!('pieces' in next)) throw new Stop('event', next.detail ?? 'An option of a stream has no blocking form.');
    whole = next;
  }
  return whole!;
}

function alike(work: Work, a: Handler, b: Handler): boolean {
  if ('settles' in a || 'settles' in b) return 'settles' in a && 'settles' in b && a.settles === b.settles;
  return a.literal === b.literal || work.context.text(a.literal) === work.context.text(b.literal);
}

/** Names of streams are used to pipe, to listen and to close alone. */
function checkNames({ work, named }: Flow): void {
  for (const name of named.keys()) {
    for (const use of referencesTo(work, name, work.executor.body)) {
      const access = use.parent;
      const isPiped = ts.isCallExpression(access) && memberName(access) === 'pipe';
      const member = ts.isPropertyAccessExpression(access) && access.expression === use ? access.name.text : '';
      if (isPiped || member === 'pipe' || adds.test(member)) continue;
      const statement = ts.isPropertyAccessExpression(access) ? access.parent.parent : undefined;
      const closes =
        /^(close|end|destroy)$/.test(member) &&
        statement !== undefined &&
        ts.isExpressionStatement(statement) &&
        methodCall(statement)?.call.arguments.length === 0;
      if (!closes) throw new Stop('event', `\`${shown(work, access)}\` does more with a stream than to pipe it.`);
      // It is closed by then.
      work.ignored.add(statement);
    }
  }
}

function memberName(call: ts.CallExpression): string | undefined {
  return ts.isPropertyAccessExpression(call.expression) ? call.expression.name.text : undefined;
}
