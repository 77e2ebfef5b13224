import type { ts } from 'ts-morph';
import { transforms } from '../transforms/index.ts';
import type { RowMap } from '../transforms/api-map/index.ts';
import { swapApi } from '../transforms/swap-api.ts';
import { analyse } from './analyse/analyse.ts';
import type { OwnFile } from './analyse/draft.ts';
import { createChecker } from './checker/typescript6.ts';
import type { Declared } from './load/declarations.ts';
import { isOverflow, tooDeepToCheck } from './load/depth.ts';
import type { Workspace } from './load/workspace.ts';
import type { Claim, Refusal } from './model/edit.ts';
import type {
  CallEdge,
  Concurrency,
  Facts,
  Requirement,
  Site,
  Steering,
  Twinnable,
  TwinMention,
  Unit,
} from './model/facts.ts';
import { propose, type Proposal } from './propose.ts';

/**
 * Facts and proposals of all programs of the project, in one. A program sees files of others too, where it imports them; what it uses of
 * them hangs on the same units, but each file's own sites come from its own program.
 */
export function understand(workspace: Workspace, rows: RowMap): { facts: Facts; proposal: Proposal } {
  const swappedTypes = new Set([...rows].flatMap(([api, list]) => (list.some((r) => r.form === 'type') ? [api] : [])));
  const knownApis = new Set(rows.keys());
  const asked = [...transforms, swapApi(rows)];
  const units = new Map<string, Unit>();
  const sites = new Map<string, Site>();
  const rest = { requirements: [] as Requirement[], calls: [] as CallEdge[], concurrency: [] as Concurrency[] };
  const twinnables = new Map<string, Twinnable>();
  const mentions: TwinMention[] = [];
  const steering = new Map<string, Steering>();
  const proposal = { claims: [] as Claim[], refusals: [] as Refusal[], shims: [] as Claim[] };
  for (const { program, files, declared } of workspace.programs) {
    const here = new Set(files);
    const sources = ownSources(workspace, program, declared);
    const own = new Set(sources.map((s) => s.source));
    const elsewhere = new Set(sources.filter((s) => !here.has(s.file)).map((s) => s.source));
    const { analysis, found } = withoutOverflow(sources, () => {
      const checker = createChecker(program, (file) => own.has(file), swappedTypes);
      const { entries } = workspace;
      const seen = analyse({
        checker,
        files: sources,
        elsewhere,
        knownApis,
        swappedTypes,
        ...(entries && { entries }),
      });
      const analysis = {
        ...seen,
        facts: { ...seen.facts, sites: seen.facts.sites.filter((s) => here.has(s.place.file)) },
      };
      return { analysis, found: propose(analysis, checker, asked) };
    });
    for (const unit of analysis.facts.units)
      if (here.has(unit.place.file) || !units.has(unit.id)) units.set(unit.id, unit);
    for (const site of analysis.facts.sites) sites.set(site.id, site);
    for (const requirement of analysis.facts.requirements) rest.requirements.push(requirement);
    for (const call of analysis.facts.calls) rest.calls.push(call);
    for (const each of analysis.facts.concurrency) rest.concurrency.push(each);
    for (const each of analysis.facts.steering)
      steering.set(`${each.place.file}:${each.place.line}:${each.place.column}`, each);
    for (const each of analysis.facts.twinnables ?? []) if (here.has(each.place.file)) twinnables.set(each.unit, each);
    for (const each of analysis.facts.mentions ?? []) if (here.has(each.place.file)) mentions.push(each);
    for (const claim of found.claims) proposal.claims.push(claim);
    for (const refusal of found.refusals) proposal.refusals.push(refusal);
    for (const { refusal, slot } of foreignReads(analysis.facts, here)) {
      proposal.refusals.push(refusal);
      rest.requirements.push({ from: slot, to: refusal.site, why: 'is read in' });
    }
    for (const shim of found.shims) proposal.shims.push(shim);
  }
  return {
    facts: {
      ...rest,
      twinnables: [...twinnables.values()],
      mentions,
      steering: [...steering.values()],
      units: [...units.values()].sort(byId),
      sites: [...sites.values()].sort(byId),
    },
    proposal,
  };
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Reads of promises that a file of another program keeps: how all reads of them use them, neither program knows. */
function foreignReads(
  { sites, units }: Facts,
  here: ReadonlySet<string>,
): { readonly refusal: Refusal; readonly slot: string }[] {
  const files = new Map(units.map((u) => [u.id, u.place.file]));
  return sites.flatMap((site) => {
    if (site.kind !== 'promise-value' || here.has(files.get(site.slot)!)) return [];
    const detail = `This promise is kept in \`${files.get(site.slot)!}\`, which another tsconfig governs.`;
    const refusal = { site: site.id, transform: 'selection', reason: 'selection/other-program', detail };
    return [{ refusal, slot: site.slot }];
  });
}

function ownSources(workspace: Workspace, program: ts.Program, declared?: Declared): OwnFile[] {
  const found = program.getSourceFiles().flatMap((source) => {
    const file = source.fileName.startsWith(`${workspace.root}/`)
      ? source.fileName.slice(workspace.root.length + 1)
      : undefined;
    if (file === undefined || !workspace.texts.has(file)) return [];
    const speaksOf = declared?.get(file);
    return [{ file, source, test: workspace.isTest(file), ...(speaksOf && { speaksOf }) }];
  });
  // The order in which files are read follows their imports; facts follow their names.
  return found.sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** A `UsageError` that names the place, where TypeScript's own recursion ends. */
function withoutOverflow<T>(sources: readonly OwnFile[], run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw isOverflow(error) ? tooDeepToCheck(sources) : error;
  }
}
