import { Agent } from '../http/agent.ts';
import type { HeaderLines } from '../clients/follow.ts';

/** What `JSON.parse` gives. */
export type Json = ReturnType<JSON['parse']>;

/** Values of headers as `axios` takes them: null, false and undefined send none. */
export type AxiosSyncHeadersInput = Readonly<
  Record<string, string | number | boolean | readonly string[] | null | undefined>
>;

/** The options of `axios` that have a meaning here. Those without one throw a TypeError when they are given. */
export interface AxiosSyncConfig<Data = Json> {
  url?: string | undefined;
  method?: string | undefined;
  baseURL?: string | undefined;
  allowAbsoluteUrls?: boolean | undefined;
  headers?: AxiosSyncHeadersInput | undefined;
  params?: URLSearchParams | object | undefined;
  data?: Data | undefined;
  /** Milliseconds for the whole exchange. */
  timeout?: number | undefined;
  timeoutErrorMessage?: string | undefined;
  auth?: { username: string; password: string } | undefined;
  responseType?: 'json' | 'text' | 'arraybuffer' | undefined;
  responseEncoding?: string | undefined;
  validateStatus?: ((status: number) => boolean) | null | undefined;
  maxRedirects?: number | undefined;
  maxContentLength?: number | undefined;
  maxBodyLength?: number | undefined;
  decompress?: boolean | undefined;
  proxy?: false | undefined;
  /** What sends requests to `http:` and to `https:` addresses; an agent of `@unawait/std/http`. */
  httpAgent?: Agent | undefined;
  httpsAgent?: Agent | undefined;
  /** Only looked at before the request: nobody can fire it while the thread blocks. */
  signal?: AbortSignal | undefined;
  /** For browsers; without effect, as in Node. */
  withCredentials?: boolean | undefined;
  xsrfCookieName?: string | undefined;
  xsrfHeaderName?: string | undefined;
}

/** What all requests of an instance share; `headers.common` and `headers.post` as in `axios`. */
export interface AxiosSyncDefaults extends Omit<AxiosSyncConfig, 'headers' | 'url' | 'data'> {
  headers: Record<string, AxiosSyncHeadersInput | string | number | boolean | null | undefined> & {
    common: Record<string, string | number | boolean | null | undefined>;
  };
}

const verbs = new Set(['common', 'delete', 'get', 'head', 'options', 'post', 'put', 'patch', 'query']);

/** Options of `axios` that would change what happens, and have no blocking form. */
const unknown = [
  'adapter',
  'beforeRedirect',
  'cancelToken',
  'env',
  'family',
  'formSerializer',
  'httpVersion',
  'insecureHTTPParser',
  'lookup',
  'maxRate',
  'onDownloadProgress',
  'onUploadProgress',
  'paramsSerializer',
  'parseReviver',
  'socketPath',
  'transformRequest',
  'transformResponse',
  'transitional',
  'transport',
];

/** Throws for what these options ask and nobody here can do. */
export function checkConfig(config: object): void {
  const given = config as Readonly<Record<string, unknown>>;
  for (const name of unknown)
    if (given[name] !== undefined) throw new TypeError(`The option ${name} has no blocking form`);
  for (const name of ['httpAgent', 'httpsAgent'])
    if (given[name] !== undefined && !(given[name] instanceof Agent))
      throw new TypeError(`The option ${name} has no blocking form, but for an Agent of @unawait/std/http`);
  if (given['proxy']) throw new TypeError('The option proxy has no blocking form, but for false');
  const type = given['responseType'];
  if (type !== undefined && !['json', 'text', 'arraybuffer'].includes(type as string)) {
    throw new TypeError(`The response type ${JSON.stringify(type)} has no blocking form`);
  }
}

/** One request's options over those of its instance. Parameters are merged. */
export function mergeConfig(defaults: AxiosSyncDefaults, config: AxiosSyncConfig): AxiosSyncConfig {
  const given = Object.entries(config).filter(([, value]) => value !== undefined);
  const merged: AxiosSyncConfig = { ...defaults, headers: undefined, ...Object.fromEntries(given) };
  merged.method = (config.method ?? defaults.method ?? 'get').toLowerCase();
  merged.params = mergeParams(defaults.params, config.params);
  return merged;
}

function mergeParams(base: AxiosSyncConfig['params'], own: AxiosSyncConfig['params']): AxiosSyncConfig['params'] {
  if (own === undefined || base === undefined) return own ?? base;
  if (!isPlain(base) || !isPlain(own)) return own;
  const merged: Record<string, unknown> = Object.fromEntries(Object.entries(base));
  for (const [name, value] of Object.entries(own)) {
    const before = merged[name];
    merged[name] =
      typeof value === 'object' && typeof before === 'object' && value !== null && before !== null
        ? mergeParams(before, value as object)
        : value;
  }
  return merged;
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
};

/** The headers that go out, by lower-case name: those of the instance for all and for this method, then the request's. */
export function headersOf(defaults: AxiosSyncDefaults, config: AxiosSyncConfig): HeaderLines {
  const lines: HeaderLines = {};
  const add = (all: object | undefined): void => {
    for (const [name, value] of Object.entries(all ?? {})) {
      const key = name.toLowerCase();
      if (value === undefined || (typeof value === 'object' && value !== null && verbs.has(name))) continue;
      if (value === null || value === false) lines[key] = undefined;
      else lines[key] = Array.isArray(value) ? value.map(String) : String(value);
    }
  };
  add(defaults.headers.common);
  const own = defaults.headers[config.method!];
  if (typeof own === 'object') add(own!);
  add(defaults.headers);
  add(config.headers);
  return lines;
}
