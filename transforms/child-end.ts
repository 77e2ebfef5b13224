import { ts } from 'ts-morph';
import { defineTransform, imported, semicolon, type Answer, type Context, type Piece } from '../src/transform.ts';
import { rowsByApi } from './api-map/index.ts';
import { argumentsSpan } from './api-map/call-arguments.ts';
import { isRunnable } from './executor/child.ts';
import type { Finish } from './executor/layout.ts';
import { statements, unwrap } from './executor/unwrap.ts';

const rows = rowsByApi();
const drops = 'The child runs and ends in one call.';

export default defineTransform({
  id: 'child-end',
  code: 'UA155',
  claims: 'idiom',
  applicability: 'safe',
  summary: 'Run a child and wait for its end in one call',
  docs:
    '`const child = spawn(…)` with `await once(child, "exit")` or a `new Promise` around `exit` or `close`, and the output that is ' +
    'collected on the way, becomes `runSync(…)`. A child that cannot start throws the error that `spawn` emits.',
  reasons: {},
  rewrite(site, node, context) {
    if (site.idiom !== 'child-end' || !(ts.isBlock(node) || ts.isSourceFile(node))) return undefined;
    const { source } = context;
    const inside = node.statements.filter(
      (s) => s.getStart(source) >= site.span.start && s.getStart(source) < site.span.end,
    );
    const last = inside.at(-1)!;
    const answer = promiseOf(last) ? waited(inside, promiseOf(last)!, context) : once(node, inside, context);
    // The statements stay as they are, and their own sites say why.
    return answer ?? { rewrite: { pieces: [{ span: site.span }] }, drops };
  },
});

/** `const code = await new Promise((resolve) => child.on('close', resolve))`. */
function waited(inside: readonly ts.Statement[], promise: ts.NewExpression, context: Context): Answer {
  const unwrapped = unwrap(promise, context, rows, inside.slice(0, -1));
  const last = inside.at(-1)!;
  if ('stop' in unwrapped) return undefined;
  const finish = finishOf(last, context);
  const pieces = finish && statements(unwrapped, finish, 0);
  if (!pieces || pieces.length === 0) return undefined;
  const note = [...unwrapped.work.notes].join(' ');
  return { rewrite: { pieces }, drops, ...(note !== '' && { applicability: 'noted', note }) };
}

function finishOf(node: ts.Statement, { source }: Context): Finish | undefined {
  if (ts.isReturnStatement(node)) {
    const block = node.parent;
    return {
      kind: 'return',
      last: ts.isBlock(block) && ts.isFunctionLike(block.parent) && block.statements.at(-1) === node,
    };
  }
  if (ts.isExpressionStatement(node)) return { kind: 'discard' };
  if (!ts.isVariableStatement(node)) return undefined;
  const [declaration] = node.declarationList.declarations;
  const end = declaration!.type?.end ?? declaration!.name.end;
  return { kind: 'assign', head: [{ span: { start: node.getStart(source), end } }, ' = '] };
}

/** `const [code] = await once(child, 'exit')`. */
function once(block: ts.Block | ts.SourceFile, inside: readonly ts.Statement[], context: Context): Answer {
  const { source, text, types } = context;
  const semi = semicolon(source);
  const [first, ...rest] = inside as [ts.VariableStatement, ...ts.Statement[]];
  const [declared] = first.declarationList.declarations;
  const call = unwrapParentheses(declared!.initializer!) as ts.CallExpression;
  if (!isRunnable(call, types)) return undefined;
  const typed = /\.[cm]?tsx?$/.test(source.fileName);
  const [program, second] = call.arguments;
  const args: Piece[] =
    second && call.arguments.length === 2 && ts.isObjectLiteralExpression(unwrapParentheses(second))
      ? [program!, ', [], ', second]
      : [{ span: argumentsSpan(source, call, 0, call.arguments.length - 1) }];
  const run: Piece[] = [imported('@unawait/std/child', 'runSync'), '(', ...args, ')'];
  const last = rest.at(-1)!;
  const name = text(declared!.name);
  const outputs = rest.slice(0, -1).filter(ts.isForOfStatement);
  const lines: (readonly Piece[])[] = rest.slice(0, -1).flatMap((s) => (ts.isForOfStatement(s) ? [] : [[s]]));
  const taken = takenApart(block, last, context, typed);
  if (outputs.length > 0) {
    lines.push([`const ${name} = `, ...run, semi]);
    for (const output of outputs) lines.push([collected(output, `${name}.stdout${typed ? '!' : ''}`), semi]);
    if (taken) lines.push([taken.head, ` = ${name}`, taken.cast, semi]);
  } else lines.push(taken ? [taken.head, ' = ', ...run, taken.cast, semi] : [...run, semi]);
  return { rewrite: { pieces: lines.flatMap((line, i) => (i === 0 ? [...line] : ['\n', ...line])) }, drops };
}

