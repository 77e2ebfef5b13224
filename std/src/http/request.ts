import { part } from '../parts.ts';
import { codedError } from '../sockets/system-error.ts';
import { deadlineOf } from '../sockets/table.ts';
import { Agent, globalAgent } from './agent.ts';
import { basic, checkHeader, eachHeader, isToken, pairedHeaders } from './headers.ts';
import { agentFor, hasNoForm, withoutForm } from './node-agent.ts';
import { HttpResponse, StreamedHttpResponse } from './message.ts';
import { hangUp } from './parse-error.ts';
import type { ConnectSyncOptions } from '../net/connect.ts';
import type { TlsOptions } from '../tls/options.ts';
import type { Origin, Server } from './agent.ts';
import type { Exchange, WireRequest } from './connection.ts';
import type { HeadersInput } from './headers.ts';
import type { NodeAgent } from './node-agent.ts';

/** A request's body. Text goes out as UTF-8; anything iterable is sent in chunks as it is produced. */
export type RequestBody = string | Uint8Array | ArrayBuffer | Iterable<string | Uint8Array>;

/** `http.request`'s options. Times are milliseconds, sizes bytes. */
export interface RequestSyncOptions extends TlsOptions, Pick<ConnectSyncOptions, 'family' | 'localAddress'> {
  protocol?: string | null | undefined;
  hostname?: string | null | undefined;
  host?: string | null | undefined;
  port?: number | string | null | undefined;
  method?: string | undefined;
  path?: string | null | undefined;
  /** A flat list has names and values by turns. */
  headers?: HeadersInput | readonly string[] | undefined;
  /** `user:password` for basic authentication. */
  auth?: string | null | undefined;
  /** A Unix domain socket to connect to. */
  socketPath?: string | undefined;
  /** For the whole exchange, the reading of the body included. Throws ETIMEDOUT. 0 means for ever. */
  timeout?: number | undefined;
  /** Until the head of the response is here. Throws ETIMEDOUT. */
  headersTimeout?: number | undefined;
  /** The longest silence before and within the body. Throws ETIMEDOUT. */
  bodyTimeout?: number | undefined;
  /** `false` for a connection of its own. Of an agent of Node's, `keepAlive` and the TLS options are taken over. */
  agent?: Agent | NodeAgent | boolean | undefined;
  /** 16 KiB by default, as in Node. */
  maxHeaderSize?: number | undefined;
  /** No limit by default. Throws ERR_BODY_TOO_LARGE. */
  maxBodySize?: number | undefined;
  /** Give the body piece by piece instead of whole. */
  stream?: boolean | undefined;
  /** Send no `Host` header of our own when false. */
  setHost?: boolean | undefined;
}

/**
 * The blocking form of `http.request` and `https.request`: sends the request and returns the response, its body as a
 * Buffer. With `stream: true` the body is iterated instead, while it arrives. Redirects and content codings are left
 * alone.
 *
 * Throws what `http.request` emits: `connect ECONNREFUSED …`, `socket hang up` (ECONNRESET), `Parse Error: …` (HPE_…).
 *
 * @example
 * ```ts
 * const { statusCode, headers, body } = requestSync('http://127.0.0.1:9001/next');
 * requestSync({ host: '127.0.0.1', port: 9001, path: '/done', method: 'POST' }, JSON.stringify(result));
 * ```
 */
export function requestSync(
  target: string | URL | RequestSyncOptions,
  options: RequestSyncOptions & { stream: true },
  body?: RequestBody,
): StreamedHttpResponse;
export function requestSync(options: RequestSyncOptions & { stream: true }, body?: RequestBody): StreamedHttpResponse;
export function requestSync(target: string | URL, options: RequestSyncOptions, body?: RequestBody): HttpResponse;
export function requestSync(target: string | URL | RequestSyncOptions, body?: RequestBody): HttpResponse;
export function requestSync(
  target: string | URL | RequestSyncOptions,
  second?: RequestSyncOptions | RequestBody,
  third?: RequestBody,
): HttpResponse | StreamedHttpResponse {
  const given = typeof target === 'string' || target instanceof URL ? fromUrl(target) : target;
  const secondIsBody = second !== undefined && third === undefined && isBody(second);
  const options = secondIsBody || second === undefined ? given : { ...given, ...(second as RequestSyncOptions) };
  const body = secondIsBody ? second : third;
  const { head, body: answer } = exchange(options, body);
  return options.stream === true ? new StreamedHttpResponse(head, answer) : new HttpResponse(head, answer);
}

const isBody = (value: unknown): value is RequestBody =>
  typeof value === 'string' ||
  value instanceof ArrayBuffer ||
  (typeof value === 'object' && value !== null && Symbol.iterator in value);

/** The options that a URL stands for. */
export function fromUrl(input: string | URL): RequestSyncOptions {
  const url = typeof input === 'string' ? new URL(input) : input;
  const options: RequestSyncOptions = {
    protocol: url.protocol,
    hostname: url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname,
    path: url.pathname + url.search,
  };
  if (url.port !== '') options.port = url.port;
  if (url.username !== '' || url.password !== '') {
    options.auth = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  }
  return options;
}

/**
 * Sends a request, on a kept connection where there is one, and reads the head of the response. `again`: once more where the server closed
 * a kept connection meanwhile and nothing can be done twice; otherwise that is looked at before, and a failure after, as fetch has it.
 */
