import { decode } from '../http/coding.ts';
import { codeOf } from '../sockets/system-error.ts';
import type { HttpResponse } from '../http/message.ts';
import { parseForm } from './query.ts';

/** What `JSON.parse` gives. */
type Json = ReturnType<JSON['parse']>;

/** The error that a response with a status of 4xx or 5xx carries. */
export interface SuperagentSyncHttpError extends Error {
  status: number;
  text: string;
  method: string;
  path: string;
}

/** How a request was sent, as far as its response tells of it. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  /** The addresses that were redirected to. */
  readonly redirects: string[];
}

/** What the body is and how it reads: `text` stands beside `body`, which is what the text means, or its bytes. */
export interface Content {
  readonly text: string | undefined;
  readonly body: unknown;
}

/** What a request gives: `Response` of `superagent`. */
export class SuperagentSyncResponse {
  /** What the body means: the value of JSON, the fields of a form, bytes; `{}` where it is text or nothing. */
  body: Json;
  text: string;
  /** Lower-case names; also as `header`. */
  headers: Record<string, string>;
  header: Record<string, string>;
  status: number;
  statusCode: number;
  /** The first digit of the status. */
  statusType: number;
  ok: boolean;
  info: boolean;
  redirect: boolean;
  clientError: boolean;
  serverError: boolean;
  error: false | SuperagentSyncHttpError;
  created: boolean;
  accepted: boolean;
  noContent: boolean;
  badRequest: boolean;
  unauthorized: boolean;
  notAcceptable: boolean;
  forbidden: boolean;
  notFound: boolean;
  unprocessableEntity: boolean;
  /** The content type without its parameters. */
  type: string;
  charset: string;
  links: Record<string, string>;
  redirects: string[];

  constructor(answer: HttpResponse, { text, body }: Content, sent: Sent) {
    const status = answer.statusCode;
    this.text = text as string;
    this.body = body === undefined ? {} : body;
    this.headers = answer.headers as Record<string, string>;
    this.header = this.headers;
    this.status = status;
    this.statusCode = status;
    this.statusType = Math.trunc(status / 100);
    this.info = this.statusType === 1;
    this.ok = this.statusType === 2;
    this.redirect = this.statusType === 3;
    this.clientError = this.statusType === 4;
    this.serverError = this.statusType === 5;
    this.error = this.clientError || this.serverError ? errorOf(status, this.text, sent) : false;
    this.created = status === 201;
    this.accepted = status === 202;
    this.noContent = status === 204;
    this.badRequest = status === 400;
    this.unauthorized = status === 401;
    this.forbidden = status === 403;
    this.notFound = status === 404;
    this.notAcceptable = status === 406;
    this.unprocessableEntity = status === 422;
    const [type = '', ...parameters] = (this.headers['content-type'] ?? '').split(/ *; */);
    this.type = type;
    this.charset = /^charset *= *(.+)$/.exec(parameters.find((each) => /^charset *=/.test(each)) ?? '')?.[1] as string;
    this.links = linksOf(this.headers['link']);
    this.redirects = sent.redirects;
  }

  /** A header by its name in any case. */
  get(name: 'Set-Cookie'): string[] | undefined;
  get(name: string): string | undefined;
  get(name: string): string | string[] | undefined {
    return this.headers[name.toLowerCase()];
  }
}

function errorOf(status: number, text: string, { method, path }: Sent): SuperagentSyncHttpError {
  return Object.assign(new Error(`cannot ${method} ${path} (${status})`), { status, text, method, path });
}

/** `{ next: '…' }` of a `Link` header. */
function linksOf(header: string | undefined): Record<string, string> {
  const links: Record<string, string> = {};
  for (const each of header?.split(/ *, */) ?? []) {
    const [address = '', ...parameters] = each.split(/ *; */);
    const relation = parameters.map((text) => /^rel *= *"?([^"]*)"?$/i.exec(text)?.[1]).find((name) => name);
    for (const name of relation?.split(/ +/) ?? []) if (name !== '__proto__') links[name] = address.slice(1, -1);
  }
  return links;
}

/** The body by its content type, as `superagent` reads it. `asked`: `buffer()` was called · `bytes`: `responseType` was. */
export function contentOf(
  answer: HttpResponse,
  { method, asked, bytes, most }: { method: string; asked: boolean; bytes: boolean; most: number },
): Content {
  const none = { text: undefined, body: undefined };
  if (method === 'HEAD') return none;
  const type = /^ *([^;]*?) *(?:;|$)/.exec(answer.headers['content-type'] ?? '')![1] || 'text/plain';
  const [registry = '', name = ''] = type.toLowerCase().split('/');
  if (registry === 'multipart' && !bytes) throw new TypeError('A multipart answer has no blocking form');
  // These are left to be read as streams, unless somebody asks for them.
  const unread = ['application/octet-stream', 'application/pdf', 'application/json-seq'].includes(type);
  if (unread && !asked && !bytes) return none;
  const body = within(most, answer);
  const json = /[/+]json($|[^-\w])/i.test(type);
  if (bytes || ['audio', 'font', 'image', 'video'].includes(registry) || ['gz', 'gzip'].includes(name))
    return { text: undefined, body };
  if (type === 'application/octet-stream' || type === 'application/pdf') return { text: undefined, body };
  if (type === 'application/x-www-form-urlencoded') return formOf(body);
  if (json) return jsonOf(body, answer);
  if (registry === 'text' || type === 'application/json-seq' || name === 'x-www-form-urlencoded' || asked)
    return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(body), body: undefined };
  return { text: undefined, body };
}

function formOf(body: Buffer): Content {
  const text = body.toString('ascii');
  return { text, body: parseForm(text) };
}

function jsonOf(bytes: Buffer, { statusCode, headers }: HttpResponse): Content {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const plain = text.replace(/^\uFEFF/, '');
  try {
    return { text, body: plain && (JSON.parse(plain) as unknown) };
  } catch (error) {
    throw Object.assign(error as Error, { rawResponse: text || null, statusCode, status: statusCode, headers });
  }
}

function decoded({ statusCode, headers, body }: HttpResponse, most: number): Buffer {
  const coding = /^\s*(gzip|deflate|br)\s*$/i.exec(headers['content-encoding'] ?? '')?.[1];
  const empty = statusCode === 204 || statusCode === 304 || headers['content-length'] === '0';
  return coding === undefined || empty ? body : decode(body, coding, most);
}

function within(most: number, answer: HttpResponse): Buffer {
  let body: Buffer | undefined;
  try {
    body = decoded(answer, most);
  } catch (error) {
    if (codeOf(error) !== 'ERR_BODY_TOO_LARGE') throw error;
  }
  if (body !== undefined && body.length <= most) return body;
  throw Object.assign(new Error('Maximum response size reached'), { code: 'ETOOLARGE' });
}
