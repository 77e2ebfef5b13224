import { existsSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Row } from '../transforms/api-map/row.ts';
import { checkConfig, type Config } from './load/config.ts';
import { loadConfig } from './load/config-file.ts';
import { globMatcher } from './load/glob.ts';
import { checkPolicies } from './load/policy-names.ts';
import { loadWorkspace, type Workspace } from './load/workspace.ts';
import type { Facts } from './model/facts.ts';
import type { FileChange } from './model/edit.ts';
import type { Plan } from './model/plan.ts';
import type { Report } from './model/report.ts';
import { plan as planWorkspace } from './pipeline.ts';
import { buildReport } from './report/build.ts';
import { ownManifest } from './version.ts';

/** What to convert and what is allowed; adds to the project's configuration. */
export interface ConvertOptions {
  /** A folder or a tsconfig, `.` by default. */
  readonly project?: string;
  /** A configuration, or the path of its file; by default `unawait.config.*` of the project. */
  readonly config?: Config | string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly policies?: readonly string[];
  readonly onlySafe?: boolean;
  readonly rows?: readonly Row[];
  /** Told what is about to be done, in the words of a progress line. */
  readonly onStep?: (step: string) => void;
}

/** All there is to know of a conversion before anything is written. */
export interface Conversion {
  readonly workspace: Workspace;
  readonly config: Config;
  readonly facts: Facts;
  readonly plan: Plan;
  readonly changes: readonly FileChange[];
  readonly report: Report;
  /** Own sources as read, by project-relative file. */
  readonly texts: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/** Reads a project and plans its conversion; writes nothing. Throws `UsageError` for what the user has to put right. */
export async function convert(options: ConvertOptions = {}): Promise<Conversion> {
  const { project = '.', onStep } = options;
  const { config, file } = await configOf(project, options.config);
  const choices = {
    onlySafe: options.onlySafe ?? config.onlySafe ?? false,
    policies: [...(config.policies ?? []), ...(options.policies ?? [])],
    include: [...(config.include ?? []), ...(options.include ?? [])],
    exclude: [...(config.exclude ?? []), ...(options.exclude ?? [])],
    rows: [...(options.rows ?? []), ...(config.rows ?? [])],
  };
  checkPolicies(config.policies ?? [], file ?? 'The configuration', ownPolicies(choices.rows));
  checkPolicies(options.policies ?? [], '--policy', ownPolicies(choices.rows));
  onStep?.('Reading the project');
  const workspace = loadWorkspace(project, config);
  const texts = new Map([...workspace.texts].map(([file, { text }]) => [file, text]));
  onStep?.(`Analysing ${texts.size} files`);
  const { facts, plan, changes, problems, policies } = planWorkspace(workspace, choices);
  onStep?.('Building the report');
  const { version } = ownManifest();
  const name = projectName(workspace);
  const report = buildReport({
    project: name,
    version,
    facts,
    plan,
    changes,
    texts,
    problems,
    policies,
  });
  const warnings = [...workspace.warnings, ...fruitless([...choices.include, ...choices.exclude], facts, texts)];
  return { workspace, config, facts, plan, changes, report, texts, warnings };
}

/** Policies that the project's own rows ask for. */
function ownPolicies(rows: readonly Row[]): string[] {
  return rows.flatMap(({ applicability }) => (typeof applicability === 'object' ? [applicability.policy] : []));
}

/** The configuration, and the name of its file where there is one. */
async function configOf(
  project: string,
  given: Config | string | undefined,
): Promise<{ readonly config: Config; readonly file: string | null }> {
  if (typeof given === 'object') return { config: checkConfig(given, 'config'), file: null };
  const path = resolve(project);
  const isFile = existsSync(path) && statSync(path).isFile();
  const { config, file } = await loadConfig(isFile ? dirname(path) : path, given);
  return { config, file: file === null ? null : basename(file) };
}

function projectName({ root, packageJsons }: Workspace): string {
  const text = packageJsons.get('package.json');
  try {
    const { name } = JSON.parse(text ?? '{}') as { name?: unknown };
    if (typeof name === 'string' && name !== '') return name;
  } catch {
    // A broken package.json is not ours to judge; the folder has a name too.
  }
  return basename(root);
}

function fruitless(selection: readonly string[], facts: Facts, texts: ReadonlyMap<string, string>): string[] {
  const ids = new Set(facts.units.map((unit) => unit.id));
  return selection.flatMap((glob) => {
    const fits = globMatcher([glob]);
    return ids.has(glob) || [...texts.keys()].some(fits) ? [] : [`\`${glob}\` selects no file and no function.`];
  });
}
