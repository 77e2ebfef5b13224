import { decode } from './coding.ts';
import { SyncHeaders } from './headers.ts';
import type { Head } from './head.ts';

/** What a response needs of its body. */
export interface BodySource {
  readonly ended: boolean;
  readonly limits: { readonly maxBodySize: number };
  next(): Buffer | null;
  rest(): Buffer;
  abandon(): void;
}

/** Closes the connections of responses that were dropped unread. */
const forgotten = new FinalizationRegistry<BodySource>((body) => body.abandon());

/** How a failure while the body is read is reported to the caller of `text()` and its kin. */
export type Explain = (error: unknown) => unknown;

/** What `fetchSync` returns: `Response`, with plain values in place of promises. */
export class SyncResponse {
  readonly status: number;
  readonly statusText: string;
  readonly ok: boolean;
  readonly headers: SyncHeaders;
  /** The address that answered, after redirects. */
  readonly url: string;
  readonly redirected: boolean;
  readonly type = 'basic';
  #body: BodySource;
  readonly #head: Head;
  readonly #explain: Explain;
  #used = false;

  constructor(head: Head, body: BodySource, at: { url: string; redirected: boolean }, explain: Explain) {
    this.status = head.statusCode;
    this.statusText = head.statusMessage;
    this.ok = head.statusCode >= 200 && head.statusCode <= 299;
    this.headers = new SyncHeaders();
    for (let index = 0; index < head.rawHeaders.length; index += 2) {
      this.headers.append(head.rawHeaders[index]!, head.rawHeaders[index + 1]!);
    }
    this.url = at.url;
    this.redirected = at.redirected;
    this.#head = head;
    this.#body = body;
    this.#explain = explain;
    if (!body.ended) forgotten.register(this, body, this);
  }

  /** The body as UTF-8 text, without a byte order mark. */
  text(): string {
    return new TextDecoder().decode(this.bytes());
  }

  /** The body as JSON, typed as `JSON.parse` types it. */
  json(): ReturnType<JSON['parse']> {
    return JSON.parse(this.text());
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const bytes = this.#take();
    return new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
  }

  arrayBuffer(): ArrayBuffer {
    const bytes = this.#take();
    return (bytes.buffer as ArrayBuffer).slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  }

  blob(): Blob {
    return new Blob([this.bytes()], { type: this.headers.get('content-type') ?? '' });
  }

  /** The body's chunks as they arrive, or null where the response can have no body. A coded body comes in one piece. */
  get body(): Iterable<Uint8Array> | null {
    if ([101, 204, 205, 304].includes(this.status)) return null;
    return { [Symbol.iterator]: () => this.#chunks() };
  }

  get bodyUsed(): boolean {
    return this.#used;
  }

  /** A second response with the same body, which is read whole for it. */
  clone(): SyncResponse {
    if (this.#used) throw new TypeError('Response.clone: Body has already been consumed.');
    const bytes = this.#explained(() => this.#rest());
    const { limits } = this.#body;
    this.#body = buffered(bytes, limits);
    return new SyncResponse(this.#head, buffered(bytes, limits), this, this.#explain);
  }

  #take(): Buffer {
    if (this.#used) throw new TypeError('Body is unusable: Body has already been read');
    this.#used = true;
    return this.#whole();
  }

  #whole(): Buffer {
    return this.#explained(() => {
      const bytes = this.#rest();
      const codings = this.headers.get('content-encoding');
      return codings === null ? bytes : decode(bytes, codings, this.#body.limits.maxBodySize);
    });
  }

  /** A program that never returns to the loop would keep what stays registered. */
  #rest(): Buffer {
    forgotten.unregister(this);
    return this.#body.rest();
  }

  #explained<Result>(act: () => Result): Result {
    try {
      return act();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  *#chunks(): Generator<Uint8Array, void, undefined> {
    if (this.headers.has('content-encoding')) {
      const whole = this.#take();
      if (whole.length > 0) yield whole;
      return;
    }
    if (this.#used) throw new TypeError('Body is unusable: Body has already been read');
    this.#used = true;
    try {
      for (let chunk = this.#body.next(); chunk !== null; chunk = this.#body.next()) yield chunk;
    } catch (error) {
      throw this.#explain(error);
    } finally {
      forgotten.unregister(this);
      this.#body.abandon();
    }
  }
}

/** A body that lies in memory. */
function buffered(bytes: Buffer, limits: BodySource['limits']): BodySource {
  let left = bytes;
  const take = (): Buffer => {
    const taken = left;
    left = bytes.subarray(bytes.length);
    return taken;
  };
  return { ended: true, limits, next: () => (left.length > 0 ? take() : null), rest: take, abandon: () => undefined };
}
