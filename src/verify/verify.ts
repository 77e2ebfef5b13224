import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  VERDICT_VERSION,
  type Check,
  type DifferentialVerdict,
  type Measurements,
  type NewErrors,
  type Stability,
  type TestsVerdict,
  type Verdict,
} from '../model/verdict.ts';
import { lambdaScenarios } from '../reference/lambda-scenarios.ts';
import type { Scenario } from '../reference/scenario.ts';
import { temporaryFolder } from '../reference/temporary-folder.ts';
import { checkTypes, count, findCompiler, hasReferences, judgeTypes, tsconfigsOf } from './compile.ts';
import { isSilent, runDifferential } from './differential.ts';
import { measure } from './measure.ts';
import { eachSide, type Sides, type Step, type VerifyOptions } from './options.ts';
import { buildProgram, planProgram, type Built, type ProgramPlan } from './prepare-program.ts';
import { projectFiles } from './project-files.ts';
import { judgeTests } from './run-tests.ts';
import { stageProject } from './stage.ts';
import { runPlaces, testPlaces } from './test-places.ts';

const NO_COUNTS = { passed: 0, failed: 0, skipped: 0 };

/**
 * Proves, as far as running can, that the result does what the source did: it compiles, a second run leaves it alone, its tests pass, and the
 * reference runtime sees the same. Everything runs in copies in a temporary folder. A step that breaks is a failed check, not an exception.
 */
export async function verify(options: VerifyOptions): Promise<Verdict> {
  const folders = { before: resolve(options.before), after: resolve(options.after) };
  const copies = temporaryFolder('verify');
  const place = copies.path;
  const timeoutMs = (options.timeout ?? 120) * 1000;
  const skips = (step: Step): boolean => options.skip?.includes(step) === true;
  try {
    const none = skips('types') && skips('tests') && options.secondRun === undefined;
    if (!none) options.onStep?.('copying the projects');
    const outputs = outputsOf(folders, options);
    const staged = (name: string): Sides<string> => stage(folders, join(place, name), outputs);
    const sources = none ? folders : staged('sources');
    const types = skips('types')
      ? skippedTypes()
      : await verifyTypes(sources, options, timeoutMs, () => staged('types'));
    const stable = skips('second-run')
      ? skippedStability('Left out on request.')
      : await verifyStability(sources.after, options);
    const tests = skips('tests')
      ? skippedTests('Left out on request.')
      : await verifyTests(sources, options, timeoutMs, outputs.length > 0);
    const { differential, measurements } = await verifyRuns(
      folders.before,
      () => staged('programs'),
      options,
      timeoutMs,
    );
    const checks: readonly Check[] = [types, stable, tests, differential, measurements];
    const compared = tests.status === 'passed' || differential.status === 'passed';
    const ok = compared && checks.every((check) => check.status !== 'failed');
    return { version: VERDICT_VERSION, ok, newErrors: types, stable, runs: { tests, differential }, measurements };
  } finally {
    copies.remove();
  }
}

/** Both sides without what a build has left: that of the source would speak for the result. */
function stage(folders: Sides<string>, to: string, outputs: readonly string[]): Sides<string> {
  const staged = { before: join(to, 'before'), after: join(to, 'after') };
  stageProject(folders.before, staged.before, folders.before, outputs);
  stageProject(folders.after, staged.after, folders.before, outputs);
  return staged;
}

/** Folders of the source that builds have filled, `dist` of each package among them unless the result has it too. */
function outputsOf({ before, after }: Sides<string>, options: VerifyOptions): string[] {
  const packages = projectFiles(before).filter((file) => /(^|\/)package\.json$/.test(file));
  const usual = packages
    .map((file) => join(dirname(file), 'dist'))
    .filter((folder) => !existsSync(join(after, folder)));
  return [...new Set([...usual, ...(options.outputs ?? [])])].filter((folder) => existsSync(join(before, folder)));
}

async function verifyTypes(
  sources: Sides<string>,
  options: VerifyOptions,
  timeoutMs: number,
  stageAgain: () => Sides<string>,
): Promise<NewErrors> {
  options.onStep?.('type checking');
  const compiler = findCompiler(sources.before);
  if (compiler === null) return { ...skippedTypes(), summary: 'No TypeScript is installed: nothing was compiled.' };
  const configs = tsconfigsOf(sources.before, options.tsconfigs);
  // References are only checked by a build, and what it writes would be in the way of the tests.
  const folders = configs.some((config) => hasReferences(sources.before, config)) ? stageAgain() : sources;
  const [before, after] = await Promise.all([
    checkTypes(compiler, folders.before, configs, timeoutMs),
    checkTypes(compiler, folders.after, configs, timeoutMs),
  ]);
  return judgeTypes(compiler, { before, after });
}

