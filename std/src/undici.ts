/** `request` of `undici` with calls that block. */
import type { HeadersInput, NodeHeaders } from './http/headers.ts';
import { requestSync } from './http/request.ts';
import { codeOf } from './sockets/system-error.ts';
import { deadlineOf, now } from './sockets/table.ts';

/** The options of `undici.request` that have a meaning here. `timeout` stands for `signal: AbortSignal.timeout(ms)`. */
export interface UndiciRequestSyncOptions {
  method?: string | undefined;
  headers?: HeadersInput | undefined;
  body?: string | Uint8Array | null | undefined;
  /** Put behind the address, which has no query of its own then. */
  query?: Readonly<Record<string, unknown>> | undefined;
  /** Milliseconds for the whole exchange. Throws a TimeoutError. */
  timeout?: number | undefined;
  /** Only looked at before the request: nobody can fire it while the thread blocks. */
  signal?: AbortSignal | null | undefined;
}

/** The body of a response, which is read once. */
export class UndiciSyncBody implements Iterable<Buffer> {
  #bytes: Buffer;
  #used = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get bodyUsed(): boolean {
    return this.#used;
  }

  text(): string {
    return new TextDecoder().decode(this.#take());
  }

  json(): unknown {
    return JSON.parse(this.text()) as unknown;
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.#take());
  }

  arrayBuffer(): ArrayBuffer {
    return new Uint8Array(this.#take()).buffer;
  }

  blob(): Blob {
    return new Blob([new Uint8Array(this.#take())]);
  }

  /** Drops what has not been read. */
  dump(): null {
    this.#used = true;
    this.#bytes = Buffer.alloc(0);
    return null;
  }

  *[Symbol.iterator](): Generator<Buffer, void, undefined> {
    const bytes = this.#take();
    if (bytes.length > 0) yield bytes;
  }

  #take(): Buffer {
    if (this.#used) throw new TypeError('unusable');
    this.#used = true;
    return this.#bytes;
  }
}

/** What `undiciRequestSync` returns. */
export interface UndiciSyncResponse {
  statusCode: number;
  statusText: string;
  headers: NodeHeaders;
  trailers: NodeHeaders;
  body: UndiciSyncBody;
}

/**
 * The blocking form of `undici.request`: no redirects are followed, no content coding is undone, and no status is an
 * error. Throws the errors of the system, and a `TimeoutError`.
 */
export function undiciRequestSync(url: string | URL, options: UndiciRequestSyncOptions = {}): UndiciSyncResponse {
  const { method, headers, body, query, timeout, signal } = options;
  const target = new URL(url);
  if (query !== undefined) {
    if (target.search !== '' || target.hash !== '')
      throw new Error('Query params cannot be passed when url already contains "?" or "#".');
    target.search = queryOf(query);
  }
  signal?.throwIfAborted();
  const deadline = deadlineOf(timeout);
  try {
    const answer = requestSync(target, { method, headers, timeout }, body ?? undefined);
    const { statusCode, statusMessage: statusText, trailers } = answer;
    return { statusCode, statusText, headers: answer.headers, trailers, body: new UndiciSyncBody(answer.body) };
  } catch (error) {
    if (codeOf(error) !== 'ETIMEDOUT' || now() < deadline) throw error;
    throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
  }
}

function queryOf(query: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).map((each) => [name, textOf(each)]),
  );
  return pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
}

function textOf(value: unknown): string {
  return typeof value === 'object' || value === undefined ? '' : (value as string | number | boolean).toString();
}
