import { createTwoFilesPatch } from 'diff';
import { type Claim, type FileChange, keepsText, type Refusal } from '../model/edit.ts';
import type { Facts, Site, Unit } from '../model/facts.ts';
import type { SiteId } from '../model/ids.ts';
import type { Plan, Remark } from '../model/plan.ts';
import {
  REPORT_VERSION,
  type Finding,
  type MissingRow,
  type Report,
  type ReportChange,
  type Unlock,
} from '../model/report.ts';
import { isNews } from './is-change.ts';
import { type Chains, chains } from './chain.ts';
import { type FallGraph, fallGraph, freedAlone, freedTogether, islandNode } from './fall-graph.ts';
import { oneForEachFile, oneUnlockForEachFile } from './left-whole.ts';
import { rowSkeleton } from './row-skeleton.ts';

export interface ReportInput {
  /** Name of the project as the reader knows it. */
  readonly project: string;
  /** Version of unawait. */
  readonly version: string;
  readonly facts: Facts;
  readonly plan: Plan;
  readonly changes: readonly FileChange[];
  /** Own sources as read, by project-relative file. */
  readonly texts: ReadonlyMap<string, string>;
  /** Policies that were not asked for, with the functions that each alone would free. */
  readonly policies?: readonly { readonly policy: string; readonly frees: number }[];
  /** Bugs of ours met while writing. */
  readonly problems?: readonly {
    readonly file: string;
    readonly transform: string;
    readonly site: string;
    readonly message: string;
  }[];
}

/** Everything a reader may want of one run, sorted by place; plain JSON. */
export function buildReport(input: ReportInput): Report {
  const { facts, plan, changes, texts } = input;
  const units = new Map(facts.units.map((unit) => [unit.id, unit]));
  const sites = new Map(facts.sites.map((site) => [site.id, site]));
  const graph = fallGraph(facts, plan);
  const follow = chains(facts, plan, texts);
  const placed = plan.claims.flatMap((claim) => {
    const site = sites.get(claim.site);
    return site !== undefined && isNews(claim, site) ? [{ claim, site }] : [];
  });
  const reported = placed.map(({ claim, site }) => toChange(claim, site)).sort(byPlace);
  const written = placed.filter(({ claim, site }) => !keepsText(claim, site));
  const perFile = new Map<string, number>();
  for (const { site } of written) perFile.set(site.place.file, (perFile.get(site.place.file) ?? 0) + 1);
  const findings = [
    ...plan.refusals.filter((refusal) => refusal.bug !== undefined).map((refusal) => bugFinding(refusal, sites, units)),
    ...(input.problems ?? []).map((problem) => problemFinding(problem, sites)),
    ...oneForEachFile(staysAsync(plan, units, follow)),
    ...breakingChanges(plan, units, reported),
    ...plan.remarks.map((remark) => remarkFinding(remark, units)),
  ].sort(byPlace);
  return {
    version: REPORT_VERSION,
    tool: { name: 'unawait', version: input.version },
    project: input.project,
    counts: {
      files: texts.size,
      filesChanged: changes.length,
      functions: facts.units.filter((unit) => unit.kind === 'function').length,
      asynchronous: facts.units.filter((unit) => unit.asynchronous).length,
      blocking: plan.blocking.length,
      staysAsync: plan.staysAsync.length,
      sites: facts.sites.length,
      claims: written.length,
      notes: reported.filter((change) => change.note !== undefined).length,
      refusals: plan.refusals.length,
    },
    changes: reported,
    findings,
    unlocks: oneUnlockForEachFile(unlocks(plan, sites, graph)),
    policies: input.policies ?? [],
    missingRows: missingRows(plan, sites, graph),
    files: changes
      .map((change) => changedFile(change, perFile.get(change.file) ?? 0))
      .sort((a, b) => (a.file < b.file ? -1 : 1)),
  };
}

/** A diff is dear where much of a long file changes, and most readers look at none: it is made when somebody asks. */
function changedFile({ file, before, after }: FileChange, claims: number): Report['files'][number] {
  let made: string | undefined;
  return {
    file,
    claims,
    get diff() {
      return (made ??= unifiedDiff(file, before, after));
    },
  };
}

/** A unified diff with three lines around each change, without a timestamp. */
export function unifiedDiff(file: string, before: string, after: string): string {
  const patch = createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after, undefined, undefined, { context: 3 });
  return patch.replace(/^=+\n/, '').replaceAll(/^(--- a\/|\+\+\+ b\/)(.*)\t$/gm, '$1$2');
}

function toChange(claim: Claim, site: Site): ReportChange {
  const { applicability } = claim;
  const note = claim.note ?? claim.drops;
  return {
    place: site.place,
    transform: claim.transform,
    code: claim.code,
    unit: site.inside,
    applicability: typeof applicability === 'string' ? applicability : `policy:${applicability.policy}`,
    ...(note !== undefined && { note }),
  };
}

