/** What the reference runtimes are told to do. Plain JSON, so that a project can keep its own scenarios beside its tests. */

/**
 * The bytes of one event, of standard input or of a file. `fill` repeats a text between `before` and `after` up to exactly `bytes` bytes;
 * `gzip` compresses what is in it.
 */
export type PayloadSpec =
  | { readonly json: unknown }
  | { readonly text: string }
  | { readonly base64: string }
  | { readonly gzip: PayloadSpec }
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
  | { readonly do: 'delay'; readonly ms: number }
  | { readonly do: 'shutdown' }
  | AnswerFault
);

/** What is wrong with the way in which an answer goes out. */
export type AnswerFault =
  | { readonly do: 'drop'; readonly when: 'before-answer' | 'in-head' | 'in-body'; readonly accepted?: boolean }
  | { readonly do: 'fragment'; readonly bytes: number }
  | { readonly do: 'chunked'; readonly bytes?: number }
  | { readonly do: 'close' }
  | { readonly do: 'garbage' };

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

/** One start of the program. `{folder}`, `{project}` and `{peers.NAME}` in texts stand for the working folder, the built project and a peer's `host:port`. */
export interface ProgramStart {
  readonly argv?: readonly string[];
  readonly stdin?: PayloadSpec;
  readonly env?: Readonly<Record<string, string>>;
  /** The exit code that each side must end with; without it the sides need only end alike. */
  readonly exit?: number;
  /** Ending with an error that nobody caught is what the program is meant to do here. */
  readonly crashes?: boolean;
}

export interface ProgramScenario extends ProgramStart {
  readonly runtime: 'program';
  readonly name: string;
  readonly about?: string;
  /** Files put into the working folder before the start, by relative path; a path that ends in `/` is an empty folder. */
  readonly files?: Readonly<Record<string, FileSpec>>;
  /** Servers beside the program, started afresh for each run of the scenario. What they receive is compared. */
  readonly peers?: Readonly<Record<string, Peer>>;
  /** Further starts of the program in the same folder, one after the other. Output, exit codes and files of all are compared. */
  readonly then?: readonly ProgramStart[];
  /** Paths in the working folder whose content is left to chance; a `*` stands for any text. */
  readonly ignore?: readonly string[];
  /** How many requests or messages the peers must have received at least, or the run counts as failed however equal the sides are. */
  readonly reach?: { readonly requests: number };
  /** Milliseconds until a start is cut off, 20,000 by default. */
  readonly timeoutMs?: number;
}

/** A file's bytes. `mode` is octal text, `755`; `modified` is a date and time. */
export type FileSpec = PayloadSpec & { readonly mode?: string; readonly modified?: string };

export type Peer = HttpPeer | BytesPeer | AbsentPeer;

/** An HTTP server. A request that no route answers gets 404. */
export interface HttpPeer {
  readonly speaks: 'http';
  readonly routes: readonly PeerRoute[];
  /** `any`: the source makes requests at the same time, so that their order says nothing. */
  readonly order?: 'any';
  /** Milliseconds each answer waits, where its route says nothing else. */
  readonly answerDelayMs?: number;
}

/** The first route that fits and is not spent answers. */
export interface PeerRoute extends ExtraRoute {
  /** After so many answers the route is spent, and the next that fits takes over. */
  readonly times?: number;
  readonly faults?: readonly AnswerFault[];
}

/** A server of any protocol over TCP: the script of each connection in order of arrival, the last of them for all that follow. */
export interface BytesPeer {
  readonly speaks: 'bytes';
  readonly connections: readonly (readonly BytesStep[])[];
}

/** Waits, answers, and ends the connection where `then` says so. */
export interface BytesStep {
  /** The text with which a message of the program ends: what came until there is recorded as one message. Without it the server speaks at once. */
  readonly until?: string;
  readonly delayMs?: number;
  readonly send?: PayloadSpec;
  /** The answer goes out in pieces of so many bytes. */
  readonly pieces?: number;
  readonly then?: 'close' | 'reset';
}

/** An address at which nobody listens. */
export interface AbsentPeer {
  readonly speaks: 'nothing';
}

export type Scenario = LambdaScenario | ProgramScenario;

/** The id which the event at `index` gets unless its scenario names one: the same on every run, so transcripts can be compared. */
export function requestIdOf(event: ScenarioEvent, index: number): string {
  return event.requestId ?? `00000000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`;
}
