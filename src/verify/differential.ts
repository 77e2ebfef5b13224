import type { DifferentialVerdict, Difference, ScenarioVerdict } from '../model/verdict.ts';
import type { ChildRun } from '../reference/child.ts';
import { startLambdaApi, type LambdaApiProcess } from '../reference/lambda-process.ts';
import { runLambda, type LambdaRun } from '../reference/run-lambda.ts';
import { runProgram, type ProgramRun } from '../reference/run-program.ts';
import type { LambdaScenario, ProgramScenario, ProgramStart, Scenario } from '../reference/scenario.ts';
import { eventsHandled } from '../reference/transcript.ts';
import { compareRuns } from './compare-runs.ts';
import { count } from './compile.ts';
import { tail } from './environment.ts';
import { normaliseLambdaRun, normaliseProgramRun, type NormalRun } from './normal-run.ts';
import type { Moment } from './normalise.ts';
import type { Sides, VerifyOptions } from './options.ts';
import type { Built } from './prepare-program.ts';

/** One side's run of a scenario. */
interface Side {
  readonly normal: NormalRun;
  readonly output: string;
  readonly handled: number;
  /** Why the run proves nothing, whatever the other side did. */
  readonly problem: string | null;
}

/** Runs each scenario on both sides and compares what can be seen from outside. */
export async function runDifferential(
  sides: Sides<Built>,
  scenarios: readonly Scenario[],
  options: VerifyOptions,
): Promise<DifferentialVerdict> {
  const runtime = scenarios[0]?.runtime ?? null;
  if (runtime === null) return { status: 'failed', summary: 'There is no scenario to run.', runtime, scenarios: [] };
  // A program needs no server: its processes would only cost time.
  const apis = runtime === 'lambda' ? { before: startLambdaApi(), after: startLambdaApi() } : null;
  try {
    const verdicts: ScenarioVerdict[] = [];
    for (const scenario of scenarios) {
      options.onStep?.(`scenario: ${scenario.name}`);
      verdicts.push(await compareScenario(sides, scenario, options, apis));
    }
    return { ...judge(verdicts, unitOf(scenarios[0])), runtime, scenarios: verdicts };
  } finally {
    apis?.before.close();
    apis?.after.close();
  }
}

const SILENCE = 'printed nothing and wrote nothing';

/** Whether both sides did nothing that can be compared, as a library does when it is loaded. */
export function isSilent({ scenarios }: DifferentialVerdict): boolean {
  return (
    scenarios.length > 0 &&
    scenarios.every((each) => each.difference === null && each.summary.split(SILENCE).length === 3)
  );
}

/** What is handled, or run, of a scenario. */
function unitOf(scenario: Scenario | undefined): string {
  return scenario?.runtime === 'program' ? 'start' : 'event';
}

function judge(verdicts: readonly ScenarioVerdict[], unit: string): Pick<DifferentialVerdict, 'status' | 'summary'> {
  const failed = verdicts.filter((verdict) => verdict.status === 'failed').length;
  const handled = verdicts.reduce((sum, verdict) => sum + verdict.handled.after, 0);
  if (failed > 0)
    return {
      status: 'failed',
      summary: `${failed} of ${count(verdicts.length, 'scenario')} failed: the sides differ, or nothing is proven.`,
    };
  return {
    status: 'passed',
    summary: `${count(verdicts.length, 'scenario')} with ${count(handled, unit)} run the same.`,
  };
}

async function compareScenario(
  sides: Sides<Built>,
  scenario: Scenario,
  options: VerifyOptions,
  apis: Sides<LambdaApiProcess> | null,
): Promise<ScenarioVerdict> {
  const [before, after] = await Promise.all([
    runSide(sides.before, scenario, options, apis?.before),
    runSide(sides.after, scenario, options, apis?.after),
  ]);
  const base = {
    name: scenario.name,
    handled: { before: before.handled, after: after.handled },
    requests: { before: before.normal.requests.length, after: after.normal.requests.length },
    difference: await findDifference(before, after, scenario, () =>
      runSide(sides.before, patient(scenario), options, apis?.before),
    ),
  };
  const problem = sideProblem(before, after);
  if (base.difference === null && problem === null) {
    return {
      ...base,
      status: 'passed',
      summary: `${count(before.handled, unitOf(scenario))}, ${count(base.requests.before, 'request')}.`,
      output: null,
    };
  }
  const { difference } = base;
  const place =
    difference === null ? '' : `${difference.field} differs: ${difference.before} became ${difference.after}.`;
  return {
    ...base,
    status: 'failed',
    summary: [problem, place].filter(Boolean).join(' '),
    output: { before: before.output, after: after.output },
  };
}

/**
 * A difference is looked at twice: the source may do either of two things by chance, such as which of two calls made together arrives first.
 * Where a second run of it, with slower answers, does what the result did, the result does one of the things the source does.
 */
async function findDifference(
  before: Side,
  after: Side,
  scenario: Scenario,
  runSourceAgain: () => Promise<Side>,
): Promise<Difference | null> {
  const found = compareRuns(before.normal, after.normal);
  if (found === null) return null;
  const again = await runSourceAgain();
  if (compareRuns(again.normal, after.normal) === null) return null;
  const sourceIsUnstable = compareRuns(before.normal, again.normal)?.field === found.field;
  return { ...found, about: aboutEvent(scenario, found.event), sourceIsUnstable };
}

