import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { enclosingFunction, skipParentheses, walk } from './syntax.ts';

/**
 * The array that is combined may be touched after it: `await Promise.all(jobs)` gives an array of its own, and what is done to `jobs` later
 * is not done to that. True as well where others hold the array: it is a parameter, a field, or named in another function.
 */
export function isUsedAgain({ checker }: Draft, call: ts.CallExpression): boolean {
  const [list] = call.arguments;
  const name = list && skipParentheses(list);
  if (!name || ts.isPropertyAccessExpression(name) || ts.isElementAccessExpression(name)) return name !== undefined;
  if (!ts.isIdentifier(name)) return false;
  const [declaration] = checker.declarations(name);
  if (!declaration || !ts.isVariableDeclaration(declaration)) return true;
  const owner = enclosingFunction(declaration);
  if (!owner || enclosingFunction(call) !== owner || isRepeated(call, declaration)) return true;
  return [...walk(owner)].some(
    (node) =>
      ts.isIdentifier(node) &&
      node.text === name.text &&
      (node.pos > call.end || enclosingFunction(node) !== owner) &&
      checker.declarations(node).includes(declaration),
  );
}

/** A loop around the call, and not around the declaration, comes back to it. */
function isRepeated(call: ts.Node, declaration: ts.Node): boolean {
  let child: ts.Node = call;
  for (let up = call.parent; !ts.isFunctionLike(up) && !ts.isSourceFile(up); child = up, up = up.parent) {
    if (up.pos <= declaration.pos && up.end >= declaration.end) return false;
    const isHead = (ts.isForOfStatement(up) || ts.isForInStatement(up)) && up.expression === child;
    if (ts.isIterationStatement(up, false) && !isHead) return true;
  }
  return false;
}
