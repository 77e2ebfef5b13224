import { median } from '../src/verify/measure.ts';
import { type Contender, type Input, type Places, runContender } from './contenders.ts';
import type { Usage } from './run-command.ts';

/** Medians over the rounds of one contender on one input. */
export type Summary = Usage;

export interface Measured {
  readonly input: Input;
  readonly rounds: number;
  readonly of: Readonly<Partial<Record<Contender, Summary>>>;
  /** Each round: what each contender took. */
  readonly samples: readonly Readonly<Partial<Record<Contender, Usage>>>[];
}

/** Runs all contenders in turn, round after round, each round starting with another one, so that the machine's moods meet all. */
export async function measureInput(
  input: Input,
  contenders: readonly Contender[],
  rounds: number,
  places: Places,
  onStep: (step: string) => void,
): Promise<Measured> {
  const samples: Partial<Record<Contender, Usage>>[] = [];
  for (let round = 0; round < rounds; round++) {
    const sample: Partial<Record<Contender, Usage>> = {};
    for (let turn = 0; turn < contenders.length; turn++) {
      const contender = contenders[(turn + round) % contenders.length]!;
      onStep(`${input.name}: round ${round + 1} of ${rounds}, ${contender}`);
      const { wallMs, cpuMs, peakMb } = await runContender(contender, input, places);
      sample[contender] = { wallMs, cpuMs, peakMb };
    }
    samples.push(sample);
  }
  const of = Object.fromEntries(contenders.map((each) => [each, summary(samples.flatMap((s) => s[each] ?? []))]));
  return { input, rounds, of, samples };
}

function summary(usages: readonly Usage[]): Summary {
  const middle = (pick: (usage: Usage) => number): number => median(usages.map(pick)) ?? NaN;
  const peaks = usages.flatMap(({ peakMb }) => peakMb ?? []);
  return { wallMs: middle((u) => u.wallMs), cpuMs: middle((u) => u.cpuMs), peakMb: median(peaks) };
}

/** Median over the rounds of one contender's figure ÷ another's in the same round; null when it was not measured. */
export function ratio(measured: Measured, over: Contender, under: Contender, pick: keyof Usage): number | null {
  return median(
    measured.samples.flatMap((sample) => {
      const [a, b] = [sample[over]?.[pick], sample[under]?.[pick]];
      return a === undefined || b === undefined || a === null || b === null ? [] : [a / b];
    }),
  );
}
