/** `node-fetch` with calls that block: `fetchSync` with the headers and the errors of `node-fetch`. */
import { type FetchSyncInit, fetchBy } from './http/fetch.ts';
import { SyncHeaders } from './http/headers.ts';
import type { SyncResponse } from './http/response.ts';

/** What `nodeFetchSync` throws for a failure on the way: `FetchError` in all but its class. `instanceof` holds for both. */
export class NodeFetchSyncError extends Error {
  override name = 'FetchError';
  /** `system`, `no-redirect`, `max-redirect` or `invalid-redirect`. */
  readonly type: string;
  declare readonly code?: string;
  declare readonly errno?: string;
  declare readonly erroredSysCall?: string;

  constructor(message: string, type: string, cause?: Error & { readonly code?: string; readonly syscall?: string }) {
    super(message);
    this.type = type;
    if (cause) Object.assign(this, { code: cause.code, errno: cause.code, erroredSysCall: cause.syscall });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'FetchError' && 'type' in value;
  }
}

/** What a signal that was fired before, or a time limit, throws: `AbortError` of `node-fetch`. */
export class NodeFetchSyncAbortError extends Error {
  override name = 'AbortError';
  readonly type = 'aborted';

  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'AbortError' && 'type' in value;
  }
}

const own = { accept: '*/*', 'user-agent': 'node-fetch', 'accept-encoding': 'gzip, deflate, br' };

/**
 * The blocking form of `node-fetch`'s default export. Throws a `NodeFetchSyncError` or a `NodeFetchSyncAbortError`; a body
 * that breaks off throws the `TypeError` of `fetch`.
 */
export function nodeFetchSync(input: string | URL, init: FetchSyncInit = {}): SyncResponse {
  const url = input.toString();
  const headers = new SyncHeaders(init.headers);
  for (const [name, value] of Object.entries(own)) if (!headers.has(name)) headers.set(name, value);
  if (init.signal?.aborted) throw new NodeFetchSyncAbortError('The operation was aborted.');
  try {
    return fetchBy(input, { ...init, headers });
  } catch (error) {
    if (error instanceof DOMException) throw new NodeFetchSyncAbortError('The operation was aborted.');
    const cause = error instanceof TypeError && error.message === 'fetch failed' ? error.cause : undefined;
    throw cause instanceof Error ? failure(new URL(url).href, cause) : error;
  }
}

const redirects: Readonly<Record<string, readonly [type: string, message: string]>> = {
  'unexpected redirect': ['no-redirect', 'uri requested responds with a redirect, redirect mode is set to error: '],
  'redirect count exceeded': ['max-redirect', 'maximum redirect reached at: '],
  'invalid redirect URL': ['invalid-redirect', 'uri requested responds with an invalid redirect URL: '],
};

function failure(url: string, cause: Error): Error {
  if (cause.message === 'unknown scheme')
    return new TypeError(
      `node-fetch cannot load ${url}. URL scheme "${new URL(url).protocol.slice(0, -1)}" is not supported.`,
    );
  const known = redirects[cause.message];
  if (known) return new NodeFetchSyncError(known[1] + url, known[0]);
  return new NodeFetchSyncError(`request to ${url} failed, reason: ${cause.message}`, 'system', cause);
}
