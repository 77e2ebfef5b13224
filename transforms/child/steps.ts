import { ts } from 'ts-morph';
import { semicolon, type Answer, type Context, type Piece } from '../../src/transform.ts';
import { mayLackOutput, runCall } from './call.ts';
import { takenApart } from './ending.ts';
import { handled, type Output } from './output.ts';

type StreamName = 'stdout' | 'stderr';

/** What the statements between `spawn(…)` and the last one that has to do with the child say. */
interface Story {
  readonly context: Context;
  readonly name: ts.Identifier;
  readonly typed: boolean;
  readonly semi: string;
  /** Whether there is output to read depends on options: who asks with `?.` may find none. */
  readonly lacksOutput: boolean;
  readonly lines: Map<ts.Identifier, StreamName>;
  readonly encodings: Map<StreamName, ts.Expression>;
  /** What was made ready before: it stands in front of the run. */
  readonly stores: ts.Statement[];
  /** What listeners do with the output; all of it has come when the child has ended. */
  readonly heard: (readonly Piece[])[];
  /** What followed, in its order. */
  readonly after: (readonly Piece[])[];
  readonly notes: Set<string>;
  /** Where output is put together, and from which stream. */
  readonly targets: Map<string, StreamName>;
  input: ts.Expression | undefined;
  waited: boolean;
  ending: { readonly head: string; readonly cast: string } | undefined;
}

const drops = 'The child runs and ends in one call.';

/** `const child = spawn(…)`, listeners and loops over its output, `await once(child, 'close')`: undefined where a step is not known. */
export function steps(block: ts.Block | ts.SourceFile, inside: readonly ts.Statement[], context: Context): Answer {
  const [first, ...rest] = inside as [ts.VariableStatement, ...ts.Statement[]];
  const [declared] = first.declarationList.declarations;
  const story: Story = {
    context,
    name: declared!.name as ts.Identifier,
    typed: /\.[cm]?tsx?$/.test(context.source.fileName),
    semi: semicolon(context.source),
    lacksOutput: mayLackOutput(skip(declared!.initializer!) as ts.CallExpression, context),
    lines: new Map(),
    encodings: new Map(),
    stores: [],
    heard: [],
    after: [],
    notes: new Set(),
    targets: new Map(),
    input: undefined,
    waited: false,
    ending: undefined,
  };
  for (const statement of rest) if (!read(story, statement, block)) return undefined;
  const run = runCall(skip(declared!.initializer!) as ts.CallExpression, story.input, context);
  if ('stop' in run) return undefined;
  if (run.note !== undefined) story.notes.add(run.note);
  if (!story.waited) story.notes.add('The end of the child is waited for, not only that of its output.');
  const { semi, heard, after, ending } = story;
  const lines: (readonly Piece[])[] = story.stores.map((s) => [s]);
  const name = story.name.text;
  if (heard.length + after.length > (ending ? 1 : 0)) {
    lines.push([`const ${name} = `, ...run.pieces, semi], ...heard, ...after);
  } else if (ending) lines.push([ending.head, ' = ', ...run.pieces, ending.cast, semi]);
  else lines.push([...run.pieces, semi]);
  const note = [...story.notes].join(' ');
  return {
    rewrite: { pieces: lines.flatMap((line, i) => (i === 0 ? [...line] : ['\n', ...line])) },
    drops,
    ...(note !== '' && { applicability: 'noted', note }),
  };
}

function read(story: Story, statement: ts.Statement, block: ts.Node): boolean {
  if (ts.isForOfStatement(statement)) return readLoop(story, statement);
  if (ts.isVariableStatement(statement)) return readDeclaration(story, statement, block);
  if (!ts.isExpressionStatement(statement)) return false;
  const expression = skip(statement.expression);
  if (ts.isAwaitExpression(expression)) return readWait(story, skip(expression.expression));
  return ts.isCallExpression(expression) && readCall(story, expression);
}

