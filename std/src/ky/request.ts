import { retried, retryAfter, type RetryRules } from '../clients/retry.ts';
import { fetchSync } from '../http/fetch.ts';
import { type HeadersInput, SyncHeaders } from '../http/headers.ts';
import type { RequestBody } from '../http/request.ts';
import type { SyncResponse } from '../http/response.ts';

type Query = string | URLSearchParams | Readonly<Record<string, string | number | boolean | undefined>>;

/** The options of `ky` that have a meaning here. Others throw a TypeError. */
export interface KySyncOptions {
  method?: string | undefined;
  headers?: HeadersInput | undefined;
  /** Put in front of a relative address. */
  prefixUrl?: string | URL | undefined;
  searchParams?: Query | undefined;
  json?: unknown;
  body?: RequestBody | URLSearchParams | null | undefined;
  /** Milliseconds for one try, the reading of the body included; 10 s by default. */
  timeout?: number | false | undefined;
  retry?:
    number | (Partial<RetryRules> & { afterStatusCodes?: readonly number[]; retryOnTimeout?: boolean }) | undefined;
  throwHttpErrors?: boolean | undefined;
  redirect?: 'follow' | 'manual' | 'error' | undefined;
  /** Only looked at before the request: nobody can fire it while the thread blocks. */
  signal?: AbortSignal | null | undefined;
  cache?: string | undefined;
  credentials?: string | undefined;
  keepalive?: boolean | undefined;
  mode?: string | undefined;
  referrer?: string | undefined;
}

const known = new Set(
  (
    'method headers prefixUrl searchParams json body timeout retry throwHttpErrors redirect signal cache credentials ' +
    'keepalive mode referrer'
  ).split(' '),
);
const retryRules = new Set(
  'limit methods statusCodes afterStatusCodes maxRetryAfter backoffLimit retryOnTimeout'.split(' '),
);

/** Throws for an option that nobody here knows. */
export function checkOptions(options: KySyncOptions): void {
  const { retry } = options;
  const all = [
    ...Object.entries(options).map(([name, value]) => ({ name, value: value as unknown, known: known.has(name) })),
    ...Object.entries(typeof retry === 'object' ? retry : {}).map(([name, value]) => ({
      name: `retry.${name}`,
      value,
      known: retryRules.has(name),
    })),
  ];
  const other = all.find((each) => !each.known && each.value !== undefined);
  if (other) throw new TypeError(`The option ${other.name} has no blocking form`);
}

/** The request that an error speaks of. */
export interface KySyncSent {
  readonly method: string;
  readonly url: string;
  readonly headers: SyncHeaders;
}

/** A status that is no success: `HTTPError` of `ky` in all but its class. `instanceof` holds for errors of `ky` too. */
export class KySyncHttpError extends Error {
  override name = 'HTTPError';
  readonly response: SyncResponse;
  readonly request: KySyncSent;
  readonly options: KySyncOptions;

  constructor(response: SyncResponse, request: KySyncSent, options: KySyncOptions) {
    const status = `${response.status} ${response.statusText}`.trim();
    super(`Request failed with status code ${status}: ${request.method} ${request.url}`);
    this.response = response;
    this.request = request;
    this.options = options;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'HTTPError' && 'response' in value;
  }
}

/** The time limit has passed: `TimeoutError` of `ky` in all but its class. */
export class KySyncTimeoutError extends Error {
  override name = 'TimeoutError';
  readonly request: KySyncSent;

  constructor(request: KySyncSent) {
    super(`Request timed out: ${request.method} ${request.url}`);
    this.request = request;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'TimeoutError' && 'request' in value;
  }
}

const rules = {
  limit: 2,
  methods: ['get', 'put', 'head', 'delete', 'options', 'trace'],
  statusCodes: [408, 413, 429, 500, 502, 503, 504],
  afterStatusCodes: [413, 429, 503],
  maxRetryAfter: undefined as number | undefined,
  backoffLimit: Infinity,
  retryOnTimeout: false,
};

