import { codedError } from '../sockets/system-error.ts';

/** What header names and values can be given as: an object, pairs, or anything like `Headers`. */
export type HeadersInput =
  | Readonly<Record<string, string | number | readonly string[] | undefined>>
  | Iterable<readonly [string, string] | readonly string[]>;

const token = /^[\w!#$%&'*+\-.^`|~]+$/;
const notInValue = /[^\t\x20-\x7e\x80-\xff]/;

export const isToken = (text: string): boolean => token.test(text);

/** Throws Node's errors for a name or a value that would break out of its line. */
export function checkHeader(name: string, value: string): void {
  if (!token.test(name)) {
    const message = `Header name must be a valid HTTP token ["${name}"]`;
    throw codedError(new TypeError(message), 'ERR_INVALID_HTTP_TOKEN');
  }
  if (notInValue.test(value)) {
    throw codedError(new TypeError(`Invalid character in header content ["${name}"]`), 'ERR_INVALID_CHAR');
  }
}

/** `http.request` takes a flat list, too: names and values by turns. */
export function pairedHeaders(input: HeadersInput | readonly string[] | undefined): HeadersInput | undefined {
  if (!Array.isArray(input) || typeof input[0] !== 'string') return input as HeadersInput | undefined;
  const list = input as readonly string[];
  return Array.from({ length: list.length >> 1 }, (_, i) => [list[2 * i]!, list[2 * i + 1]!]);
}

/** Calls `visit` for each header line of an input, in its order. */
export function eachHeader(input: HeadersInput | undefined, visit: (name: string, value: string) => void): void {
  if (input === undefined) return;
  if (Symbol.iterator in input) {
    for (const [name = '', value = ''] of input as Iterable<readonly string[]>) visit(name, value);
    return;
  }
  for (const [name, value] of Object.entries(input)) {
    if (Array.isArray(value)) for (const each of value as string[]) visit(name, each);
    else if (value !== undefined) visit(name, String(value));
  }
}

/** The value that carries a name and a password. */
export const basic = (credentials: string): string => `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`;

/** The headers of a response, with the methods of `Headers`. Names are compared without case. */
export class SyncHeaders implements Iterable<[string, string]> {
  /** Names in lower case, each with its values in the order of arrival. */
  readonly #values = new Map<string, string[]>();

  constructor(input?: HeadersInput) {
    eachHeader(input, (name, value) => this.append(name, value));
  }

  append(name: string, value: string): void {
    const trimmed = value.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');
    checkHeader(name, trimmed);
    const key = name.toLowerCase();
    const known = this.#values.get(key);
    if (known === undefined) this.#values.set(key, [trimmed]);
    else known.push(trimmed);
  }

  set(name: string, value: string): void {
    this.delete(name);
    this.append(name, value);
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase());
  }

  /** All values, joined by a comma, or null. */
  get(name: string): string | null {
    const key = name.toLowerCase();
    return this.#values.get(key)?.join(key === 'cookie' ? '; ' : ', ') ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  getSetCookie(): string[] {
    return [...(this.#values.get('set-cookie') ?? [])];
  }

  forEach(visit: (value: string, name: string, headers: SyncHeaders) => void): void {
    for (const [name, value] of this.entries()) visit(value, name, this);
  }

  /** Sorted by name, each `set-cookie` by itself, as the Fetch standard orders them. */
  *entries(): Generator<[string, string], void, undefined> {
    for (const name of [...this.#values.keys()].sort()) {
      if (name === 'set-cookie') for (const value of this.getSetCookie()) yield [name, value];
      else yield [name, this.get(name)!];
    }
  }

  *keys(): Generator<string, void, undefined> {
    for (const [name] of this.entries()) yield name;
  }

  *values(): Generator<string, void, undefined> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): Generator<[string, string], void, undefined> {
    return this.entries();
  }
}

/** Headers of which Node keeps only the first. */
const single = new Set(
  (
    'age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since ' +
    'last-modified location max-forwards proxy-authorization referer retry-after server user-agent'
  ).split(' '),
);

/** `message.headers` as Node makes it: lower-case names, repeated values joined, `set-cookie` as an array. */
export type NodeHeaders = Record<string, string | undefined> & { 'set-cookie'?: string[] };

export function nodeHeaders(raw: string[]): NodeHeaders {
  const all: Record<string, string | string[] | undefined> = {};
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase();
    const value = raw[index + 1]!;
    const before = all[name];
    if (name === 'set-cookie') all[name] = [...((before as string[] | undefined) ?? []), value];
    else if (before === undefined) all[name] = value;
    else if (!single.has(name)) all[name] = `${before as string}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
  return all as NodeHeaders;
}
