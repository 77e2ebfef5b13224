import { ts } from 'ts-morph';
import { defineTransform, fresh, imported, semicolon, type Context, type Piece } from '../src/transform.ts';

export default defineTransform({
  id: 'read-file-stream',
  code: 'UA152',
  claims: 'idiom',
  applicability: 'safe',
  summary: 'Iterate over the chunks or lines of a file, of standard input or of a socket, without its stream',
  docs:
    '`for await` over `createReadStream(path)` becomes `for` over `readChunksSync(path)`, over the lines of `createInterface({ input })` ' +
    '`readLinesSync(path)`. So do a listener and a wait for the end: `lines.on("line", f)`, `await once(lines, "close")`. Both read as they go: the file is never held whole. Over the lines of a socket it is `socket.lines()`.',
  reasons: {},
  rewrite(site, node, context) {
    if (site.idiom === 'input-encoding')
      return { rewrite: { pieces: [] }, drops: 'The text is decoded as it is read.' };
    if (site.idiom === 'read-close') return { rewrite: { pieces: [] }, drops: 'The loop closes what it reads.' };
    if (site.idiom === 'read-chunks')
      return {
        rewrite: { pieces: chunks(node as ts.Expression, site.of) },
        drops: 'The file is read where it is iterated.',
      };
    if (site.idiom === 'read-listener')
      return {
        rewrite: { pieces: heardLoop(node as ts.Block, site.span, context) },
        drops: 'The listener is the body of a loop.',
      };
    if (site.idiom !== 'read-lines') return undefined;
    if (site.of === 'socket')
      return {
        rewrite: { pieces: [inputOf(node as ts.CallExpression), '.lines()'] },
        drops: 'The lines are read where they are iterated.',
        applicability: 'noted',
        note: 'A return without a line feed behind it ends no line here.',
      };
    if (ts.isCallExpression(node))
      return { rewrite: { pieces: lines(inputOf(node)) }, drops: 'The lines are read where they are iterated.' };
    return {
      rewrite: { pieces: declaredLines(node as ts.Block, site.span, context) },
      drops: 'The lines are read where they are iterated.',
    };
  },
});

/** A path with its options, or the descriptor of standard input. */
function chunks(stream: ts.Expression, encoding?: string): readonly Piece[] {
  const call = imported('@unawait/std/fs', 'readChunksSync');
  if (!ts.isCallExpression(stream)) return [call, encoding === undefined ? '(0)' : `(0, { encoding: ${encoding} })`];
  const [path, options] = stream.arguments;
  if (!options) return [call, '(', path!, ')'];
  return ts.isStringLiteralLike(options)
    ? [call, '(', path!, ', { encoding: ', options, ' })']
    : [call, '(', path!, ', ', options, ')'];
}

function lines(input: ts.Expression): readonly Piece[] {
  const call = imported('@unawait/std/fs', 'readLinesSync');
  if (!ts.isCallExpression(input)) return [call, '(0)'];
  const [path, options] = input.arguments;
  const plain = !options || (ts.isStringLiteralLike(options) && /^utf-?8$/i.test(options.text));
  return plain ? [call, '(', path!, ')'] : [call, '(', path!, ', ', options, ')'];
}

/** `x` of `createInterface({ input: x })` or `createInterface(x)`. */
function inputOf(call: ts.CallExpression): ts.Expression {
  const [options] = call.arguments;
  if (!options || !ts.isObjectLiteralExpression(options)) return options!;
  const input = options.properties.find((p) => p.name?.getText() === 'input')!;
  return skipParentheses(ts.isPropertyAssignment(input) ? input.initializer : (input.name as ts.Identifier));
}

/** From the statement that names the stream to the call that makes the lines: the first goes, what stands between stays. */
function declaredLines(
  block: ts.Block,
  span: { readonly start: number; readonly end: number },
  { source }: Context,
): readonly Piece[] {
  const inside = block.statements.filter((s) => s.getStart(source) >= span.start && s.getStart(source) < span.end);
  const [first, ...rest] = inside;
  const stream = skipParentheses((first as ts.VariableStatement).declarationList.declarations[0]!.initializer!);
  const last = rest.at(-1)!;
  const made = callEndingAt(last, span.end);
  const kept = rest.slice(0, -1).flatMap((statement): Piece[] => [statement, '\n']);
  return [...kept, { span: { start: last.getStart(source), end: made.getStart(source) } }, lines(stream)];
}

/** `for (const line of lines) …` for the two statements of `lines.on('line', (line) => …); await once(lines, 'close');` */
function heardLoop(
  block: ts.Block,
  span: { readonly start: number; readonly end: number },
  { source }: Context,
): readonly Piece[] {
  const heard = block.statements.find((s) => s.getStart(source) === span.start) as ts.ExpressionStatement;
  const call = skipParentheses(heard.expression) as ts.CallExpression;
  const { expression: stream } = call.expression as ts.PropertyAccessExpression;
  const listener = skipParentheses(call.arguments[1]!);
  // What was said of the wait stands in front of the loop.
  const wait = block.statements[block.statements.indexOf(heard) + 1]!;
  const comments = (ts.getLeadingCommentRanges(source.text, wait.pos) ?? []).flatMap(({ pos, end }): Piece[] => [
    { span: { start: pos, end } },
    '\n',
  ]);
  if (!ts.isArrowFunction(listener)) {
    const part = fresh((call.arguments[0] as ts.StringLiteral).text === 'line' ? 'line' : 'chunk');
    return [...comments, 'for (const ', part, ' of ', stream, ') ', listener, '(', part, ')', semicolon(source)];
  }
  const head: Piece[] = [...comments, 'for (const ', listener.parameters[0]?.name ?? '_', ' of ', stream, ') '];
  if (!ts.isBlock(listener.body)) return [...head, listener.body, semicolon(source)];
  const pieces: Piece[] = [];
  let from = listener.body.getStart(source);
  for (const leaving of returnsOf(listener.body)) {
    pieces.push({ span: { start: from, end: leaving.getStart(source) } }, 'continue');
    from = leaving.getStart(source) + 'return'.length;
  }
  return [...head, ...pieces, { span: { start: from, end: listener.body.end } }];
}

function returnsOf(body: ts.Block): ts.ReturnStatement[] {
  const found: ts.ReturnStatement[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isReturnStatement(node)) found.push(node);
    else if (!ts.isFunctionLike(node)) ts.forEachChild(node, visit);
  };
  visit(body);
  return found;
}

function callEndingAt(root: ts.Node, end: number): ts.Node {
  let found: ts.Node = root;
  const visit = (node: ts.Node): void => {
    if (node.end === end && ts.isCallExpression(node)) found = node;
    else ts.forEachChild(node, visit);
  };
  visit(root);
  return found;
}

function skipParentheses(node: ts.Expression): ts.Expression {
  let current = node;
  while (ts.isParenthesizedExpression(current)) current = current.expression;
  return current;
}
