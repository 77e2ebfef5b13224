import { ts } from 'ts-morph';
import { imported, type Context, type Piece } from '../../src/transform.ts';

/** What a child has written to one stream. */
export interface Output {
  /** `child.stdout!` */
  readonly bytes: string;
  /** Argument of `setEncoding`. */
  readonly encoding: ts.Expression | undefined;
  readonly byLine: boolean;
  readonly semi: string;
}

export interface Handled {
  readonly pieces: readonly Piece[];
  readonly note?: string;
  /** The variable that all of it goes to. */
  readonly target?: string;
}

const late = 'The output is handled when the child has ended.';

/** What is done with each part of the output, done with the whole of it or line by line. */
export function handled(
  output: Output,
  name: ts.BindingName,
  body: ts.Statement | ts.ConciseBody,
  context: Context,
): Handled | undefined {
  if (!ts.isIdentifier(name)) return undefined;
  if (output.byLine) {
    const lines = ['for (const ', name, ' of ', imported('@unawait/std/child', 'linesOf'), `(${output.bytes})) `];
    return { pieces: [...lines, ...bodyOf(body, output)], note: late };
  }
  const { bytes, encoding } = output;
  const whole: readonly Piece[] = encoding ? [bytes, '.toString(', encoding, ')'] : [bytes];
  const kept = keptBy(body, name, context);
  if (!kept) {
    const head = ['for (const ', name, ' of [', ...whole, ']) '];
    return { pieces: [...head, ...bodyOf(body, output)], note: `${late} It comes as one chunk.` };
  }
  const { target, push, part } = kept;
  const read: readonly Piece[] =
    encoding && !isUtf8(encoding) ? whole : !push || part === 'text' || encoding ? [bytes, '.toString()'] : whole;
  const pieces = push ? [`${target}.push(`, ...read, `)${output.semi}`] : [`${target} += `, ...read, output.semi];
  return push && !isJoined(target, name)
    ? { pieces, target, note: 'The output comes as one chunk.' }
    : { pieces, target };
}

/** Nobody sees how many chunks there are: `Buffer.concat(chunks)`, `chunks.join('')`. */
function isJoined(list: string, within: ts.Node): boolean {
  let scope: ts.Node = within;
  while (!ts.isSourceFile(scope) && !(ts.isFunctionLike(scope) && isDeclaredIn(list, scope))) scope = scope.parent;
  const stack: ts.Node[] = [scope];
  while (stack.length > 0) {
    const node = stack.pop()!;
    ts.forEachChild(node, (child) => void stack.push(child));
    if (!ts.isIdentifier(node) || node.text !== list || ts.isVariableDeclaration(node.parent)) continue;
    const { parent } = node;
    const joins =
      (ts.isCallExpression(parent) && /^Buffer\s*\.\s*concat$/.test(parent.expression.getText())) ||
      (ts.isPropertyAccessExpression(parent) && /^(push|join)$/.test(parent.name.text));
    if (!joins) return false;
  }
  return true;
}

const isDeclaredIn = (name: string, scope: ts.Node): boolean =>
  new RegExp(`\\b(const|let|var)\\s+${name.replaceAll('$', '\\$')}\\b`).test(scope.getText());

/** `text += chunk`, `chunks.push(chunk)`. */
function keptBy(
  body: ts.Statement | ts.ConciseBody,
  name: ts.Identifier,
  context: Context,
): { readonly target: string; readonly push: boolean; readonly part: 'chunk' | 'text' } | undefined {
  const only = ts.isBlock(body) ? (body.statements.length === 1 ? body.statements[0] : undefined) : body;
  const inner = only && ts.isExpressionStatement(only) ? only.expression : only;
  if (!inner || ts.isStatement(inner)) return undefined;
  const expression = skip(inner);
  if (ts.isBinaryExpression(expression)) {
    if (expression.operatorToken.kind !== ts.SyntaxKind.PlusEqualsToken || !ts.isIdentifier(expression.left))
      return undefined;
    return partOf(expression.right, name, context) && { target: expression.left.text, push: false, part: 'text' };
  }
  if (!ts.isCallExpression(expression) || expression.arguments.length !== 1) return undefined;
  const { expression: callee } = expression;
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== 'push' || !ts.isIdentifier(callee.expression))
    return undefined;
  const part = partOf(expression.arguments[0]!, name, context);
  return part && { target: callee.expression.text, push: true, part };
}

/** `chunk`, `Buffer.from(chunk)`; as text `chunk.toString()`, `String(chunk)`. */
function partOf(node: ts.Expression, name: ts.Identifier, context: Context): 'chunk' | 'text' | undefined {
  const part = skip(node);
  if (ts.isIdentifier(part)) return context.types.same(name, part) ? 'chunk' : undefined;
  if (!ts.isCallExpression(part) || part.arguments.length > 1) return undefined;
  const [first] = part.arguments;
  if (ts.isPropertyAccessExpression(part.expression) && part.expression.name.text === 'toString') {
    if (first && !isUtf8(first)) return undefined;
    return partOf(part.expression.expression, name, context) && 'text';
  }
  const called = context.text(part.expression);
  if (!first || !/^(String|Buffer\.from)$/.test(called)) return undefined;
  return partOf(first, name, context) && (called === 'String' ? 'text' : 'chunk');
}

function bodyOf(body: ts.Statement | ts.ConciseBody, { semi }: Output): readonly Piece[] {
  if (ts.isBlock(body)) {
    const [only, ...more] = body.statements;
    return only && more.length === 0 && ts.isExpressionStatement(only) ? [only] : [body];
  }
  return ts.isStatement(body) ? [body] : [body, semi];
}

const isUtf8 = (node: ts.Expression): boolean => ts.isStringLiteralLike(node) && /^utf-?8$/i.test(node.text);

function skip(node: ts.Expression): ts.Expression {
  let at = node;
  while (ts.isParenthesizedExpression(at) || ts.isNonNullExpression(at) || ts.isAsExpression(at)) at = at.expression;
  return at;
}
