import { ts } from 'ts-morph';
import { imported, type Piece } from '../../src/transform.ts';
import { wholeConverted, wholeSource } from '../streams/whole.ts';
import type { Out } from './layout.ts';
import { failureOuts, finishOuts, laterNodes, readAll, type Reader } from './reader.ts';
import { isHandlerDeclaration, listeningOf, methodCall, sameValue, socketType, type Handler } from './scene.ts';
import { commentsOf, mentionsSettler, referencesTo, shown, skipParentheses, Stop, type Work } from './shape.ts';

/** Where a stream comes from, and which events it has. */
interface Source {
  readonly reader: Reader;
  readonly part: 'data' | 'line';
}

/** `stream.on('data', …)`, `on('end', …)`: a file, standard input, a socket or the lines of a file, read to the end. */
export function settleStream(work: Work, list: readonly ts.Statement[]): readonly Out[] | undefined {
  const handlers = new Map<string, Handler>();
  const before: ts.Statement[] = [];
  const comments: Out[] = [];
  const declared = new Map<ts.Identifier, ts.Expression>();
  let emitter: ts.Expression | undefined;
  let source: Source | undefined;
  let encoding: ts.Expression | undefined;
  for (const statement of list) {
    const made = streamDeclaration(work, statement);
    if (made) {
      declared.set(made.name, made.value);
      continue;
    }
    const found = ts.isExpressionStatement(statement) ? listeningOf(work, statement.expression) : undefined;
    if (found) {
      if (emitter && !sameValue(work, emitter, found.emitter)) return undefined;
      if (!emitter) {
        emitter = found.emitter;
        source = sourceOf(work, emitter, declared);
        if (!source) return undefined;
      }
      comments.push(...commentsOf(work, statement).map((span): Out => ({ line: [{ span }] })));
      for (const { event, handler } of found.registrations) {
        if (handlers.has(event)) throw new Stop('event', `Two listeners wait for the event \`${event}\`.`);
        handlers.set(event, handler);
      }
      continue;
    }
    const method = methodCall(statement);
    if (
      (method && !emitter && isInput(work, method.receiver)) ||
      (method && emitter && sameValue(work, emitter, method.receiver)) ||
      (method && [...declared.keys()].some((name) => sameValue(work, name, method.receiver)))
    ) {
      if (method.name === 'setEncoding') [encoding] = method.call.arguments;
      else if (method.name !== 'resume') return undefined;
      continue;
    }
    if (isHandlerDeclaration(statement) && mentionsSettler(work, statement)) continue;
    if (mentionsSettler(work, statement) || (emitter && !isHandlerDeclaration(statement))) return undefined;
    before.push(statement);
  }
  if (!emitter || !source) return undefined;
  const { reader, part } = source;
  const ended = handlers.get('end') ?? handlers.get('close');
  if (!ended || (handlers.has('end') && handlers.has('close'))) return undefined;
  for (const event of handlers.keys()) {
    if (![part, 'end', 'close', 'error'].includes(event))
      throw new Stop('event', `The event \`${event}\` has no blocking form.`);
  }
  const onPart = handlers.get(part);
  if (!onPart) throw new Stop('event', `Nothing reads what comes before \`${handlers.has('end') ? 'end' : 'close'}\`.`);
  if ('literal' in onPart && ts.isIdentifier(emitter) && referencesTo(work, emitter, onPart.literal.body).length > 0)
    throw new Stop('event', `The listener of \`${part}\` uses \`${shown(work, emitter)}\` while it is read.`);
  const failure = failureOuts(work, handlers.get('error'), [emitter]);
  const read = readAll(work, [{ reader, onPart, encoding }], before, laterNodes(ended), failure !== undefined);
  const after = finishOuts(work, ended, [emitter]);
  const reading: readonly Out[] = failure
    ? [
        {
          sections: [
            { head: ['try'], body: read.outs },
            { head: failure.head, body: failure.outs },
          ],
          short: false,
        },
      ]
    : read.outs;
  return [...read.before.map((s): Out => ({ line: [s] })), ...comments, ...reading, ...after];
}

