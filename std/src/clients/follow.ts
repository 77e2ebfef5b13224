import { decode } from '../http/coding.ts';
import type { NodeHeaders } from '../http/headers.ts';
import type { HttpResponse } from '../http/message.ts';
import { fromUrl, requestSync } from '../http/request.ts';
import type { Agent } from '../http/agent.ts';
import { codeOf } from '../sockets/system-error.ts';
import { deadlineOf } from '../sockets/table.ts';
import { now } from '../time/clock.ts';
import type { TlsOptions } from '../tls/options.ts';

/** Header lines by lower-case name; none where the value is undefined. */
export type HeaderLines = Record<string, string | readonly string[] | undefined>;

/** One call of a client over `node:http`, which follows redirects by itself. */
export interface Call {
  readonly method: string;
  readonly url: URL;
  /** The path as it goes out, where it is not the URL's own. */
  readonly path?: string | undefined;
  readonly headers: HeaderLines;
  readonly body: string | Uint8Array | undefined;
  /** `user:password` */
  readonly auth?: string | undefined;
  /** Milliseconds for all of it; 0 or undefined for ever. Throws what `onTimeout` makes. */
  readonly timeout?: number | undefined;
  readonly onTimeout: () => Error;
  readonly maxRedirects: number;
  readonly onTooMany: (response: Followed) => Error;
  /** The method after a redirect with this status. */
  readonly redirectedMethod: (status: number, method: string) => string;
  /** Undo gzip, deflate and brotli. */
  readonly decompress: boolean;
  /** The most bytes of a body, before and after decoding, and what is thrown where it has more. */
  readonly limit?: { readonly bytes: number; readonly error: () => Error } | undefined;
  readonly agent?: Agent | undefined;
  readonly tls?: TlsOptions | undefined;
}

/** The last response, its body decoded. */
export interface Followed {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly headers: NodeHeaders;
  readonly rawHeaders: readonly string[];
  readonly httpVersion: string;
  readonly trailers: NodeHeaders;
  readonly body: Buffer;
  readonly url: string;
  /** The addresses that were redirected to. */
  readonly redirects: readonly string[];
}

/** As most clients do it: 303 and a POST that moved become a GET. */
export function usualMethod(status: number, method: string): string {
  const becomesGet = (status === 303 && method !== 'HEAD') || ((status === 301 || status === 302) && method === 'POST');
  return becomesGet ? 'GET' : method;
}

/** Sends a request and follows its redirects. Throws Node's errors. */
export function follow(call: Call): Followed {
  const deadline = deadlineOf(call.timeout);
  const headers = { ...call.headers };
  const redirects: string[] = [];
  let { method, url, body, path, auth } = call;
  for (;;) {
    const response = one({ ...call, method, url, body, path, auth, headers }, deadline);
    const location = response.headers['location'];
    const moved = [301, 302, 303, 307, 308].includes(response.statusCode) && location !== undefined;
    const answer = followed(call, method, response, url, redirects);
    if (!moved || call.maxRedirects === 0) return answer;
    if (redirects.length >= call.maxRedirects) throw call.onTooMany(answer);
    const next = new URL(location, url);
    const nextMethod = call.redirectedMethod(response.statusCode, method);
    if (nextMethod !== method || (nextMethod === 'GET' && body !== undefined)) {
      body = undefined;
      for (const name of Object.keys(headers)) if (name.startsWith('content-')) headers[name] = undefined;
    }
    headers['host'] = undefined;
    if (next.host !== url.host || (url.protocol === 'https:' && next.protocol !== 'https:')) {
      for (const name of ['authorization', 'proxy-authorization', 'cookie']) headers[name] = undefined;
      auth = undefined;
    }
    redirects.push(next.href);
    method = nextMethod;
    url = next;
    path = undefined;
  }
}

function one(call: Call, deadline: number): HttpResponse {
  const left = deadline === Infinity ? undefined : deadline - now();
  if (left !== undefined && left <= 0) throw call.onTimeout();
  try {
    return requestSync(
      {
        ...fromUrl(call.url),
        ...(call.path !== undefined && { path: call.path }),
        ...(call.auth !== undefined && { auth: call.auth }),
        method: call.method,
        headers: call.headers,
        timeout: left,
        agent: call.agent,
        maxBodySize: call.limit?.bytes,
        ...call.tls,
      },
      call.body,
    );
  } catch (error) {
    if (codeOf(error) === 'ETIMEDOUT' && now() >= deadline) throw call.onTimeout();
    throw overLimit(call, error);
  }
}

function overLimit({ limit }: Call, error: unknown): unknown {
  return limit !== undefined && codeOf(error) === 'ERR_BODY_TOO_LARGE' ? limit.error() : error;
}

function followed(
  call: Call,
  method: string,
  response: HttpResponse,
  url: URL,
  redirects: readonly string[],
): Followed {
  const { statusCode, statusMessage, rawHeaders, httpVersion, trailers } = response;
  const headers = { ...response.headers };
  let { body } = response;
  const coding = headers['content-encoding'];
  if (call.decompress && coding !== undefined) {
    if (method !== 'HEAD' && statusCode !== 204) body = plainBody(call, body, coding);
    delete headers['content-encoding'];
  }
  return { statusCode, statusMessage, rawHeaders, httpVersion, trailers, headers, body, url: url.href, redirects };
}

function plainBody(call: Call, body: Buffer, coding: string): Buffer {
  try {
    return decode(body, coding, call.limit?.bytes);
  } catch (error) {
    throw overLimit(call, error);
  }
}
