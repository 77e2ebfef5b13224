import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { spanOfStatement } from './settled-statements.ts';
import { enclosingFunction, skipParentheses, walk } from './syntax.ts';

const readline = /^node:readline(\/promises)?#createInterface$/;

/**
 * Where the statements end that have to do with the child which `block.statements[i]` starts: all of its uses stand in them, one waits,
 * and what stands between only makes room for output. Whether each step has a blocking form is told where it is read.
 */
export function endOfSteps(draft: Draft, block: ts.Block | ts.SourceFile, i: number, child: ts.Identifier): number {
  const scope = enclosingFunction(child) ?? child.getSourceFile();
  const names = [child];
  const mentions = (root: ts.Node): boolean => [...walk(root)].some((node) => isOneOf(draft, node, names));
  let last = -1;
  for (const [at, statement] of block.statements.entries()) {
    if (at <= i || !mentions(statement)) continue;
    last = at;
    const lines = lineReader(draft, statement);
    if (lines) names.push(lines);
  }
  if (last < 0) return -1;
  const steps = block.statements.slice(i + 1, last + 1);
  if (!steps.some(waits) || !steps.every((s) => mentions(s) || isStore(s))) return -1;
  const own = [block.statements[i]!, ...steps];
  for (const node of walk(scope))
    if (isOneOf(draft, node, names) && !own.some((s) => node.pos >= s.pos && node.end <= s.end)) return -1;
  return last;
}

export function emitSteps(draft: Draft, block: ts.Block | ts.SourceFile, i: number, last: number): void {
  const source = block.getSourceFile();
  const first = block.statements[i]!;
  draft.emit({ kind: 'idiom', idiom: 'child-end' }, block, draft.enclosing(first), -1, {
    start: first.getStart(source),
    end: spanOfStatement(block.statements[last]!).end,
  });
}

function isOneOf(draft: Draft, node: ts.Node, names: readonly ts.Identifier[]): boolean {
  return (
    ts.isIdentifier(node) &&
    names.some((name) => name.text === node.text && draft.checker.declarations(node)[0] === name.parent)
  );
}

/** `lines` of `const lines = createInterface(…)`. */
function lineReader(draft: Draft, statement: ts.Statement): ts.Identifier | undefined {
  if (!ts.isVariableStatement(statement) || statement.declarationList.declarations.length !== 1) return undefined;
  const { name, initializer } = statement.declarationList.declarations[0]!;
  const call = initializer && skipParentheses(initializer);
  if (!call || !ts.isCallExpression(call) || !ts.isIdentifier(name)) return undefined;
  return readline.test(draft.checker.api(call) ?? '') ? name : undefined;
}

/** It waits in this function, not in one that is written in it. */
function waits(root: ts.Node): boolean {
  const stack: ts.Node[] = [root];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier)) return true;
    if (!ts.isFunctionLike(node)) ts.forEachChild(node, (child) => void stack.push(child));
  }
  return false;
}

/** `let text = ''`, `const chunks = []`: nothing happens beside the child. */
export function isStore(statement: ts.Statement): boolean {
  return (
    ts.isVariableStatement(statement) &&
    statement.declarationList.declarations.every(
      ({ initializer: value }) =>
        value === undefined ||
        (ts.isArrayLiteralExpression(value) && value.elements.length === 0) ||
        ts.isStringLiteralLike(value) ||
        ts.isNumericLiteral(value),
    )
  );
}