/** `text += child.stdout!.toString()`, `chunks.push(child.stdout!)`. */
function collected(loop: ts.ForOfStatement, output: string): string {
  const body = ts.isBlock(loop.statement) ? loop.statement.statements[0]! : loop.statement;
  const expression = (body as ts.ExpressionStatement).expression;
  return ts.isBinaryExpression(expression)
    ? `${expression.left.getText()} += ${output}.toString()`
    : `${(expression as ts.CallExpression).expression.getText()}(${output})`;
}

/** `const { code, signal }` where `const [code, signal]` stood; a code that is used as a number is taken for one. */
function takenApart(
  block: ts.Node,
  statement: ts.Statement,
  context: Context,
  typed: boolean,
): { readonly head: string; readonly cast: string } | undefined {
  if (!ts.isVariableStatement(statement)) return undefined;
  const [declaration] = statement.declarationList.declarations;
  const pattern = declaration!.name as ts.ArrayBindingPattern;
  const bound: string[] = [];
  const types: string[] = [];
  for (const [i, element] of pattern.elements.entries()) {
    if (ts.isOmittedExpression(element)) continue;
    const name = element.name.getText();
    const property = i === 0 ? 'code' : 'signal';
    bound.push(name === property ? name : `${property}: ${name}`);
    const wanted = i === 0 ? 'number' : 'NodeJS.Signals';
    types.push(`${property}: ${isTested(block, element.name as ts.Identifier, context) ? `${wanted} | null` : wanted}`);
  }
  const cast = typed && types.some((t) => !t.endsWith('| null')) ? ` as { ${types.join('; ')} }` : '';
  const keyword = statement.declarationList.flags & ts.NodeFlags.Const ? 'const' : 'let';
  return { head: `${keyword} { ${bound.join(', ')} }`, cast };
}

/** Every use compares it, prints it or asks whether it is there: null does as well. */
function isTested(block: ts.Node, name: ts.Identifier, { types }: Context): boolean {
  const stack: ts.Node[] = [block];
  while (stack.length > 0) {
    const node = stack.pop()!;
    ts.forEachChild(node, (child) => void stack.push(child));
    if (!ts.isIdentifier(node) || node === name || node.text !== name.text || !types.same(name, node)) continue;
    const { parent } = node;
    const compared = ts.isBinaryExpression(parent) && /^([=!]==?|\?\?|\|\||&&)$/.test(parent.operatorToken.getText());
    const asked = (ts.isIfStatement(parent) || ts.isConditionalExpression(parent)) && !isBranch(parent, node);
    if (!compared && !asked && !ts.isTemplateSpan(parent) && !ts.isPrefixUnaryExpression(parent)) return false;
  }
  return true;
}

const isBranch = (parent: ts.Node, node: ts.Node): boolean =>
  ts.isConditionalExpression(parent) && (parent.whenTrue === node || parent.whenFalse === node);

function promiseOf(statement: ts.Statement): ts.NewExpression | undefined {
  let value: ts.Expression | undefined;
  if (ts.isExpressionStatement(statement) || ts.isReturnStatement(statement)) value = statement.expression;
  else if (ts.isVariableStatement(statement)) value = statement.declarationList.declarations[0]!.initializer;
  while (value && (ts.isParenthesizedExpression(value) || ts.isAwaitExpression(value))) value = value.expression;
  return value && ts.isNewExpression(value) ? value : undefined;
}

function unwrapParentheses(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ? unwrapParentheses(node.expression) : node;
}