/** `const stream = createReadStream(…)`, `const lines = createInterface(…)`. */
function streamDeclaration(
  work: Work,
  statement: ts.Statement,
): { name: ts.Identifier; value: ts.Expression } | undefined {
  if (!ts.isVariableStatement(statement)) return undefined;
  const [declaration, ...more] = statement.declarationList.declarations;
  const value = declaration?.initializer && skipParentheses(declaration.initializer);
  if (!value || more.length > 0 || !ts.isIdentifier(declaration.name)) return undefined;
  if (isInput(work, value)) return { name: declaration.name, value };
  if (!ts.isCallExpression(value)) return undefined;
  return /^node:(fs#createReadStream|readline#createInterface|zlib#create\w+)$/.test(
    work.context.types.api(value) ?? '',
  )
    ? { name: declaration.name, value }
    : undefined;
}

function sourceOf(
  work: Work,
  emitter: ts.Expression,
  declared: ReadonlyMap<ts.Identifier, ts.Expression>,
): Source | undefined {
  const value = valueOf(work, emitter, declared);
  if (isInput(work, value)) return { reader: inputReader(), part: 'data' };
  const piped = pipedSource(work, value, declared);
  if (piped) return piped;
  if (ts.isCallExpression(value)) {
    const api = work.context.types.api(value);
    if (api === 'node:fs#createReadStream') return fileSource(work, value);
    if (api === 'node:readline#createInterface') return lineSource(work, value, declared);
    return undefined;
  }
  if (!socketType.test(work.context.types.text(value))) return undefined;
  const name = work.context.text(value);
  const whole = [`${name}.readToEnd()`];
  return { reader: { whole, text: (e) => [...whole, '.toString(', ...e, ')'], each: [name] }, part: 'data' };
}

function valueOf(work: Work, node: ts.Expression, declared: ReadonlyMap<ts.Identifier, ts.Expression>): ts.Expression {
  const plain = skipParentheses(node);
  if (!ts.isIdentifier(plain)) return plain;
  for (const [name, value] of declared) if (work.context.types.same(name, plain)) return value;
  return plain;
}

function fileSource(work: Work, call: ts.CallExpression): Source | undefined {
  const [path, options, ...more] = call.arguments;
  if (!path || more.length > 0) return undefined;
  if (!options || ts.isStringLiteralLike(options)) return { reader: fileReader(work, [path], options), part: 'data' };
  if (!ts.isObjectLiteralExpression(options)) return undefined;
  const given = new Map<string, ts.Expression>();
  for (const property of options.properties) {
    const name = property.name?.getText() ?? '';
    if (ts.isPropertyAssignment(property)) given.set(name, property.initializer);
    else if (ts.isShorthandPropertyAssignment(property)) given.set(name, property.name);
    if (!/^(encoding|highWaterMark|start|end)$/.test(name))
      throw new Stop('event', `The option \`${shown(work, property)}\` of the file has no blocking form.`);
  }
  const encoding = given.get('encoding');
  // How large the pieces are shows only where they are taken one by one.
  const partly = given.has('start') || given.has('end');
  const plain = fileReader(work, [path], encoding);
  if (!partly && !given.has('highWaterMark')) return { reader: plain, part: 'data' };
  const each = [imported('@unawait/std/fs', 'readChunksSync'), '(', path, ', ', options, ')'];
  return { reader: partly ? { each } : { ...plain, each }, part: 'data' };
}

