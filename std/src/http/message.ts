import { nodeHeaders } from './headers.ts';
import type { NodeHeaders } from './headers.ts';
import type { Body } from './body.ts';
import type { Head } from './head.ts';

/** Closes the connections of responses that were dropped before their end. */
const forgotten = new FinalizationRegistry<Body>((body) => body.abandon());

/** What `http.IncomingMessage` says about a response. */
class Message {
  readonly httpVersion: string;
  readonly statusCode: number;
  readonly statusMessage: string;
  /** Names and values by turns, as they were sent. */
  readonly rawHeaders: string[];
  #headers: NodeHeaders | undefined;

  constructor(head: Head) {
    this.httpVersion = head.httpVersion;
    this.statusCode = head.statusCode;
    this.statusMessage = head.statusMessage;
    this.rawHeaders = head.rawHeaders;
  }

  /** Lower-case names, repeated values joined as Node joins them. */
  get headers(): NodeHeaders {
    return (this.#headers ??= nodeHeaders(this.rawHeaders));
  }
}

/** A response that has arrived whole. */
export class HttpResponse extends Message {
  readonly body: Buffer;
  readonly rawTrailers: string[];

  constructor(head: Head, body: Body) {
    super(head);
    this.body = body.rest();
    this.rawTrailers = body.rawTrailers;
  }

  get trailers(): NodeHeaders {
    return nodeHeaders(this.rawTrailers);
  }
}

/** A response whose body is read piece by piece. Iterate it, or call `close`, to free the connection. */
export class StreamedHttpResponse extends Message implements Iterable<Buffer> {
  readonly #body: Body;

  constructor(head: Head, body: Body) {
    super(head);
    this.#body = body;
    if (!body.ended) forgotten.register(this, body, this);
  }

  /** The body, as an iterable of its chunks. */
  get body(): Iterable<Buffer> {
    return this;
  }

  /** The trailers, complete once the body has been read. */
  get rawTrailers(): string[] {
    return this.#body.rawTrailers;
  }

  get trailers(): NodeHeaders {
    return nodeHeaders(this.rawTrailers);
  }

  /** The next chunk, or null at the end. */
  read(): Buffer | null {
    const chunk = this.#body.next();
    if (chunk === null) forgotten.unregister(this);
    return chunk;
  }

  /** All that has not been read yet. */
  readToEnd(): Buffer {
    forgotten.unregister(this);
    return this.#body.rest();
  }

  /** Leaving the loop early gives up the connection. */
  *[Symbol.iterator](): Generator<Buffer, void, undefined> {
    try {
      for (let chunk = this.#body.next(); chunk !== null; chunk = this.#body.next()) yield chunk;
    } finally {
      this.close();
    }
  }

  close(): void {
    forgotten.unregister(this);
    this.#body.abandon();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
