import type { Claim, Refusal } from './model/edit.ts';
import type { CallEdge, Facts, Site } from './model/facts.ts';
import { within, type Span } from './model/ids.ts';
import type { Choices, Plan, Stays } from './model/plan.ts';
import { allow, allowing, staleComments, type Selects } from './settle/allow.ts';
import { findIslands, group, islandRefusal, islandRemarks, shimmable, waitingCalls } from './settle/islands.ts';

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
 * `selects` says which sites the user's selection has.
 */
export function settle(
  facts: Facts,
  proposed: Proposed,
  choices: Pick<Choices, 'onlySafe' | 'policies'> & Partial<Choices>,
  selects: Selects = () => true,
): Plan {
  const units = new Map(facts.units.map((u) => [u.id, u]));
  const sites = new Map(facts.sites.map((s) => [s.id, s]));
  const allows = allowing(facts, choices);
  const allowsAt = (policy: string, site: string): boolean => site !== '' && allows(policy, sites.get(site)!);
  const { claims, refusals } = allow(facts, proposed, choices, selects, allows);
  const subsumed = subsumedSites(facts.sites, claims);
  const claimOf = new Map(claims.map((c) => [c.site, c]));
  const fallen = new Map<string, Fall>();
  const queue: string[] = [];
  const shims = shimmable(facts, proposed.shims, units, (c) => allowsAt('shim-calls', c.site));
  const dependents = dependentsOf(facts, claims, shims, subsumed);

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

  for (const refusal of [...refusals].sort(byId((r) => r.site)))
    if (!subsumed.has(refusal.site)) fall(refusal.site, refusal.site, 'is refused', refusal.site);
  drain();
  const added: Refusal[] = [];
  const permitted: { policy: string; site: string }[] = [];
  for (;;) {
    const found = findIslands({ facts, units, fallen, subsumed }).sort(
      byId(({ edge }) => `${edge.site}\n${edge.callee}`),
    );
    const waits = choices.onlySafe ? waitingCalls({ facts, units, fallen, subsumed }) : [];
    const islands = [
      ...found.filter(({ edge }) => !allowsAt('islands', edge.site)),
      ...waits.map((edge) => ({ edge, what: undefined })),
    ];
    permitted.push(...found.map(({ edge }) => ({ policy: 'islands', site: edge.site })));
    if (islands.length === 0) break;
    for (const island of islands) {
      added.push(islandRefusal(island, units));
      fall(island.edge.callee, island.edge.caller, 'would block the loop of', island.edge.site);
    }
    drain();
  }

  const applied = facts.sites.flatMap((site): Claim[] => {
    const claim = claimOf.get(site.id);
    if (!claim || subsumed.has(site.id)) return [];
    const alive = !fallen.has(site.id) && !fallen.has(site.inside);
    return alive || isTolerant(site, fallen) ? [claim] : [];
  });
  const shimmed = new Set(shims.filter((c) => fallen.has(c.caller) && !fallen.has(c.callee)).map((c) => c.site));
  const named = proposed.claims.flatMap(({ applicability, site }) =>
    typeof applicability === 'object' ? [{ policy: applicability.policy, site }] : [],
  );
  const calls = facts.calls.flatMap((c) =>
    c.tolerated || c.site === '' ? [] : [{ policy: 'shim-calls', site: c.site }],
  );
  return {
    blocking: facts.units
      .filter((u) => u.asynchronous && !fallen.has(u.id))
      .map((u) => u.id)
      .sort(),
    claims: [...applied, ...proposed.shims.filter((s) => shimmed.has(s.site))].sort(byId((c) => c.site)),
    refusals: [...refusals.filter((r) => !subsumed.has(r.site)), ...added].sort(byId((r) => `${r.site}\n${r.reason}`)),
    staysAsync: facts.units
      .filter((u) => u.asynchronous && fallen.has(u.id))
      .map((u): Stays => ({ unit: u.id, ...fallen.get(u.id)! }))
      .sort(byId((s) => s.unit)),
    fallen: [...fallen].map(([id, fall]) => ({ id, ...fall })).sort(byId((f) => f.id)),
    remarks: [
      ...staleComments(facts, [...named, ...calls, ...permitted]),
      ...islandRemarks({ facts, units, fallen, subsumed }),
    ],
  };

  /** An `await` on nothing but calls that turned blocking goes, whatever its own function does. */
  function isTolerant(site: Site, down: ReadonlyMap<string, Fall>): boolean {
    return (
      site.kind === 'await' &&
      site.onlyCalls &&
      site.callees.every((c) => !down.has(c)) &&
      units.get(site.inside)!.kind !== 'threaded'
    );
  }
}

