import type { AsyncOnlyTest, SecondRun } from '../model/verdict.ts';
import type { PayloadSpec, Scenario } from '../reference/scenario.ts';

export const STEPS = ['types', 'second-run', 'tests', 'runs', 'measure'] as const;
export type Step = (typeof STEPS)[number];

export interface MeasureOptions {
  /** 5 by default. */
  readonly rounds?: number;
  /** Measured events of a round, 1,000 by default. */
  readonly events?: number;
  /** Events before those, 3,000 by default: both sides' code is compiled by then. */
  readonly warmUp?: number;
  /** What each event carries; the handler has to answer it. A small object by default. */
  readonly payload?: PayloadSpec;
}

export interface VerifyOptions {
  /** Folder of the source, as it was. */
  readonly before: string;
  /** Folder of the result. Both are only read: everything runs in copies. */
  readonly after: string;
  /** How the project is run; found out where it is left out. */
  readonly runtime?: 'lambda' | 'program';
  /** Project-relative file that starts the program: TypeScript source, or what the build makes. By default from package.json. */
  readonly entry?: string;
  /** Shell command that builds the project in its folder; by default the script `build`, or its TypeScript. */
  readonly build?: string;
  /** `_HANDLER`: `handlers/pure.handler`. */
  readonly handler?: string;
  /** Project-relative folder of the built handlers; by default where the handler is found. */
  readonly taskRoot?: string;
  /** A payload on which the handler throws, for the built-in scenarios. */
  readonly failing?: PayloadSpec;
  /** Scenarios beside the built-in ones. */
  readonly scenarios?: readonly Scenario[];
  /** Leave out the built-in scenarios. */
  readonly onlyGiven?: boolean;
  /** Arguments of the program, before those of a scenario. */
  readonly args?: readonly string[];
  /** Added to the environment of every run; `{project}`, `{taskRoot}` and `{address}` are filled in. */
  readonly env?: Readonly<Record<string, string>>;
  /** Project-relative tsconfig files that are checked; by default those that have sources. */
  readonly tsconfigs?: readonly string[];
  /** Project-relative folders that builds write to, beside `dist`: both sides are built anew where they are needed. */
  readonly outputs?: readonly string[];
  /** Seconds after which a build, a test run or a type check counts as hung, 120 by default; a scenario has its own limit. */
  readonly timeout?: number;
  readonly skip?: readonly Step[];
  /** Tests that are about asynchrony itself: listed where they no longer pass, and held against nobody. */
  readonly asyncOnly?: readonly AsyncOnlyTest[];
  /** What a second run over a folder (a copy of the result with its packages in place) finds. */
  readonly secondRun?: (folder: string) => Promise<SecondRun>;
  readonly measure?: MeasureOptions;
  /** Told what is about to be done, in the words of a progress line. */
  readonly onStep?: (step: string) => void;
}

export interface Sides<T> {
  readonly before: T;
  readonly after: T;
}

/** The same for both sides, one after the other: on few cores, runs side by side would disturb each other. */
export async function eachSide<T, R>(sides: Sides<T>, work: (side: T) => Promise<R>): Promise<Sides<R>> {
  return { before: await work(sides.before), after: await work(sides.after) };
}
