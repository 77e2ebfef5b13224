import { ts } from 'ts-morph';
import type { Checker } from '../checker/checker.ts';
import { produce } from './calls.ts';
import { isCopy, looksAtElements } from './copies.ts';
import type { Draft } from './draft.ts';

/** A read through a container of promises: `cache.get(key)`, `tasks.slice(1)`. */
export function collectContainerRead(draft: Draft, call: ts.Expression, receiver: ts.Expression): void {
  const slot = draft.checker.declarations(receiver).find((d) => draft.checker.isOwn(d));
  if (!slot) {
    produce(draft, call, (use) => ({
      kind: 'api-call',
      api: draft.checker.api(call) ?? 'unknown',
      consumer: use.consumer,
    }));
    return;
  }
  const looking = looksAtElements(call, draft.checker);
  if (looking) {
    draft.emit({ kind: 'escape', how: 'other', detail: looking }, call, draft.enclosing(call), 0);
    return;
  }
  const unit = draft.slotUnit(slot);
  produce(
    draft,
    call,
    (use) => ({ kind: 'promise-value', slot: unit, consumer: use.consumer, form: 'value' }),
    (use) => {
      draft.require(draft.enclosing(call), unit, 'reads');
      if (use.consumer !== 'awaited') draft.require(unit, draft.enclosing(call), 'is read in');
    },
  );
}

/** `jobs[i]`, `jobs.first` of a record: one of the promises in it. */
export function elementOf(node: ts.Expression, checker: Checker): ts.Expression | undefined {
  const { parent } = node;
  if (!ts.isElementAccessExpression(parent) && !ts.isPropertyAccessExpression(parent)) return undefined;
  return parent.expression === node && checker.bearing(checker.typeOf(parent)) === 'promise' ? parent : undefined;
}

/** `Object.entries(jobs).map(…)`: what the callback is given is read there. */
function isMapped(call: ts.CallExpression, checker: Checker): boolean {
  const { parent } = call;
  return ts.isPropertyAccessExpression(parent) && parent.expression === call && isCopy(call, checker);
}

/** `jobs[name] = …`, `delete jobs[name]`, `name in jobs`, `for (const name in jobs)`, `Object.keys(jobs)`: none of the promises is read. */
export function asksForKeys(node: ts.Expression, checker: Checker): boolean {
  const { parent } = node;
  if (ts.isForInStatement(parent)) return parent.expression === node;
  if (ts.isBinaryExpression(parent))
    return parent.right === node && parent.operatorToken.kind === ts.SyntaxKind.InKeyword;
  if (ts.isCallExpression(parent))
    return checker.api(parent) === 'global#ObjectConstructor.keys' || isMapped(parent, checker);
  if (!ts.isElementAccessExpression(parent) && !ts.isPropertyAccessExpression(parent)) return false;
  const { parent: user } = parent;
  if (parent.expression !== node) return false;
  return (
    ts.isDeleteExpression(user) ||
    (ts.isBinaryExpression(user) && user.left === parent && user.operatorToken.kind === ts.SyntaxKind.EqualsToken)
  );
}
