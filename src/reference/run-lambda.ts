import { startChild, type ChildRun } from './child.ts';
import type { LambdaApiProcess } from './lambda-process.ts';
import { onOneCpu } from './one-cpu.ts';
import type { LambdaScenario } from './scenario.ts';
import type { ScenarioEnd, Transcript } from './transcript.ts';

/** A runtime ready to be started. */
export interface LambdaProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The built project, for `{project}` in a scenario's environment. */
  readonly project: string;
  /** `_HANDLER`, unless the scenario names one. */
  readonly handler: string;
  /** `LAMBDA_TASK_ROOT` */
  readonly taskRoot: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface LambdaRun extends ChildRun {
  readonly transcript: Transcript;
  /** Milliseconds from the start of the process until its first response had arrived; null where none came. */
  readonly coldStartMs: number | null;
}

/** After the scenario's end the runtime is expected to leave by itself within this time, or is stopped. */
const LEAVE_MS: Readonly<Record<ScenarioEnd, number>> = {
  // The next poll is open and stays so: only the last lines of output are waited for.
  idle: 60,
  'init-error': 3_000,
  'container-error': 3_000,
  shutdown: 3_000,
  runaway: 0,
};

/** Runs a runtime against the reference Runtime API through one scenario. `warmUp` turns measuring on: see `RuntimeUsage`. */
export async function runLambda(
  program: LambdaProgram,
  scenario: LambdaScenario,
  api: LambdaApiProcess,
  warmUp?: number,
): Promise<LambdaRun> {
  const measured = warmUp !== undefined;
  const played = await api.play(scenario, measured);
  const [command = program.command, ...args] = [...(measured ? onOneCpu() : []), program.command, ...program.args];
  const startedAt = performance.timeOrigin + performance.now();
  const child = startChild({
    command,
    args,
    cwd: program.cwd,
    env: environment(program, scenario, played.address),
    timeoutMs: scenario.timeoutMs ?? 20_000,
  });
  if (warmUp !== undefined && child.pid !== undefined) played.watch(child.pid, warmUp);
  let leaving: NodeJS.Timeout | undefined;
  played.ended.then(
    (end) => {
      leaving = setTimeout(() => child.stop(), measured ? 0 : LEAVE_MS[end]);
    },
    () => child.stop(),
  );
  const run = await child.finished;
  clearTimeout(leaving);
  const transcript = await played.finish();
  const { firstResponseAt } = transcript;
  return { ...run, transcript, coldStartMs: firstResponseAt === null ? null : firstResponseAt - startedAt };
}

/** What a runtime finds in its environment in the service, as far as it does not depend on an account; then what was asked for. */
function environment(program: LambdaProgram, scenario: LambdaScenario, address: string): Record<string, string> {
  const places: Readonly<Record<string, string>> = { address, project: program.project, taskRoot: program.taskRoot };
  const asked = Object.entries({ ...program.env, ...scenario.env }).map(([name, value]) => {
    return [name, value.replace(/\{(address|project|taskRoot)\}/g, (whole, key: string) => places[key] ?? whole)];
  });
  return {
    ...serviceEnvironment(program, scenario, address),
    ...(Object.fromEntries(asked) as Record<string, string>),
  };
}

function serviceEnvironment(program: LambdaProgram, scenario: LambdaScenario, address: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: program.taskRoot,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    NO_COLOR: '1',
    _HANDLER: scenario.handler ?? program.handler,
    AWS_LAMBDA_RUNTIME_API: address,
    LAMBDA_TASK_ROOT: program.taskRoot,
    LAMBDA_RUNTIME_DIR: program.taskRoot,
    AWS_REGION: 'eu-central-1',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_LAMBDA_FUNCTION_NAME: 'reference',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/reference',
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[$LATEST]00000000000000000000000000000000',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_EXECUTION_ENV: 'AWS_Lambda_provided',
  };
}
