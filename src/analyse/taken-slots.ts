import type { ts } from 'ts-morph';
import type { SlotForm } from '../model/facts.ts';
import type { UnitId } from '../model/ids.ts';
import type { Draft } from './draft.ts';
import { caughtAt, misused, sharesTries, takesValue } from './reads.ts';
import type { Slot } from './stores.ts';
import { originOf } from './origins.ts';

const before = 'What this is taken out of is made as a whole before: the work is done, and fails, there.';

/** Of a name that is given a promise out of something else: whether the value can stand for it. */
export interface Taken {
  readonly fits: boolean;
  readonly why: string;
  readonly at: ts.Node;
}

/** Of names that are given a promise out of something else, `for (const job of jobs)`. */
export function takenElsewhere(
  draft: Draft,
  slots: ReadonlyMap<UnitId, Slot>,
  formOf: (slot: UnitId) => SlotForm,
): ReadonlyMap<UnitId, Taken> {
  const byDeclaration = new Map([...slots].map(([id, slot]) => [slot.declaration, { id, slot }]));
  const found = new Map<UnitId, Taken>();
  for (const [id, { declaration, stores, reads }] of slots) {
    const [first] = reads;
    if (stores.length > 0 || !first) continue;
    const made: ts.Node[] = [];
    const kept: ts.Node[] = [];
    const open = [declaration];
    let isOutcome = false;
    for (const each of open) {
      const origin = originOf(each, draft.checker);
      made.push(...(origin?.made ?? []));
      for (const from of origin?.slots ?? []) {
        const known = byDeclaration.get(from);
        kept.push(...(known?.slot.stores ?? []));
        isOutcome ||= known !== undefined && formOf(known.id).startsWith('outcome');
        if (!open.includes(from)) open.push(from);
      }
    }
    const places = [...made, ...kept];
    if (places.length === 0) continue;
    const bad = reads.find((read) => !takesValue(read));
    const caught = reads.find((read) =>
      places.some((place) => !sharesTries(place, read.node) || !sharesTries(read.node, place)),
    );
    if (isOutcome) found.set(id, { fits: false, why: 'Its outcome is kept, and not its value', at: first.node });
    else if (bad) found.set(id, { fits: false, why: misused(bad), at: bad.node });
    else if (caught) found.set(id, { fits: false, why: caughtAt(caught), at: caught.node });
    else if (made.length > 0) found.set(id, { fits: true, why: before, at: first.node });
  }
  return found;
}
