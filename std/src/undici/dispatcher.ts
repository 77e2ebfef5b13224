import { Agent } from '../http/agent.ts';
import type { TlsOptions } from '../tls/options.ts';
import { destroyed, invalid } from './error.ts';
import { type Limits, methodOf, send, type UndiciSyncResponse, type UndiciSyncSettings } from './request.ts';

/** The options of clients, pools and agents that have a meaning here. Others throw a TypeError. */
export interface UndiciSyncOptions extends Limits {
  /** What `tls.connect` is given. */
  connect?: TlsOptions | undefined;
  /** How many connections may be open, and how long they are kept: without effect, since one request is sent at a time. */
  connections?: number | null | undefined;
  pipelining?: number | undefined;
  keepAliveTimeout?: number | undefined;
  keepAliveMaxTimeout?: number | undefined;
  keepAliveTimeoutThreshold?: number | undefined;
}

/** A request of a client or a pool. */
export interface UndiciSyncClientRequest extends UndiciSyncSettings {
  /** With the query, behind the client's origin. */
  path: string;
  method: string;
}

/** A request of an agent. */
export interface UndiciSyncAgentRequest extends UndiciSyncClientRequest {
  origin: string | URL;
}

const tlsOptions = 'ca cert key passphrase rejectUnauthorized servername'.split(' ');
const known = new Set(
  (
    'connect connections pipelining keepAliveTimeout keepAliveMaxTimeout keepAliveTimeoutThreshold headersTimeout ' +
    'bodyTimeout maxHeaderSize'
  ).split(' '),
);

/** What sends requests on connections of its own. */
abstract class UndiciSyncDispatcher {
  /** `close` was called. */
  closed = false;
  /** The connections are closed, and no request is sent any more. */
  destroyed = false;
  readonly #options: UndiciSyncOptions;
  readonly #agent: Agent;

  constructor(options: UndiciSyncOptions = {}) {
    for (const [name, value] of Object.entries(options))
      if (!known.has(name) && value !== undefined) throw new TypeError(`The option ${name} has no blocking form`);
    const connect: unknown = options.connect;
    if (typeof connect === 'function')
      throw new TypeError('The option connect has no blocking form, but for an object');
    for (const name of Object.keys(options.connect ?? {}))
      if (!tlsOptions.includes(name)) throw new TypeError(`The option connect.${name} has no blocking form`);
    for (const name of ['headersTimeout', 'bodyTimeout'] as const) {
      const limit = options[name];
      if (limit != null && (!Number.isInteger(limit) || limit < 0))
        throw invalid(`${name} must be a positive integer or zero`);
    }
    this.#options = options;
    this.#agent = new Agent({ ...options.connect, proxy: false });
  }

  /** Closes the connections; throws where they are closed already. */
  close(): null {
    if (this.destroyed) throw destroyed();
    this.closed = true;
    return this.destroy();
  }

  destroy(_error?: Error | null): null {
    this.destroyed = true;
    this.#agent.destroy();
    return null;
  }

  [Symbol.dispose](): void {
    this.destroy();
  }

  /** For the functions beside this class. */
  protected sent(origin: URL, options: UndiciSyncClientRequest): UndiciSyncResponse {
    if (this.destroyed) throw destroyed();
    const { path, method } = options;
    if (typeof path !== 'string') throw invalid('path must be a string');
    if (!path.startsWith('/')) throw invalid('path must be an absolute URL or start with a slash');
    if (typeof method !== 'string') throw invalid('method must be a string');
    return send(new URL(origin.origin + path), options, this.#agent, this.#options);
  }

  /** A request to any address, for `undiciRequestSync`. */
  abstract toAny(url: URL, options: UndiciSyncSettings): UndiciSyncResponse;
}

/** The blocking form of `undici`'s `Client`: all requests go to one server. */
export class UndiciSyncClient extends UndiciSyncDispatcher {
  readonly #origin: URL;

  constructor(url: string | URL, options?: UndiciSyncOptions) {
    super(options);
    this.#origin = originOf(url);
  }

  request(options: UndiciSyncClientRequest): UndiciSyncResponse {
    return this.sent(this.#origin, options);
  }

  /** As in `undici` the request goes to this client's server, whatever the address says. */
  override toAny(url: URL, options: UndiciSyncSettings): UndiciSyncResponse {
    return this.request({ ...options, method: methodOf(options), path: url.pathname + url.search });
  }
}

/** The blocking form of `undici`'s `Pool`, which a client is here: it has as many connections as it needs, one. */
export class UndiciSyncPool extends UndiciSyncClient {}

/** The blocking form of `undici`'s `Agent`: requests name their server. */
export class UndiciSyncAgent extends UndiciSyncDispatcher {
  request(options: UndiciSyncAgentRequest): UndiciSyncResponse {
    return this.sent(originOf(options.origin), options);
  }

  override toAny(url: URL, options: UndiciSyncSettings): UndiciSyncResponse {
    return this.request({ ...options, method: methodOf(options), path: url.pathname + url.search, origin: url.origin });
  }
}

function originOf(given: string | URL): URL {
  const url = new URL(given);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw invalid('Invalid URL protocol: the URL must start with `http:` or `https:`.');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') throw invalid('invalid url');
  return url;
}
