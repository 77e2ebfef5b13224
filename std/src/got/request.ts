import { follow, type Followed, type HeaderLines } from '../clients/follow.ts';
import { retried, retryAfter } from '../clients/retry.ts';
import type { NodeHeaders } from '../http/headers.ts';
import type { TlsOptions } from '../tls/options.ts';
import {
  GotSyncError,
  GotSyncHttpError,
  GotSyncMaxRedirectsError,
  GotSyncParseError,
  GotSyncTimeoutError,
} from './error.ts';
import { addressOf, queryOf, type Settled } from './options.ts';

/** What a request gives: `Response` of `got`. */
export interface GotSyncResponse<Body = unknown> {
  statusCode: number;
  statusMessage: string;
  headers: NodeHeaders;
  rawHeaders: readonly string[];
  httpVersion: string;
  body: Body;
  rawBody: Buffer;
  /** The address that answered, after redirects. */
  url: string;
  requestUrl: URL;
  redirectUrls: URL[];
  retryCount: number;
  ok: boolean;
  isFromCache: false;
}

type Options = GotSyncError['options'];

/** Sends a request, again where its rules say so. Throws a `GotSyncError`. */
export function send(input: string | URL, settled: Settled): GotSyncResponse {
  const options: Options = { ...settled, url: input.toString() };
  if (settled.signal?.aborted)
    throw Object.assign(new GotSyncError('This operation was aborted.', {}, options), {
      name: 'AbortError',
      code: 'ERR_ABORTED',
    });
  const url = wrapped(options, () => addressOf(input, settled));
  const body = wrapped(options, () => bodyOf(settled));
  let response: GotSyncResponse | undefined;
  try {
    return retried(
      (attempt) => {
        response = undefined;
        response = once(url, body, settled, options, attempt - 1);
        if (!response.ok) throw statusError(response, { ...options, url: url.href });
        return response;
      },
      (error, attempt) => waitFor(error, response, settled, attempt),
    );
  } catch (error) {
    if (error instanceof GotSyncHttpError && settled.throwHttpErrors === false) return error.response;
    throw error;
  }
}

function waitFor(
  error: unknown,
  response: GotSyncResponse | undefined,
  settled: Settled,
  attempt: number,
): number | undefined {
  const { rules } = settled;
  if (!(error instanceof GotSyncError) || attempt > rules.limit || !rules.methods.includes(settled.method))
    return undefined;
  if (response === undefined) {
    if (!rules.errorCodes.includes(error.code)) return undefined;
  } else {
    if (!rules.statusCodes.includes(response.statusCode)) return undefined;
    const asked = retryAfter(response.headers);
    const most = rules.maxRetryAfter ?? settled.timeout?.request ?? Infinity;
    if (asked) return asked > most ? undefined : asked;
    if (response.statusCode === 413) return undefined;
  }
  return Math.min(2 ** (attempt - 1) * 1000, rules.backoffLimit) + Math.random() * rules.noise;
}

/** One try, redirects included. */
function once(
  url: URL,
  body: string | Uint8Array | undefined,
  settled: Settled,
  options: Options,
  retryCount: number,
): GotSyncResponse {
  const headers: HeaderLines = { ...settled.lines };
  if (settled.decompress !== false) headers['accept-encoding'] ??= 'gzip, deflate, br';
  const { username, password, timeout, followRedirect, methodRewriting } = settled;
  const auth = username || password ? `${username ?? ''}:${password ?? ''}` : undefined;
  const limit = timeout?.request;
  const maxRedirects = settled.maxRedirects ?? 10;
  const slow = (): Error => {
    const message = `Timeout awaiting 'request' for ${limit}ms`;
    return new GotSyncTimeoutError(message, Object.assign(new Error(message), { code: 'ETIMEDOUT' }), options);
  };
  const answer = wrapped(options, () =>
    follow({
      ...{ method: settled.method, url, headers, body, auth, timeout: limit, onTimeout: slow },
      maxRedirects: followRedirect === false ? 0 : maxRedirects,
      onTooMany: (last) => {
        const said = `Redirected ${maxRedirects} times. Aborting.`;
        return new GotSyncMaxRedirectsError(said, {}, options, responseOf(last, url, settled, options, retryCount));
      },
      redirectedMethod: (status, method) => {
        const rewrites = status === 303 ? method !== 'HEAD' || methodRewriting !== false : methodRewriting !== false;
        return status === 307 || status === 308 || !rewrites ? method : 'GET';
      },
      decompress: settled.decompress !== false,
      tls: tlsOf(settled),
    }),
  );
  return responseOf(answer, url, settled, options, retryCount);
}

