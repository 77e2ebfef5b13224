import type { Agent } from '../http/agent.ts';
import { causeInFetch } from '../http/fetch-error.ts';
import type { HeadersInput, NodeHeaders } from '../http/headers.ts';
import { fromUrl, requestSync } from '../http/request.ts';
import { codeOf } from '../sockets/system-error.ts';
import { deadlineOf } from '../sockets/table.ts';
import { now } from '../time/clock.ts';
import { UndiciSyncBody } from './body.ts';
import { bodyTimeout, headersTimeout } from './error.ts';

/** What is the same for a request by its address and for one of a client. Times are milliseconds. */
export interface UndiciSyncSettings {
  method?: string | undefined;
  /** An object, pairs, or names and values by turns. */
  headers?: HeadersInput | readonly string[] | null | undefined;
  body?: string | Uint8Array | null | undefined;
  /** Put behind the address, which has no query of its own then. */
  query?: Readonly<Record<string, unknown>> | undefined;
  /** Until the head of the response is here; 300 s by default, 0 for ever. Throws a HeadersTimeoutError. */
  headersTimeout?: number | null | undefined;
  /** The longest silence within the body; 300 s by default, 0 for ever. Throws a BodyTimeoutError. */
  bodyTimeout?: number | null | undefined;
  /** For the whole exchange. Throws a TimeoutError. */
  timeout?: number | undefined;
  /** Only looked at before the request: nobody can fire it while the thread blocks. */
  signal?: AbortSignal | null | undefined;
}

/** What a request gives. */
export interface UndiciSyncResponse {
  statusCode: number;
  statusText: string;
  headers: NodeHeaders;
  /** Filled when the body has been read. */
  trailers: NodeHeaders;
  body: UndiciSyncBody;
}

/** Sends a request by an agent. */
export function send(
  target: URL,
  settings: UndiciSyncSettings,
  agent: Agent | undefined,
  limits: Limits,
): UndiciSyncResponse {
  const { headers, body, query, timeout, signal } = settings;
  const method = methodOf(settings);
  const url = query === undefined ? target : withQuery(target, query);
  signal?.throwIfAborted();
  const deadline = deadlineOf(timeout);
  const explain = (error: unknown, late: () => Error): unknown => {
    if (codeOf(error) === 'ETIMEDOUT')
      return now() >= deadline ? new DOMException('The operation was aborted due to timeout', 'TimeoutError') : late();
    return error instanceof Error ? causeInFetch(error, undefined, method) : error;
  };
  try {
    const answer = requestSync(
      {
        ...{ ...fromUrl(url), method, headers: linesOf(headers), timeout, agent, stream: true },
        headersTimeout: settings.headersTimeout ?? limits.headersTimeout ?? 300_000,
        bodyTimeout: settings.bodyTimeout ?? limits.bodyTimeout ?? 300_000,
        maxHeaderSize: limits.maxHeaderSize,
      },
      body ?? undefined,
    );
    const { statusCode, statusMessage: statusText } = answer;
    const trailers: NodeHeaders = {};
    const read = new UndiciSyncBody(
      answer,
      (error) => explain(error, bodyTimeout),
      () => Object.assign(trailers, answer.trailers),
    );
    return { statusCode, statusText, headers: answer.headers, trailers, body: read };
  } catch (error) {
    throw explain(error, headersTimeout);
  }
}

/** The method where none is given: `undici` puts what it is given. */
export const methodOf = ({ method, body }: UndiciSyncSettings): string => method || (body ? 'PUT' : 'GET');

/** What a client says for all of its requests. */
export interface Limits {
  readonly headersTimeout?: number | null | undefined;
  readonly bodyTimeout?: number | null | undefined;
  readonly maxHeaderSize?: number | undefined;
}

function linesOf(headers: UndiciSyncSettings['headers']): HeadersInput | undefined {
  if (!Array.isArray(headers) || typeof headers[0] !== 'string')
    return (headers ?? undefined) as HeadersInput | undefined;
  const flat = headers as readonly string[];
  return flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? '']] : []));
}

function withQuery(target: URL, query: Readonly<Record<string, unknown>>): URL {
  if (target.search !== '' || target.hash !== '')
    throw new Error('Query params cannot be passed when url already contains "?" or "#".');
  const url = new URL(target);
  const pairs = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).map((each) => [name, textOf(each)]),
  );
  url.search = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  return url;
}

function textOf(value: unknown): string {
  return typeof value === 'object' || value === undefined ? '' : (value as string | number | boolean).toString();
}
