import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { spanOfStatement } from './settled-statements.ts';
import { enclosingFunction, skipParentheses, walk } from './syntax.ts';

const onceApi = /^node:events#(once|EventEmitter\.once|default\.once)$/;

/**
 * `const child = spawn(…)`, perhaps the output that it collects, and the wait for its end, where nothing else is done with the child. The
 * idiom spans from the first of these statements to the last.
 */
export function collectChildIdioms(draft: Draft, node: ts.Node): void {
  if (!ts.isBlock(node) && !ts.isSourceFile(node)) return;
  const source = node.getSourceFile();
  for (const [i, statement] of node.statements.entries()) {
    const name = childOf(draft, statement);
    if (!name) continue;
    const uses = usesOf(draft, name);
    const last = node.statements.findIndex((s, at) => at > i && waitsFor(draft, s, name));
    if (last < 0) continue;
    const between = node.statements.slice(i + 1, last);
    const waiting = isPromise(node.statements[last]!);
    const listens = (s: ts.Statement): boolean =>
      waiting ? ts.isExpressionStatement(s) && uses.some((use) => within(use, s)) : isOutput(draft, s, name);
    const known = [node.statements[last]!, ...between.filter(listens)];
    if (!uses.every((use) => known.some((s) => within(use, s)))) continue;
    if (between.some((s) => !listens(s) && !isStore(s))) continue;
    draft.emit({ kind: 'idiom', idiom: 'child-end' }, node, draft.enclosing(statement), -1, {
      start: statement.getStart(source),
      end: spanOfStatement(node.statements[last]!).end,
    });
  }
}

function childOf(draft: Draft, statement: ts.Statement): ts.Identifier | undefined {
  if (!ts.isVariableStatement(statement) || statement.declarationList.declarations.length !== 1) return undefined;
  const [declaration] = statement.declarationList.declarations;
  const call = declaration!.initializer && skipParentheses(declaration!.initializer);
  if (!call || !ts.isCallExpression(call) || !ts.isIdentifier(declaration!.name)) return undefined;
  return draft.checker.api(call) === 'node:child_process#spawn' ? declaration!.name : undefined;
}

function usesOf(draft: Draft, name: ts.Identifier): ts.Identifier[] {
  const scope = enclosingFunction(name) ?? name.getSourceFile();
  return [...walk(scope)].filter(
    (node): node is ts.Identifier => ts.isIdentifier(node) && node !== name && isName(draft, node, name),
  );
}

function isName(draft: Draft, node: ts.Node, name: ts.Identifier): boolean {
  return ts.isIdentifier(node) && node.text === name.text && draft.checker.declarations(node)[0] === name.parent;
}

const isPromise = (statement: ts.Statement): boolean => promiseOf(statement) !== undefined;

/** `new Promise(…)` of `await new Promise(…)`, `const code = await new Promise(…)`, `return new Promise(…)`. */
function promiseOf(statement: ts.Statement): ts.NewExpression | undefined {
  let value: ts.Expression | undefined;
  if (ts.isExpressionStatement(statement) || ts.isReturnStatement(statement)) value = statement.expression;
  else if (ts.isVariableStatement(statement) && statement.declarationList.declarations.length === 1)
    value = statement.declarationList.declarations[0]!.initializer;
  while (value && (ts.isParenthesizedExpression(value) || ts.isAwaitExpression(value))) value = value.expression;
  const isGlobal = value && ts.isNewExpression(value) && value.expression.getText() === 'Promise';
  return isGlobal ? (value as ts.NewExpression) : undefined;
}

/** `await once(child, 'close')`, its result taken apart or not. */
function waitsFor(draft: Draft, statement: ts.Statement, name: ts.Identifier): boolean {
  const promise = promiseOf(statement);
  if (promise) {
    // Whether the end of the child is what it waits for is told where it is read.
    return [...walk(promise)].some((inner) => isName(draft, inner, name));
  }
  const call = waitOf(statement);
  if (!call || call.arguments.length !== 2 || !onceApi.test(draft.checker.api(call) ?? '')) return false;
  const [child, event] = call.arguments;
  return isName(draft, child!, name) && ts.isStringLiteralLike(event!) && /^(exit|close)$/.test(event.text);
}

export function waitOf(statement: ts.Statement): ts.CallExpression | undefined {
  let value: ts.Expression | undefined;
  if (ts.isExpressionStatement(statement)) value = statement.expression;
  else if (ts.isVariableStatement(statement) && statement.declarationList.declarations.length === 1) {
    const { name, initializer } = statement.declarationList.declarations[0]!;
    const plain = ts.isArrayBindingPattern(name) && name.elements.length <= 2 && name.elements.every(isPlainElement);
    value = plain ? initializer : undefined;
  }
  let at = value && skipParentheses(value);
  while (at && ts.isAsExpression(at)) at = skipParentheses(at.expression);
  const operand = at && ts.isAwaitExpression(at) ? skipParentheses(at.expression) : undefined;
  return operand && ts.isCallExpression(operand) ? operand : undefined;
}

function isPlainElement(element: ts.ArrayBindingElement): boolean {
  return (
    ts.isOmittedExpression(element) ||
    (ts.isIdentifier(element.name) && !element.initializer && !element.dotDotDotToken)
  );
}

/** `for await (const chunk of child.stdout) text += chunk;` */
function isOutput(draft: Draft, statement: ts.Statement, name: ts.Identifier): boolean {
  if (!ts.isForOfStatement(statement) || !statement.awaitModifier) return false;
  let stream = skipParentheses(statement.expression);
  if (ts.isNonNullExpression(stream)) stream = stream.expression;
  if (!ts.isPropertyAccessExpression(stream) || stream.name.text !== 'stdout') return false;
  return (
    isName(draft, stream.expression, name) &&
    /^\{?\s*\w+(\s*\+=\s*\w+|\.push\(\w+\));?\s*\}?$/.test(statement.statement.getText())
  );
}

/** `let text = ''`, `const chunks = []`: nothing happens beside the child. */
function isStore(statement: ts.Statement): boolean {
  return (
    ts.isVariableStatement(statement) &&
    statement.declarationList.declarations.every(
      ({ initializer: value }) =>
        value === undefined ||
        (ts.isArrayLiteralExpression(value) && value.elements.length === 0) ||
        ts.isStringLiteralLike(value),
    )
  );
}

const within = (inner: ts.Node, outer: ts.Node): boolean => inner.pos >= outer.pos && inner.end <= outer.end;
