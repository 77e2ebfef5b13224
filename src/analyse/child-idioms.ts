import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { emitSteps, endOfSteps, isStore } from './child-steps.ts';
import { enclosingFunction, skipParentheses, walk } from './syntax.ts';

/**
 * `const child = spawn(…)`, perhaps the output that it collects, and the wait for its end, where nothing else is done with the child. The
 * idiom spans from the first of these statements to the last.
 */
export function collectChildIdioms(draft: Draft, node: ts.Node): void {
  if (!ts.isBlock(node) && !ts.isSourceFile(node)) return;
  for (const [i, statement] of node.statements.entries()) {
    const name = childOf(draft, statement);
    if (!name) continue;
    const last = node.statements.findIndex((s, at) => at > i && waitsFor(draft, s, name));
    if (last < 0) {
      const end = endOfSteps(draft, node, i, name);
      if (end > 0) emitSteps(draft, node, i, end);
      continue;
    }
    const uses = usesOf(draft, name);
    const between = node.statements.slice(i + 1, last);
    const listens = (s: ts.Statement): boolean => ts.isExpressionStatement(s) && uses.some((use) => within(use, s));
    const known = [node.statements[last]!, ...between.filter(listens)];
    if (!uses.every((use) => known.some((s) => within(use, s)))) continue;
    if (between.some((s) => !listens(s) && !isStore(s))) continue;
    emitSteps(draft, node, i, last);
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

/** A `new Promise` that has to do with the child. Whether its end is what it waits for is told where it is read. */
function waitsFor(draft: Draft, statement: ts.Statement, name: ts.Identifier): boolean {
  const promise = promiseOf(statement);
  return promise !== undefined && [...walk(promise)].some((inner) => isName(draft, inner, name));
}

const within = (inner: ts.Node, outer: ts.Node): boolean => inner.pos >= outer.pos && inner.end <= outer.end;
