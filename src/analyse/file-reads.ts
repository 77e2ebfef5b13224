import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { isSocket } from './socket-idioms.ts';
import { enclosingFunction, lineOf, skipParentheses, walk } from './syntax.ts';

/**
 * `for await` over a file or standard input, by chunk or by line, whatever stands between: `createReadStream(path)`,
 * `createInterface({ input: createReadStream(path) })`, each perhaps with a name of its own that is used for nothing else. Emits the
 * idiom at what makes the stream, and says whether it was one.
 */
export function collectFileRead(draft: Draft, statement: ts.ForOfStatement): boolean {
  const made = valueOf(draft, statement.expression);
  if (!made) return false;
  const { value } = made;
  const encoded = encodedInput(value);
  if (encoded || isStdin(value) || isReadStream(draft, value)) {
    const of = encoded?.encoding;
    const facts = { kind: 'idiom', idiom: 'read-chunks', ...(of !== undefined && { of }) } as const;
    const site = draft.emit(facts, value, draft.enclosing(value), -1);
    if (encoded) draft.require(dropOf(draft, encoded.statement), site.id, 'is used by');
    return true;
  }
  const input = lineInput(draft, value);
  if (!input) return false;
  if (isSocket(draft, input)) {
    draft.emit({ kind: 'idiom', idiom: 'read-lines', of: 'socket' }, value, draft.enclosing(value), -1);
    return true;
  }
  const stream = valueOf(draft, input);
  if (!stream || !(isStdin(stream.value) || isReadStream(draft, stream.value))) return false;
  if (!stream.declaration) {
    draft.emit({ kind: 'idiom', idiom: 'read-lines' }, value, draft.enclosing(value), -1);
    return true;
  }
  const first = stream.declaration;
  const last = made.declaration ?? statement;
  if (first.parent !== last.parent || (!ts.isBlock(first.parent) && !ts.isSourceFile(first.parent))) return false;
  const source = statement.getSourceFile();
  draft.emit({ kind: 'idiom', idiom: 'read-lines' }, first.parent, draft.enclosing(first), -1, {
    start: first.getStart(source),
    end: value.end,
  });
  return true;
}

interface Made {
  readonly value: ts.Expression;
  /** The statement that gives it a name. */
  readonly declaration: ts.VariableStatement | undefined;
}

/** The expression itself, or what the constant that it names was made of, where that is its only use. */
function valueOf(draft: Draft, node: ts.Expression): Made | undefined {
  const expression = skipParentheses(node);
  if (!ts.isIdentifier(expression)) return { value: expression, declaration: undefined };
  const [declaration] = draft.checker.declarations(expression);
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer || declaration.type)
    return undefined;
  const statement = declaration.parent.parent;
  if (!ts.isVariableStatement(statement) || statement.declarationList.declarations.length !== 1) return undefined;
  const scope = enclosingFunction(declaration) ?? declaration.getSourceFile();
  let uses = 0;
  for (const inner of walk(scope)) {
    if (
      ts.isIdentifier(inner) &&
      inner !== declaration.name &&
      inner.text === expression.text &&
      draft.checker.declarations(inner)[0] === declaration
    )
      uses++;
  }
  if (uses !== 1 || isExported(statement)) return undefined;
  return { value: skipParentheses(declaration.initializer), declaration: statement };
}

function isExported(statement: ts.VariableStatement): boolean {
  return statement.modifiers?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function isStdin(node: ts.Expression): boolean {
  return (
    ts.isPropertyAccessExpression(node) &&
    node.getText() === 'process.stdin' &&
    !/stdin\s*\.\s*setEncoding/.test(node.getSourceFile().text)
  );
}

/** `process.stdin` behind `process.stdin.setEncoding('utf8')` in the same block, the only one in the file. */
function encodedInput(node: ts.Expression): { encoding: string; statement: ts.Statement } | undefined {
  if (!ts.isPropertyAccessExpression(node) || node.getText() !== 'process.stdin') return undefined;
  const source = node.getSourceFile();
  if (source.text.match(/stdin\s*\??\.\s*setEncoding/g)?.length !== 1) return undefined;
  let at: ts.Node = node;
  while (!ts.isBlock(at) && !ts.isSourceFile(at)) at = at.parent;
  for (const statement of at.statements) {
    if (statement.pos > node.pos || !ts.isExpressionStatement(statement)) continue;
    const call = skipParentheses(statement.expression);
    if (!ts.isCallExpression(call) || call.expression.getText() !== 'process.stdin.setEncoding') continue;
    const [encoding] = call.arguments;
    if (encoding && ts.isStringLiteralLike(encoding)) return { encoding: encoding.getText(), statement };
  }
  return undefined;
}

/** The statement goes where the input is read without its stream. */
function dropOf(draft: Draft, statement: ts.Statement): string {
  return draft.emitOptional({ kind: 'idiom', idiom: 'input-encoding' }, statement, lineOf(statement)).id;
}

const rangeOptions = new Set(['encoding', 'start', 'end', 'highWaterMark']);

function isReadStream(draft: Draft, node: ts.Expression): node is ts.CallExpression {
  if (!ts.isCallExpression(node) || draft.checker.api(node) !== 'node:fs#createReadStream') return false;
  const [path, options, ...more] = node.arguments;
  return (
    path !== undefined &&
    !ts.isSpreadElement(path) &&
    more.length === 0 &&
    (options === undefined || ts.isStringLiteralLike(options) || hasOnly(options, rangeOptions))
  );
}

const lineOptions = new Set(['input', 'crlfDelay', 'terminal', 'historySize']);

/** `x` of `createInterface({ input: x, … })`. */
function lineInput(draft: Draft, node: ts.Expression): ts.Expression | undefined {
  if (!ts.isCallExpression(node) || !/^node:readline(\/promises)?#createInterface$/.test(draft.checker.api(node) ?? ''))
    return undefined;
  const [options, ...more] = node.arguments;
  if (!options || more.length > 0) return undefined;
  if (!ts.isObjectLiteralExpression(options)) return isStdin(options) ? options : undefined;
  if (!hasOnly(options, lineOptions)) return undefined;
  for (const property of options.properties) {
    if (property.name?.getText() !== 'input') continue;
    if (ts.isPropertyAssignment(property)) return property.initializer;
    return ts.isShorthandPropertyAssignment(property) ? property.name : undefined;
  }
  return undefined;
}

function hasOnly(node: ts.Expression, names: ReadonlySet<string>): boolean {
  return (
    ts.isObjectLiteralExpression(node) &&
    node.properties.every(
      (p) => (ts.isPropertyAssignment(p) || ts.isShorthandPropertyAssignment(p)) && names.has(p.name.getText()),
    )
  );
}