/** The scenario with answers so slow that calls made together are open together, on the busiest machine. */
function patient(scenario: Scenario): Scenario {
  const slower = <T extends { readonly answerDelayMs?: number }>(server: T): T => ({
    ...server,
    answerDelayMs: Math.max(150, server.answerDelayMs ?? 0),
  });
  if (scenario.runtime === 'lambda') return slower(scenario);
  const peers = Object.entries(scenario.peers ?? {}).map(
    ([name, peer]) => [name, peer.speaks === 'http' ? slower(peer) : peer] as const,
  );
  return { ...scenario, peers: Object.fromEntries(peers) };
}

function sideProblem(before: Side, after: Side): string | null {
  if (before.problem !== null && after.problem !== null)
    return `Both sides prove nothing. The source ${before.problem}; the result ${after.problem}.`;
  if (before.problem !== null) return `The source ${before.problem}.`;
  return after.problem === null ? null : `The result ${after.problem}.`;
}

function aboutEvent(scenario: Scenario, event: number | null): string | null {
  return scenario.runtime === 'lambda' && event !== null ? (scenario.events[event]?.about ?? null) : null;
}

async function runSide(
  built: Built,
  scenario: Scenario,
  options: VerifyOptions,
  api: LambdaApiProcess | undefined,
): Promise<Side> {
  const from = Date.now();
  const folders: [string, string][] = [
    [built.taskRoot, '<taskRoot>'],
    [built.project, '<project>'],
  ];
  const moment = (more: readonly [string, string][] = []): Moment => ({
    from,
    to: Date.now(),
    folders: [...more, ...folders].sort(([a], [b]) => b.length - a.length),
  });
  const env = options.env === undefined ? {} : { env: options.env };
  if (scenario.runtime === 'lambda') {
    if (api === undefined) throw new Error('Scenarios of both runtimes cannot be mixed.');
    const run = await runLambda(
      { ...lambdaProgram(built), args: [built.entry, ...(options.args ?? [])], ...env },
      scenario,
      api,
    );
    const handled = eventsHandled(run.transcript);
    return {
      normal: normaliseLambdaRun(run, moment()),
      output: outputOf(run),
      handled,
      problem: lambdaProblem(run, scenario),
    };
  }
  const run = await runProgram(
    {
      command: process.execPath,
      args: [built.entry, ...(options.args ?? [])],
      project: built.project,
      ...env,
    },
    scenario,
  );
  const normal = normaliseProgramRun(run, moment([[run.folder, '<folder>']]));
  const problem = programProblem(run, normal, scenario);
  return { normal, output: outputOf(run), handled: problem === null ? run.starts.length : 0, problem };
}

/** How a built Lambda runtime is started. */
export function lambdaProgram(built: Built): {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly project: string;
  readonly taskRoot: string;
  readonly handler: string;
} {
  const { project, taskRoot, handler, entry } = built;
  return { command: process.execPath, args: [entry], cwd: taskRoot, project, taskRoot, handler };
}

/** Two sides that fail alike are equal, and prove nothing. */
function lambdaProblem(run: LambdaRun, scenario: LambdaScenario): string | null {
  const { exchanges, end } = run.transcript;
  const crashed = crash(run);
  if (crashed !== null) return crashed;
  if (end === 'runaway') return 'went in circles: it made far more requests than there were events';
  if (exchanges.length === 0) return 'never called the Runtime API';
  if (scenario.reach === 'init-error') {
    const reported = exchanges.some((exchange) => exchange.path.endsWith('/init/error'));
    return reported ? null : 'did not report that its initialisation failed';
  }
  const handled = eventsHandled(run.transcript);
  return handled >= scenario.reach.events
    ? null
    : `handled ${handled} of at least ${count(scenario.reach.events, 'event')}`;
}

/** Two sides that fail alike are equal here too; only the scenario knows what a program is meant to do. */
function programProblem(run: ProgramRun, normal: NormalRun, scenario: ProgramScenario): string | null {
  const wanted: readonly ProgramStart[] = [scenario, ...(scenario.then ?? [])];
  for (const [at, start] of run.starts.entries()) {
    const { exit, crashes = false } = wanted[at] ?? {};
    const nth = run.starts.length > 1 ? ` at start ${at + 1}` : '';
    const crashed = crash(start);
    const allowed = crashes && start.exit.by === 'itself' && start.exit.code !== null;
    if (crashed !== null && !allowed) return `${crashed}${nth}`;
    if (exit !== undefined && start.exit.code !== exit)
      return `ended with code ${start.exit.code ?? 'none'}${nth}, where the scenario says ${exit}`;
  }
  const least = scenario.reach?.requests ?? 0;
  if (normal.requests.length < least) return `made ${normal.requests.length} of at least ${count(least, 'request')}`;
  const seen = run.starts.some(({ exit }) => exit.code !== 0) || normal.requests.length > 0;
  const silent = run.stdout === '' && Object.keys(normal.files).length === 0;
  return silent && !seen ? SILENCE : null;
}

function crash(run: ChildRun): string | null {
  if (run.exit.by === 'watchdog') return `hung, and was cut off after ${Math.round(run.ms / 1000)} s`;
  // Node signs off with its version after an error that nobody caught.
  if (run.exit.by === 'itself' && /^Node\.js v\d+/m.test(run.stderr)) return 'crashed with an error that nobody caught';
  return run.exit.by === 'itself' && run.exit.code === null
    ? `ended by ${run.exit.signal ?? 'an unknown cause'}`
    : null;
}

function outputOf(run: ChildRun): string {
  return tail(`${run.stdout}${run.stdout.endsWith('\n') || run.stdout === '' ? '' : '\n'}${run.stderr}`);
}
