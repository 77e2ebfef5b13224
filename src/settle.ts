import type { Claim, Refusal } from './model/edit.ts';
import type { CallEdge, Facts, Site, Unit } from './model/facts.ts';
import { within, type Span } from './model/ids.ts';
import type { Choices, Plan, Stays } from './model/plan.ts';

export interface Proposed {
  readonly claims: readonly Claim[];
  readonly refusals: readonly Refusal[];
  readonly shims: readonly Claim[];
}

interface Fall {
  readonly because: string;
  readonly why: string;
  readonly root: string;
}

/**
 * The plan: the greatest set of units and sites in which everything that is required is there. Starts with all, takes out what
 * requires something refused, follows requirements backwards. Linear in the edges, iterative, and the same whatever the order of input.
 */
export function settle(facts: Facts, proposed: Proposed, choices: Choices): Plan {
  const units = new Map(facts.units.map((u) => [u.id, u]));
  const { claims, refusals } = allow(proposed, choices, facts);
  const subsumed = subsumedSites(facts.sites, claims);
  const claimOf = new Map(claims.map((c) => [c.site, c]));
  const fallen = new Map<string, Fall>();
  const queue: string[] = [];
  const dependents = dependentsOf(facts, claims, units, subsumed);

  const fall = (id: string, because: string, why: string, root: string): void => {
    if (fallen.has(id)) return;
    fallen.set(id, { because, why, root });
    queue.push(id);
  };
  const drain = (): void => {
    for (let i = 0; i < queue.length; i++) {
      const { root } = fallen.get(queue[i]!)!;
      for (const { from, why } of dependents.get(queue[i]!) ?? []) fall(from, queue[i]!, why, root);
    }
    queue.length = 0;
  };

  for (const refusal of refusals) if (!subsumed.has(refusal.site)) fall(refusal.site, refusal.site, 'is refused', refusal.site);
  drain();
  const added: Refusal[] = [];
  for (;;) {
    const islands = findIslands(facts, units, fallen, subsumed, choices);
    if (islands.length === 0) break;
    for (const { edge, what } of islands) {
      added.push(islandRefusal(edge, what, units));
      fall(edge.callee, edge.caller, 'would block the loop of', edge.site);
    }
    drain();
  }

  const applied = facts.sites.flatMap((site): Claim[] => {
    const claim = claimOf.get(site.id);
    if (!claim || subsumed.has(site.id)) return [];
    const alive = !fallen.has(site.id) && !fallen.has(site.inside);
    return alive || isTolerant(site, fallen) ? [claim] : [];
  });
  return {
    blocking: facts.units.filter((u) => u.asynchronous && !fallen.has(u.id)).map((u) => u.id).sort(),
    claims: [...applied, ...shimsFor(facts, proposed.shims, units, fallen)].sort(byId((c) => c.site)),
    refusals: [...refusals.filter((r) => !subsumed.has(r.site)), ...added].sort(byId((r) => r.site)),
    staysAsync: facts.units
      .filter((u) => u.asynchronous && fallen.has(u.id))
      .map((u): Stays => ({ unit: u.id, ...fallen.get(u.id)! }))
      .sort(byId((s) => s.unit)),
    fallen: [...fallen].map(([id, fall]) => ({ id, ...fall })).sort(byId((f) => f.id)),
  };

  /** An `await` on nothing but calls that turned blocking goes, whatever its own function does. */
  function isTolerant(site: Site, down: ReadonlyMap<string, Fall>): boolean {
    return site.kind === 'await' && site.onlyCalls && site.callees.every((c) => !down.has(c)) && units.get(site.inside)!.kind !== 'threaded';
  }
}

const byId = <T>(id: (value: T) => string) => (a: T, b: T): number => (id(a) < id(b) ? -1 : id(a) > id(b) ? 1 : 0);

/** Drops claims that the user did not allow and sites outside of the selection: both become refusals. */
function allow(proposed: Proposed, choices: Choices, facts: Facts): { claims: Claim[]; refusals: Refusal[] } {
  const claims: Claim[] = [];
  const refusals: Refusal[] = [...proposed.refusals];
  const selected = selection(choices);
  const siteById = new Map(facts.sites.map((s) => [s.id, s]));
  for (const claim of proposed.claims) {
    const { applicability } = claim;
    const site = siteById.get(claim.site)!;
    if (!selected(site)) {
      refusals.push({ site: claim.site, transform: claim.transform, reason: 'selection/outside', detail: `\`${site.inside}\` is outside of the selection.` });
    } else if (typeof applicability === 'object' && !choices.policies.includes(applicability.policy)) {
      const { policy } = applicability;
      refusals.push({
        site: claim.site,
        transform: claim.transform,
        reason: `${claim.transform}/needs-policy`,
        detail: claim.note ?? `This needs the policy \`${policy}\`.`,
        unlocks: `--policy ${policy}`,
      });
    } else if (applicability === 'noted' && choices.onlySafe) {
      refusals.push({ site: claim.site, transform: claim.transform, reason: `${claim.transform}/not-safe`, detail: claim.note ?? 'This change carries a note.', unlocks: 'run without --only-safe' });
    } else claims.push(claim);
  }
  return { claims, refusals };
}

function selection(choices: Choices): (site: Site) => boolean {
  const match = (patterns: readonly string[], site: Site): boolean => patterns.some((p) => matches(p, site.place.file) || p === site.inside);
  return (site) => (choices.include.length === 0 || match(choices.include, site)) && !match(choices.exclude, site);
}

