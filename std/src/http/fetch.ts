import { codeOf } from '../sockets/system-error.ts';
import { causeInFetch } from './fetch-error.ts';
import { multipart } from './form.ts';
import { exchange, fromUrl } from './request.ts';
import { eachHeader, isToken, SyncHeaders } from './headers.ts';
import { SyncResponse } from './response.ts';
import { deadlineOf } from '../sockets/table.ts';
import { now } from '../time/clock.ts';
import type { Agent } from './agent.ts';
import type { Head } from './head.ts';
import type { HeadersInput } from './headers.ts';
import type { RequestBody } from './request.ts';

/** `fetch`'s options, as far as they have a meaning here. `timeout` stands for `signal: AbortSignal.timeout(ms)`. */
export interface FetchSyncInit {
  method?: string | undefined;
  headers?: HeadersInput | undefined;
  /** Form data of text alone: the bytes of a file can only be read asynchronously. */
  body?: RequestBody | URLSearchParams | FormData | ArrayBufferView | null | undefined;
  redirect?: 'follow' | 'manual' | 'error' | undefined;
  /** Milliseconds for the whole of it, the reading of the body included. Throws a TimeoutError. */
  timeout?: number | undefined;
  /** Only looked at before the request: nobody can fire it while the thread blocks. */
  signal?: AbortSignal | null | undefined;
  agent?: Agent | undefined;
  /** No limit by default. */
  maxBodySize?: number | undefined;
  /** Accepted for the sake of shared options, and without effect, as in Node's own fetch. */
  cache?: string | undefined;
  credentials?: string | undefined;
  keepalive?: boolean | undefined;
  mode?: string | undefined;
  referrer?: string | undefined;
  duplex?: 'half' | undefined;
}

/**
 * The blocking form of `fetch`.
 *
 * Throws like fetch: `TypeError('fetch failed')` with the reason as its `cause`, which carries Node's `code`, `errno`
 * and `syscall`; a `TimeoutError` when `timeout` has passed. Statuses outside 200–299 are no errors.
 *
 * @example
 * ```ts
 * const response = fetchSync('https://example.org/items', { timeout: 5000 });
 * if (!response.ok) throw new Error(`${response.status}`);
 * const items = response.json();
 * ```
 */
export function fetchSync(input: string | URL, init: FetchSyncInit = {}): SyncResponse {
  return fetchBy(input, init, badPorts);
}

/** `closed`: the ports that are not asked. Not all that is made after `fetch` has such. */
export function fetchBy(input: string | URL, init: FetchSyncInit, closed?: ReadonlySet<string>): SyncResponse {
  const deadline = deadlineOf(init.timeout);
  const explain = (error: unknown, message: string, head?: Head): unknown => {
    if (codeOf(error) === 'ETIMEDOUT' && now() >= deadline) return timeout();
    if (!(error instanceof Error) || error.name === 'InterruptedError') return error;
    return new TypeError(message, { cause: causeInFetch(error, head, method) });
  };
  let url = parseUrl(input);
  let method = normalMethod(init.method ?? 'GET');
  const headers = new SyncHeaders(init.headers);
  let body = bodyOf(init.body, headers);
  if (body !== undefined && (method === 'GET' || method === 'HEAD')) {
    throw new TypeError('Request with GET/HEAD method cannot have body.');
  }
  init.signal?.throwIfAborted();
  for (let redirects = 0; ; redirects++) {
    const left = deadline === Infinity ? 0 : deadline - now();
    if (left < 0) throw timeout();
    if (closed?.has(url.port)) throw new TypeError('fetch failed', { cause: new Error('bad port') });
    let answer: ReturnType<typeof exchange>;
    try {
      answer = exchange(
        {
          ...fromUrl(url),
          method,
          headers: withDefaults(headers, url),
          timeout: left,
          agent: init.agent,
          maxBodySize: init.maxBodySize,
        },
        body,
        false,
      );
    } catch (error) {
      throw explain(error, 'fetch failed');
    }
    const { head } = answer;
    const response = new SyncResponse(
      head,
      answer.body,
      { url: url.href.replace(/#.*/, ''), redirected: redirects > 0 },
      (error) => explain(error, 'terminated', head),
    );
    const location = [301, 302, 303, 307, 308].includes(head.statusCode) ? response.headers.get('location') : null;
    if (location === null || init.redirect === 'manual') return response;
    const failed = (reason: string): TypeError => {
      answer.body.abandon();
      return new TypeError('fetch failed', { cause: new Error(reason) });
    };
    if (init.redirect === 'error') throw failed('unexpected redirect');
    if (redirects === 20) throw failed('redirect count exceeded');
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (next === undefined) throw failed('invalid redirect URL');
    if (next.protocol !== 'http:' && next.protocol !== 'https:') {
      throw failed('URL scheme must be a HTTP(S) scheme');
    }
    if (next.username !== '' || next.password !== '') throw failed('cross origin not allowed for request mode "cors"');
    if (next.hash === '') next.hash = url.hash;
    const becomesGet =
      (head.statusCode === 303 && method !== 'GET' && method !== 'HEAD') ||
      ((head.statusCode === 301 || head.statusCode === 302) && method === 'POST');
    if (becomesGet) {
      method = 'GET';
      body = undefined;
      for (const name of ['encoding', 'language', 'location', 'type', 'length']) headers.delete(`content-${name}`);
    } else if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)) {
      throw failed('a streamed body cannot be sent again');
    }
    if (next.origin !== url.origin) {
      for (const name of ['authorization', 'proxy-authorization', 'cookie', 'host']) headers.delete(name);
    }
    drain(answer.body);
    url = next;
  }
}

