import type { Claim, ImportNeed, Refusal, TemplatePart } from '../model/edit.ts';
import type { Facts, Site, Twinnable, TwinMention } from '../model/facts.ts';
import { type Place, type Span, siteId, type UnitId, within } from '../model/ids.ts';
import type { Plan, Remark } from '../model/plan.ts';

/** What the policy `emit-twin` adds to a run. */
export interface Twins {
  /** With the places that twins are written to, and each declaration's need of its own. */
  readonly facts: Facts;
  /** Keep what is exported, and what it calls, async. */
  readonly refusals: readonly Refusal[];
  /** Write the twins. */
  readonly claims: readonly Claim[];
  readonly units: readonly UnitId[];
  /** A remark that a comment allows nothing, where it allowed a twin. */
  isSteered(remark: Remark): boolean;
  /** A place is part of a declaration that stays: nothing else may be written there. */
  isKept(site: Site): boolean;
}

export const TWIN_POLICY = 'emit-twin';

/**
 * The twins of all exported functions that could turn blocking, as `whole` has it (a plan for which callers that stay async are no
 * hindrance, since none of them will meet a blocking function). A function gets one if all that it calls can have one.
 */
export function emitTwins(facts: Facts, whole: Plan, allows: (place: Place, span: Span) => boolean): Twins {
  const { twinnables = [], mentions = [] } = facts;
  const blocking = new Set(whole.blocking);
  const able = new Map(twinnables.filter(({ unit }) => blocking.has(unit)).map((each) => [each.unit, each]));
  const exported = facts.units.filter(
    (u) =>
      u.exported && u.asynchronous && !u.test && u.kind === 'function' && blocking.has(u.id) && allows(u.place, u.span),
  );
  const uses = mentions.filter((m) => m.inside !== undefined && able.has(m.inside) && able.has(m.to));
  const problems = spread(able, uses);
  const chosen = reach(
    exported.flatMap(({ id }) => (able.has(id) && !problems.has(id) ? [id] : [])),
    uses,
  );
  const hosts = [...chosen].map((id) => able.get(id)!);
  const places: Site[] = [];
  const claims: Claim[] = [];
  const put = (place: Place, span: Span, inside: UnitId, parts: readonly TemplatePart[], need?: ImportNeed) => {
    const site = placeSite(place, span, inside, places.length);
    places.push(site);
    claims.push({
      transform: TWIN_POLICY,
      code: 'UA901',
      site: site.id,
      template: { parts, expression: false },
      imports: need ? [need] : [],
      requires: [],
      applicability: { policy: TWIN_POLICY },
    });
  };
  const isIn = (span: Span, file: string, list: readonly Twinnable[]): boolean =>
    list.some((each) => each.place.file === file && within(span, each.span));
  const out = new Set(exported.map(({ id }) => id));
  for (const host of hosts) {
    const { unit, name, span, start, place, nameSpan, defaultSpan, needsExport } = host;
    const head: TemplatePart[] =
      start > span.start ? [{ child: { start: span.start, end: start }, expression: false }] : [];
    const word = needsExport ? ['export '] : [];
    put(place, span, unit, [
      { raw: span },
      '\n\n',
      ...head,
      ...word,
      { child: { start, end: span.end }, expression: false },
    ]);
    put(place, nameSpan, unit, [`${name}Sync`]);
    if (defaultSpan) put(place, defaultSpan, unit, ['']);
  }
  for (const { kind, to, inside, place, span, text, module } of mentions) {
    if (!chosen.has(to)) continue;
    if (kind === 'export') put(place, span, to, [{ raw: span }, text]);
    else if (inside === undefined || !chosen.has(inside)) continue;
    else if (kind === 'name') put(place, span, inside, [text]);
    else put(place, span, inside, [{ import: 0 }], { module: module!, name: text, kind: 'value' });
  }
  const steered = facts.steering.filter(
    (c) => c.text === TWIN_POLICY && exported.some((u) => u.place.file === c.place.file && within(u.span, c.span)),
  );
  const sites = new Map(facts.sites.map((s) => [s.id, s]));
  const nested = whole.claims.filter((c) => isIn(sites.get(c.site)!.span, sites.get(c.site)!.place.file, hosts));
  const stuck = exported.filter((u) => !isIn(u.span, u.place.file, hosts));
  const kept = [
    ...hosts.map((host) =>
      keep(
        host.unit,
        host.place,
        host.span,
        places,
        `\`${host.name}\` stays for ${out.has(host.unit) ? 'those who import it' : 'its other callers'}: \`${host.name}Sync\` beside it does the same and blocks.`,
      ),
    ),
    ...stuck.map((u) =>
      keep(
        u.id,
        u.place,
        u.span,
        places,
        `\`${u.name}\` is exported and cannot have a twin: ${problems.get(u.id) ?? 'it is no function or method of a module’s own'}.`,
        'twin-impossible',
      ),
    ),
  ];
  const requirements = kept.flatMap(({ site }) =>
    facts.units
      .filter((u) => u.id === site.inside || (u.place.file === site.place.file && within(u.span, site.span)))
      .map((u) => ({ from: u.id, to: site.id, why: 'is part of' })),
  );
  return {
    facts: {
      ...facts,
      sites: [...facts.sites, ...places, ...kept.map(({ site }) => site)].sort(byId),
      requirements: [...facts.requirements, ...requirements],
    },
    refusals: kept.map(({ refusal }) => refusal),
    claims: [...nested, ...claims],
    units: hosts.map(({ unit }) => `${unit}Sync`).sort(),
    isSteered: ({ reason, place }) =>
      reason === 'steering/stale' && steered.some((c) => c.place.line === place.line && c.place.file === place.file),
    isKept: ({ span, place }) => isIn(span, place.file, hosts),
  };
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Problems of declarations, and of all that call those. */
function spread(able: ReadonlyMap<UnitId, Twinnable>, uses: readonly TwinMention[]): Map<UnitId, string> {
  const problems = new Map<UnitId, string>();
  for (const { unit, problem } of able.values()) if (problem !== undefined) problems.set(unit, problem);
  for (const unit of problems.keys()) {
    const { name } = able.get(unit)!;
    for (const { to, inside } of uses)
      if (to === unit && !problems.has(inside!))
        problems.set(inside!, `it calls \`${name}\`, and ${problems.get(unit)!.replace(/^it calls/, 'that calls')}`);
  }
  return problems;
}

/** The functions and all that they name. */
function reach(from: readonly UnitId[], uses: readonly TwinMention[]): ReadonlySet<UnitId> {
  const found = new Set(from);
  for (const unit of found) for (const { to, inside } of uses) if (inside === unit) found.add(to);
  return found;
}

function placeSite(place: Place, span: Span, inside: UnitId, index: number): Site {
  const id = `${siteId(place.file, span, 'twin-place')}:${index}`;
  return { id, kind: 'twin-place', place, span, inside, test: false, rank: -10 };
}

function keep(
  unit: UnitId,
  place: Place,
  span: Span,
  places: readonly Site[],
  detail: string,
  reason = 'twin',
): { site: Site; refusal: Refusal } {
  const site = placeSite(place, span, unit, places.length);
  const unlocks = reason === 'twin' ? {} : { unlocks: `run without --policy ${TWIN_POLICY}` };
  return { site, refusal: { site: site.id, transform: 'settle', reason: `settle/${reason}`, detail, ...unlocks } };
}
