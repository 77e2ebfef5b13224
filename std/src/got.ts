/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters -- `Body` stands where `got` has it. */
/** `got` with calls that block: the same options, responses, retries and errors, as far as they have a blocking form. */
import { checkOptions, type GotSyncOptions, settle } from './got/options.ts';
import { type GotSyncResponse, parse, send } from './got/request.ts';

/** What `JSON.parse` gives. */
type Json = ReturnType<JSON['parse']>;

/** A request that is sent by one of its methods. Each of them throws a `GotSyncError`. */
export interface GotSyncRequest<Result> {
  /** The response, or its body with `resolveBodyOnly`. */
  send(): Result;
  json<Body = Json>(): Body;
  text(): string;
  buffer(): Buffer;
}

type BodyOf<Options> = Options extends { responseType: 'json' }
  ? Json
  : Options extends { responseType: 'buffer' }
    ? Buffer
    : string;
type ResultOf<Options, Body> = Options extends { resolveBodyOnly: true } ? Body : GotSyncResponse<Body>;

interface Verb {
  <const Options extends GotSyncOptions>(
    url: string | URL,
    options?: Options,
  ): GotSyncRequest<ResultOf<Options, BodyOf<Options>>>;
  <Body>(url: string | URL, options?: GotSyncOptions): GotSyncRequest<GotSyncResponse<Body>>;
}

/** `got`, or what its `extend` gives. */
export interface GotSync extends Verb {
  readonly get: Verb;
  readonly post: Verb;
  readonly put: Verb;
  readonly patch: Verb;
  readonly head: Verb;
  readonly delete: Verb;
  /** An instance whose requests have these options too. */
  extend(...options: readonly GotSyncOptions[]): GotSync;
}

/**
 * The blocking form of `got`. Requests are sent again as in `got`: GET, PUT, HEAD, DELETE, OPTIONS and TRACE twice, after
 * one and two seconds, while the thread sleeps.
 *
 * @example
 * ```ts
 * const api = gotSync.extend({ prefixUrl: 'https://example.org', timeout: { request: 5000 } });
 * const items = api.get('items', { searchParams: { page: 2 } }).json<Item[]>();
 * ```
 */
export const gotSync: GotSync = instance([]);

function instance(defaults: readonly GotSyncOptions[]): GotSync {
  const verb =
    (method?: string): Verb =>
    (url: string | URL, options: GotSyncOptions = {}) =>
      request(url, [...defaults, ...(method === undefined ? [] : [{ method }]), options]) as never;
  return Object.assign(verb(), {
    ...{ get: verb('GET'), post: verb('POST'), put: verb('PUT') },
    ...{ patch: verb('PATCH'), head: verb('HEAD'), delete: verb('DELETE') },
    extend: (...more: readonly GotSyncOptions[]) => {
      for (const options of more) checkOptions(options);
      return instance([...defaults, ...more]);
    },
  });
}

function request(url: string | URL, all: readonly GotSyncOptions[]): GotSyncRequest<unknown> {
  for (const options of all) checkOptions(options);
  const as = (type: 'json' | 'text' | 'buffer'): unknown => {
    const settled = settle(all);
    if (type === 'json') settled.lines['accept'] ??= 'application/json';
    const response = send(url, settled);
    return parse(response, type, settled, { ...settled, url: response.url });
  };
  return {
    send: () => {
      const settled = settle(all);
      const response = send(url, settled);
      return settled.resolveBodyOnly === true ? response.body : response;
    },
    json: <Body>() => as('json') as Body,
    text: () => as('text') as string,
    buffer: () => as('buffer') as Buffer,
  };
}

export {
  GotSyncError,
  GotSyncHttpError,
  GotSyncMaxRedirectsError,
  GotSyncParseError,
  GotSyncTimeoutError,
} from './got/error.ts';
export type { GotSyncOptions } from './got/options.ts';
export type { GotSyncResponse } from './got/request.ts';
