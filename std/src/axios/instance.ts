/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters -- `Result` stands where `axios` has it. */
import '../http/proxy.ts';
import { Agent } from '../http/agent.ts';
import type { NodeHeaders } from '../http/headers.ts';
import { type Call, follow, type Followed, type HeaderLines, usualMethod } from '../clients/follow.ts';
import {
  type AxiosSyncConfig,
  type AxiosSyncDefaults,
  checkConfig,
  headersOf,
  type Json,
  mergeConfig,
} from './config.ts';
import { bodyOf, withParams } from './data.ts';
import { AxiosSyncError, canceled } from './error.ts';

/** Headers of a response: lower-case names as properties, and `get` and `has` as in `AxiosHeaders`. */
export type AxiosSyncHeaders = NodeHeaders & {
  get(name: string): string | string[] | undefined;
  has(name: string): boolean;
};

/** What `axiosSync` returns. */
export interface AxiosSyncResponse<Data = Json, Sent = Json> {
  data: Data;
  status: number;
  statusText: string;
  headers: AxiosSyncHeaders;
  /** The options of the request, with the headers that were sent. */
  config: AxiosSyncConfig<Sent>;
}

type Bare = <Data = Json, Result = AxiosSyncResponse<Data>, Sent = Json>(
  url: string,
  config?: AxiosSyncConfig<Sent>,
) => Result;
type WithData = <Data = Json, Result = AxiosSyncResponse<Data>, Sent = Json>(
  url: string,
  data?: Sent,
  config?: AxiosSyncConfig<Sent>,
) => Result;

/** A client with options of its own. */
export interface AxiosSyncInstance {
  <Data = Json, Result = AxiosSyncResponse<Data>>(config: AxiosSyncConfig): Result;
  <Data = Json, Result = AxiosSyncResponse<Data>>(url: string, config?: AxiosSyncConfig): Result;
  request<Data = Json, Result = AxiosSyncResponse<Data>>(config: AxiosSyncConfig): Result;
  get: Bare;
  delete: Bare;
  head: Bare;
  options: Bare;
  post: WithData;
  put: WithData;
  patch: WithData;
  create(config?: AxiosSyncConfig): AxiosSyncInstance;
  /** The address that a request with these options goes to. */
  getUri(config?: AxiosSyncConfig): string;
  defaults: AxiosSyncDefaults;
}

const proxies = new Agent({ proxy: 'environment' });
const direct = new Agent({ proxy: false });

/** An instance whose options are those of `base` under those of `config`. */
export function createInstance(base: AxiosSyncDefaults, config: AxiosSyncConfig = {}): AxiosSyncInstance {
  checkConfig(config);
  const { headers = {}, ...rest } = config;
  const common = (headers as { common?: object }).common;
  const defaults: AxiosSyncDefaults = {
    ...base,
    ...mergeConfig(base, rest),
    headers: { ...base.headers, ...headers, common: { ...base.headers.common, ...common } },
  };
  if (config.method === undefined && base.method === undefined) delete defaults.method;
  const send = <Result>(given: AxiosSyncConfig): Result => request(defaults, given) as Result;
  const bare =
    (method: string): Bare =>
    (url, options) =>
      send({ ...options, method, url });
  const withData =
    (method: string): WithData =>
    (url, data, options) =>
      send({ ...options, method, url, data });
  const call = <Result>(first: string | AxiosSyncConfig, second?: AxiosSyncConfig): Result =>
    send(typeof first === 'string' ? { ...second, url: first } : first);
  return Object.assign(call, {
    request: send,
    get: bare('get'),
    delete: bare('delete'),
    head: bare('head'),
    options: bare('options'),
    post: withData('post'),
    put: withData('put'),
    patch: withData('patch'),
    create: (own?: AxiosSyncConfig) => createInstance(defaults, own),
    getUri: (own: AxiosSyncConfig = {}) => {
      const merged = mergeConfig(defaults, own);
      return withParams(fullPath(merged), merged.params);
    },
    defaults,
  });
}

function request(defaults: AxiosSyncDefaults, given: AxiosSyncConfig): AxiosSyncResponse {
  checkConfig(given);
  const config = mergeConfig(defaults, given);
  const headers = headersOf(defaults, config);
  Object.assign(config, { headers });
  if (config.signal?.aborted) throw canceled(config);
  const body = bodyOf(config.data, headers);
  if (/^(post|put|patch)$/.test(config.method!)) headers['content-type'] ??= 'application/x-www-form-urlencoded';
  if (body !== undefined) config.data = body;
  if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)) {
    const message = 'Data after transformation must be a string, an ArrayBuffer, a Buffer, or a Stream';
    throw new AxiosSyncError(message, 'ERR_BAD_REQUEST', config);
  }
  const answer = exchange(config, headers, body);
  return settle(config, answer);
}

