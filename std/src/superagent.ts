/** `superagent` with calls that block: the same builder, responses and errors, as far as they have a blocking form. */
import { SuperagentSyncRequest } from './superagent/request.ts';

type Verb = (url: string | URL, data?: string | object | null) => SuperagentSyncRequest;

/** What `superagent` is. */
export interface SuperagentSync {
  (url: string | URL): SuperagentSyncRequest;
  (method: string, url: string | URL): SuperagentSyncRequest;
  readonly get: Verb;
  readonly head: Verb;
  readonly post: Verb;
  readonly put: Verb;
  readonly patch: Verb;
  readonly delete: Verb;
  readonly del: Verb;
  readonly options: Verb;
}

const verb =
  (method: string): Verb =>
  (url, data) => {
    const request = new SuperagentSyncRequest(method, url);
    if (!data) return request;
    return method === 'GET' || method === 'HEAD' ? request.query(data) : request.send(data);
  };

/**
 * The blocking form of `superagent`. A request is put together as there, and sent by `response()`.
 *
 * Throws an error with `status` and `response` for a status outside of 200–299, and those of the system; a time limit that
 * has passed has the code ECONNABORTED and the limit as `timeout`.
 *
 * @example
 * ```ts
 * const { body } = superagentSync.get('https://example.org/items').query({ page: 2 }).timeout(5000).response();
 * superagentSync.post('https://example.org/items').set('X-Key', key).send({ name: 'new' }).response();
 * ```
 */
export const superagentSync: SuperagentSync = Object.assign(
  (method: string | URL, url?: string | URL) =>
    url === undefined ? new SuperagentSyncRequest('GET', method) : new SuperagentSyncRequest(method as string, url),
  {
    ...{ get: verb('GET'), head: verb('HEAD'), post: verb('POST'), put: verb('PUT'), patch: verb('PATCH') },
    ...{ delete: verb('DELETE'), del: verb('DELETE'), options: verb('OPTIONS') },
  },
);

export { SuperagentSyncRequest } from './superagent/request.ts';
export { SuperagentSyncResponse, type SuperagentSyncHttpError } from './superagent/response.ts';
export type { SuperagentSyncError } from './superagent/send.ts';
