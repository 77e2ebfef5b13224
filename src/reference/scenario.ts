/** What the reference runtimes are told to do. Plain JSON, so that a project can keep its own scenarios beside its tests. */

/** The bytes of one event, of standard input or of a file. `fill` repeats a text between `before` and `after` up to exactly `bytes` bytes. */
export type PayloadSpec =
  | { readonly json: unknown }
  | { readonly text: string }
  | { readonly base64: string }
  | { readonly fill: string; readonly bytes: number; readonly before?: string; readonly after?: string };

/** A call of the Runtime API, as faults name it. */
export type ApiCall = 'next' | 'response' | 'error' | 'init-error';

/**
 * What the server does instead of the plain answer.
 * `refuse` answers with an error and 500 breaks the container · `drop` cuts the connection (`accepted`: the call counted all the same) ·
 * `delay` waits · `fragment` writes the answer in pieces · `chunked` uses chunked encoding · `close` ends the connection after
 * the answer · `garbage` sends no HTTP · `shutdown` closes the server and every connection without an answer.
 */
export type Fault = { readonly on: ApiCall; readonly times?: number } & (
  | { readonly do: 'refuse'; readonly status: 400 | 403 | 413 | 500; readonly errorType?: string }
  | { readonly do: 'drop'; readonly when: 'before-answer' | 'in-head' | 'in-body'; readonly accepted?: boolean }
  | { readonly do: 'delay'; readonly ms: number }
  | { readonly do: 'fragment'; readonly bytes: number }
  | { readonly do: 'chunked'; readonly bytes?: number }
  | { readonly do: 'close' }
  | { readonly do: 'garbage' }
  | { readonly do: 'shutdown' }
);

export interface ScenarioEvent {
  /** What this event is there for; shown where sides differ. */
  readonly about?: string;
  /** By default a request id made from the event's index. */
  readonly requestId?: string;
  /** `{address}` in text or JSON stands for the server's address. */
  readonly payload: PayloadSpec;
  /** Added to, or in place of, the headers of the answer to `next`; null takes one away. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Milliseconds from delivery to the deadline, 30,000 by default. */
  readonly deadlineInMs?: number;
  readonly faults?: readonly Fault[];
}

/** A path beside the Runtime API which the server answers: a log collector, an upstream service. */
export interface ExtraRoute {
  readonly method: string;
  /** Exact path without the query, or a prefix that ends in `*`. */
  readonly path: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: PayloadSpec;
  readonly delayMs?: number;
}

export interface LambdaScenario {
  readonly runtime: 'lambda';
  readonly name: string;
  readonly about?: string;
  readonly events: readonly ScenarioEvent[];
  /** Faults of calls that belong to no event (`init-error`). */
  readonly faults?: readonly Fault[];
  readonly routes?: readonly ExtraRoute[];
  /** `_HANDLER`, in place of the project's. */
  readonly handler?: string;
  /** `{address}`, `{project}` and `{taskRoot}` in a value stand for the server's address and the folders of the built project. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * How far each side must come at least, or the run counts as failed however equal the sides are:
   * a number of events that ended in a response or an error, or the report of a failed initialisation.
   */
  readonly reach: { readonly events: number } | 'init-error';
  /** Milliseconds each POST waits before it is answered, so that calls made at the same time are seen as such. 0 by default. */
  readonly answerDelayMs?: number;
  /** Milliseconds until the run is cut off, 20,000 by default. */
  readonly timeoutMs?: number;
}

export interface ProgramScenario {
  readonly runtime: 'program';
  readonly name: string;
  readonly about?: string;
  readonly argv?: readonly string[];
  readonly stdin?: PayloadSpec;
  readonly env?: Readonly<Record<string, string>>;
  /** Files put into the working folder before the start, by relative path. */
  readonly files?: Readonly<Record<string, PayloadSpec>>;
  /** Milliseconds until the run is cut off, 20,000 by default. */
  readonly timeoutMs?: number;
}

export type Scenario = LambdaScenario | ProgramScenario;

/** The id which the event at `index` gets unless its scenario names one: the same on every run, so transcripts can be compared. */
export function requestIdOf(event: ScenarioEvent, index: number): string {
  return event.requestId ?? `00000000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`;
}
