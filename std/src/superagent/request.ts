import { basic } from '../http/headers.ts';
import { type Draft, removeHeader, send, setHeader } from './send.ts';
import type { SuperagentSyncResponse } from './response.ts';

type Pem = string | Buffer;

/** Content types by the short names of files that are used most. */
const types: Readonly<Record<string, string>> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  urlencoded: 'application/x-www-form-urlencoded',
  'form-data': 'application/x-www-form-urlencoded',
  html: 'text/html',
  txt: 'text/plain',
  text: 'text/plain',
  xml: 'text/xml',
  css: 'text/css',
  csv: 'text/csv',
  js: 'application/javascript',
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  svg: 'image/svg+xml',
};

function typeNamed(name: string): string {
  const known = name.includes('/') ? name : Object.hasOwn(types, name) ? types[name] : undefined;
  if (known === undefined) throw new TypeError(`The type ${name} is not known here; write it as type/subtype`);
  return known;
}

/** A request that is put together call by call, and sent by `response`. */
export class SuperagentSyncRequest {
  readonly #draft: Draft;
  #outcome: { readonly response: SuperagentSyncResponse } | { readonly error: unknown } | undefined;

  constructor(method: string, url: string | URL) {
    this.#draft = {
      ...{ method, url: url.toString(), headers: new Map<string, unknown>(), query: [], pairs: {}, data: undefined },
      ...{ user: undefined, password: undefined, limit: 0, responseLimit: 0, maxRedirects: method === 'HEAD' ? 0 : 5 },
      ...{ maxRetries: 0, isOk: undefined, asked: false, bytes: false, most: 200_000_000 },
      ...{ unset: new Set<string>(), tls: {} },
    };
  }

  /** Sends the request, at its first call only. Throws what `superagent` rejects with: see `SuperagentSyncError`. */
  response(): SuperagentSyncResponse {
    if (this.#outcome === undefined) {
      try {
        this.#outcome = { response: send(this.#draft) };
      } catch (error) {
        this.#outcome = { error };
      }
    }
    if ('error' in this.#outcome) throw this.#outcome.error;
    return this.#outcome.response;
  }

  set(headers: object): this;
  set(name: string, value: string | number | readonly string[]): this;
  set(name: string | object, value?: unknown): this {
    if (typeof name === 'object') for (const [each, inner] of Object.entries(name)) this.#set(each, inner);
    else this.#set(name, value);
    return this;
  }

  unset(name: string): this {
    removeHeader(this.#draft.headers, name);
    this.#draft.unset.add(name.toLowerCase());
    return this;
  }

  /** A header that was set. */
  get(name: string): string {
    return this.#header(name) as string;
  }

  query(value: string | object): this {
    if (typeof value === 'string') this.#draft.query.push(value);
    else Object.assign(this.#draft.pairs, value);
    return this;
  }

  /** The body: text, which is a form unless a type was set, bytes, or data, which is JSON unless a type was set. More data is merged. */
  send(data?: string | object | null): this {
    const draft = this.#draft;
    if (typeof data === 'bigint') throw new Error('Cannot send value of type BigInt');
    if (typeof data === 'object' && data !== null) this.#sendObject(data);
    else if (typeof data === 'string') {
      if (!this.#header('content-type')) this.type('form');
      const isForm = String(this.#header('content-type')).toLowerCase().trim() === types['form'];
      if (draft.data && typeof draft.data !== 'string') throw new Error("Can't merge these send calls");
      const before = (draft.data as string | undefined) ?? '';
      draft.data = isForm && before !== '' ? `${before}&${data}` : `${before}${data}`;
    } else draft.data = data;
    return this;
  }

  type(name: string): this {
    return this.#set('Content-Type', typeNamed(name));
  }

  accept(name: string): this {
    return this.#set('Accept', typeNamed(name));
  }

  auth(token: string, options: { type: 'bearer' }): this;
  auth(user: string, password?: string, options?: { type: 'basic' | 'auto' }): this;
  auth(user: string, password: string | { type: string } = '', options?: { type: string }): this {
    const given = typeof password === 'object' ? password : options;
    const secret = typeof password === 'object' ? '' : password;
    if (given?.type === 'bearer') return this.#set('Authorization', `Bearer ${user}`);
    if (given?.type === 'auto') Object.assign(this.#draft, { user, password: secret });
    else this.#set('Authorization', basic(`${user}:${secret}`));
    return this;
  }

  /** Milliseconds for all of it, or with `response` until the answer begins. */
  timeout(limit: number | { deadline?: number; response?: number }): this {
    const draft = this.#draft;
    if (typeof limit === 'object') {
      if (limit.deadline !== undefined) draft.limit = limit.deadline;
      if (limit.response !== undefined) draft.responseLimit = limit.response;
    } else Object.assign(draft, { limit, responseLimit: 0 });
    return this;
  }

  /** Send the request again this many times where its connection failed or the server is in trouble, at once. */
  retry(count = 1): this {
    this.#draft.maxRetries = Math.max(count, 0);
    return this;
  }

  redirects(most: number): this {
    this.#draft.maxRedirects = most;
    return this;
  }

  /** Decides which answers are no errors. */
  ok(isOk: (response: SuperagentSyncResponse) => boolean): this {
    this.#draft.isOk = isOk;
    return this;
  }

  /** Read the body whatever its type is. */
  buffer(asked = true): this {
    if (!asked) throw new TypeError('The method buffer(false) has no blocking form');
    this.#draft.asked = true;
    return this;
  }

  /** The body as bytes. */
  responseType(_name: string): this {
    this.#draft.bytes = true;
    return this;
  }

  maxResponseSize(bytes: number): this {
    if (typeof bytes !== 'number') throw new TypeError('Invalid argument');
    this.#draft.most = bytes || 200_000_000;
    return this;
  }

  ca(authority: Pem | Pem[]): this {
    this.#draft.tls.ca = authority;
    return this;
  }

  cert(certificate: Pem): this {
    this.#draft.tls.cert = certificate;
    return this;
  }

  key(key: Pem): this {
    this.#draft.tls.key = key;
    return this;
  }

  disableTLSCerts(): this {
    this.#draft.tls.rejectUnauthorized = false;
    return this;
  }

  /** For browsers; without effect, as in Node. */
  withCredentials(_on?: boolean): this {
    return this;
  }

  #header(name: string): unknown {
    return [...this.#draft.headers].find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1];
  }

  #set(name: string, value: unknown): this {
    setHeader(this.#draft.headers, name, value);
    this.#draft.unset.delete(name.toLowerCase());
    return this;
  }

  #sendObject(data: object): void {
    const draft = this.#draft;
    if ('pipe' in data || data instanceof FormData || data instanceof Blob)
      throw new TypeError(`A ${data.constructor.name} as the body has no blocking form`);
    const before = draft.data;
    if (Buffer.isBuffer(data)) {
      if (before) throw new Error("Can't merge these send calls");
      draft.data = data;
      return;
    }
    if (before && Buffer.isBuffer(before)) throw new Error("Can't merge these send calls");
    const own = Object.entries(data) as readonly (readonly [string, unknown])[];
    if (own.some(([, value]) => typeof value === 'bigint')) throw new Error('Cannot serialize BigInt value to json');
    draft.data ||= Array.isArray(data) ? [] : {};
    if (typeof draft.data === 'object')
      for (const [name, value] of own)
        Object.defineProperty(draft.data, name, { value, enumerable: true, writable: true, configurable: true });
    if (!this.#header('content-type')) this.type('json');
  }
}
