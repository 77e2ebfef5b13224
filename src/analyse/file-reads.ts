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
  const closing = closersOf(draft, statement);
  const site = collectRead(draft, statement.expression, statement, 1, closing);
  if (!site) return false;
  for (const one of closing) {
    const dropped = draft.emitOptional({ kind: 'idiom', idiom: 'read-close' }, one, lineOf(one));
    draft.require(dropped.id, site.id, 'is used by');
  }
  return true;
}

/** `lines.close();` where the loop over them ends: in front of `return`, `break` or `throw` in it, or behind it. */
function closersOf(draft: Draft, loop: ts.ForOfStatement): readonly ts.Statement[] {
  const found: ts.Statement[] = [];
  const closes = (statement: ts.Statement | undefined): statement is ts.Statement =>
    statement !== undefined &&
    /^\w+\.(close|destroy)\(\);?$/.test(statement.getText()) &&
    isStreamName(draft, ((statement as ts.ExpressionStatement).expression as ts.CallExpression).expression);
  for (const node of walk(loop.statement)) {
    if (!ts.isReturnStatement(node) && !ts.isBreakStatement(node) && !ts.isThrowStatement(node)) continue;
    if (!ts.isBlock(node.parent) || (ts.isBreakStatement(node) && !breaks(node, loop))) continue;
    const { statements } = node.parent;
    for (let i = statements.indexOf(node) - 1; closes(statements[i]); i--) found.push(statements[i]!);
  }
  const { parent } = loop;
  if (ts.isBlock(parent) || ts.isSourceFile(parent)) {
    for (let i = parent.statements.indexOf(loop) + 1; closes(parent.statements[i]); i++)
      found.push(parent.statements[i]!);
  }
  return found;
}

function breaks(node: ts.BreakStatement, loop: ts.Node): boolean {
  if (node.label) return false;
  let up: ts.Node = node.parent;
  while (!ts.isIterationStatement(up, false) && !ts.isSwitchStatement(up)) up = up.parent;
  return up === loop;
}

/** `lines` of `lines.close` was made of a file or standard input. */
function isStreamName(draft: Draft, callee: ts.Expression): boolean {
  const [declaration] = ts.isPropertyAccessExpression(callee) ? draft.checker.declarations(callee.expression) : [];
  const made = declaration && ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  return (
    made !== undefined &&
    (isReadStream(draft, skipParentheses(made)) || lineInput(draft, skipParentheses(made)) !== undefined)
  );
}

/** The same for a stream that a statement reads in any other way; `uses`: how often its name is used there. */
export function collectRead(
  draft: Draft,
  expression: ts.Expression,
  statement: ts.Statement,
  uses: number,
  closing: readonly ts.Statement[] = [],
): SiteDraft | undefined {
  const closed = (name: ts.Expression): number =>
    closing.filter((s) => s.getText().startsWith(`${name.getText()}.`)).length;
  const made = valueOf(draft, expression, uses + closed(expression));
  if (!made) return undefined;
  const { value } = made;
  const encoded = encodedInput(value);
  if (encoded || isStdin(value) || isReadStream(draft, value)) {
    const of = encoded?.encoding;
    const facts = { kind: 'idiom', idiom: 'read-chunks', ...(of !== undefined && { of }) } as const;
    const site = draft.emit(facts, value, draft.enclosing(value), -1);
    if (encoded) draft.require(dropOf(draft, encoded.statement), site.id, 'is used by');
    return site;
  }
  const input = lineInput(draft, value);
  if (!input) return undefined;
  if (isSocket(draft, input)) {
    return draft.emit({ kind: 'idiom', idiom: 'read-lines', of: 'socket' }, value, draft.enclosing(value), -1);
  }
  const stream = valueOf(draft, input, 1 + closed(input));
  if (!stream || !(isStdin(stream.value) || isReadStream(draft, stream.value))) return undefined;
  if (!stream.declaration) return draft.emit({ kind: 'idiom', idiom: 'read-lines' }, value, draft.enclosing(value), -1);
  const first = stream.declaration;
  const last = made.declaration ?? statement;
  if (first.parent !== last.parent || (!ts.isBlock(first.parent) && !ts.isSourceFile(first.parent))) return undefined;
  const source = statement.getSourceFile();
  return draft.emit({ kind: 'idiom', idiom: 'read-lines' }, first.parent, draft.enclosing(first), -1, {
    start: first.getStart(source),
    end: value.end,
  });
}

type SiteDraft = ReturnType<Draft['emit']>;

interface Made {
  readonly value: ts.Expression;
  /** The statement that gives it a name. */
  readonly declaration: ts.VariableStatement | undefined;
}

/** The expression itself, or what the constant that it names was made of, where that is used as often as allowed. */
function valueOf(draft: Draft, node: ts.Expression, allowed: number): Made | undefined {
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
  if (uses !== allowed || isExported(statement)) return undefined;
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
