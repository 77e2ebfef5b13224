import { ts } from 'ts-morph';
import {
  defineTransform,
  imported,
  isRefusal,
  refuse,
  semicolon,
  type Answer,
  type Context,
  type Piece,
} from '../src/transform.ts';
import { stagedChunks, stages } from './streams/stages.ts';
import { skipParentheses, wholeConverted, wholeSource, wholeWritten, type Whole } from './streams/whole.ts';

const memory = 'The whole content is held in memory, and nothing is written when reading fails.';
const oneChunk = 'The whole content is held in memory and comes as one chunk.';
const drops = 'The streams become one call each.';

export default defineTransform({
  id: 'pipeline-files',
  code: 'UA153',
  claims: ['api-call', 'idiom'],
  applicability: 'noted',
  priority: 10,
  summary: 'Read, convert and write whole files where a pipeline of streams did',
  docs:
    '`pipeline(createReadStream(a), createGzip(), createWriteStream(b))` becomes `writeFileSync(b, gzipSync(readFileSync(a)))`. A function at ' +
    'its end that iterates becomes the loop, generators between the streams are called one around the other: `writeChunksSync(b, upper(readChunksSync(a)))`, a hash there is fed chunk by chunk. Without generators the content is held in memory whole, which the note says.',
  reasons: {
    stream: {
      short: 'A stream in the pipeline has no blocking form.',
      extra:
        'Files, standard input and the one-shot conversions of `node:zlib` have one; other streams live on the event loop.',
    },
    options: {
      short: 'An option of a stream has no blocking counterpart.',
      extra: 'A part of a file, other flags and descriptors: read and write the parts by hand.',
    },
  },
  rewrite(site, node, context) {
    if (site.kind === 'idiom') {
      if (site.idiom === 'pipeline-stages') return stages(node as ts.CallExpression, context);
      if (site.idiom === 'pipeline-loop') return loop(node as ts.ExpressionStatement, context);
      if (site.idiom !== 'pipeline-names' && site.idiom !== 'pipeline-hash') return undefined;
      // Where it is none that is known the statements stay as they are, and their own sites say why.
      return named(node as ts.Block, site.span, context) ?? { rewrite: { pieces: [{ span: site.span }] }, drops };
    }
    if (!ts.isCallExpression(node)) return undefined;
    if (/^node:stream\/promises#pipeline$|^node:util#promisify\(node:stream#pipeline\)$/.test(site.api))
      return pipeline(node, context);
    const consumer = /^node:stream\/consumers#(text|buffer|json)$/.exec(site.api)?.[1];
    return consumer === undefined ? undefined : consume(node, consumer, context);
  },
});

function pipeline(call: ts.CallExpression, context: Context): Answer {
  const last = call.arguments.at(-1);
  const value = converted(call, context);
  if (!last || value === undefined)
    return refuse('stream', `\`${short(call, context)}\` has a part without a blocking form.`);
  if (isRefusal(value)) return value;
  const written = wholeWritten(value as Whole, last, context);
  if (written === undefined)
    return refuse('stream', `\`${firstLine(context.text(last))}\` at the end of the pipeline has no blocking form.`);
  return 'pieces' in written ? { rewrite: written, drops, note: memory } : written;
}

/** `await pipeline(source, …, async (chunks) => { for await (const chunk of chunks) … });` */
function loop(statement: ts.ExpressionStatement, context: Context): Answer {
  const call = callOf(statement);
  const sink = call?.arguments.at(-1);
  const keep = { keep: true } as const;
  if (!call || !sink || !ts.isArrowFunction(sink)) return keep;
  const value =
    call.arguments.length === 2
      ? (wholeSource(call.arguments[0]!, context) ?? iterable(call.arguments[0]!, context))
      : (usable(converted(call, context)) ?? stagedChunks(call.arguments.slice(0, -1), context));
  if (!value || isRefusal(value as Answer)) return keep;
  const body = (sink.body as ts.Block).statements[0] as ts.ForOfStatement;
  const chunks: readonly Piece[] = 'chunks' in value ? value.chunks : ['[', ...(value as Whole).pieces, ']'];
  const { source } = context;
  const rewrite = {
    pieces: [
      'for (',
      { span: { start: body.initializer.getStart(source), end: body.initializer.end } },
      ' of ',
      ...chunks,
      ') ',
      body.statement,
    ],
  };
  return { rewrite, drops, ...('chunks' in value ? { applicability: 'safe' as const } : { note: oneChunk }) };
}

const usable = (value: Whole | Answer): Whole | undefined =>
  value !== undefined && 'pieces' in value ? value : undefined;

/** A generator of the project's own is iterated as it is. */
function iterable(node: ts.Expression, { types }: Context): { readonly chunks: readonly Piece[] } | undefined {
  return /^(AsyncGenerator|AsyncIterable|AsyncIterableIterator)</.test(types.text(node))
    ? { chunks: [node] }
    : undefined;
}

function consume(call: ts.CallExpression, name: string, context: Context): Answer {
  const [stream] = call.arguments;
  const value = stream && call.arguments.length === 1 ? wholeSource(stream, context) : undefined;
  if (!value) return undefined;
  if (!('pieces' in value)) return value;
  if (name === 'buffer') return { rewrite: value, drops, note: 'The whole content is read at once.' };
  const text: readonly Piece[] = value.isFile
    ? [...value.pieces.slice(0, -1), ", 'utf8')"]
    : ['new TextDecoder().decode(', ...value.pieces, ')'];
  return {
    rewrite: { pieces: name === 'json' ? ['JSON.parse(', ...text, ')'] : text },
    drops,
    note: value.isFile ? 'A byte order mark is not taken off.' : 'The whole content is read at once.',
  };
}

/** Streams with names of their own in front of `await pipeline(…)`, or a hash at its end. */
function named(block: ts.Block, span: { readonly start: number; readonly end: number }, context: Context): Answer {
  const { source, types } = context;
  const inside = block.statements.filter((s) => s.getStart(source) >= span.start && s.getStart(source) < span.end);
  const call = callOf(inside.at(-1) as ts.ExpressionStatement)!;
  const made = inside.slice(0, -1).map((s) => (s as ts.VariableStatement).declarationList.declarations[0]!);
  const parts = call.arguments.map(
    (part) => made.find((one) => ts.isIdentifier(part) && types.same(one.name, part))?.initializer ?? part,
  );
  const [last] = parts.slice(-1);
  const semi = semicolon(source);
  if (!last) return undefined;
  if (ts.isIdentifier(last) && /^H(ash|mac)$/.test(types.text(last))) {
    const [only, ...steps] = parts.slice(0, -1);
    const each = steps.length === 0 && only ? fileChunks(only, context) : undefined;
    if (each) {
      const pieces = ['for (const chunk of ', ...each, ') ', last, '.update(chunk)', semi];
      return { rewrite: { pieces }, drops, applicability: 'safe' };
    }
  }
  const value = converted({ arguments: parts }, context);
  if (!value || isRefusal(value)) return undefined;
  if (ts.isIdentifier(last) && /^H(ash|mac)$/.test(types.text(last)))
    return { rewrite: { pieces: [last, '.update(', ...(value as Whole).pieces, ')', semi] }, drops, note: memory };
  const written = wholeWritten(value as Whole, last, context);
  if (!written || !('pieces' in written)) return undefined;
  return { rewrite: { pieces: [...written.pieces, semi] }, drops, note: memory };
}

/** `readChunksSync(path)` for `createReadStream(path)`. */
function fileChunks(node: ts.Expression, { types }: Context): readonly Piece[] | undefined {
  const stream = skipParentheses(node);
  if (!ts.isCallExpression(stream) || types.api(stream) !== 'node:fs#createReadStream') return undefined;
  const [path, ...more] = stream.arguments;
  return path && more.length === 0 && !ts.isSpreadElement(path)
    ? [imported('@unawait/std/fs', 'readChunksSync'), '(', path, ')']
    : undefined;
}

/** All but the last part of a pipeline as one value. */
function converted(call: { readonly arguments: readonly ts.Expression[] }, context: Context): Whole | Answer {
  const [first, ...steps] = call.arguments.slice(0, -1);
  let value = first && wholeSource(first, context);
  for (const step of steps) {
    if (!value || !('pieces' in value)) break;
    value = wholeConverted(value, step, context);
  }
  return value;
}

function callOf(statement: ts.ExpressionStatement): ts.CallExpression | undefined {
  let inner = skipParentheses(statement.expression);
  if (ts.isAwaitExpression(inner)) inner = skipParentheses(inner.expression);
  return ts.isCallExpression(inner) ? inner : undefined;
}

const firstLine = (text: string): string => text.split('\n', 1)[0]!.slice(0, 60);
const short = (call: ts.CallExpression, context: Context): string => firstLine(context.text(call));
