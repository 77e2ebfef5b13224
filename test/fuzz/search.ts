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
  /** How many programs each reason keeps async, ` +` where it is not alone. */
  readonly reasons: ReadonlyMap<string, number>;
  /** The smallest form of each program with another trace and no note. */
  readonly silent: readonly Outcome[];
}

const BATCH = 100;

/** Programs of one seed, in batches of one project each; a silent difference is shrunk, one program at a time. */
export function search(seed: number, runs: number, progress?: (done: number) => void): Found {
  const programs = fc.sample(program, { seed, numRuns: runs });
  const found = {
    programs: runs,
    whole: 0,
    unsteady: 0,
    noted: 0,
    silent: [] as Outcome[],
    reasons: new Map<string, number>(),
  };
  for (let from = 0; from < runs; from += BATCH) {
    const outcomes = runPrograms(programs.slice(from, from + BATCH));
    outcomes.forEach((outcome, i) => {
      if (outcome.whole) found.whole++;
      else
        for (const reason of outcome.refusals)
          count(found.reasons, outcome.refusals.length === 1 ? reason : `${reason} +`);
      if (!outcome.steady) found.unsteady++;
      else if (outcome.notes.length > 0 && !same(outcome.before, outcome.after)) found.noted++;
      if (!differsSilently(outcome)) return;
      if (recurs(outcome)) found.silent.push(shrink(seed, from + i, outcome));
      else found.unsteady++;
    });
    progress?.(Math.min(from + BATCH, runs));
  }
  return found;
}

function count(reasons: Map<string, number>, reason: string): void {
  reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
}

/** Where reads, timers and threads race, two runs may agree by chance: the source must give one trace, and the result never that one. */
function recurs(outcome: Outcome): boolean {
  for (let round = 0; round < 5; round++) {
    const [again] = runPrograms([outcome.program]);
    if (!differsSilently(again!) || !same(again!.before, outcome.before)) return false;
  }
  return true;
}

function shrink(seed: number, index: number, outcome: Outcome): Outcome {
  let smallest = outcome;
  const differs = (candidate: Program): boolean => {
    const [result] = runPrograms([candidate]);
    if (!differsSilently(result!) || !recurs(result!)) return false;
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
