import { ts } from 'ts-morph';
import { imported, type Piece } from '../../src/transform.ts';
import { fileOptions, writerOptions } from '../streams/file-options.ts';
import type { Out } from './layout.ts';
import { namedStream } from './pipes.ts';
import { failureOuts, finishOuts } from './reader.ts';
import { handlerOf, isHandlerDeclaration, listening, methodCall, sameValue, type Handler } from './scene.ts';
import { commentsOf, mentionsSettler, referencesTo, settler, skipParentheses, Stop, type Work } from './shape.ts';
import { settleList } from './tails.ts';

/**
 * `const out = createWriteStream(path); out.on('finish', resolve); out.on('error', reject); out.write(text); out.end();`: a file that is
 * opened, written and closed within the executor.
 */
export function settleFileWriter(work: Work, list: readonly ts.Statement[]): readonly Out[] | undefined {
  const made = list.flatMap((s) => namedStream(work, s) ?? []);
  const [stream] = made;
  if (!stream || made.length > 1) return undefined;
  const { name, value } = stream;
  const opened = work.context.types.api(value) === 'node:fs#createWriteStream' ? writerOf(value) : undefined;
  if (!opened) return undefined;
  const handlers = new Map<string, Handler>();
  const outs: Out[] = [];
  let ended = false;
  for (const statement of list) {
    const found = listening(work, statement);
    const method = methodCall(statement);
    if (namedStream(work, statement)) {
      outs.push({ line: ['const ', name, ' = ', ...opened, work.semi] });
    } else if (found && sameValue(work, name, found.emitter)) {
      outs.push(...commentsOf(work, statement).map((span): Out => ({ line: [{ span }] })));
      for (const { event, handler } of found.registrations) {
        const kind = event === 'close' ? 'finish' : event;
        if (!/^(finish|error)$/.test(kind) || handlers.has(kind)) return undefined;
        handlers.set(kind, handler);
      }
    } else if (method && method.name === 'end' && sameValue(work, name, method.receiver)) {
      const end = ended ? undefined : endOf(work, method.call, handlers);
      if (!end) return undefined;
      outs.push(end);
      ended = true;
    } else if (isHandlerDeclaration(statement) && mentionsSettler(work, statement)) continue;
    else {
      const uses = referencesTo(work, name, statement);
      if (mentionsSettler(work, statement) || !uses.every(isWritten) || (ended && uses.length > 0)) return undefined;
      outs.push(...settleList(work, [statement], false).outs);
    }
  }
  const finish = handlers.get('finish');
  if (!ended || !finish || ('literal' in finish && finish.literal.parameters.length > 0)) return undefined;
  return told(work, name, handlers, outs, finish);
}

function told(
  work: Work,
  name: ts.Identifier,
  handlers: ReadonlyMap<string, Handler>,
  written: readonly Out[],
  finish: Handler,
): readonly Out[] {
  const caught = failureOuts(work, handlers.get('error'), [name]);
  work.notes.add('What fails is thrown where the file is opened or written, before it was told by the event.');
  const finished = finishOuts(work, finish, [name]);
  if (!caught) return [...written, ...finished];
  const attempt: Out = {
    sections: [
      { head: ['try'], body: written },
      { head: caught.head, body: caught.outs },
    ],
    short: false,
  };
  const later = 'literal' in finish && referencesTo(work, name, finish.literal.body).length > 0;
  if (later) throw new Stop('event', 'The stream is looked at once it has ended.');
  return [attempt, ...finished];
}

/** `new FileWriterSync(path)`; undefined where an option has no place in it. */
function writerOf(call: ts.Expression): readonly Piece[] | undefined {
  const options = ts.isCallExpression(call) ? fileOptions(call, writerOptions) : undefined;
  if (!options) return undefined;
  const [path] = (call as ts.CallExpression).arguments;
  return ['new ', imported('@unawait/std/fs', 'FileWriterSync'), '(', path!, ...options, ')'];
}

/** `out.end()`, `out.end(data)`, `out.end(resolve)`. */
function endOf(work: Work, call: ts.CallExpression, handlers: Map<string, Handler>): Out | undefined {
  const given = [...call.arguments];
  const last = given.at(-1);
  const handler =
    last && (settler(work, skipParentheses(last)) || ts.isArrowFunction(last) ? handlerOf(work, last) : undefined);
  if (handler) {
    if (handlers.has('finish')) return undefined;
    handlers.set('finish', handler);
    work.notes.add('An error of the stream is thrown here; the callback of `end` did not look at it.');
    given.pop();
  }
  if (given.length > 2 || given.some((g) => ts.isSpreadElement(g) || ts.isArrowFunction(g) || mentionsSettler(work, g)))
    return undefined;
  const data = given.flatMap((g, i): Piece[] => (i > 0 ? [', ', g] : [g]));
  return { line: [call.expression, '(', ...data, ')', work.semi] };
}

/** `out` of the statement `out.write(data);`, not in a function that somebody may call later. */
function isWritten(use: ts.Identifier): boolean {
  const member = use.parent;
  const call = member.parent;
  if (!ts.isPropertyAccessExpression(member) || member.expression !== use || member.name.text !== 'write') return false;
  if (!ts.isCallExpression(call) || call.expression !== member) return false;
  if (!ts.isExpressionStatement(call.parent) && !isEach(call.parent)) return false;
  const [data, encoding, ...more] = call.arguments;
  if (!data || more.length > 0 || (encoding && !ts.isStringLiteralLike(encoding))) return false;
  for (let up: ts.Node = call.parent; !ts.isSourceFile(up); up = up.parent)
    if (ts.isFunctionLike(up) && !isEach(up)) return ts.isNewExpression(up.parent);
  return true;
}

/** `(row) => …` of `rows.forEach((row) => …)` */
function isEach(fn: ts.Node): boolean {
  const call = fn.parent;
  return (
    (ts.isArrowFunction(fn) || ts.isFunctionExpression(fn)) &&
    ts.isCallExpression(call) &&
    ts.isPropertyAccessExpression(call.expression) &&
    call.expression.name.text === 'forEach'
  );
}
