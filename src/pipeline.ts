import { rowsByApi, type Row } from '../transforms/api-map/index.ts';
import { editPackageJsons, isModule } from '../transforms/package-json.ts';
import { apply, type EditProblem } from './edit/apply.ts';
import { globMatcher } from './load/glob.ts';
import type { Workspace } from './load/workspace.ts';
import { lint } from './lint.ts';
import { type FileChange, keepsText, type Refusal } from './model/edit.ts';
import type { Facts, Site } from './model/facts.ts';
import type { Choices, Plan, Remark } from './model/plan.ts';
import type { Proposal } from './propose.ts';
import { settle } from './settle.ts';
import { allowing, type Selects } from './settle/allow.ts';
import { emitTwins, TWIN_POLICY } from './settle/emit-twins.ts';
import { understand } from './understand.ts';

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
  /** Policies that were not asked for, with the functions that each alone would free, most first. */
  readonly policies: readonly { readonly policy: string; readonly frees: number }[];
}

/** The corridor from a loaded project to new texts; writes nothing. */
export function plan(workspace: Workspace, options: PlanOptions): Planned {
  const rows = rowsByApi(options.rows, (name) => workspace.versionOf(name));
  const understood = understand(workspace, rows);
  const { proposal } = understood;
  let { facts } = understood;
  const texts = new Map([...workspace.texts].map(([file, { text }]) => [file, text]));
  const whole = facts.sites.flatMap((site) => leftWhole(site, workspace));
  const problems: EditProblem[] = [];
  const selects = selection(options);
  for (;;) {
    const refusals = [...proposal.refusals, ...whole, ...problems.flatMap((p) => unwritable(p, facts))];
    const refused = new Set(refusals.map((r) => r.site));
    const claims = proposal.claims.filter((c) => !refused.has(c.site));
    const shims = proposal.shims.filter((c) => !refused.has(c.site));
    const asked = { claims, refusals, shims };
    const { settled, ...known } = settleWithTwins(understood.facts, asked, options, selects);
    facts = known.facts;
    const written = write(workspace, texts, facts, settled);
    // A claim that cannot be written is a refusal like any other: what needs it stays async too.
    if (written.problems.length === 0 || problems.length > MOST_PROBLEMS)
      return {
        facts,
        plan: { ...settled, remarks: [...settled.remarks, ...lint(facts, settled)].sort(byPlace) },
        changes: written.changes,
        problems,
        policies: freedByPolicy(facts, { ...asked, refusals: known.refusals }, options, selects, settled),
      };
    problems.push(...written.problems);
  }
}

/** The plan, with the twins that the policy `emit-twin` asks for. */
function settleWithTwins(
  facts: Facts,
  asked: Proposal,
  options: Choices,
  selects: Selects,
): { settled: Plan; facts: Facts; refusals: readonly Refusal[] } {
  const allows = allowing(facts, options);
  if (!options.policies.includes(TWIN_POLICY) && !facts.steering.some((s) => s.text === TWIN_POLICY))
    return { settled: settle(facts, asked, options, selects), facts, refusals: asked.refusals };
  // Callers that stay async will not meet what blocks: they are no hindrance.
  const free = { ...options, policies: [...options.policies, 'islands', 'shim-calls'] };
  const twins = emitTwins(facts, settle(facts, asked, free, selects), (place, span) =>
    allows(TWIN_POLICY, { place, span }),
  );
  const refusals = [...asked.refusals, ...twins.refusals];
  const settled = settle(twins.facts, { ...asked, refusals }, options, selects);
  const sites = new Map(twins.facts.sites.map((s) => [s.id, s]));
  const claims = settled.claims.filter((c) => !twins.isKept(sites.get(c.site)!));
  return {
    facts: twins.facts,
    refusals,
    settled: {
      ...settled,
      claims: [...claims, ...twins.claims],
      remarks: settled.remarks.filter((r) => !twins.isSteered(r)),
      twins: twins.units,
    },
  };
}

/** Far more than were ever met; beyond it something is wrong with every file. */
const MOST_PROBLEMS = 1_000;

function write(
  workspace: Workspace,
  texts: ReadonlyMap<string, string>,
  facts: Facts,
  settled: Plan,
): { changes: FileChange[]; problems: readonly EditProblem[] } {
  const sites = new Map(facts.sites.map((s) => [s.id, s]));
  const trees = new Map(
    workspace.programs.flatMap(({ program, files }) =>
      files.map((file) => [file, program.getSourceFile(`${workspace.root}/${file}`)] as const),
    ),
  );
  const esm = (file: string): boolean | undefined => isModule(file, workspace.packageJsons);
  const { changes, problems } = apply(
    texts,
    facts.sites,
    settled.claims.filter((c) => !keepsText(c, sites.get(c.site)!)),
    { esm, parsed: (file) => trees.get(file) },
  );
  const packages = editPackageJsons({ packageJsons: workspace.packageJsons, before: texts, changes });
  return { changes: [...changes, ...packages], problems };
}

/** A file that a program wrote is left as it is, whatever stands in it. */
function leftWhole(site: Site, workspace: Workspace): Refusal[] {
  const { file } = site.place;
  const helper = workspace.compiledHelper(file);
  const refused = (reason: string, detail: string, unlocks: string): Refusal[] => [
    { site: site.id, transform: 'selection', reason, detail, unlocks },
  ];
  if (workspace.isGenerated(file))
    return refused('selection/generated', `\`${file}\` is generated.`, 'Convert its generator');
  if (helper === undefined) return [];
  const detail = `\`${file}\` is compiled: \`${helper}\` drives generators in it where its source has \`async\` functions.`;
  return refused('selection/compiled', detail, 'Convert the source that it is compiled from');
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

/** What the globs and unit ids of the selection have. */
function selection({ include, exclude }: Pick<Choices, 'include' | 'exclude'>): (site: Site) => boolean {
  const fits = (patterns: readonly string[]): ((site: Site) => boolean) => {
    const files = globMatcher(patterns);
    const units = new Set(patterns);
    return (site) => files(site.place.file) || units.has(site.inside);
  };
  const included = include.length === 0 ? () => true : fits(include);
  const excluded = fits(exclude);
  return (site) => included(site) && !excluded(site);
}

/** Settles once more for each policy that something asks for: exact, and linear each time. */
function freedByPolicy(
  facts: Facts,
  proposal: Proposal,
  choices: PlanOptions,
  selects: (site: Site) => boolean,
  settled: Plan,
): { policy: string; frees: number }[] {
  const wanted = new Set(
    proposal.claims.flatMap(({ applicability }) => (typeof applicability === 'object' ? [applicability.policy] : [])),
  );
  if (settled.refusals.some((r) => r.reason === 'settle/would-block-loop')) wanted.add('islands');
  const blocking = new Set(settled.blocking);
  const shims = new Set(proposal.shims.map((s) => s.site));
  if (facts.calls.some((c) => !c.tolerated && shims.has(c.site) && !blocking.has(c.callee))) wanted.add('shim-calls');
  return [...wanted]
    .filter((policy) => !choices.policies.includes(policy))
    .map((policy) => {
      const policies = [...choices.policies, policy];
      return {
        policy,
        frees: settle(facts, proposal, { ...choices, policies }, selects).blocking.length - blocking.size,
      };
    })
    .filter(({ frees }) => frees > 0)
    .sort((a, b) => b.frees - a.frees || (a.policy < b.policy ? -1 : 1));
}

function byPlace({ place: a }: Remark, { place: b }: Remark): number {
  return a.file !== b.file ? (a.file < b.file ? -1 : 1) : a.line - b.line || a.column - b.column;
}
