import { ts } from 'ts-morph';
import type { SlotForm } from '../model/facts.ts';
import type { UnitId } from '../model/ids.ts';
import type { Draft } from './draft.ts';
import { originOf } from './origins.ts';
import { caughtAt, misused, sharesTries, takesValue } from './reads.ts';
import type { Slot } from './stores.ts';
import { propertyTargets, useOf } from './uses.ts';

const before = 'What this is taken out of is made as a whole before: the work is done, and fails, there.';

/** Of a slot that got its promise from another place than its own stores: whether the value can stand for it. */
export interface Taken {
  readonly fits: boolean;
  readonly why: string;
  readonly at: ts.Node;
}

/** Where the promises of a slot were made: on the spot, and what other slots they were in. */
interface Sources {
  readonly made: readonly ts.Node[];
  readonly slots: readonly ts.Node[];
}

/**
 * Of slots that are given a promise out of something else: `for (const job of jobs)`, `const { job } = start()`, a parameter, or a property that an
 * object was made with. What their reads catch has to be caught where the promise was made.
 */
export function takenElsewhere(
  draft: Draft,
  slots: ReadonlyMap<UnitId, Slot>,
  formOf: (slot: UnitId) => SlotForm,
): ReadonlyMap<UnitId, Taken> {
  const byDeclaration = new Map([...slots].map(([id, slot]) => [slot.declaration, { id, slot }]));
  const given = handedOn(draft, slots);
  const sourcesOf = (declaration: ts.Node): Sources => {
    const origin = originOf(declaration, draft.checker);
    return { made: origin?.made ?? [], slots: [...(origin?.slots ?? []), ...(given.get(declaration) ?? [])] };
  };
  const found = new Map<UnitId, Taken>();
  for (const [id, { declaration, stores, reads }] of slots) {
    const [first] = reads;
    if (!first) continue;
    const { made, slots: from } = allSources(declaration, sourcesOf);
    const known = from.flatMap((each) => byDeclaration.get(each) ?? []);
    const places = [...made, ...known.flatMap(({ slot }) => slot.stores)];
    if (places.length === 0) continue;
    const bad = stores.length === 0 ? reads.find((read) => !takesValue(read)) : undefined;
    const caught = reads.find((read) =>
      places.some((place) => !sharesTries(place, read.node) || !sharesTries(read.node, place)),
    );
    if (known.some((each) => formOf(each.id).startsWith('outcome')))
      found.set(id, { fits: false, why: 'Its outcome is kept, and not its value', at: first.node });
    else if (bad) found.set(id, { fits: false, why: misused(bad), at: bad.node });
    else if (caught) found.set(id, { fits: false, why: caughtAt(caught), at: caught.node });
    else if (made.length > 0) found.set(id, { fits: true, why: before, at: first.node });
  }
  return found;
}

function allSources(declaration: ts.Node, sourcesOf: (declaration: ts.Node) => Sources): Sources {
  const made: ts.Node[] = [];
  const open = [declaration];
  for (const each of open) {
    const sources = sourcesOf(each);
    made.push(...sources.made);
    for (const from of sources.slots) if (!open.includes(from)) open.push(from);
  }
  return { made, slots: open.slice(1) };
}

/** For each slot the other slots whose promise is put into it: `{ job }` and `{ job: load() }` of a declared type, `start(job)`, `next = job`. */
function handedOn(draft: Draft, slots: ReadonlyMap<UnitId, Slot>): ReadonlyMap<ts.Node, readonly ts.Node[]> {
  const found = new Map<ts.Node, ts.Node[]>();
  const add = (to: ts.Node, from: ts.Node): void => {
    if (to === from) return;
    const list = found.get(to);
    if (list) list.push(from);
    else found.set(to, [from]);
  };
  for (const { declaration, reads } of slots.values()) {
    if (ts.isPropertyAssignment(declaration))
      for (const to of propertyTargets(declaration, draft.checker)) add(to, declaration);
    for (const { node, consumer } of reads) {
      if (consumer !== 'stored' && consumer !== 'passed-project') continue;
      for (const to of useOf(node, draft.checker).targets) add(to, declaration);
    }
  }
  return found;
}
