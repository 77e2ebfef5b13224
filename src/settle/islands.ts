import type { Claim, Refusal } from '../model/edit.ts';
import type { CallEdge, Facts, Unit } from '../model/facts.ts';
import type { Remark } from '../model/plan.ts';

export interface Island {
  readonly edge: CallEdge;
  /** What it would hold up; undefined where nothing was found, but only what is safe is asked for. */
  readonly what: string | undefined;
}

/** What is asked of the plan so far. */
export interface State {
  readonly facts: Facts;
  readonly units: ReadonlyMap<string, Unit>;
  readonly fallen: ReadonlyMap<string, unknown>;
  readonly subsumed: ReadonlyMap<string, string>;
}

/** Blocking units that production code which stays async awaits, where something concurrent could be held up. */
export function findIslands(state: State): Island[] {
  const { facts, units, fallen, subsumed } = state;
  const suspects = waitingCalls(state);
  if (suspects.length === 0) return [];
  const concurrent = new Map<string, string>();
  for (const { unit, what, site } of facts.concurrency) {
    const known = concurrent.get(unit);
    // Of several, the same one is named whatever their order.
    if (fallen.has(subsumed.get(site) ?? site) && (known === undefined || what < known)) concurrent.set(unit, what);
  }
  const calls = [...facts.calls, ...callsWithin(facts, units)];
  const callers = group(
    calls,
    (c) => c.callee,
    (c) => c.caller,
  );
  const callees = group(
    calls,
    (c) => c.caller,
    (c) => c.callee,
  );
  const known = new Map<string, string | undefined>();
  return suspects.flatMap((edge): Island[] => {
    if (!known.has(edge.caller)) {
      const region = reach(reach([edge.caller], callers), callees);
      known.set(
        edge.caller,
        [...region]
          .sort()
          .map((u) => (units.get(u)?.test ? undefined : concurrent.get(u)))
          .find(Boolean),
      );
    }
    const what = known.get(edge.caller);
    return what === undefined ? [] : [{ edge, what }];
  });
}

/** Calls of what blocks, from production code that stays async and waits for it. */
export function waitingCalls({ facts, units, fallen }: State): CallEdge[] {
  return facts.calls.filter(
    (c) =>
      c.tolerated &&
      c.site !== '' &&
      fallen.has(c.caller) &&
      !fallen.has(c.callee) &&
      !units.get(c.caller)!.test &&
      units.get(c.callee)!.kind === 'function',
  );
}

/** What to tell of each such call that is left: nothing was found that it holds up, or the user allowed it. */
export function islandRemarks(state: State): Remark[] {
  const sites = new Map(state.facts.sites.map((s) => [s.id, s]));
  const told = new Set<string>();
  const calls = waitingCalls(state).sort((a, b) => (`${a.site}\n${a.callee}` < `${b.site}\n${b.callee}` ? -1 : 1));
  const remarks = calls.flatMap(({ caller, callee, site }): Remark[] => {
    const at = sites.get(site);
    const [from, to] = [state.units.get(caller)!, state.units.get(callee)!];
    if (!at || told.has(site)) return [];
    told.add(site);
    const message = `\`${to.name}\` blocks now, and \`${from.name}\`, which stays async, calls it: nothing else runs on its loop meanwhile.`;
    return [{ place: at.place, unit: caller, reason: 'settle/blocks-caller', message }];
  });
  return remarks;
}

/** Who reaches one function of a family may reach each: a call of a member, an interface's or a protocol's. */
function callsWithin(
  facts: Facts,
  units: ReadonlyMap<string, Unit>,
): { readonly caller: string; readonly callee: string }[] {
  return facts.requirements.flatMap(({ from, to, why }) =>
    FAMILY.has(why) && units.has(from) && units.has(to) ? [{ caller: from, callee: to }] : [],
  );
}

const FAMILY: ReadonlySet<string> = new Set([
  'overrides or implements',
  'overrides',
  'must fit the same type as',
  'uses',
  'is an overload of',
  'is called together with',
  'is declared as',
  'is the type of',
  'stands for',
]);

export function islandRefusal({ edge, what }: Island, units: ReadonlyMap<string, Unit>): Refusal {
  const caller = units.get(edge.caller)!;
  const held = what === undefined ? 'would wait for it' : `would be held up while ${what} runs beside it`;
  return {
    site: edge.site,
    transform: 'settle',
    reason: 'settle/would-block-loop',
    detail: `\`${units.get(edge.callee)!.name}\` could convert, but \`${caller.name}\` stays async and ${held}.`,
    unlocks: what === undefined ? 'run without --only-safe' : '--policy islands',
  };
}

/** Calls that may be wrapped, by site: a caller that stays async gets the promise it goes on using. */
export function shimmable(
  facts: Facts,
  shims: readonly Claim[],
  units: ReadonlyMap<string, Unit>,
  allowed: (call: CallEdge) => boolean,
): CallEdge[] {
  const sites = new Set(shims.map((s) => s.site));
  return facts.calls.filter(
    (c) =>
      !c.tolerated && sites.has(c.site) && ((units.get(c.caller)!.test && !units.get(c.callee)!.test) || allowed(c)),
  );
}

export function group<T, V>(all: readonly T[], key: (t: T) => string, value: (t: T) => V): Map<string, V[]> {
  const map = new Map<string, V[]>();
  for (const t of all) {
    const list = map.get(key(t));
    if (list) list.push(value(t));
    else map.set(key(t), [value(t)]);
  }
  return map;
}

export function reach(from: Iterable<string>, edges: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set(from);
  for (const id of seen) for (const next of edges.get(id) ?? []) seen.add(next);
  return seen;
}
