import { ts } from 'ts-morph';
import { imported, refuse, type Answer, type Context, type Piece, type RefuseAnswer } from '../../src/transform.ts';
import { fileOptions, writerOptions } from './file-options.ts';
import { skipParentheses, wholeConverted, wholeSource } from './whole.ts';

const drops = 'The streams become iterables, and the functions between them are called with these.';
const callNote =
  'The parts run in turn, a chunk at a time: where one fails, what was written before it stays in the file.';
const iterable = /^(Async)?(Generator|Iterable|IterableIterator)<(?!Promise)/;
const hint =
  'Write the part as a generator function: `async function* (chunks) { for await (const chunk of chunks) yield …; }`';

/** `pipeline(source, stage, …, createWriteStream(path))` with functions among its parts, as calls: `writeChunksSync(path, stage(source))`. */
export function stages(call: ts.CallExpression, context: Context): Answer {
  const parts = call.arguments.map(skipParentheses);
  const last = parts.pop();
  if (!last) return refusal(call, context);
  const chunks = stagedChunks(parts, context);
  if (!('chunks' in chunks)) return chunks;
  if (isFunction(last, context) && isGenerator(last, context)) return refusal(last, context);
  const pieces = isFunction(last, context)
    ? calledWith(last, chunks.chunks, context)
    : writtenTo(last, chunks.chunks, context);
  return pieces ? { rewrite: { pieces }, drops, note: callNote } : refusal(last, context);
}

/** What comes out of all but the last part of a pipeline, as something to iterate over. */
export function stagedChunks(
  parts: readonly ts.Expression[],
  context: Context,
): { readonly chunks: readonly Piece[] } | RefuseAnswer {
  const [first, ...rest] = parts;
  let chunks = first && chunksOf(first, context);
  let whole = first && wholeSource(first, context);
  for (const part of rest) {
    if (isFunction(part, context)) {
      chunks = chunks && isGenerator(part, context) ? calledWith(part, chunks, context) : undefined;
      whole = undefined;
    } else {
      if (!whole || !('pieces' in whole)) return refusal(part === rest[0] ? first! : part, context);
      whole = wholeConverted(whole, part, context);
      chunks = whole && 'pieces' in whole ? ['[', ...whole.pieces, ']'] : undefined;
    }
    if (!chunks) return refusal(part, context);
  }
  return chunks ? { chunks } : refusal(first!, context);
}

function refusal(part: ts.Expression, { text, types }: Context): RefuseAnswer {
  const shown = text(part).split('\n', 1)[0]!.slice(0, 60);
  return refuse(
    'stream',
    `\`${shown}\` of the pipeline has no blocking form.`,
    /^(Transform|Duplex)$/.test(types.text(part)) ? hint : undefined,
  );
}

/** What the first part of a pipeline yields. */
function chunksOf(node: ts.Expression, context: Context): readonly Piece[] | undefined {
  const { text, types } = context;
  const read = imported('@unawait/std/fs', 'readChunksSync');
  if (text(node) === 'process.stdin') return [read, '(0)'];
  if (iterable.test(types.text(node))) return [node];
  if (!ts.isCallExpression(node)) return undefined;
  const [given, ...more] = node.arguments;
  if (given && more.length === 0 && /^node:stream#(\w+\.)?Readable\.from$/.test(types.api(node) ?? ''))
    return /^(string|Buffer(<\w+>)?)\[\]$/.test(types.text(given)) || iterable.test(types.text(given))
      ? [given]
      : undefined;
  if (types.api(node) !== 'node:fs#createReadStream') return undefined;
  const known = fileOptions(node, ['encoding', 'start', 'end', 'highWaterMark']);
  const [options] = more;
  // A text in their place is the encoding.
  const taken = known && options && ts.isStringLiteralLike(options) ? [', { encoding: ', options, ' }'] : known;
  return taken && [read, '(', given!, ...taken, ')'];
}

function writtenTo(node: ts.Expression, chunks: readonly Piece[], { types }: Context): readonly Piece[] | undefined {
  if (!ts.isCallExpression(node) || types.api(node) !== 'node:fs#createWriteStream') return undefined;
  const options = fileOptions(node, writerOptions);
  return (
    options && [
      imported('@unawait/std/fs', 'writeChunksSync'),
      '(',
      node.arguments[0]!,
      ', ',
      ...chunks,
      ...options,
      ')',
    ]
  );
}

function isFunction(node: ts.Expression, { types }: Context): boolean {
  if (ts.isFunctionExpression(node) || ts.isArrowFunction(node)) return true;
  return ts.isIdentifier(node) && /^(<.*>)?\(.*\) => /.test(types.text(node));
}

function isGenerator(node: ts.Expression, { types }: Context): boolean {
  if (ts.isFunctionExpression(node)) return node.asteriskToken !== undefined;
  return !ts.isArrowFunction(node) && /=> (Async)?(Generator|Iterable|IterableIterator)<[^]*$/.test(types.text(node));
}

/** A call of the stage. Node gives it a signal, too, as its second argument; nothing could fire that. */
function calledWith(node: ts.Expression, chunks: readonly Piece[], context: Context): readonly Piece[] | undefined {
  if (ts.isIdentifier(node)) {
    const takesMore = /^(<.*>)?\([^()]*, (\w+\??|\{[^}]*\}): /.test(context.types.text(node));
    return takesMore ? undefined : [node, '(', ...chunks, ')'];
  }
  if (!ts.isFunctionExpression(node) && !ts.isArrowFunction(node)) return undefined;
  const [parameter, ...more] = node.parameters;
  if (!parameter || more.length > 0 || parameter.initializer || !ts.isIdentifier(parameter.name)) return undefined;
  if (context.source.text[parameter.getStart(context.source) - 1] !== '(') return undefined;
  return ['(', ...typed(node, parameter, context), ')(', ...chunks, ')'];
}

/** What Node's types said of the parameter has to be written now. */
function typed(
  node: ts.FunctionExpression | ts.ArrowFunction,
  { name, type }: ts.ParameterDeclaration,
  { source, types }: Context,
): readonly Piece[] {
  if (type || node.flags & ts.NodeFlags.JavaScriptFile) return [node];
  const iterable = /^AsyncIterable(<[^]*>)$/.exec(types.text(name as ts.Identifier))?.[1] ?? '<any>';
  const word = node.modifiers?.find((m) => m.kind === ts.SyntaxKind.AsyncKeyword);
  const start = word ? word.end + /^\s*/.exec(source.text.slice(word.end))![0].length : node.getStart(source);
  return [{ span: { start, end: name.end } }, `: Iterable${iterable}`, { span: { start: name.end, end: node.end } }];
}
