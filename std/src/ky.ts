/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters -- `Body` stands where `ky` has it. */
/** `ky` with calls that block: the same options, retries and errors, as far as they have a blocking form. */
import type { SyncResponse } from './http/response.ts';
import { checkOptions, type KySyncOptions, send } from './ky/request.ts';

/** What `JSON.parse` gives. */
type Json = ReturnType<JSON['parse']>;

/** A request that is sent by one of its methods. Each of them throws a `KySyncHttpError` or a `KySyncTimeoutError`. */
export interface KySyncRequest {
  send(): SyncResponse;
  json<Body = Json>(): Body;
  text(): string;
  arrayBuffer(): ArrayBuffer;
  blob(): Blob;
}

type Verb = (url: string | URL, options?: KySyncOptions) => KySyncRequest;

/** `ky`, or what its `create` and `extend` give. */
export interface KySync {
  (url: string | URL, options?: KySyncOptions): KySyncRequest;
  readonly get: Verb;
  readonly post: Verb;
  readonly put: Verb;
  readonly patch: Verb;
  readonly head: Verb;
  readonly delete: Verb;
  /** An instance with these options and none of this one's. */
  create(options?: KySyncOptions): KySync;
  /** An instance with these options over this one's. */
  extend(options: KySyncOptions): KySync;
}

/**
 * The blocking form of `ky`. Requests are sent again as in `ky`, while the thread sleeps.
 *
 * @example
 * ```ts
 * const api = kySync.create({ prefixUrl: 'https://example.org', timeout: 5000 });
 * const items = api.get('items', { searchParams: { page: 2 } }).json<Item[]>();
 * ```
 */
export const kySync: KySync = instance([]);

function instance(defaults: readonly KySyncOptions[]): KySync {
  const verb =
    (method?: string): Verb =>
    (url, options = {}) =>
      request(url, [...defaults, options, ...(method === undefined ? [] : [{ method }])]);
  return Object.assign(verb(), {
    ...{ get: verb('get'), post: verb('post'), put: verb('put') },
    ...{ patch: verb('patch'), head: verb('head'), delete: verb('delete') },
    create: (options: KySyncOptions = {}) => made([options]),
    extend: (options: KySyncOptions) => made([...defaults, options]),
  });
}

function made(all: readonly KySyncOptions[]): KySync {
  for (const options of all) checkOptions(options);
  return instance(all);
}

function request(url: string | URL, all: readonly KySyncOptions[]): KySyncRequest {
  for (const options of all) checkOptions(options);
  return {
    send: () => send(url, all),
    json: <Body>() => {
      const response = send(url, all, 'application/json');
      const text = response.status === 204 ? '' : response.text();
      return (text === '' ? '' : JSON.parse(text)) as Body;
    },
    text: () => send(url, all, 'text/*').text(),
    arrayBuffer: () => send(url, all, '*/*').arrayBuffer(),
    blob: () => send(url, all, '*/*').blob(),
  };
}

export { KySyncHttpError, KySyncTimeoutError } from './ky/request.ts';
export type { KySyncOptions, KySyncSent } from './ky/request.ts';
