import type { Exit } from '../reference/child.ts';
import type { Headers } from '../reference/http-wire.ts';
import type { PeerRecord } from '../reference/peers.ts';
import type { LambdaRun } from '../reference/run-lambda.ts';
import type { ProgramRun } from '../reference/run-program.ts';
import type { Exchange, RecordedBody } from '../reference/transcript.ts';
import { normaliseDocument, normaliseErrors, normaliseOutput, normaliseText, type Moment } from './normalise.ts';

export interface NormalRequest {
  readonly event: number | null;
  /** `POST /2018-06-01/…` */
  readonly line: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly trailers: Readonly<Record<string, string>>;
  readonly truncated: boolean;
  /** What the server made of it: `202`, `403 InvalidStateTransition`, `dropped`. */
  readonly answer: string;
  /** Requests of one group were open at the same time: their order is left to chance. */
  readonly group: number | string;
}

/** A run without what depends on the place and the moment: two of them can be compared. */
export interface NormalRun {
  readonly requests: readonly NormalRequest[];
  readonly end: string;
  readonly exit: string;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

/** Headers that say which client was used, or when, and nothing of what the program wants. */
const OF_THE_CLIENT = new Set([
  'date',
  'host',
  'connection',
  'keep-alive',
  'user-agent',
  'accept',
  'accept-language',
  'accept-encoding',
  'sec-fetch-mode',
]);

export function normaliseLambdaRun(run: LambdaRun, moment: Moment): NormalRun {
  const { exchanges, end } = run.transcript;
  const groups = groupByOverlap(exchanges);
  return {
    requests: exchanges.map((exchange, at) => normaliseExchange(exchange, groups[at] ?? at, moment)),
    end: end ?? 'before the scenario did',
    exit: describeExit(run.exit),
    stdout: normaliseOutput(run.stdout, moment),
    stderr: normaliseErrors(run.stderr, moment),
    files: {},
  };
}

export function normaliseProgramRun(run: ProgramRun, moment: Moment): NormalRun {
  const files: Record<string, string> = {};
  for (const [name, body] of Object.entries(run.files)) files[name] = describeBody(body, moment);
  for (const [name, mark] of Object.entries(run.marks)) {
    // A name of its own, so that a difference says which of the two it is.
    files[name in files ? `${name} (permissions and time)` : name] = mark;
  }
  for (const name of run.removed) files[name] = '<removed>';
  return {
    requests: run.peers.flatMap((record) => normalisePeer(record, moment)),
    end: '',
    exit: run.starts.map(({ exit }) => describeExit(exit)).join(', then '),
    stdout: normaliseOutput(run.stdout, moment),
    stderr: normaliseErrors(run.stderr, moment),
    files,
  };
}

/** What a peer received, as requests: of a peer that speaks bytes each message, and how far each connection came. */
function normalisePeer(record: PeerRecord, moment: Moment): NormalRequest[] {
  const { peer } = record;
  if (record.speaks === 'http') {
    const groups = record.anyOrder ? record.exchanges.map(() => 0) : groupByOverlap(record.exchanges);
    return record.exchanges.map((exchange, at) => {
      const request = normaliseExchange(exchange, groups[at] ?? at, moment);
      return { ...request, line: `${peer}: ${request.line}`, group: `${peer} ${request.group}` };
    });
  }
  const { conversations } = record;
  return conversations.flatMap(({ messages, played, steps }, connection) => {
    const where = `${peer}: connection ${connection + 1}`;
    const base = { event: null, headers: {}, trailers: {}, truncated: false, answer: '' };
    const sent = messages.map((message, at) => ({
      ...base,
      line: `${where}, message ${at + 1}`,
      body: describeBody(message, moment),
      group: `${where} ${at}`,
    }));
    const end = { ...base, line: `${where} ends`, body: `${played} of ${steps} steps played`, group: where };
    return [...sent, end];
  });
}

function describeExit(exit: Exit): string {
  if (exit.by === 'watchdog') return 'cut off by the watchdog';
  const how = exit.signal === null ? `code ${exit.code ?? 'none'}` : `signal ${exit.signal}`;
  return exit.by === 'stop' ? `${how} when asked to stop` : how;
}

function normaliseExchange(exchange: Exchange, group: number, moment: Moment): NormalRequest {
  const { kind, status, errorType } = exchange.answer;
  return {
    event: exchange.event,
    line: `${exchange.method} ${normaliseText(exchange.path, moment)}`,
    headers: normaliseHeaders(exchange.headers, exchange.body.bytes, moment),
    body: describeBody(exchange.body, moment),
    trailers: normaliseHeaders(exchange.trailers, 0, moment),
    truncated: exchange.truncated,
    answer: kind === 'answered' ? `${status ?? ''} ${errorType ?? ''}`.trim() : kind,
    group,
  };
}

function normaliseHeaders(headers: Headers, bytes: number, moment: Moment): Record<string, string> {
  const lines = headers
    .map(([name, value]) => [name.toLowerCase(), normaliseText(value, moment)] as const)
    .filter(([name]) => !OF_THE_CLIENT.has(name))
    // The length follows from the body, which is compared without the stack frames in it.
    .map(
      ([name, value]) =>
        [name, name === 'content-length' && value === String(bytes) ? '<that of the body>' : value] as const,
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(lines);
}

function describeBody(body: RecordedBody, moment: Moment): string {
  if ('text' in body) return normaliseDocument(body.text, moment);
  if ('base64' in body) return `${body.bytes} bytes, base64 ${body.base64}`;
  return `${body.bytes} bytes, sha256 ${body.sha256}, starts with ${body.startsWith}`;
}

/** Numbers each request by the first of those it was open together with. */
function groupByOverlap(exchanges: readonly Exchange[]): number[] {
  const groups: number[] = [];
  let group = 0;
  let openUntil = -Infinity;
  for (const [at, exchange] of exchanges.entries()) {
    if (exchange.startedAt >= openUntil) group = at;
    groups.push(group);
    // A poll may stay open for long beside other requests; it is the others that are made together.
    const closedAt = exchange.path.endsWith('/invocation/next')
      ? exchange.receivedAt
      : (exchange.answeredAt ?? exchange.receivedAt);
    openUntil = Math.max(openUntil, closedAt);
  }
  return groups;
}
