import { ts } from 'ts-morph';
import type { Span } from '../model/ids.ts';
import type { Draft } from './draft.ts';
import { hasBody, isFunctionLike, skipParentheses, walk } from './syntax.ts';

/**
 * A statement (or concise arrow function) that does nothing but await or return a `new Promise(…)`: the executor's own code can stand
 * in its place, for no name that it declares means something else there.
 */
export function settledStatement(node: ts.Node, draft: Draft): string | undefined {
  const promise = promiseOf(node);
  if (!promise || !ts.isIdentifier(promise.expression) || promise.expression.text !== 'Promise') return undefined;
  if (!promise.arguments?.[0] || draft.checker.declarations(promise.expression).some((d) => draft.checker.isOwn(d)))
    return undefined;
  if (ts.isArrowFunction(node)) return 'settled-statement';
  if (!ts.isBlock(node.parent) && !ts.isSourceFile(node.parent)) return undefined;
  return clashes(draft, node as ts.Statement, promise) ? undefined : 'settled-statement';
}

function promiseOf(node: ts.Node): ts.NewExpression | undefined {
  let value: ts.Expression | undefined;
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) value = skipParentheses(node.body);
  else if (ts.isReturnStatement(node)) value = node.expression && skipParentheses(node.expression);
  else if (ts.isExpressionStatement(node)) value = awaited(assigned(node.expression) ?? node.expression);
  else if (ts.isVariableStatement(node) && node.declarationList.declarations.length === 1) {
    const { initializer } = node.declarationList.declarations[0]!;
    value = initializer && awaited(initializer);
  }
  if (value && ts.isReturnStatement(node) && ts.isAwaitExpression(value)) value = skipParentheses(value.expression);
  return value && ts.isNewExpression(value) ? value : undefined;
}

/** `await …` of `target = await …`, where the target is looked up without any work. */
function assigned(node: ts.Expression): ts.Expression | undefined {
  const expression = skipParentheses(node);
  if (!ts.isBinaryExpression(expression) || expression.operatorToken.kind !== ts.SyntaxKind.EqualsToken)
    return undefined;
  let target: ts.Expression = expression.left;
  while (ts.isPropertyAccessExpression(target)) target = target.expression;
  return ts.isIdentifier(target) || target.kind === ts.SyntaxKind.ThisKeyword ? expression.right : undefined;
}

/** The statement without a `;` that stands in front of the next one, as in code without semicolons. */
export function spanOfStatement(node: ts.Node): Span {
  const source = node.getSourceFile();
  const text = source.text.slice(node.getStart(source), node.end);
  return {
    start: node.getStart(source),
    end: node.end - (/\s;$/.test(text) ? text.length - text.slice(0, -1).trimEnd().length : 0),
  };
}

function awaited(node: ts.Expression): ts.Expression | undefined {
  const value = skipParentheses(node);
  return ts.isAwaitExpression(value) ? skipParentheses(value.expression) : undefined;
}

/** A name that the executor declares is declared in the block (or as a parameter) too, or comes there from outside. */
function clashes(draft: Draft, statement: ts.Statement, promise: ts.NewExpression): boolean {
  const declared = new Set<string>();
  for (const inner of walk(promise)) {
    if (
      (ts.isVariableDeclaration(inner) || ts.isParameter(inner) || ts.isBindingElement(inner)) &&
      ts.isIdentifier(inner.name)
    )
      declared.add(inner.name.text);
    else if ((ts.isFunctionDeclaration(inner) || ts.isClassDeclaration(inner)) && inner.name)
      declared.add(inner.name.text);
  }
  const block = statement.parent;
  const owner = block.parent as ts.Node | undefined;
  const parameters = owner && isFunctionLike(owner) && hasBody(owner) ? owner.parameters : [];
  for (const root of [...parameters, ...(block as ts.Block).statements]) {
    for (const inner of walk(root)) {
      if (!ts.isIdentifier(inner) || !declared.has(inner.text) || within(inner, promise) || isMemberName(inner))
        continue;
      const scopes = draft.checker.declarations(inner).map((d) => scopeOf(d));
      if (scopes.length === 0 || scopes.some((scope) => scope === block || scope === owner || !within(scope, block)))
        return true;
    }
  }
  return false;
}

/** The block, function or file whose code sees a declaration. */
function scopeOf(declaration: ts.Node): ts.Node {
  for (let up = declaration.parent; ; up = up.parent) {
    if (
      ts.isBlock(up) ||
      ts.isSourceFile(up) ||
      ts.isCaseBlock(up) ||
      ts.isCatchClause(up) ||
      ts.isFunctionLike(up) ||
      ts.isForStatement(up) ||
      ts.isForOfStatement(up) ||
      ts.isForInStatement(up)
    )
      return up;
  }
}

function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isBindingElement(parent) && parent.propertyName === node)
  );
}

function within(inner: ts.Node, outer: ts.Node): boolean {
  return inner.pos >= outer.pos && inner.end <= outer.end && inner.getSourceFile() === outer.getSourceFile();
}
