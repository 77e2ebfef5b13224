import { ts } from 'ts-morph';
import { transforms } from '../transforms/index.ts';
import { rowsByApi, type Row, type RowMap } from '../transforms/api-map/index.ts';
import { editPackageJsons, isModule } from '../transforms/package-json.ts';
import { swapApi } from '../transforms/swap-api.ts';
import { analyse } from './analyse/analyse.ts';
import { createChecker } from './checker/typescript6.ts';
import { apply, type EditProblem } from './edit/apply.ts';
import type { Workspace } from './load/workspace.ts';
import type { Claim, FileChange, Refusal } from './model/edit.ts';
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
  const rows = rowsByApi(options.rows, workspace.versionOf);
  const { facts, proposal } = understand(workspace, rows);
  const texts = new Map([...workspace.texts].map(([file, { text }]) => [file, text]));
  const generated = facts.sites.filter((s) => workspace.isGenerated(s.place.file)).map(inGenerated);
  const problems: EditProblem[] = [];
  for (;;) {
    const refusals = [...proposal.refusals, ...generated, ...problems.flatMap((p) => unwritable(p, facts))];
    const refused = new Set(refusals.map((r) => r.site));
    const claims = proposal.claims.filter((c) => !refused.has(c.site));
    const settled = settle(facts, { ...proposal, claims, refusals }, options);
    const written = write(workspace, texts, facts, settled);
    // A claim that cannot be written is a refusal like any other: what needs it stays async too.
    if (written.problems.length === 0 || problems.length > MOST_PROBLEMS)
      return { facts, plan: settled, changes: written.changes, problems };
    problems.push(...written.problems);
  }
}

/** Far more than were ever met; beyond it something is wrong with every file. */
const MOST_PROBLEMS = 1_000;

/** Facts and proposals of all programs of the project, in one. */
function understand(workspace: Workspace, rows: RowMap): { facts: Facts; proposal: Proposal } {
  const swappedTypes = new Set([...rows].flatMap(([api, list]) => (list.some((r) => r.form === 'type') ? [api] : [])));
  const knownApis = new Set(rows.keys());
  const asked = [...transforms, swapApi(rows)];
  const units = new Map<string, Unit>();
  const sites = new Map<string, Site>();
  const rest = { requirements: [] as Requirement[], calls: [] as CallEdge[], concurrency: [] as Concurrency[] };
  const proposal = { claims: [] as Claim[], refusals: [] as Refusal[], shims: [] as Claim[] };
  for (const { program, files } of workspace.programs) {
    const sources = ownSources(workspace, program, new Set(files));
    const own = new Set(sources.map((s) => s.source));
    const checker = createChecker(program, (file) => own.has(file), swappedTypes);
    const analysis = analyse({ checker, files: sources, knownApis, swappedTypes });
    const found = propose(analysis, checker, asked);
    for (const unit of analysis.facts.units) if (!units.has(unit.id)) units.set(unit.id, unit);
    for (const site of analysis.facts.sites) if (!sites.has(site.id)) sites.set(site.id, site);
    for (const requirement of analysis.facts.requirements) rest.requirements.push(requirement);
    for (const call of analysis.facts.calls) rest.calls.push(call);
    for (const each of analysis.facts.concurrency) rest.concurrency.push(each);
    for (const claim of found.claims) proposal.claims.push(claim);
    for (const refusal of found.refusals) proposal.refusals.push(refusal);
    for (const shim of found.shims) proposal.shims.push(shim);
  }
  return { facts: { ...rest, units: [...units.values()].sort(byId), sites: [...sites.values()].sort(byId) }, proposal };
}

function write(
  workspace: Workspace,
  texts: ReadonlyMap<string, string>,
  facts: Facts,
  settled: Plan,
): { changes: FileChange[]; problems: readonly EditProblem[] } {
  const sites = new Map(facts.sites.map((s) => [s.id, s]));
  const esm = (file: string): boolean | undefined => isModule(file, workspace.packageJsons);
  const { changes, problems } = apply(
    texts,
    facts.sites,
    settled.claims.filter((c) => !keepsText(c, sites.get(c.site)!)),
    { esm },
  );
  const packages = editPackageJsons({ packageJsons: workspace.packageJsons, before: texts, changes });
  return { changes: [...changes, ...packages], problems };
}

function inGenerated(site: Site): Refusal {
  return {
    site: site.id,
    transform: 'selection',
    reason: 'selection/generated',
    detail: `\`${site.place.file}\` is generated.`,
    unlocks: 'Convert its generator',
  };
}

/** The refusals that an edit which failed stands for: its own site, or everything in its file. */
function unwritable(problem: EditProblem, facts: Facts): Refusal[] {
  const sites =
    problem.site === '' ? facts.sites.filter((s) => s.place.file === problem.file).map((s) => s.id) : [problem.site];
  return sites.map((site) => ({
    site,
    transform: problem.transform || 'edit',
    reason: 'edit/cannot-write',
    detail: `\`${problem.file}\` could not be written: ${problem.message}`,
    bug: problem.message,
  }));
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

function ownSources(workspace: Workspace, program: ts.Program, own: ReadonlySet<string>) {
  return program.getSourceFiles().flatMap((source) => {
    const file = source.fileName.startsWith(`${workspace.root}/`)
      ? source.fileName.slice(workspace.root.length + 1)
      : undefined;
    return file !== undefined && own.has(file) ? [{ file, source, test: workspace.isTest(file) }] : [];
  });
}

/** The claim says that the text may stay. */
export function keepsText(claim: Claim, site: Site): boolean {
  const [only, ...more] = claim.template.parts;
  return (
    more.length === 0 &&
    typeof only === 'object' &&
    'child' in only &&
    only.child.start === site.span.start &&
    only.child.end === site.span.end &&
    !claim.template.expression
  );
}
