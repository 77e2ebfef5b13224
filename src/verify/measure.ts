import type { Measure, Measurements } from '../model/verdict.ts';
import { onOneCpu } from '../reference/one-cpu.ts';
import { startLambdaApi } from '../reference/lambda-process.ts';
import { runLambda } from '../reference/run-lambda.ts';
import { runProgram } from '../reference/run-program.ts';
import type { LambdaScenario, PayloadSpec, ProgramScenario, Scenario } from '../reference/scenario.ts';
import { measureBundle } from './bundle.ts';
import { count } from './compile.ts';
import { countDependencies } from './dependencies.ts';
import { lambdaProgram } from './differential.ts';
import { eachSide, type Sides, type VerifyOptions } from './options.ts';
import type { Built } from './prepare-program.ts';

/** One run of one side; null where the system does not tell. */
interface Sample {
  readonly pairMicros: number | null;
  readonly cpuMicros: number | null;
  readonly coldStartMs: number | null;
  readonly peakMb: number | null;
  /** The handler failed on the event: what it took says nothing about a runtime at work. */
  readonly failed: boolean;
}

/** Events before the measured ones: V8 compiles either side's hot code for the last time at about its two thousandth. */
const WARM_UP = 3_000;

const MIB = 1024 * 1024;

/** Measures both sides in turn, the one first in one round and the other in the next, so that the machine's moods meet both. */
export async function measure(
  sides: Sides<Built>,
  scenarios: readonly Scenario[],
  options: VerifyOptions,
): Promise<Measurements> {
  const rounds = options.measure?.rounds ?? 5;
  const events = options.measure?.events ?? 1_000;
  const samples = await takeSamples(sides, scenarios, options, rounds, events);
  const of = (pick: (sample: Sample) => number | null): Measure | null =>
    compareSamples(samples.map(({ before, after }) => [pick(before), pick(after)]));
  const bundle = await eachSide(sides, measureBundle).catch(() => null);
  const dependencies = {
    before: countDependencies(sides.before.project),
    after: countDependencies(sides.after.project),
  };
  const oneCpu = onOneCpu().length > 0;
  const eventPairMicros = of((sample) => sample.pairMicros);
  const failed = samples.some(({ before, after }) => before.failed || after.failed);
  return {
    status: 'passed',
    summary: failed ? UNTIMED : summaryOf(eventPairMicros, rounds, oneCpu),
    rounds,
    events,
    oneCpu,
    eventPairMicros,
    cpuMicrosPerEvent: of((sample) => sample.cpuMicros),
    coldStartMs: of((sample) => sample.coldStartMs),
    peakMemoryMb: of((sample) => sample.peakMb),
    bundle,
    dependencies,
  };
}

const UNTIMED =
  'The handler fails on the measured event, so that it is not timed.\nName a handler with --handler, or an event that it answers as verify.measure.payload in the configuration.';

function summaryOf(eventPair: Measure | null, rounds: number, oneCpu: boolean): string {
  if (eventPair === null) return `${count(rounds, 'round')}.`;
  const ratio = eventPair.ratio.toFixed(2);
  return `An event takes ${ratio} × the source's time${oneCpu ? ', runtime and server on one CPU' : ''}.`;
}

async function takeSamples(
  sides: Sides<Built>,
  scenarios: readonly Scenario[],
  options: VerifyOptions,
  rounds: number,
  events: number,
): Promise<Sides<Sample>[]> {
  const program = scenarios.find((scenario) => scenario.runtime === 'program');
  const warmUp = options.measure?.warmUp ?? WARM_UP;
  const lambda = scenarios.find((scenario) => scenario.runtime === 'lambda');
  const api = startLambdaApi(onOneCpu());
  const take = async (built: Built): Promise<Sample> => {
    if (lambda !== undefined)
      return sampleLambda(
        built,
        measuredScenario(lambda, warmUp + events, options.measure?.payload),
        warmUp,
        options,
        api,
      );
    return program === undefined ? NOTHING : sampleProgram(built, program, options);
  };
  try {
    const samples: Sides<Sample>[] = [];
    for (let round = 0; round < rounds; round++) {
      options.onStep?.(`measuring: round ${round + 1} of ${rounds}`);
      if (round % 2 === 0) {
        samples.push(await eachSide(sides, take));
      } else {
        const after = await take(sides.after);
        samples.push({ before: await take(sides.before), after });
      }
    }
    return samples;
  } finally {
    api.close();
  }
}

const SMALL: PayloadSpec = { json: { number: 1, text: 'a small event' } };

const NOTHING: Sample = { pairMicros: null, cpuMicros: null, coldStartMs: null, peakMb: null, failed: false };

/** Small undisturbed events, in the environment of the first scenario. */
function measuredScenario(like: LambdaScenario, events: number, payload: PayloadSpec = SMALL): LambdaScenario {
  return {
    runtime: 'lambda',
    name: 'measuring',
    events: Array.from({ length: events }, () => ({ payload })),
    reach: { events },
    ...(like.env === undefined ? {} : { env: like.env }),
    ...(like.routes === undefined ? {} : { routes: like.routes }),
    timeoutMs: 60_000,
  };
}

async function sampleLambda(
  built: Built,
  scenario: LambdaScenario,
  warmUp: number,
  options: VerifyOptions,
  api: ReturnType<typeof startLambdaApi>,
): Promise<Sample> {
  const run = await runLambda(
    { ...lambdaProgram(built), ...(options.env === undefined ? {} : { env: options.env }) },
    scenario,
    api,
    warmUp,
  );
  const { pairMicros, usage } = run.transcript;
  const failed = run.transcript.failed > 0;
  return {
    failed,
    pairMicros: failed ? null : median(pairMicros.slice(warmUp)),
    cpuMicros: failed ? null : (usage?.cpuMicrosPerEvent ?? null),
    coldStartMs: run.coldStartMs,
    peakMb: usage === null ? null : usage.peakMemoryBytes / MIB,
  };
}

async function sampleProgram(built: Built, scenario: ProgramScenario, options: VerifyOptions): Promise<Sample> {
  const program = {
    command: process.execPath,
    args: [built.entry, ...(options.args ?? [])],
    project: built.project,
    ...(options.env === undefined ? {} : { env: options.env }),
  };
  const run = await runProgram(program, scenario);
  return { ...NOTHING, coldStartMs: run.ms };
}

/** Medians of both columns, and of the rows' ratios; null without a whole row. */
export function compareSamples(
  rows: readonly (readonly [before: number | null, after: number | null])[],
): Measure | null {
  const whole = rows.filter(
    (row): row is readonly [number, number] => row[0] !== null && row[1] !== null && row[0] > 0,
  );
  const before = median(whole.map(([was]) => was));
  const after = median(whole.map(([, now]) => now));
  const ratio = median(whole.map(([was, now]) => now / was));
  return before === null || after === null || ratio === null ? null : { before, after, ratio };
}

export function median(numbers: readonly number[]): number | null {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle];
  if (high === undefined) return null;
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? high)) / 2;
}
