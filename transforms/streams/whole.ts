import { ts } from 'ts-morph';
import { imported, refuse, type Context, type Piece, type RefuseAnswer } from '../../src/transform.ts';

/** What a stream would carry, as one value. */
export interface Whole {
  readonly pieces: readonly Piece[];
  /** The pieces end with the closing parenthesis of `readFileSync(path)`. */
  readonly isFile?: boolean;
}

const converters: Readonly<Record<string, string>> = {
  createGzip: 'gzipSync',
  createGunzip: 'gunzipSync',
  createDeflate: 'deflateSync',
  createInflate: 'inflateSync',
  createDeflateRaw: 'deflateRawSync',
  createInflateRaw: 'inflateRawSync',
  createUnzip: 'unzipSync',
  createBrotliCompress: 'brotliCompressSync',
  createBrotliDecompress: 'brotliDecompressSync',
};

/** The bytes of `createReadStream(path)` or standard input; undefined for any other source. */
export function wholeSource(node: ts.Expression, context: Context): Whole | RefuseAnswer | undefined {
  const source = skipParentheses(node);
  if (context.text(source) === 'process.stdin') return { pieces: [imported('@unawait/std/fs', 'readInputSync'), '()'] };
  const body = wholeBody(source, context);
  if (body) return body;
  if (!ts.isCallExpression(source)) return undefined;
  // `createReadStream(path).pipe(createGunzip())`
  if (
    ts.isPropertyAccessExpression(source.expression) &&
    source.expression.name.text === 'pipe' &&
    source.arguments.length === 1
  ) {
    const inner = wholeSource(source.expression.expression, context);
    return inner && 'pieces' in inner ? wholeConverted(inner, source.arguments[0]!, context) : inner;
  }
  if (context.types.api(source) !== 'node:fs#createReadStream') return undefined;
  const [path, options, ...more] = source.arguments;
  if (!path || ts.isSpreadElement(path) || more.length > 0) return undefined;
  if (options && !isPlainOptions(options, ['highWaterMark', 'autoClose']))
    return refuse(
      'options',
      `The options \`${context.text(options)}\` of the stream have no place in \`readFileSync\`.`,
    );
  return { pieces: [imported('node:fs', 'readFileSync', through(source.expression)), '(', path, ')'], isFile: true };
}

/** The bytes of `Readable.fromWeb(response.body)`; with `node-fetch`, of `response.body` itself. */
function wholeBody(source: ts.Expression, context: Context): Whole | undefined {
  const wrapped = ts.isCallExpression(source) && /\bReadable\.(fromWeb|from)$/.test(context.text(source.expression));
  let body = wrapped && source.arguments.length === 1 ? source.arguments[0]! : source;
  while (ts.isAsExpression(body) || ts.isNonNullExpression(body) || ts.isParenthesizedExpression(body))
    body = body.expression;
  if (!ts.isPropertyAccessExpression(body)) return undefined;
  const api = context.types.api(body) ?? '';
  const known = wrapped
    ? /^(global|undici|node-fetch)#(Response|BodyMixin)\.body$/
    : /^node-fetch#(Response|BodyMixin)\.body$/;
  return known.test(api) ? { pieces: ['Buffer.from(', body.expression, '.arrayBuffer())'] } : undefined;
}

/** The value behind one step of a pipeline: `createGzip(options)`. */
export function wholeConverted(before: Whole, node: ts.Expression, context: Context): Whole | RefuseAnswer | undefined {
  const step = skipParentheses(node);
  // `const cipher = createCipheriv(…)`: what it gives of the whole, and what it kept back.
  if (
    ts.isIdentifier(step) &&
    /^(crypto\.)?(Cipher|Decipher)(iv|GCM|CCM|OCB|ChaCha20Poly1305)?$/.test(context.types.text(step))
  ) {
    const name = context.text(step);
    return { pieces: ['Buffer.concat([', step, '.update(', ...before.pieces, `), ${name}.final()])`] };
  }
  if (!ts.isCallExpression(step)) return undefined;
  const api = context.types.api(step) ?? '';
  const name = api.startsWith('node:zlib#') ? converters[api.slice('node:zlib#'.length)] : undefined;
  if (name === undefined) return undefined;
  const [options, ...more] = step.arguments;
  if (more.length > 0) return undefined;
  return {
    pieces: [
      imported('node:zlib', name, through(step.expression)),
      '(',
      ...before.pieces,
      ...(options ? [', ', options] : []),
      ')',
    ],
  };
}

/** Writes the value where `createWriteStream(path)` would. */
export function wholeWritten(value: Whole, node: ts.Expression, context: Context): Whole | RefuseAnswer | undefined {
  const sink = skipParentheses(node);
  if (!ts.isCallExpression(sink) || context.types.api(sink) !== 'node:fs#createWriteStream') return undefined;
  const [path, options, ...more] = sink.arguments;
  if (!path || ts.isSpreadElement(path) || more.length > 0) return undefined;
  if (options && !isPlainOptions(options, ['mode']))
    return refuse(
      'options',
      `The options \`${context.text(options)}\` of the stream have no place in \`writeFileSync\`.`,
    );
  const given: Piece[] = options && !isEmpty(options) ? [', ', options] : [];
  return {
    pieces: [
      imported('node:fs', 'writeFileSync', through(sink.expression)),
      '(',
      path,
      ', ',
      ...value.pieces,
      ...given,
      ')',
    ],
  };
}

function isEmpty(options: ts.Expression): boolean {
  return ts.isObjectLiteralExpression(options) && options.properties.length === 0;
}

function isPlainOptions(options: ts.Expression, names: readonly string[]): boolean {
  return (
    ts.isObjectLiteralExpression(options) &&
    options.properties.every(
      (p) => (ts.isPropertyAssignment(p) || ts.isShorthandPropertyAssignment(p)) && names.includes(p.name.getText()),
    )
  );
}

/** `fs` of `fs.createReadStream`. */
function through(callee: ts.Expression): { through?: string } {
  return ts.isPropertyAccessExpression(callee) && ts.isIdentifier(callee.expression)
    ? { through: callee.expression.text }
    : {};
}

export function skipParentheses(node: ts.Expression): ts.Expression {
  let current = node;
  while (ts.isParenthesizedExpression(current)) current = current.expression;
  return current;
}