const byId =
  <T>(id: (value: T) => string) =>
  (a: T, b: T): number =>
    id(a) < id(b) ? -1 : id(a) > id(b) ? 1 : 0;

/**
 * Sites inside of a claim's span that none of its children holds, with the claim's own site: it answers for them. A claim that another
 * answers for does not come to be written, and answers for nothing.
 */
function subsumedSites(all: readonly Site[], claims: readonly Claim[]): Map<string, string> {
  const subsumed = new Map<string, string>();
  const siteById = new Map(all.map((s) => [s.id, s]));
  const byFile = group(
    all,
    (s) => s.place.file,
    (s) => s,
  );
  const outermostFirst = claims
    .map((claim) => ({ claim, owner: siteById.get(claim.site)! }))
    .sort(
      (a, b) =>
        a.owner.span.start - b.owner.span.start ||
        b.owner.span.end - a.owner.span.end ||
        a.owner.rank - b.owner.rank ||
        (a.owner.id < b.owner.id ? -1 : 1),
    );
  for (const { claim, owner } of outermostFirst) {
    if (claim.drops === undefined || subsumed.has(owner.id)) continue;
    const children = claim.template.parts.flatMap((p): Span[] =>
      typeof p === 'object' && 'child' in p ? [p.child] : [],
    );
    for (const site of byFile.get(owner.place.file) ?? []) {
      if (site.id === owner.id || !within(site.span, owner.span) || children.some((c) => within(site.span, c)))
        continue;
      // Where a function goes is a question of its own, whatever becomes of its body.
      const isSame = site.span.start === owner.span.start && site.span.end === owner.span.end;
      if (isSame && (site.rank <= owner.rank || site.kind === 'callback')) continue;
      subsumed.set(site.id, owner.id);
    }
  }
  return subsumed;
}

/** What falls with each unit or site. A callee whose call can be wrapped does not need its caller. */
function dependentsOf(
  facts: Facts,
  claims: readonly Claim[],
  shims: readonly CallEdge[],
  subsumed: ReadonlyMap<string, string>,
): Map<string, { from: string; why: string }[]> {
  const dependents = new Map<string, { from: string; why: string }[]>();
  const add = (from: string, required: string, why: string): void => {
    if (subsumed.has(from)) return;
    // Whoever needs a site that another answers for needs that one: without its claim the site is what it was.
    let to = required;
    for (let owner = subsumed.get(to); owner !== undefined; owner = subsumed.get(to)) to = owner;
    if (to === from) return;
    const list = dependents.get(to);
    if (list) list.push({ from, why });
    else dependents.set(to, [{ from, why }]);
  };
  const pair = (c: CallEdge): string => `${c.callee}\n${c.caller}`;
  const wrapped = new Set(shims.map((c) => c.site));
  const bare = new Set(facts.calls.filter((c) => !c.tolerated && !wrapped.has(c.site)).map(pair));
  const shimmed = new Set(shims.map(pair).filter((p) => !bare.has(p)));
  for (const { from, to, why } of facts.requirements) if (!shimmed.has(`${from}\n${to}`)) add(from, to, why);
  for (const site of facts.sites) add(site.id, site.inside, 'stands in');
  for (const claim of claims) for (const to of claim.requires) add(claim.site, to, 'needs');
  for (const list of dependents.values()) list.sort(byId((d) => `${d.from}\n${d.why}`));
  return dependents;
}