/** `*` within a folder, `**` across folders, a bare folder means everything in it. */
export function matches(glob: string, file: string): boolean {
  const pattern = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('**/', '\u0001').replaceAll('**', '\u0002').replaceAll('*', '[^/]*').replaceAll('?', '[^/]').replaceAll('\u0001', '(?:.*/)?').replaceAll('\u0002', '.*');
  return new RegExp(`^${pattern}(?:/.*)?$`).test(file);
}

/** Sites inside of a claim's span that none of its children holds, with the claim's own site: it answers for them. */
function subsumedSites(all: readonly Site[], claims: readonly Claim[]): Map<string, string> {
  const subsumed = new Map<string, string>();
  const siteById = new Map(all.map((s) => [s.id, s]));
  const byFile = group(all, (s) => s.place.file, (s) => s);
  for (const claim of claims) {
    if (claim.drops === undefined) continue;
    const owner = siteById.get(claim.site)!;
    const children = claim.template.parts.flatMap((p): Span[] => (typeof p === 'object' && 'child' in p ? [p.child] : []));
    for (const site of byFile.get(owner.place.file) ?? []) {
      if (site.id === owner.id || !within(site.span, owner.span) || children.some((c) => within(site.span, c))) continue;
      if (site.span.start === owner.span.start && site.span.end === owner.span.end && site.rank <= owner.rank) continue;
      subsumed.set(site.id, owner.id);
    }
  }
  return subsumed;
}

function dependentsOf(facts: Facts, claims: readonly Claim[], units: ReadonlyMap<string, Unit>, subsumed: ReadonlyMap<string, string>): Map<string, { from: string; why: string }[]> {
  const dependents = new Map<string, { from: string; why: string }[]>();
  const add = (from: string, to: string, why: string): void => {
    if (subsumed.has(from) || subsumed.has(to)) return;
    const list = dependents.get(to);
    if (list) list.push({ from, why });
    else dependents.set(to, [{ from, why }]);
  };
  const shimmed = new Set(facts.calls.filter((c) => !c.tolerated && units.get(c.caller)!.test && !units.get(c.callee)!.test).map((c) => `${c.callee}\n${c.caller}`));
  for (const { from, to, why } of facts.requirements) if (!shimmed.has(`${from}\n${to}`)) add(from, to, why);
  for (const site of facts.sites) add(site.id, site.inside, 'stands in');
  for (const claim of claims) for (const to of claim.requires) add(claim.site, to, 'needs');
  for (const list of dependents.values()) list.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  return dependents;
}

interface Island {
  readonly edge: CallEdge;
  readonly what: string;
}

/** Blocking units that production code which stays async awaits, where something concurrent could be held up. */
function findIslands(facts: Facts, units: ReadonlyMap<string, Unit>, fallen: ReadonlyMap<string, Fall>, subsumed: ReadonlyMap<string, string>, choices: Choices): Island[] {
  if (choices.policies.includes('islands')) return [];
  const suspects = facts.calls.filter((c) => c.tolerated && c.site !== '' && fallen.has(c.caller) && !fallen.has(c.callee) && !units.get(c.caller)!.test && units.get(c.callee)!.kind === 'function');
  if (suspects.length === 0) return [];
  const concurrent = new Map(facts.concurrency.filter((c) => fallen.has(subsumed.get(c.site) ?? c.site)).map((c) => [c.unit, c.what]));
  const callers = group(facts.calls, (c) => c.callee, (c) => c.caller);
  const callees = group(facts.calls, (c) => c.caller, (c) => c.callee);
  const known = new Map<string, string | undefined>();
  return suspects
    .map((edge): Island | undefined => {
      if (!known.has(edge.caller)) {
        const region = reach(reach([edge.caller], callers), callees);
        known.set(edge.caller, [...region].sort().map((u) => (units.get(u)?.test ? undefined : concurrent.get(u))).find(Boolean));
      }
      const what = known.get(edge.caller);
      return what === undefined ? undefined : { edge, what };
    })
    .filter((i): i is Island => i !== undefined);
}

function group<T, V>(all: readonly T[], key: (t: T) => string, value: (t: T) => V): Map<string, V[]> {
  const map = new Map<string, V[]>();
  for (const t of all) {
    const list = map.get(key(t));
    if (list) list.push(value(t));
    else map.set(key(t), [value(t)]);
  }
  return map;
}

function reach(from: Iterable<string>, edges: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set(from);
  for (const id of seen) for (const next of edges.get(id) ?? []) seen.add(next);
  return seen;
}

function islandRefusal(edge: CallEdge, what: string, units: ReadonlyMap<string, Unit>): Refusal {
  const caller = units.get(edge.caller)!;
  return {
    site: edge.site,
    transform: 'settle',
    reason: 'settle/would-block-loop',
    detail: `\`${units.get(edge.callee)!.name}\` could convert, but \`${caller.name}\` stays async and would be held up while ${what} runs beside it.`,
    unlocks: '--policy islands',
  };
}

/** Calls in tests that stay async get the promise they go on using. */
function shimsFor(facts: Facts, shims: readonly Claim[], units: ReadonlyMap<string, Unit>, fallen: ReadonlyMap<string, Fall>): Claim[] {
  const wanted = new Set(
    facts.calls
      .filter((c) => !c.tolerated && units.get(c.caller)!.test && !units.get(c.callee)!.test && fallen.has(c.caller) && !fallen.has(c.callee))
      .map((c) => c.site),
  );
  return shims.filter((s) => wanted.has(s.site));
}