async function verifyStability(folder: string, options: VerifyOptions): Promise<Stability> {
  if (options.secondRun === undefined) return skippedStability('No second run was asked for.');
  options.onStep?.('running a second time');
  try {
    const { files, leftovers } = await options.secondRun(folder);
    if (files.length === 0 && leftovers.length === 0)
      return {
        status: 'passed',
        summary: 'A second run changes nothing, and no promise is left behind.',
        files,
        leftovers,
      };
    const found = [
      ...(files.length > 0 ? [`would change ${count(files.length, 'file')}`] : []),
      ...(leftovers.length > 0 ? [`finds ${count(leftovers.length, 'place')} that should not be so`] : []),
    ];
    return { status: 'failed', summary: `A second run ${found.join(' and ')}.`, files, leftovers };
  } catch (error) {
    return { status: 'failed', summary: `The second run broke: ${messageOf(error)}`, files: [], leftovers: [] };
  }
}

async function verifyTests(
  folders: Sides<string>,
  options: VerifyOptions,
  timeoutMs: number,
  standsBuilt: boolean,
): Promise<TestsVerdict> {
  const places = testPlaces(folders.before, standsBuilt);
  const [first] = places;
  if (first === undefined)
    return skippedTests(
      'No test runner was found: no script of package.json runs vitest, jest, mocha, ava, tap, tape or `node --test`.',
    );
  const runs = await eachSide({ before: 'before', after: 'after' } as const, async (side) => {
    options.onStep?.(side === 'before' ? 'tests of the source' : 'tests of the result');
    // The result may have gone over to other scripts, but is held to the same tests.
    return runPlaces(places, folders[side], timeoutMs);
  });
  return judgeTests(first.command, runs, options.asyncOnly);
}

interface Runs {
  readonly differential: DifferentialVerdict;
  readonly measurements: Measurements;
}

async function verifyRuns(
  source: string,
  stageAgain: () => Sides<string>,
  options: VerifyOptions,
  timeoutMs: number,
): Promise<Runs> {
  const wanted = { runs: options.skip?.includes('runs') !== true, measure: options.skip?.includes('measure') !== true };
  const neither = (status: 'skipped' | 'failed', summary: string): Runs => ({
    differential: wanted.runs ? { status, summary, runtime: null, scenarios: [] } : skippedRuns(),
    // One failure is said once.
    measurements: skippedMeasurements(wanted.measure ? 'There is nothing to measure.' : 'Left out on request.'),
  });
  if (!wanted.runs && !wanted.measure) return neither('skipped', '');
  const plan = await planProgram(source, options);
  if ('missing' in plan) return neither('skipped', plan.missing);
  options.onStep?.('building both programs');
  const staged = stageAgain();
  const built = await build(plan, staged, options, timeoutMs);
  if ('failure' in built) return neither('failed', built.failure);
  const scenarios = scenariosFor(plan, options);
  const differential = wanted.runs ? await runDifferential(built, scenarios, options) : skippedRuns();
  if (wanted.runs && scenarios[0] === NO_ARGUMENTS && isSilent(differential))
    return neither(
      'skipped',
      `\`${plan.entry}\` without arguments prints nothing and writes nothing. Describe starts of the program in scenarios (docs/scenarios.md).`,
    );
  const measurements = wanted.measure
    ? await measure(built, scenarios, options)
    : skippedMeasurements('Left out on request.');
  return { differential, measurements };
}

async function build(
  plan: ProgramPlan,
  folders: Sides<string>,
  options: VerifyOptions,
  timeoutMs: number,
): Promise<Sides<Built> | { readonly failure: string }> {
  let side = 'source';
  try {
    const before = await buildProgram(plan, folders.before, options, timeoutMs);
    side = 'result';
    return { before, after: await buildProgram(plan, folders.after, options, timeoutMs) };
  } catch (error) {
    return { failure: `The ${side} was not built. ${messageOf(error)}` };
  }
}

/** The built-in scenarios of the runtime, then the project's own of the same kind. */
function scenariosFor(plan: ProgramPlan, options: VerifyOptions): Scenario[] {
  const own = (options.scenarios ?? []).filter((scenario) => scenario.runtime === plan.runtime);
  if (options.onlyGiven === true) return own;
  if (plan.runtime === 'lambda')
    return [...lambdaScenarios(options.failing === undefined ? {} : { failing: options.failing }), ...own];
  // What a program does without arguments is known of none: it is only tried where nothing better was given.
  return own.length > 0 ? own : [NO_ARGUMENTS];
}

const NO_ARGUMENTS: Scenario = { runtime: 'program', name: 'no arguments' };

function skippedTypes(): NewErrors {
  return { status: 'skipped', summary: 'Left out on request.', typescript: null, before: 0, after: 0, errors: [] };
}

function skippedStability(summary: string): Stability {
  return { status: 'skipped', summary, files: [], leftovers: [] };
}

function skippedTests(summary: string): TestsVerdict {
  return {
    status: 'skipped',
    summary,
    runner: null,
    before: NO_COUNTS,
    after: NO_COUNTS,
    broken: [],
    asyncOnly: [],
    others: [],
  };
}

function skippedRuns(): DifferentialVerdict {
  return { status: 'skipped', summary: 'Left out on request.', runtime: null, scenarios: [] };
}

function skippedMeasurements(summary: string): Measurements {
  return {
    status: 'skipped',
    summary,
    rounds: 0,
    events: 0,
    oneCpu: false,
    eventPairMicros: null,
    cpuMicrosPerEvent: null,
    coldStartMs: null,
    peakMemoryMb: null,
    bundle: null,
    dependencies: null,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
