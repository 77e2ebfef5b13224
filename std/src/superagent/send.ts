import { Agent } from '../http/agent.ts';
import { basic } from '../http/headers.ts';
import type { HttpResponse } from '../http/message.ts';
import { fromUrl, requestSync } from '../http/request.ts';
import { codeOf } from '../sockets/system-error.ts';
import { deadlineOf } from '../sockets/table.ts';
import { now } from '../time/clock.ts';
import type { TlsOptions } from '../tls/options.ts';
import { formText } from './query.ts';
import { contentOf, SuperagentSyncResponse } from './response.ts';

/** A request as its builder has put it together. */
export interface Draft {
  method: string;
  url: string;
  /** By the name as it was given. */
  headers: Map<string, unknown>;
  query: string[];
  pairs: Record<string, unknown>;
  data: unknown;
  user: string | undefined;
  password: string | undefined;
  /** Milliseconds for all of it, and until the answer begins; 0 for ever. */
  limit: number;
  responseLimit: number;
  maxRedirects: number;
  maxRetries: number;
  isOk: ((response: SuperagentSyncResponse) => boolean) | undefined;
  asked: boolean;
  bytes: boolean;
  most: number;
  unset: Set<string>;
  tls: TlsOptions;
}

/** What a failed request throws: any error, with these properties. `response` is there where an answer came. */
export interface SuperagentSyncError extends Error {
  status?: number | undefined;
  response?: SuperagentSyncResponse | undefined;
  /** The time limit in milliseconds that has passed. */
  timeout?: boolean | undefined;
}

const agent = new Agent({ keepAlive: false, proxy: false });
const retriedStatuses = [408, 413, 429, 500, 502, 503, 504, 521, 522, 524];
const retriedCodes =
  'ETIMEDOUT ECONNRESET EADDRINUSE ECONNREFUSED EPIPE ENOTFOUND ENETUNREACH EAI_AGAIN ECONNABORTED'.split(' ');

/** Sends a request, again where it says so. Throws a `SuperagentSyncError`. */
export function send(draft: Draft): SuperagentSyncResponse {
  const state: Draft = { ...draft, headers: new Map(draft.headers), query: [...draft.query] };
  const redirects: string[] = [];
  for (let retries = 0; ; retries++) {
    let response: SuperagentSyncResponse | undefined;
    let failure: (Error & { status?: number | undefined; code?: string }) | undefined;
    try {
      response = followed(state, redirects);
    } catch (error) {
      if (!(error instanceof Error) || error.name === 'InterruptedError') throw error;
      failure = error;
    }
    const again = response ? retriedStatuses.includes(response.status) : retriedCodes.includes(failure?.code ?? '');
    if (again && retries < state.maxRetries) continue;
    failure ??= failureOf(response!, state);
    if (failure === undefined) return response!;
    Object.assign(failure, { response });
    if (state.maxRetries > 0) Object.assign(failure, { retries });
    throw failure;
  }
}

/** The error of a status that is not wanted. */
function failureOf(response: SuperagentSyncResponse, { isOk }: Draft): (Error & { status?: number }) | undefined {
  const { status } = response;
  try {
    if (isOk ? isOk(response) : status >= 200 && status < 300) return undefined;
  } catch (error) {
    const failed = error as Error & { status?: number };
    failed.status ||= status;
    return failed;
  }
  const { STATUS_CODES } = process.getBuiltinModule('node:http');
  return Object.assign(new Error(STATUS_CODES[status] ?? 'Unsuccessful HTTP response'), { status });
}

/** One try; what a redirect changes stays changed for the next. */
function followed(state: Draft, redirects: string[]): SuperagentSyncResponse {
  const deadline = deadlineOf(state.limit || undefined);
  for (let first = true; ; first = false) {
    const { url, path } = addressOf(state);
    const answer = exchange(state, url, path, deadline, first);
    const { method } = state;
    const moved = [301, 302, 303, 305, 307, 308].includes(answer.statusCode);
    if (!moved || redirects.length >= state.maxRedirects)
      return new SuperagentSyncResponse(answer, contentOf(answer, state), { method, path, redirects });
    redirect(state, url, answer);
    redirects.push(state.url);
  }
}

function exchange(state: Draft, url: URL, path: string, deadline: number, first: boolean): HttpResponse {
  const left = deadline === Infinity ? undefined : deadline - now();
  if (left !== undefined && left <= 0) throw tooLate('Timeout of ', state.limit, 'ETIME');
  const headers = linesOf(state, url);
  const body = state.method === 'HEAD' && typeof state.data !== 'string' ? undefined : bodyOf(state, headers);
  const responseLimit = first && state.responseLimit > 0 ? state.responseLimit : undefined;
  try {
    const { auth: _credentials, ...target } = fromUrl(url);
    return requestSync(
      {
        ...{ ...target, path, method: state.method, agent, timeout: left, headersTimeout: responseLimit },
        ...(url.protocol === 'https:' && { ...tlsOf(state, headers) }),
        headers: headers as Record<string, string>,
      },
      body,
    );
  } catch (error) {
    if (codeOf(error) !== 'ETIMEDOUT') throw error;
    if (now() >= deadline) throw tooLate('Timeout of ', state.limit, 'ETIME');
    if (responseLimit === undefined) throw error;
    throw tooLate('Response timeout of ', responseLimit, 'ETIMEDOUT');
  }
}