/** Sends a request, again where its rules say so; `accept` is what is wanted where the headers do not say. */
export function send(input: string | URL, all: readonly KySyncOptions[], accept?: string): SyncResponse {
  const options = merge(all);
  const retry = typeof options.retry === 'number' ? { limit: options.retry } : options.retry;
  const given = { ...rules, ...retry };
  const headers = new SyncHeaders();
  for (const each of all) for (const [name, value] of new SyncHeaders(each.headers)) headers.set(name, value);
  if (accept !== undefined && !headers.get('accept')) headers.set('accept', accept);
  const body = options.json === undefined ? options.body : JSON.stringify(options.json);
  if (options.json !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
  const url = addressOf(input, options, all);
  const method = (options.method ?? 'get').toUpperCase();
  const sent: KySyncSent = { method, url: url.href, headers };
  const { redirect, signal, timeout = 10_000 } = options;
  return retried(
    () => {
      const limit = timeout === false ? undefined : timeout;
      const response = timed(sent, () => fetchSync(url, { method, headers, body, redirect, signal, timeout: limit }));
      if (!response.ok && options.throwHttpErrors !== false) throw new KySyncHttpError(response, sent, options);
      return response;
    },
    (error, attempt) => {
      if (!(error instanceof Error) || attempt > given.limit || error.name === 'InterruptedError') return undefined;
      if (signal?.aborted || !given.methods.some((each) => each.toUpperCase() === method)) return undefined;
      if (error instanceof KySyncTimeoutError && !given.retryOnTimeout) return undefined;
      if (error instanceof KySyncHttpError) {
        const { status } = error.response;
        if (!given.statusCodes.includes(status)) return undefined;
        const after = given.afterStatusCodes.includes(status) ? askedFor(error.response.headers) : undefined;
        if (after !== undefined) return Math.min(after, given.maxRetryAfter ?? after);
        if (status === 413) return undefined;
      }
      return Math.min(given.backoffLimit, 300 * 2 ** (attempt - 1));
    },
  );
}

function timed<Result>(sent: KySyncSent, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw error instanceof DOMException && error.name === 'TimeoutError' ? new KySyncTimeoutError(sent) : error;
  }
}

/** The wait that a response asks for, by any of the headers that are in use for it. */
function askedFor(headers: SyncHeaders): number | undefined {
  const names = [
    'retry-after',
    'ratelimit-reset',
    'x-ratelimit-retry-after',
    'x-ratelimit-reset',
    'x-rate-limit-reset',
  ];
  const value = names.map((name) => headers.get(name)).find((each) => each !== null);
  const wait = retryAfter({ 'retry-after': value });
  // A number that large is a time, not a span.
  return wait !== undefined && wait >= Date.parse('2024-01-01') ? wait - Date.now() : wait;
}

/** A later option counts, but for headers and the query, which add up. */
function merge(all: readonly KySyncOptions[]): KySyncOptions {
  const given = all.map((options) => Object.entries(options).filter(([, value]) => value !== undefined));
  const merged = Object.fromEntries(given.flat()) as KySyncOptions;
  const retries = all.flatMap(({ retry }) =>
    retry === undefined ? [] : [typeof retry === 'number' ? { limit: retry } : retry],
  );
  if (retries.length > 0) merged.retry = Object.assign({}, ...retries) as KySyncOptions['retry'];
  return merged;
}

function addressOf(input: string | URL, { prefixUrl }: KySyncOptions, all: readonly KySyncOptions[]): URL {
  let text = input.toString();
  if (prefixUrl && typeof input === 'string') {
    if (text.startsWith('/')) throw new Error('`input` must not begin with a slash when using `prefixUrl`');
    text = prefixUrl.toString().replace(/\/?$/, '/') + text;
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new TypeError(`Failed to parse URL from ${text}`, { cause });
  }
  const queries = all.flatMap(({ searchParams }) => (searchParams === undefined ? [] : [queryOf(searchParams)]));
  const query = queries.filter((each) => each !== '').join('&');
  if (query !== '') url.search = query;
  return url;
}

function queryOf(query: Query): string {
  if (typeof query === 'string') return query.replace(/^\?/, '');
  if (query instanceof URLSearchParams) return query.toString();
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  return new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, String(value)])).toString();
}
