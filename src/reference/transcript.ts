import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Headers } from './http-wire.ts';

/** A body as the transcript keeps it: text where it is UTF-8, base64 where not, a hash above 64 KiB. */
export type RecordedBody = { readonly bytes: number } & (
  { readonly text: string } | { readonly base64: string } | { readonly sha256: string; readonly startsWith: string }
);

/** How the server ended its part: in `held` the poll was left open, in `left` the client closed first. */
type AnswerKind = 'answered' | 'dropped' | 'garbled' | 'held' | 'left';

/** One request and its answer, in the order in which requests arrived whole. Times are milliseconds since the server's start. */
export interface Exchange {
  readonly index: number;
  /** The event in force when the request arrived; null before the first and for paths outside of the Runtime API. */
  readonly event: number | null;
  readonly connection: number;
  readonly method: string;
  readonly path: string;
  readonly version: string;
  readonly headers: Headers;
  readonly body: RecordedBody;
  readonly trailers: Headers;
  /** The connection ended before the announced body did. */
  readonly truncated: boolean;
  readonly startedAt: number;
  readonly receivedAt: number;
  answeredAt: number | null;
  answer: { kind: AnswerKind; status: number | null; errorType: string | null };
}

export interface EventOutcome {
  readonly requestId: string;
  /** How often the event was handed out whole. */
  delivered: number;
  outcome: 'response' | 'error' | 'refused' | null;
}

/** What ended the scenario, as the server saw it. `idle`: all events done and the next poll open. `runaway`: far more requests than events. */
export type ScenarioEnd = 'idle' | 'init-error' | 'container-error' | 'shutdown' | 'runaway';

export interface Transcript {
  readonly scenario: string;
  readonly exchanges: readonly Exchange[];
  readonly events: readonly EventOutcome[];
  /** How many events ended in an error that the runtime reported. */
  readonly failed: number;
  readonly connections: number;
  readonly end: ScenarioEnd | null;
  /** Epoch milliseconds (fractions included) at which the first response or error had arrived. */
  readonly firstResponseAt: number | null;
  /**
   * Microseconds the runtime needed per event: from the answer to `next` until its response had arrived, and from the answer to
   * that until the next `next`. What a measuring server does itself meanwhile is not in it where both share one CPU: see `timeOfOthers`.
   */
  readonly pairMicros: readonly number[];
  /** Of the watched process, where the system tells (Linux): see `process-usage.ts`. */
  readonly usage: RuntimeUsage | null;
}

export interface RuntimeUsage {
  /** CPU microseconds of all threads per event, over the events after the warm-up. */
  readonly cpuMicrosPerEvent: number;
  readonly peakMemoryBytes: number;
}

const HASH_ABOVE = 64 * 1024;

export function recordBody(body: Buffer): RecordedBody {
  if (body.length > HASH_ABOVE) {
    const sha256 = createHash('sha256').update(body).digest('hex');
    return { bytes: body.length, sha256, startsWith: body.subarray(0, 64).toString('latin1') };
  }
  return isUtf8(body)
    ? { bytes: body.length, text: body.toString('utf8') }
    : { bytes: body.length, base64: body.toString('base64') };
}

/** How many events ended in a response or an error that the server had received (refused ones included). */
export function eventsHandled(transcript: Transcript): number {
  return transcript.events.filter((event) => event.outcome !== null).length;
}
