import { ts } from 'ts-morph';
import { transforms } from '../transforms/index.ts';
import { rowsByApi, type Row } from '../transforms/api-map/index.ts';
import { editPackageJsons } from '../transforms/package-json.ts';
import { swapApi } from '../transforms/swap-api.ts';
import { analyse } from './analyse/analyse.ts';
import { createChecker } from './checker/typescript6.ts';
import { apply, type EditProblem } from './edit/apply.ts';
import type { Workspace } from './load/workspace.ts';
import type { Claim, FileChange } from './model/edit.ts';
import type { CallEdge, Concurrency, Facts, Requirement, Site, Unit } from './model/facts.ts';
import type { Choices, Plan } from './model/plan.ts';
import { propose, type Proposal } from './propose.ts';
import { settle } from './settle.ts';

export interface PlanOptions extends Choices {
  /** The project's own API rows, asked before the built-in ones. */
  readonly rows?: readonly Row[];
}

export interface Planned {
  readonly facts: Facts;
  readonly plan: Plan;
  readonly changes: readonly FileChange[];
  /** Claims that could not be written: bugs of ours. */
  readonly problems: readonly EditProblem[];
}

/** The corridor from a loaded project to new texts; writes nothing. */
export function plan(workspace: Workspace, options: PlanOptions): Planned {
  const rows = rowsByApi(options.rows);
  const swapped = new Set([...rows].flatMap(([api, list]) => (list.some((r) => r.form === 'type') ? [api] : [])));
  const asked = [...transforms, swapApi(rows)];
  const facts: Merged = { units: new Map(), sites: new Map(), requirements: [], calls: [], concurrency: [] };
  const proposal: { [K in keyof Proposal]: Claim[] | Proposal[K][number][] } = { claims: [], refusals: [], shims: [] };
  for (const { program, files } of workspace.programs) {
    const own = new Set(files);
    const sources = ownSources(workspace, program, own);
    const bySource = new Set(sources.map((s) => s.source));
    const checker = createChecker(program, (file) => bySource.has(file), swapped);
    const analysis = analyse({ checker, files: sources, knownApis: new Set(rows.keys()), swappedTypes: swapped });
    const found = propose(analysis, checker, asked);
    merge(facts, analysis.facts);
    (proposal.claims as Claim[]).push(...found.claims);
    (proposal.refusals as Proposal['refusals'][number][]).push(...found.refusals);
    (proposal.shims as Claim[]).push(...found.shims);
  }
  const all: Facts = { ...facts, units: [...facts.units.values()].sort(byId), sites: [...facts.sites.values()].sort(byId) };
  const settled = settle(all, proposal as Proposal, options);
  const texts = new Map([...workspace.texts].map(([file, { text }]) => [file, text]));
  const { changes, problems } = apply(texts, all.sites, settled.claims.filter((c) => !keepsText(c, facts.sites.get(c.site)!)));
  const packages = editPackageJsons({ packageJsons: workspace.packageJsons, before: texts, changes });
  return { facts: all, plan: settled, changes: [...changes, ...packages], problems };
}

interface Merged {
  units: Map<string, Unit>;
  sites: Map<string, Site>;
  requirements: Requirement[];
  calls: CallEdge[];
  concurrency: Concurrency[];
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

function merge(into: Merged, facts: Facts): void {
  for (const unit of facts.units) if (!into.units.has(unit.id)) into.units.set(unit.id, unit);
  for (const site of facts.sites) if (!into.sites.has(site.id)) into.sites.set(site.id, site);
  into.requirements.push(...facts.requirements);
  into.calls.push(...facts.calls);
  into.concurrency.push(...facts.concurrency);
}

function ownSources(workspace: Workspace, program: ts.Program, own: ReadonlySet<string>) {
  return program.getSourceFiles().flatMap((source) => {
    const file = source.fileName.startsWith(`${workspace.root}/`) ? source.fileName.slice(workspace.root.length + 1) : undefined;
    return file !== undefined && own.has(file) ? [{ file, source, test: workspace.isTest(file) }] : [];
  });
}

/** The claim says that the text may stay. */
export function keepsText(claim: Claim, site: Site): boolean {
  const [only, ...more] = claim.template.parts;
  return (
    more.length === 0 && typeof only === 'object' && 'child' in only && only.child.start === site.span.start && only.child.end === site.span.end && !claim.template.expression
  );
}
