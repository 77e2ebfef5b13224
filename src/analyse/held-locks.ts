import { ts } from 'ts-morph';
import type { UnitId } from '../model/ids.ts';
import type { Draft } from './draft.ts';
import { enclosingFunction, skipParentheses, walk } from './syntax.ts';

/**
 * `return new Promise((resolve) => this.waiting.push(resolve));` in the `acquire` of a class that hands its flag on from `release`: among code
 * that blocks nobody else is there to release. All callers turn together, for among them are those that hold it.
 */
export function collectHeldLock(draft: Draft, node: ts.Node): void {
  if (!ts.isReturnStatement(node) && !ts.isExpressionStatement(node)) return;
  const value = node.expression && promiseIn(node.expression);
  if (!value || !ts.isNewExpression(value) || value.expression.getText() !== 'Promise') return;
  const found =
    /^new Promise(?:<void>)?\(\s*\(?(\w+)\)? => (?:\{\s*)?(?:void )?this\.(#?\w+)\.push\(\1\);?(?:\s*\})?,?\s*\)$/.exec(
      value.getText(),
    );
  const method = enclosingFunction(node);
  if (!found || !method || !ts.isMethodDeclaration(method) || !ts.isClassLike(method.parent)) return;
  const owner = method.parent;
  // Callers by another name could not be found.
  if (owner.heritageClauses || !isGuarded(node, method, owner, found[2]!)) return;
  const site = draft.emit({ kind: 'idiom', idiom: 'lock-held' }, node, draft.enclosing(node), -2);
  for (const caller of callersOf(draft, method)) draft.require(site.id, caller, 'is held by callers in');
}

/** The wait is only reached where a field is true that this method sets, and that another one resets where nobody is left to be handed the lock. */
function isGuarded(
  wait: ts.Statement,
  method: ts.MethodDeclaration,
  owner: ts.ClassLikeDeclaration,
  queue: string,
): boolean {
  const other = owner.members.find(
    (m) => m !== method && ts.isMethodDeclaration(m) && m.getText().includes(`this.${queue}.shift()`),
  );
  const uses = owner.getText().split(new RegExp(String.raw`\bthis\.${queue}(?![\w$])`)).length - 1;
  const flag = flagAround(wait);
  return (
    other !== undefined &&
    uses <= 4 &&
    flag !== undefined &&
    method.getText().includes(`this.${flag} = true`) &&
    other.getText().includes(`this.${flag} = false`)
  );
}

/** `locked` of `if (this.locked) …` and `if (!this.locked) … else …` around the wait, and of `if (!this.locked) { …; return; }` in front of it. */
function flagAround(wait: ts.Statement): string | undefined {
  const block = ts.isBlock(wait.parent) && !ts.isFunctionLike(wait.parent.parent) ? wait.parent : wait;
  const around = block.parent;
  if (ts.isIfStatement(around)) {
    const [, not, name] = /^(!?)this\.(#?\w+)$/.exec(around.expression.getText()) ?? [];
    return (around.thenStatement === block) === (not !== '!') ? name : undefined;
  }
  if (!ts.isBlock(wait.parent)) return undefined;
  const list = wait.parent.statements;
  const before = list[list.indexOf(wait) - 1];
  if (!before || !ts.isIfStatement(before) || before.elseStatement) return undefined;
  const done = ts.isBlock(before.thenStatement) ? before.thenStatement.statements : [before.thenStatement];
  const [, name] = /^!this\.(#?\w+)$/.exec(before.expression.getText()) ?? [];
  const sets = done.some((s) => s.getText().startsWith(`this.${name ?? ''} = true`));
  return sets && ts.isReturnStatement(done.at(-1)!) ? name : undefined;
}

function callersOf(draft: Draft, method: ts.MethodDeclaration): UnitId[] {
  const name = method.name.getText();
  const found = new Set<string>();
  for (const source of draft.files.keys()) {
    if (!source.text.includes(name)) continue;
    for (const node of walk(source)) {
      if (ts.isCallExpression(node) && draft.checker.callee(node).declarations.includes(method))
        found.add(draft.enclosing(node));
    }
  }
  return [...found];
}

function promiseIn(node: ts.Expression): ts.Expression {
  const value = skipParentheses(node);
  return ts.isAwaitExpression(value) ? skipParentheses(value.expression) : value;
}