/** `child.stdout.on('data', …)`, `lines.on('line', …)`, `child.stdout.setEncoding('utf8')`, `child.stdin.end(input)`. */
function readCall(story: Story, call: ts.CallExpression): boolean {
  const { context } = story;
  if (!ts.isPropertyAccessExpression(call.expression)) return false;
  const { expression: receiver, name } = call.expression;
  const [first, second, ...more] = call.arguments;
  if (isStream(story, receiver, 'stdin') && /^(write|end)$/.test(name.text)) {
    if (second || (first && (story.input || ts.isFunctionLike(first))) || story.waited) return false;
    story.input ??= first;
    return true;
  }
  const stream = streamOf(story, receiver);
  if (stream && name.text === 'setEncoding' && first && !second) {
    story.encodings.set(stream, first);
    return true;
  }
  if (call.expression.questionDotToken && story.lacksOutput) return false;
  const lines = ts.isIdentifier(skip(receiver)) ? linesOf(story, skip(receiver) as ts.Identifier) : undefined;
  if (story.waited || story.after.length > 0 || more.length > 0 || !first || !second) return false;
  if (!/^(on|addListener)$/.test(name.text) || !ts.isStringLiteralLike(first)) return false;
  if (first.text !== (lines ? 'line' : 'data') || !(lines ?? stream)) return false;
  const handler = skip(second);
  if (!(ts.isArrowFunction(handler) || ts.isFunctionExpression(handler)) || isAsync(handler)) return false;
  const [parameter, ...others] = handler.parameters;
  if (!parameter || others.length > 0 || parameter.initializer || parameter.dotDotDotToken) return false;
  if (mentions(story, handler) || leaves(handler.body) || (ts.isFunctionExpression(handler) && usesThis(handler)))
    return false;
  const part = handled(outputOf(story, stream ?? lines!, lines !== undefined), parameter.name, handler.body, context);
  return take(story, story.heard, part);
}

function readLoop(story: Story, loop: ts.ForOfStatement): boolean {
  if (!loop.awaitModifier || !ts.isVariableDeclarationList(loop.initializer) || story.waited) return false;
  const over = skip(loop.expression);
  const lines = ts.isIdentifier(over) ? linesOf(story, over) : inlineLines(story, over);
  const stream = lines ?? streamOf(story, over);
  const name = loop.initializer.declarations[0]!.name;
  if (!stream || mentions(story, loop.statement) || leaves(loop.statement)) return false;
  return take(
    story,
    story.after,
    handled(outputOf(story, stream, lines !== undefined), name, loop.statement, story.context),
  );
}

function readDeclaration(story: Story, statement: ts.VariableStatement, block: ts.Node): boolean {
  const { declarations } = statement.declarationList;
  const [only] = declarations;
  const value = only?.initializer && skip(only.initializer);
  if (declarations.length === 1 && value && ts.isIdentifier(only.name)) {
    const lines = inlineLines(story, value);
    if (lines) return story.waited || story.after.length > 0 ? false : (story.lines.set(only.name, lines), true);
    const consumed = consumer(story, statement, value);
    if (consumed) return take(story, story.after, { pieces: consumed });
  }
  const wait =
    only && declarations.length === 1 && ts.isArrayBindingPattern(only.name) && value ? awaited(value) : undefined;
  if (wait) {
    if (!readWait(story, wait)) return false;
    story.ending = takenApart(block, statement, story.context, story.typed);
    if (story.ending) story.after.push([`${story.ending.head} = ${story.name.text}${story.ending.cast}${story.semi}`]);
    return true;
  }
  if (mentions(story, statement)) return false;
  story.stores.push(statement);
  return true;
}

/** `const text = (await text(child.stdout)).trim()`, from the bytes that came. */
function consumer(story: Story, statement: ts.VariableStatement, value: ts.Expression): readonly Piece[] | undefined {
  const { context } = story;
  let at: ts.Expression = value;
  let outer: ts.Expression = value;
  while (!ts.isAwaitExpression(at)) {
    if (ts.isPropertyAccessExpression(at) || (ts.isCallExpression(at) && !at.arguments.some((a) => mentions(story, a))))
      at = at.expression;
    else if (ts.isParenthesizedExpression(at)) {
      outer = at;
      at = at.expression;
      continue;
    } else return undefined;
    outer = at;
  }
  const call = skip(at.expression);
  const [stream, ...more] = ts.isCallExpression(call) ? call.arguments : [];
  const api = /^node:stream\/consumers#(text|buffer|json)$/.exec(context.types.api(call) ?? '')?.[1];
  const from = api && stream && more.length === 0 ? streamOf(story, stream) : undefined;
  if (!from || story.waited || story.encodings.has(from)) return undefined;
  const bytes = `${story.name.text}.${from}${story.typed ? '!' : ''}`;
  const text = `new TextDecoder().decode(${bytes})`;
  const read = api === 'buffer' ? bytes : api === 'json' ? `JSON.parse(${text})` : text;
  const { source } = context;
  return [
    { span: { start: statement.getStart(source), end: outer.getStart(source) } },
    read,
    { span: { start: outer.end, end: statement.end } },
  ];
}