/** `createReadStream(path).pipe(createGunzip())`: read and converted at once. */
function pipedSource(
  work: Work,
  value: ts.Expression,
  declared: ReadonlyMap<ts.Identifier, ts.Expression>,
): Source | undefined {
  if (!ts.isCallExpression(value) || !ts.isPropertyAccessExpression(value.expression)) return undefined;
  const { name, expression } = value.expression;
  const [step, ...more] = value.arguments;
  if (name.text !== 'pipe' || !step || more.length > 0) return undefined;
  const before = wholeSource(valueOf(work, expression, declared), work.context);
  const whole =
    before && 'pieces' in before ? wholeConverted(before, valueOf(work, step, declared), work.context) : before;
  if (!whole) return undefined;
  if (!('pieces' in whole)) throw new Stop('event', whole.detail ?? 'The options have no blocking form.');
  work.notes.add('The whole content is held in memory.');
  const { pieces } = whole;
  return {
    reader: { whole: pieces, text: (e) => [...pieces, '.toString(', ...e, ')'], each: ['[', ...pieces, ']'] },
    part: 'data',
  };
}

function fileReader(work: Work, path: readonly Piece[], encoding: ts.Expression | undefined): Reader {
  const read = imported('node:fs', 'readFileSync');
  const quote = (given: readonly Piece[]): readonly Piece[] =>
    given.length > 0 ? given : encoding ? [encoding] : ["'utf8'"];
  return {
    ...(!encoding && { whole: [read, '(', ...path, ')'] }),
    text: (given) => [read, '(', ...path, ', ', ...quote(given), ')'],
    each: [
      imported('@unawait/std/fs', 'readChunksSync'),
      '(',
      ...path,
      ...(encoding ? [', { encoding: ', encoding, ' }'] : []),
      ')',
    ],
  };
}

/** `process.stdin`, or a constant that is made of it: no other stream has its type. */
const isInput = (work: Work, node: ts.Expression): boolean =>
  work.context.text(node) === 'process.stdin' ||
  (ts.isIdentifier(node) && /^(NodeJS\.)?ReadStream & \{ fd: 0;? \}$/.test(work.context.types.text(node)));

function inputReader(): Reader {
  const read = imported('@unawait/std/fs', 'readInputSync');
  return {
    whole: [read, '()'],
    text: (given) => [read, '(', ...(given.length > 0 ? given : ["'utf8'"]), ')'],
    each: [imported('@unawait/std/fs', 'readChunksSync'), '(0)'],
  };
}

/** `createInterface({ input: createReadStream(path) })`. */
function lineSource(
  work: Work,
  call: ts.CallExpression,
  declared: ReadonlyMap<ts.Identifier, ts.Expression>,
): Source | undefined {
  const [options, ...more] = call.arguments;
  if (!options || more.length > 0 || !ts.isObjectLiteralExpression(options)) return undefined;
  let input: ts.Expression | undefined;
  for (const property of options.properties) {
    const name = property.name?.getText();
    if (name === 'input')
      input = ts.isPropertyAssignment(property) ? property.initializer : (property.name as ts.Identifier);
    else if (!/^(crlfDelay|terminal|historySize)$/.test(name ?? ''))
      throw new Stop('event', `The option \`${shown(work, property)}\` of the lines has no blocking form.`);
  }
  const stream = input && valueOf(work, input, declared);
  if (!stream) return undefined;
  const read = imported('@unawait/std/fs', 'readLinesSync');
  const lines = (each: readonly Piece[]): Source => ({ reader: { each }, part: 'line' });
  if (isInput(work, stream)) return lines([read, '(0)']);
  if (!ts.isCallExpression(stream) || work.context.types.api(stream) !== 'node:fs#createReadStream') return undefined;
  const [path, encoding, ...others] = stream.arguments;
  if (!path || others.length > 0 || (encoding && !ts.isStringLiteralLike(encoding))) return undefined;
  if (
    ts.isIdentifier(skipParentheses(input!)) &&
    [...declared.keys()].some(
      (n) =>
        referencesTo(work, n, work.executor.body).length > 1 && work.context.types.same(n, skipParentheses(input!)),
    )
  )
    return undefined;
  return lines([read, '(', path, ')']);
}
