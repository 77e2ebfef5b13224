import fc from 'fast-check';
import { program, type Program } from './program.ts';
import { differsSilently, runPrograms, same, type Outcome } from './run.ts';

export interface Found {
  readonly programs: number;
  /** Programs in which every function turned blocking. */
  readonly whole: number;
  /** Programs whose source gives no steady trace: not compared. */
  readonly unsteady: number;
  /** Programs with another trace and a note that says where. */
  readonly noted: number;
  /** The smallest form of each program with another trace and no note. */
  readonly silent: readonly Outcome[];
}

const BATCH = 100;

/** Programs of one seed, in batches of one project each; a silent difference is shrunk, one program at a time. */
export function search(seed: number, runs: number, progress?: (done: number) => void): Found {
  const programs = fc.sample(program, { seed, numRuns: runs });
  const found = { programs: runs, whole: 0, unsteady: 0, noted: 0, silent: [] as Outcome[] };
  for (let from = 0; from < runs; from += BATCH) {
    const outcomes = runPrograms(programs.slice(from, from + BATCH));
    outcomes.forEach((outcome, i) => {
      if (outcome.whole) found.whole++;
      if (!outcome.steady) found.unsteady++;
      else if (outcome.notes.length > 0 && !same(outcome.before, outcome.after)) found.noted++;
      if (differsSilently(outcome)) found.silent.push(shrink(seed, from + i, outcome));
    });
    progress?.(Math.min(from + BATCH, runs));
  }
  return found;
}

function shrink(seed: number, index: number, outcome: Outcome): Outcome {
  let smallest = outcome;
  const differs = (candidate: Program): boolean => {
    const [result] = runPrograms([candidate]);
    if (!differsSilently(result!)) return false;
    if (result!.text.length < smallest.text.length) smallest = result!;
    return true;
  };
  fc.check(
    fc.property(program, (candidate) => !differs(candidate)),
    { seed, path: String(index), interruptAfterTimeLimit: 60_000 },
  );
  return smallest;
}

/** Source, result and the first line of the trace that differs. */
export function describeOutcome({ text, converted, before, after }: Outcome): string {
  const at = before.findIndex((line, i) => line !== after[i]);
  return `${text}\n===== becomes =====\n${converted}\n===== trace line ${at} =====\n${before[at] ?? '(end)'}\n${after[at] ?? '(end)'}\n`;
}