/** `once(child, 'close')`. */
function readWait(story: Story, call: ts.Expression): boolean {
  if (!ts.isCallExpression(call) || call.arguments.length !== 2 || story.waited) return false;
  const [emitter, event] = call.arguments;
  const api = story.context.types.api(call) ?? '';
  if (!/^node:events#(once|EventEmitter\.once|default\.once)$/.test(api) || !isName(story, emitter!)) return false;
  if (!ts.isStringLiteralLike(event!) || !/^(exit|close)$/.test(event.text)) return false;
  story.waited = true;
  return true;
}

function take(
  story: Story,
  where: (readonly Piece[])[],
  part: { readonly pieces: readonly Piece[]; readonly note?: string; readonly target?: string } | undefined,
): boolean {
  if (!part) return false;
  if (part.note !== undefined) story.notes.add(part.note);
  if (part.target !== undefined) {
    if (story.targets.has(part.target)) story.notes.add('What comes from both streams stands one behind the other.');
    story.targets.set(part.target, 'stdout');
  }
  where.push(part.pieces);
  return true;
}

function outputOf(story: Story, stream: StreamName, byLine: boolean): Output {
  const bytes = `${story.name.text}.${stream}${story.typed ? '!' : ''}`;
  return { bytes, encoding: story.encodings.get(stream), byLine, semi: story.semi };
}

/** `createInterface({ input: child.stdout })`. */
function inlineLines(story: Story, value: ts.Expression): StreamName | undefined {
  if (!ts.isCallExpression(value) || value.arguments.length !== 1) return undefined;
  if (!/^node:readline(\/promises)?#createInterface$/.test(story.context.types.api(value) ?? '')) return undefined;
  const [options] = value.arguments;
  if (!ts.isObjectLiteralExpression(options!)) return streamOf(story, options!);
  let stream: StreamName | undefined;
  for (const property of options.properties) {
    if (!ts.isPropertyAssignment(property) || !/^(input|crlfDelay|terminal)$/.test(property.name.getText()))
      return undefined;
    if (property.name.getText() === 'input') stream = streamOf(story, property.initializer);
  }
  return stream;
}

function linesOf(story: Story, name: ts.Identifier): StreamName | undefined {
  for (const [declared, stream] of story.lines) if (story.context.types.same(declared, name)) return stream;
  return undefined;
}

function streamOf(story: Story, node: ts.Expression): StreamName | undefined {
  return isStream(story, node, 'stdout') ? 'stdout' : isStream(story, node, 'stderr') ? 'stderr' : undefined;
}

function isStream(story: Story, node: ts.Expression, stream: string): boolean {
  const plain = skip(node);
  return ts.isPropertyAccessExpression(plain) && plain.name.text === stream && isName(story, plain.expression);
}

function isName({ name, context }: Story, node: ts.Expression): boolean {
  const plain = skip(node);
  return ts.isIdentifier(plain) && plain.text === name.text && context.types.same(name, plain);
}

/** The child, or the reader of its lines, is used in it. */
function mentions(story: Story, root: ts.Node): boolean {
  return some(
    root,
    (node) => ts.isIdentifier(node) && (isName(story, node) || linesOf(story, node) !== undefined),
    false,
  );
}

/** It leaves before all is read, or hands it on piece by piece. */
function leaves(root: ts.Node): boolean {
  return some(
    root,
    (node) => ts.isReturnStatement(node) || ts.isBreakStatement(node) || ts.isYieldExpression(node),
    true,
  );
}

const usesThis = (root: ts.Node): boolean =>
  some(
    root,
    (node) => node.kind === ts.SyntaxKind.ThisKeyword || (ts.isIdentifier(node) && node.text === 'arguments'),
    false,
  );

function some(root: ts.Node, is: (node: ts.Node) => boolean, own: boolean): boolean {
  const stack: ts.Node[] = [root];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (is(node)) return true;
    if (own && node !== root && ts.isFunctionLike(node)) continue;
    ts.forEachChild(node, (child) => void stack.push(child));
  }
  return false;
}

const isAsync = (fn: ts.ArrowFunction | ts.FunctionExpression): boolean =>
  fn.asteriskToken !== undefined || (fn.modifiers?.some((m) => m.kind === ts.SyntaxKind.AsyncKeyword) ?? false);

function awaited(node: ts.Expression): ts.Expression | undefined {
  const value = skip(node);
  return ts.isAwaitExpression(value) ? skip(value.expression) : undefined;
}

function skip(node: ts.Expression): ts.Expression {
  let at = node;
  while (ts.isParenthesizedExpression(at) || ts.isNonNullExpression(at) || ts.isAsExpression(at)) at = at.expression;
  return at;
}
