/** `axios` with calls that block: the same methods, options, responses and errors, as far as they have a blocking form. */
import { type AxiosSyncInstance, createInstance } from './axios/instance.ts';

/**
 * The blocking form of `axios`.
 *
 * Throws an `AxiosSyncError` for a status that `validateStatus` does not take, for a time limit that has passed and for
 * what went wrong on the way. The proxies of the environment are used, as in `axios`.
 *
 * @example
 * ```ts
 * const api = axiosSync.create({ baseURL: 'https://example.org', timeout: 5000 });
 * const { data } = api.get<Item[]>('/items', { params: { page: 2 } });
 * ```
 */
export const axiosSync: AxiosSyncInstance = createInstance({
  timeout: 0,
  headers: { common: { Accept: 'application/json, text/plain, */*' } },
});

export { AxiosSyncError, isAxiosError, isCancel } from './axios/error.ts';
export type { AxiosSyncConfig, AxiosSyncDefaults, AxiosSyncHeadersInput } from './axios/config.ts';
export type { AxiosSyncHeaders, AxiosSyncInstance, AxiosSyncResponse } from './axios/instance.ts';
