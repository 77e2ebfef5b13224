import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { enclosingFunction } from './syntax.ts';
import type { Use } from './uses.ts';

/**
 * A promise is returned by a function, or yielded by a generator, whose type does not say so: `(): unknown => load()`. Whoever calls it may
 * await what it gives or chain on it, and cannot be found: the promise stays.
 */
export function collectHiddenResult(draft: Draft, node: ts.Expression, { consumer }: Use): void {
  if (consumer !== 'returned' && consumer !== 'returned-in-try' && consumer !== 'yielded') return;
  const { checker } = draft;
  const owner = enclosingFunction(node);
  if (!owner || draft.unit(draft.functionUnit(owner)).asynchronous) return;
  const bearing = checker.bearing(checker.typeOf(node));
  if (bearing === undefined || bearing === 'swapped') return;
  const detail = `it is ${consumer === 'yielded' ? 'yielded' : 'returned'} as \`${checker.text(checker.returnType(owner), owner)}\``;
  draft.emit({ kind: 'escape', how: 'passed-unknown', detail }, node, draft.functionUnit(owner), 0);
}

/** What a target without a type holds, or one of which a comment says what is waited for, is not known to be a promise. */
export function hides({ checker }: Draft, target: ts.Declaration, value: ts.Expression): boolean {
  const type = checker.typeOf(target);
  if (checker.isAnyLike(type)) return true;
  const told = ts.isVariableDeclaration(target) && (target.flags & ts.NodeFlags.JavaScriptFile) !== 0;
  return told && checker.bearing(type) === undefined && checker.bearing(checker.typeOf(value)) === 'promise';
}
