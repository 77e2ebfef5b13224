import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { refersTo, runs, writeTarget } from './loop-state.ts';
import { enclosingFunction, excerpt, isFunctionLike, skipParentheses, walk } from './syntax.ts';

/**
 * Why what is kept in a slot cannot be made before it is kept: its own end takes it out again (`p.finally(() => running.delete(key))`), which
 * would then be done first, or it names the variable that it becomes the value of. Undefined where neither is so.
 */
export function clearedBy(draft: Draft, declaration: ts.Node, stores: readonly ts.Node[]): string | undefined {
  for (const store of stores) {
    for (const made of sourcesOf(draft, store)) {
      const named = namesItself(draft, made);
      if (named) return `It is made with \`${named}\`, which has no value until it is made`;
      const clear = clearIn(draft, declaration as ts.Declaration, made);
      if (clear)
        return `It is taken out again by \`${excerpt(clear)}\` when it ends, which would come before it is kept`;
    }
  }
  return undefined;
}

/** The stored expression; for the name of a local variable what that is given. */
function sourcesOf(draft: Draft, store: ts.Node): readonly ts.Node[] {
  const value = skipParentheses(store as ts.Expression);
  if (!ts.isIdentifier(value)) return [value];
  const owner = enclosingFunction(value);
  return draft.checker.declarations(value).flatMap((d): ts.Node[] => {
    if (!ts.isVariableDeclaration(d) || !owner) return [];
    const assigned = [...walk(owner)].filter(
      (node): node is ts.BinaryExpression =>
        ts.isBinaryExpression(node) &&
        node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
        refersTo(draft, node.left, d),
    );
    return [...(d.initializer ? [d.initializer] : []), ...assigned.map((node) => node.right)];
  });
}

/** `const job = work().then(() => done(job))` */
function namesItself(draft: Draft, made: ts.Node): string | undefined {
  const around: ts.VariableDeclaration[] = [];
  for (let up: ts.Node = made; !ts.isSourceFile(up) && (up === made || !isFunctionLike(up)); up = up.parent)
    if (ts.isVariableDeclaration(up)) around.push(up);
  if (around.length === 0) return undefined;
  for (const node of walk(made)) {
    if (!ts.isIdentifier(node) || !around.some((d) => ts.isIdentifier(d.name) && d.name.text === node.text)) continue;
    if (draft.checker.declarations(node).some((d) => (around as readonly ts.Node[]).includes(d))) return node.text;
  }
  return undefined;
}

/** Something that is done while the value is made takes it out of its slot. */
function clearIn(draft: Draft, declaration: ts.Declaration, made: ts.Node): ts.Node | undefined {
  const seen = new Set<ts.Node>([made]);
  for (const root of seen) {
    for (const node of runs(draft, root)) {
      if (isClear(node) && !throwsOn(node, root)) {
        const target = writeTarget(node);
        if (target && refersTo(draft, target, declaration)) return node;
      }
      if (!ts.isCallExpression(node)) continue;
      for (const d of draft.checker.callee(node).declarations) {
        const body = draft.checker.isOwn(d) ? (d as ts.FunctionLikeDeclaration).body : undefined;
        if (body && seen.size < 200) seen.add(body);
      }
    }
  }
  return undefined;
}

/** `m.delete(k)`, `m.clear()`, `delete o[k]`, `x = undefined` */
function isClear(node: ts.Node): boolean {
  if (ts.isDeleteExpression(node)) return true;
  if (ts.isCallExpression(node))
    return (
      ts.isPropertyAccessExpression(node.expression) &&
      /^(delete|clear|splice|shift|pop)$/.test(node.expression.name.text)
    );
  return (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    /^(undefined|null|void 0)$/.test(node.right.getText())
  );
}

/** After it an error goes on, so that nothing is kept: `.catch((error) => { cache.delete(key); throw error; })`. */
function throwsOn(node: ts.Node, root: ts.Node): boolean {
  let child = node;
  for (let up = node.parent; ; child = up, up = up.parent) {
    if (ts.isBlock(up)) {
      const after = up.statements.slice(up.statements.indexOf(child as ts.Statement) + 1);
      if (after.some(ts.isThrowStatement) && (isFunctionLike(up.parent) || ts.isCatchClause(up.parent))) return true;
    }
    if (up === root || isFunctionLike(up) || ts.isSourceFile(up)) return false;
  }
}