export function exchange(options: RequestSyncOptions, body: RequestBody | undefined, again = true): Exchange {
  const agent = agentOf(options.agent);
  const server = agent.serverOf(originOf(options));
  const bytes = bytesOf(body);
  const request = wireRequest(options, server, agent, bytes);
  const deadline = deadlineOf(options.timeout);
  const headDeadline = Math.min(deadline, deadlineOf(options.headersTimeout));
  const replayable = bytes === undefined || bytes instanceof Uint8Array;
  const safe = again && replayable && idempotent.has(request.method);
  for (;;) {
    const connection = agent.take(server, headDeadline, !safe);
    try {
      const answer = connection.exchange(request, (reusable) => agent.give(server, connection, reusable));
      // What a server changes to when nobody asked is nothing that we speak; Node's clients hang up, too.
      if (answer.head.statusCode === 101) throw hangUp();
      connection.deadline = deadline;
      connection.silence = options.bodyTimeout || Infinity;
      return answer;
    } catch (error) {
      connection.channel.close();
      // Sent once more only if that cannot do a thing twice; every kept connection may be as stale.
      if (!safe || !connection.stale) throw error;
    }
  }
}

function agentOf(given: RequestSyncOptions['agent']): Agent {
  if (given === undefined || given === true) return globalAgent;
  if (given === false) return new Agent({ keepAlive: false });
  return given instanceof Agent ? given : agentFor(given);
}

const idempotent = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']);
/** Methods whose request says its length even when it has no body, as Node does. */
const withoutBody = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);

/** The options of which each value has connections of its own. */
const particular = new Set('family localAddress ca cert key passphrase rejectUnauthorized servername'.split(' '));

function originOf(options: RequestSyncOptions): Origin {
  const secure = options.protocol === 'https:';
  if (!secure && options.protocol != null && options.protocol !== 'http:') {
    const message = `Protocol "${options.protocol}" not supported. Expected "http:"`;
    throw codedError(new TypeError(message), 'ERR_INVALID_PROTOCOL');
  }
  let particulars: Record<string, unknown> | undefined;
  // Most requests have few options: to go through them is quicker than to ask for each that they could have.
  for (const name in options) {
    const value = options[name as keyof RequestSyncOptions];
    if (value === undefined) continue;
    if (hasNoForm.has(name)) throw withoutForm(name);
    if (particular.has(name)) (particulars ??= {})[name] = value;
  }
  return {
    secure,
    host: options.hostname ?? options.host ?? 'localhost',
    port: Number(options.port ?? (secure ? 443 : 80)),
    socketPath: options.socketPath,
    particulars,
  };
}

function bytesOf(body: RequestBody | undefined): WireRequest['body'] {
  if (body === undefined || body instanceof Uint8Array) return body;
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  return chunksOf(body);
}

function* chunksOf(body: Iterable<string | Uint8Array>): Generator<Uint8Array, void, undefined> {
  for (const chunk of body) yield chunk instanceof Uint8Array ? chunk : Buffer.from(chunk, 'utf8');
}

function wireRequest(
  options: RequestSyncOptions,
  { origin, proxy: by, hostHeader: host }: Server,
  agent: Agent,
  body: WireRequest['body'],
): WireRequest {
  const method = (options.method ?? 'GET').toUpperCase();
  if (!isToken(method)) {
    throw codedError(new TypeError(`Method must be a valid HTTP token ["${method}"]`), 'ERR_INVALID_HTTP_TOKEN');
  }
  const path = options.path ?? '/';
  if (/[^\x21-\xff]/.test(path)) {
    throw codedError(new TypeError('Request path contains unescaped characters'), 'ERR_UNESCAPED_CHARACTERS');
  }
  const proxy = origin.secure ? undefined : by;
  let lines = '';
  eachHeader(pairedHeaders(options.headers), (name, value) => {
    checkHeader(name, value);
    lines += `${name}: ${value}\r\n`;
  });
  // No value contains the line feed before a name.
  const given = lines === '' ? '' : `\n${lines.toLowerCase()}`;
  const has = (name: string): boolean => given !== '' && given.includes(`\n${name}:`);
  if (options.auth != null && !has('authorization')) lines += `Authorization: ${basic(options.auth)}\r\n`;
  if (options.setHost !== false && !has('host')) lines += `Host: ${host}\r\n`;
  if (proxy !== undefined) lines += part('proxy').proxyAuthorization(proxy);
  if (!has('content-length') && !has('transfer-encoding')) {
    if (body instanceof Uint8Array) lines += `Content-Length: ${body.length}\r\n`;
    else if (body !== undefined) lines += 'Transfer-Encoding: chunked\r\n';
    else if (!withoutBody.has(method)) lines += 'Content-Length: 0\r\n';
  }
  if (!has('connection')) lines += `Connection: ${agent.options.keepAlive === false ? 'close' : 'keep-alive'}\r\n`;
  const limits = { maxHeaderSize: options.maxHeaderSize ?? 16384, maxBodySize: options.maxBodySize ?? Infinity };
  const target = proxy === undefined ? path : `http://${host}${path}`;
  return { method, head: `${method} ${target} HTTP/1.1\r\n${lines}\r\n`, body, limits };
}