function exchange(config: AxiosSyncConfig, headers: HeaderLines, body: string | Uint8Array | undefined): Followed {
  const url = new URL(fullPath(config));
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new AxiosSyncError(`Unsupported protocol ${url.protocol}`, 'ERR_BAD_REQUEST', config);
  const limit = config.maxBodyLength ?? -1;
  if (limit > -1 && body !== undefined && Buffer.byteLength(body) > limit)
    throw new AxiosSyncError('Request body larger than maxBodyLength limit', 'ERR_BAD_REQUEST', config);
  const { auth } = config;
  if (auth || url.username !== '' || url.password !== '') headers['authorization'] = undefined;
  headers['user-agent'] ??= 'axios/1';
  headers['accept-encoding'] ??= 'gzip, compress, deflate, br';
  const path = withParams(url.pathname + url.search, config.params);
  const sent = { method: config.method!.toUpperCase(), path, host: url.host };
  try {
    return follow({
      method: sent.method,
      url,
      path,
      headers,
      body: body === '' ? undefined : body,
      auth: auth && `${auth.username || ''}:${auth.password || ''}`,
      timeout: config.timeout,
      onTimeout: () => {
        const message = config.timeoutErrorMessage ?? `timeout of ${config.timeout}ms exceeded`;
        return new AxiosSyncError(message, 'ECONNABORTED', config, sent);
      },
      maxRedirects: config.maxRedirects ?? 21,
      onTooMany: tooManyRedirects,
      redirectedMethod: usualMethod,
      decompress: config.decompress !== false,
      limit: limitOf(config, sent),
      agent: agentOf(config, url),
    });
  } catch (error) {
    if (error instanceof AxiosSyncError || !(error instanceof Error) || error.name === 'InterruptedError') throw error;
    throw AxiosSyncError.of(error, config, sent);
  }
}

function limitOf(config: AxiosSyncConfig, sent: { method: string; path: string }): Call['limit'] {
  const bytes = config.maxContentLength ?? -1;
  if (bytes < 0) return undefined;
  const message = `maxContentLength size of ${bytes} exceeded`;
  return { bytes, error: () => new AxiosSyncError(message, 'ERR_BAD_RESPONSE', config, sent) };
}

const wrapped = new WeakMap<Agent, Agent>();

/** The proxies of the environment serve an agent of the user's own too. */
function agentOf({ proxy, httpAgent, httpsAgent }: AxiosSyncConfig, { protocol }: URL): Agent {
  const own = protocol === 'https:' ? httpsAgent : httpAgent;
  if (own === undefined) return proxy === false ? direct : proxies;
  if (proxy === false || own.options.proxy !== undefined) return own;
  let agent = wrapped.get(own);
  if (agent === undefined) wrapped.set(own, (agent = new Agent({ ...own.options, proxy: 'environment' })));
  return agent;
}

function tooManyRedirects(): Error {
  const code = 'ERR_FR_TOO_MANY_REDIRECTS';
  return Object.assign(new Error('Maximum number of redirects exceeded'), { name: `Error [${code}]`, code });
}

/** The response as data, or the error of a status that is not valid. */
function settle(config: AxiosSyncConfig, answer: Followed): AxiosSyncResponse {
  const { statusCode: status, statusMessage: statusText, body } = answer;
  const request = { method: config.method!.toUpperCase(), path: new URL(answer.url).pathname };
  const response: AxiosSyncResponse = {
    ...{ status, statusText, headers: withMethods(answer.headers), config },
    data: dataOf(config, body) as unknown,
  };
  const valid =
    config.validateStatus === undefined ? (code: number) => code >= 200 && code < 300 : config.validateStatus;
  if (!valid || valid(status)) return response;
  const code = status >= 400 && status < 500 ? 'ERR_BAD_REQUEST' : 'ERR_BAD_RESPONSE';
  throw new AxiosSyncError(`Request failed with status code ${status}`, code, config, request, response);
}

/** Text that is no JSON stays text. */
function dataOf({ responseType, responseEncoding }: AxiosSyncConfig, body: Buffer): Json {
  if (responseType === 'arraybuffer') return body;
  let text = body.toString(responseEncoding as BufferEncoding | undefined);
  if (responseEncoding === undefined || responseEncoding === 'utf8') text = text.replace(/^\uFEFF/, '');
  if (responseType === 'text' || text === '') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function fullPath({ baseURL, url = '', allowAbsoluteUrls }: AxiosSyncConfig): string {
  const absolute = /^([a-z][\d+\-.a-z]*:)?\/\//i.test(url);
  if (!baseURL || (absolute && allowAbsoluteUrls !== false)) return url;
  return url === '' ? baseURL : `${baseURL.replace(/\/?\/$/, '')}/${url.replace(/^\/+/, '')}`;
}

const methods = {
  get(this: NodeHeaders, name: string): string | string[] | undefined {
    return this[name.toLowerCase()];
  },
  has(this: NodeHeaders, name: string): boolean {
    return name.toLowerCase() in this;
  },
};

function withMethods(headers: NodeHeaders): AxiosSyncHeaders {
  return Object.assign(Object.create(methods) as AxiosSyncHeaders, headers);
}