function staysAsync(plan: Plan, units: ReadonlyMap<string, Unit>, follow: Chains): Finding[] {
  const refusals = new Map(plan.refusals.map((refusal) => [refusal.site, refusal]));
  return plan.staysAsync.flatMap(({ unit: id, root }): Finding[] => {
    const unit = units.get(id);
    if (unit === undefined) return [];
    const refusal = refusals.get(root);
    return [
      {
        kind: 'stays-async',
        place: unit.place,
        unit: id,
        name: unit.name,
        reason: refusal?.reason ?? 'settle/unknown',
        message: refusal?.detail ?? `\`${unit.name}\` stays async.`,
        chain: follow.brief(id),
        ...(refusal?.unlocks !== undefined && { unlocks: refusal.unlocks }),
      },
    ];
  });
}

function breakingChanges(plan: Plan, units: ReadonlyMap<string, Unit>, changes: readonly ReportChange[]): Finding[] {
  const notes = new Map<string, string>();
  for (const { unit, note } of changes) if (note !== undefined && !notes.has(unit)) notes.set(unit, note);
  return plan.blocking.flatMap((id): Finding[] => {
    const unit = units.get(id);
    if (unit?.exported !== true || unit.test || unit.kind !== 'function') return [];
    const note = notes.get(id);
    const what = unit.generator ? 'is iterated with `for await` elsewhere' : 'has its result chained with `.then`';
    return [
      {
        kind: 'breaking-change',
        place: unit.place,
        unit: id,
        name: unit.name,
        reason: 'report/exported',
        message: `\`${unit.name}\` is exported and turns blocking: code outside of this project breaks where it ${what}.${note === undefined ? '' : ` ${note}`}`,
        chain: [],
      },
    ];
  });
}

function remarkFinding({ place, unit, reason, message }: Remark, units: ReadonlyMap<string, Unit>): Finding {
  return { kind: 'note', place, unit, name: units.get(unit)?.name ?? unit, reason, message, chain: [] };
}

function bugFinding(refusal: Refusal, sites: ReadonlyMap<SiteId, Site>, units: ReadonlyMap<string, Unit>): Finding {
  const site = sites.get(refusal.site)!;
  const unit = units.get(site.inside);
  return {
    kind: 'bug',
    place: site.place,
    unit: site.inside,
    name: unit?.name ?? site.inside,
    reason: refusal.reason,
    message: refusal.detail,
    chain: [],
  };
}

function problemFinding(
  problem: NonNullable<ReportInput['problems']>[number],
  sites: ReadonlyMap<SiteId, Site>,
): Finding {
  const site = sites.get(problem.site);
  return {
    kind: 'bug',
    place: site?.place ?? { file: problem.file, line: 1, column: 1 },
    unit: site?.inside ?? problem.file,
    name: problem.transform === '' ? problem.file : problem.transform,
    reason: problem.transform === '' ? 'apply/failed' : `${problem.transform}/not-written`,
    message: problem.message,
    chain: [],
  };
}

function unlocks(plan: Plan, sites: ReadonlyMap<SiteId, Site>, graph: FallGraph): Unlock[] {
  const freed = freedAlone(graph);
  const ranked = plan.refusals.flatMap((refusal): { unlock: Unlock; test: boolean }[] => {
    const site = sites.get(refusal.site);
    const isIsland = refusal.reason === 'settle/would-block-loop';
    const node = graph.index.get(isIsland ? islandNode(refusal.site) : refusal.site);
    const frees = node === undefined ? 0 : freed[node]!;
    // What has its twin by now is not to be unlocked.
    return site === undefined || frees === 0 || refusal.reason === 'settle/twin'
      ? []
      : [{ unlock: { place: site.place, reason: refusal.reason, message: refusal.detail, frees }, test: site.test }];
  });
  return ranked
    .sort((a, b) => b.unlock.frees - a.unlock.frees || Number(a.test) - Number(b.test) || byPlace(a.unlock, b.unlock))
    .map(({ unlock }) => unlock);
}

function missingRows(plan: Plan, sites: ReadonlyMap<SiteId, Site>, graph: FallGraph): MissingRow[] {
  const byApi = new Map<string, Set<number>>();
  const counts = new Map<string, number>();
  for (const { site: id, reason } of plan.refusals) {
    const site = sites.get(id);
    if (!reason.endsWith('/no-row') || site === undefined || !('api' in site) || site.api === null) continue;
    // What the language itself does with a promise has no blocking form.
    if (site.api.startsWith('global#')) continue;
    counts.set(site.api, (counts.get(site.api) ?? 0) + 1);
    const node = graph.index.get(id);
    const nodes = byApi.get(site.api) ?? new Set();
    if (node !== undefined) nodes.add(node);
    byApi.set(site.api, nodes);
  }
  return [...byApi]
    .map(([api, nodes]) => ({
      api,
      sites: counts.get(api)!,
      frees: freedTogether(graph, nodes),
      row: rowSkeleton(api),
    }))
    .sort((a, b) => b.frees - a.frees || b.sites - a.sites || (a.api < b.api ? -1 : 1));
}

interface Placed {
  readonly place: { readonly file: string; readonly line: number; readonly column: number };
}

function byPlace({ place: a }: Placed, { place: b }: Placed): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
