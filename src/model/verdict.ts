/** Raised with each incompatible change of the verdict's JSON. */
export const VERDICT_VERSION = 1;

type CheckStatus = 'passed' | 'failed' | 'skipped';

/** What every check says; `summary` is one sentence for people: the count, the reason, what to do next. */
export interface Check {
  readonly status: CheckStatus;
  readonly summary: string;
}

/** An error of the compiler; `file` is project-relative, null for errors of the configuration. Line and column count from 1. */
export interface CompilerError {
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  /** `TS2322` */
  readonly code: string;
  readonly message: string;
}

/** Errors of the result that the source had not, matched by file, code and message. */
export interface NewErrors extends Check {
  readonly typescript: string | null;
  readonly before: number;
  readonly after: number;
  readonly errors: readonly CompilerError[];
}

/** A place that a second look holds against the result: a promise left in what turned blocking, a call of the source that is gone. */
export interface Leftover {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** What a second run over the result finds. */
export interface SecondRun {
  /** Files that it would change: none. */
  readonly files: readonly string[];
  readonly leftovers: readonly Leftover[];
}

/** A second run over the result must find nothing. */
export interface Stability extends Check, SecondRun {}

export type TestStatus = 'passed' | 'failed' | 'skipped';

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A test whose result is not the one of the source. */
export interface TestDifference {
  readonly file: string;
  readonly name: string;
  readonly before: TestStatus | 'missing';
  readonly after: TestStatus | 'missing';
  /** The first failure message, where there is one. */
  readonly message: string | null;
}

/** A test that is about asynchrony itself: it stays async, and may fail against code that blocks. */
export interface AsyncOnlyTest {
  readonly file: string;
  /** Titles of the groups and the test, joined by ` > `. */
  readonly title: string;
  /** One test is called so; else a part of the titles, or a title for several. */
  readonly exact: boolean;
}

export interface TestsVerdict extends Check {
  readonly runner: string | null;
  readonly before: TestCounts;
  readonly after: TestCounts;
  /** Passed before, and no longer. */
  readonly broken: readonly TestDifference[];
  /** The same, where the plan said that the test is about asynchrony itself: no failure of the result. */
  readonly asyncOnly: readonly TestDifference[];
  /** Other differences: new tests, repaired ones, failures that were there before. */
  readonly others: readonly TestDifference[];
}

/** The first place at which two runs of one scenario part. */
export interface Difference {
  /** Index of the event in force, null outside of events. */
  readonly event: number | null;
  /** What the scenario says of that event. */
  readonly about: string | null;
  /** `request 7 body.errorMessage`, `stdout line 3`, `exit`, `file out/a.json`. */
  readonly field: string;
  readonly before: string;
  readonly after: string;
  /** The source, run twice, differs from itself here: make it deterministic before the comparison can say anything. */
  readonly sourceIsUnstable: boolean;
}

export interface ScenarioVerdict extends Check {
  readonly name: string;
  /** Events that ended in a response or an error; for programs 1. */
  readonly handled: { readonly before: number; readonly after: number };
  readonly requests: { readonly before: number; readonly after: number };
  readonly difference: Difference | null;
  /** The end of what each side printed, where the scenario failed. */
  readonly output: { readonly before: string; readonly after: string } | null;
}

export interface DifferentialVerdict extends Check {
  readonly runtime: 'lambda' | 'program' | null;
  readonly scenarios: readonly ScenarioVerdict[];
}

/** One quantity on both sides; `ratio` is after ÷ before, the median of the rounds' own ratios. */
export interface Measure {
  readonly before: number;
  readonly after: number;
  readonly ratio: number;
}

export interface BundleSide {
  readonly bytes: number;
  /** Bytes by package, `(project)` for its own code, largest first. */
  readonly shares: readonly { readonly from: string; readonly bytes: number }[];
}

export interface DependencySide {
  /** Of `dependencies` in package.json. */
  readonly direct: readonly string[];
  /** With everything those pull in, as far as it is installed. */
  readonly total: number;
}

/** What could not be measured here is null. */
export interface Measurements extends Check {
  readonly rounds: number;
  readonly events: number;
  /** Runtime and server shared one CPU, as in a small Lambda; otherwise they ran wherever the system put them. */
  readonly oneCpu: boolean;
  /** Microseconds the runtime needs for one event: the event to its response, and the 202 to the next poll, without the server's own work. */
  readonly eventPairMicros: Measure | null;
  readonly cpuMicrosPerEvent: Measure | null;
  /** Milliseconds from the start of the process to its first response, or to the end of a program. */
  readonly coldStartMs: Measure | null;
  readonly peakMemoryMb: Measure | null;
  readonly bundle: { readonly before: BundleSide; readonly after: BundleSide } | null;
  readonly dependencies: { readonly before: DependencySide; readonly after: DependencySide } | null;
}

/** Whether the result does the same as the source; plain JSON. `ok`: no check failed, and the tests or the runs were compared. */
export interface Verdict {
  readonly version: typeof VERDICT_VERSION;
  readonly ok: boolean;
  readonly newErrors: NewErrors;
  readonly stable: Stability;
  readonly runs: { readonly tests: TestsVerdict; readonly differential: DifferentialVerdict };
  readonly measurements: Measurements;
}