/** Ports of other protocols, to which HTTP must not be spoken (https://fetch.spec.whatwg.org/#port-blocking). */
const badPorts = new Set(
  (
    '1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 ' +
    '135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 ' +
    '995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080'
  ).split(' '),
);

const timeout = (): DOMException => new DOMException('The operation was aborted due to timeout', 'TimeoutError');

/** Reads a redirect's small body, so that its connection can be kept; a large one is not worth it. */
function drain(body: ReturnType<typeof exchange>['body']): void {
  try {
    for (let size = 0, chunk = body.next(); chunk !== null; chunk = body.next()) {
      size += chunk.length;
      if (size > 65536) break;
    }
  } catch {
    // What went wrong here concerns nobody.
  }
  body.abandon();
}

function parseUrl(input: string | URL): URL {
  let url: URL;
  try {
    url = new URL(input);
  } catch (cause) {
    throw new TypeError(`Failed to parse URL from ${String(input)}`, { cause });
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(`Request cannot be constructed from a URL that includes credentials: ${String(input)}`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError('fetch failed', { cause: new Error('unknown scheme') });
  }
  return url;
}

function normalMethod(method: string): string {
  if (!isToken(method)) throw new TypeError(`'${method}' is not a valid HTTP method.`);
  const upper = method.toUpperCase();
  if (['CONNECT', 'TRACE', 'TRACK'].includes(upper)) throw new TypeError(`'${method}' HTTP method is unsupported.`);
  return ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'].includes(upper) ? upper : method;
}

/** The body as it goes out, with the content type that fetch gives it. */
function bodyOf(body: FetchSyncInit['body'], headers: SyncHeaders): RequestBody | undefined {
  if (body === null || body === undefined) return undefined;
  const typed = (type: string): void => {
    if (!headers.has('content-type')) headers.set('content-type', type);
  };
  if (typeof body === 'string') {
    typed('text/plain;charset=UTF-8');
    return body;
  }
  if (body instanceof URLSearchParams) {
    typed('application/x-www-form-urlencoded;charset=UTF-8');
    return body.toString();
  }
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof FormData) {
    const { type, text } = multipart(body);
    typed(type);
    return text;
  }
  if (!(Symbol.iterator in (body as object)))
    throw new TypeError(`A ${(body as object).constructor.name} as the body has no blocking form`);
  return body;
}

/** What Node's fetch sends of its own accord. */
function withDefaults(headers: SyncHeaders, url: URL): HeadersInput {
  const all: [string, string][] = [];
  eachHeader(headers, (name, value) => all.push([name, value]));
  const add = (name: string, value: string): void => {
    if (!headers.has(name)) all.push([name, value]);
  };
  add('accept', '*/*');
  add('accept-language', '*');
  add('sec-fetch-mode', 'cors');
  add('user-agent', 'node');
  add('accept-encoding', url.protocol === 'https:' ? 'br, gzip, deflate' : 'gzip, deflate');
  return all;
}