function tlsOf({ https = {} }: Settled): TlsOptions {
  const { certificateAuthority: ca, certificate: cert, key, passphrase, rejectUnauthorized } = https;
  return { ca, cert, key, passphrase, rejectUnauthorized };
}

/** An error that is none of `got`'s becomes one. */
function wrapped<Result>(options: Options, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (error instanceof GotSyncError || !(error instanceof Error) || error.name === 'InterruptedError') throw error;
    throw new GotSyncError(error.message, error, options);
  }
}

function responseOf(
  answer: Followed,
  requestUrl: URL,
  settled: Settled,
  options: Options,
  retryCount: number,
): GotSyncResponse {
  const { statusCode, statusMessage, headers, rawHeaders, httpVersion, body: rawBody, url, redirects } = answer;
  const ok = (statusCode >= 200 && statusCode <= (settled.followRedirect === false ? 399 : 299)) || statusCode === 304;
  const response: GotSyncResponse = {
    ...{ statusCode, statusMessage, headers, rawHeaders, httpVersion, rawBody, url, requestUrl, retryCount, ok },
    redirectUrls: redirects.map((each) => new URL(each)),
    isFromCache: false,
    body: undefined,
  };
  try {
    response.body = parse(response, settled.responseType ?? 'text', settled, options);
  } catch (error) {
    response.body = rawBody.toString();
    if (ok) throw error;
  }
  return response;
}

/** The body as the type that is asked for. Throws a `GotSyncParseError`. */
export function parse(
  response: GotSyncResponse,
  type: 'text' | 'json' | 'buffer',
  { encoding }: Settled,
  options: Options,
): unknown {
  const { rawBody } = response;
  if (type === 'buffer') return rawBody;
  const text = rawBody.toString(encoding);
  if (type === 'text') return text;
  if (text === '') return '';
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new GotSyncParseError(`${(error as Error).message} in "${response.url}"`, error, options, response);
  }
}

function statusError(response: GotSyncResponse, options: Options): GotSyncHttpError {
  const { statusCode, statusMessage } = response;
  const message = `Request failed with status code ${statusCode} (${statusMessage}): ${options.method} ${response.url}`;
  return new GotSyncHttpError(message, {}, options, response);
}

function bodyOf(settled: Settled): string | Uint8Array | undefined {
  const { body, json, form, method, lines } = settled;
  const given = [body, json, form].filter((each) => each !== undefined).length;
  if (given > 1) throw new TypeError('The `body`, `json` and `form` options are mutually exclusive');
  if (given > 0 && (method === 'HEAD' || (method === 'GET' && settled.allowGetBody !== true)))
    throw new TypeError(`The \`${method}\` method cannot be used with a body`);
  if (form !== undefined) {
    lines['content-type'] ??= 'application/x-www-form-urlencoded';
    return queryOf(form);
  }
  if (json === undefined) return checkedBody(body);
  lines['content-type'] ??= 'application/json';
  return JSON.stringify(json);
}

function checkedBody(body: Settled['body']): string | Uint8Array | undefined {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return body;
  throw new TypeError('A body other than text and bytes has no blocking form');
}