function tooLate(reason: string, timeout: number, errno: string): Error {
  return Object.assign(new Error(`${reason}${timeout}ms exceeded`), { timeout, code: 'ECONNABORTED', errno });
}

function tlsOf({ tls }: Draft, headers: Record<string, unknown>): TlsOptions {
  const host = Object.entries(headers).find(([name]) => name.toLowerCase() === 'host')?.[1];
  return typeof host === 'string' ? { ...tls, servername: host.replace(/:\d+$/, '') } : tls;
}

/** The address with its query; dots in the path go out as they are written. */
function addressOf(state: Draft): { url: URL; path: string } {
  const pairs = formText(state.pairs);
  const query = [...state.query, ...(pairs === '' ? [] : [pairs])].join('&');
  state.query = [];
  state.pairs = {};
  const [bare = '', ...fragment] = state.url.split('#');
  const whole = query === '' ? bare : `${bare}${bare.includes('?') ? '&' : '?'}${query}`;
  state.url = [whole, ...fragment].join('#');
  const text = state.url.startsWith('http') ? state.url : `http://${state.url}`;
  const dots: string[] = [];
  const marked = text.replace(/^([a-z][\d+\-.a-z]*:\/\/[^#/?]*)([^#?]*)/i, (_all, origin: string, path: string) => {
    const kept = path.replace(
      /\/((?:\.|%2e){1,2})(?=\/|$)/gi,
      (_dot, segment: string) => `/~dot-${dots.push(segment)}~`,
    );
    return origin + kept;
  });
  const url = new URL(marked);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new TypeError(`An address of ${url.protocol} has no blocking form`);
  return { url, path: (url.pathname + url.search).replace(/~dot-(\d+)~/g, (_all, at) => dots[Number(at) - 1]!) };
}

/** Headers as they go out: what was set, and credentials. */
function linesOf(state: Draft, url: URL): Record<string, unknown> {
  const { headers, user, password, unset } = state;
  if (url.username !== '' || url.password !== '')
    setHeader(headers, 'Authorization', basic(`${url.username}:${url.password}`));
  if (user && password) setHeader(headers, 'Authorization', basic(`${user}:${password}`));
  const lines: Record<string, unknown> = {};
  for (const [name, value] of headers) {
    if (value === undefined) {
      const message = `Invalid value "undefined" for header "${name}"`;
      throw Object.assign(new TypeError(message), { code: 'ERR_HTTP_INVALID_HEADER_VALUE' });
    }
    lines[name] = name.toLowerCase() === 'cookie' && Array.isArray(value) ? value.join('; ') : value;
  }
  const has = (name: string): boolean => [...headers.keys()].some((each) => each.toLowerCase() === name);
  if (state.method !== 'HEAD' && !unset.has('accept-encoding') && !has('accept-encoding'))
    lines['Accept-Encoding'] = 'gzip, deflate';
  return lines;
}

/** Takes the place of a header of that name in any case. */
export function setHeader(headers: Map<string, unknown>, name: string, value: unknown): void {
  removeHeader(headers, name);
  headers.set(name, value);
}

export function removeHeader(headers: Map<string, unknown>, name: string): void {
  for (const each of headers.keys()) if (each.toLowerCase() === name.toLowerCase()) headers.delete(each);
}

function bodyOf({ data }: Draft, headers: Record<string, unknown>): string | Uint8Array | undefined {
  if (data === undefined || data === null || typeof data === 'string') return data || undefined;
  const [, given] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type') ?? [];
  const type = typeof given === 'string' ? given.split(';')[0]! : '';
  if (type === 'application/x-www-form-urlencoded') return formText(data);
  if (type === 'application/csp-report' || /[/+]json($|[^-\w])/i.test(type)) return JSON.stringify(data);
  if (data instanceof Uint8Array) return data;
  const message = 'The "chunk" argument must be of type string or an instance of Buffer or Uint8Array.';
  throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_TYPE' });
}

function redirect(state: Draft, from: URL, answer: HttpResponse): void {
  const { statusCode: status } = answer;
  const location = answer.headers['location'];
  if (!location) throw new Error('No location header for redirect');
  if (!URL.canParse(location, from.href))
    throw Object.assign(new Error(`Invalid redirect location: ${location}`), {
      code: 'EINVALIDREDIRECT',
      status,
      location,
    });
  const to = new URL(location, from);
  if (to.protocol !== 'http:' && to.protocol !== 'https:') {
    const message = `Unsupported protocol in redirect location: ${to.href}`;
    throw Object.assign(new Error(message), { code: 'EUNSUPPORTEDREDIRECT', status, location });
  }
  const elsewhere = to.origin !== from.origin;
  if (status <= 303) {
    state.method = state.method === 'HEAD' && status !== 303 ? 'HEAD' : 'GET';
    state.data = undefined;
    for (const name of ['content-type', 'content-length', 'transfer-encoding']) removeHeader(state.headers, name);
  }
  if (elsewhere) {
    for (const name of ['authorization', 'cookie']) removeHeader(state.headers, name);
    state.user = undefined;
    state.password = undefined;
  }
  removeHeader(state.headers, 'host');
  state.url = to.href;
}
