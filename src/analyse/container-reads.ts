import { ts } from 'ts-morph';
import { produce } from './calls.ts';
import { looksAtElements } from './copies.ts';
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
