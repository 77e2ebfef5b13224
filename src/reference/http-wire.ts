import { STATUS_CODES } from 'node:http';

/** Header lines as received: names as written, in order. */
export type Headers = readonly (readonly [name: string, value: string])[];

export interface WireHead {
  readonly method: string;
  readonly path: string;
  readonly version: string;
  readonly headers: Headers;
}

/** Times are `performance.now()` of the reading process, before it parses anything: first byte, last byte. */
export interface WireRequest extends WireHead {
  readonly body: Buffer;
  readonly trailers: Headers;
  readonly truncated: boolean;
  readonly startedAt: number;
  readonly receivedAt: number;
}

export interface RequestReader {
  push(chunk: Buffer): void;
  /** The peer sends no more: a request that is not whole is handed out as truncated. */
  end(): void;
}

export interface ReaderEvents {
  head(head: WireHead): void;
  request(request: WireRequest): void;
  /** Not HTTP; nothing more is read. */
  malformed(reason: string): void;
}

export function headerOf(headers: Headers, name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

type Step = 'head' | 'body' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers' | 'closed';

/** Reads HTTP/1.1 requests out of byte chunks: Content-Length and chunked bodies, trailers, several requests on one connection. */
export function createRequestReader(events: ReaderEvents): RequestReader {
  let pending: Buffer = Buffer.alloc(0);
  let step: Step = 'head';
  let head: WireHead | null = null;
  let parts: Buffer[] = [];
  let missing = 0;
  let startedAt: number | null = null;
  let pushedAt = 0;

  const fail = (reason: string): false => {
    step = 'closed';
    events.malformed(reason);
    return false;
  };

  const finish = (trailers: Headers, truncated: boolean): void => {
    if (head === null || startedAt === null) return;
    const body = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    const request = { ...head, body, trailers, truncated, startedAt, receivedAt: pushedAt };
    head = null;
    parts = [];
    startedAt = null;
    step = 'head';
    events.request(request);
  };

  /** The text up to `mark`, taken out of what is pending; undefined while it is not there. */
  const takeUntil = (mark: string): string | undefined => {
    const at = pending.indexOf(mark);
    if (at < 0) return undefined;
    const text = pending.toString('latin1', 0, at);
    pending = pending.subarray(at + mark.length);
    return text;
  };

  const takeBody = (): boolean => {
    const taken = pending.subarray(0, missing);
    if (taken.length > 0) parts.push(taken);
    pending = pending.subarray(taken.length);
    missing -= taken.length;
    return missing === 0;
  };

  const readHead = (): boolean => {
    // Empty lines before a request line are allowed and skipped.
    while (pending.length >= 2 && pending[0] === 13 && pending[1] === 10) pending = pending.subarray(2);
    const text = takeUntil('\r\n\r\n');
    if (text === undefined) return pending.length > 64 * 1024 ? fail('The request head is larger than 64 KiB.') : false;
    const [first = '', ...lines] = text.split('\r\n');
    const match = /^([A-Z]+) (\S+) (HTTP\/1\.[01])$/.exec(first);
    if (match === null) return fail(`Not a request line: ${JSON.stringify(first.slice(0, 80))}`);
    const headers = parseHeaderLines(lines);
    if (headers === null) return fail('A header line has no colon.');
    head = { method: match[1]!, path: match[2]!, version: match[3]!, headers };
    events.head(head);
    if (headerOf(headers, 'transfer-encoding')?.toLowerCase().includes('chunked')) {
      step = 'chunk-size';
      return true;
    }
    const length = headerOf(headers, 'content-length') ?? '0';
    if (!/^\d+$/.test(length)) return fail(`Not a content length: ${JSON.stringify(length)}`);
    missing = Number(length);
    step = 'body';
    return true;
  };

  const advance = (): boolean => {
    if (step === 'closed') return false;
    if (step === 'head') return readHead();
    if (step === 'body') {
      if (!takeBody()) return false;
      finish([], false);
      return true;
    }
    if (step === 'chunk-size') {
      const line = takeUntil('\r\n');
      if (line === undefined) return false;
      if (!/^[0-9a-f]+\s*(;.*)?$/i.test(line)) return fail(`Not a chunk size: ${JSON.stringify(line.slice(0, 40))}`);
      missing = Number.parseInt(line, 16);
      step = missing === 0 ? 'trailers' : 'chunk';
      return true;
    }
    if (step === 'chunk') {
      if (!takeBody()) return false;
      step = 'chunk-end';
      return true;
    }
    if (step === 'chunk-end') {
      const gap = takeUntil('\r\n');
      if (gap === undefined) return false;
      if (gap !== '') return fail('A chunk is longer than its size says.');
      step = 'chunk-size';
      return true;
    }
    if (pending.length >= 2 && pending[0] === 13 && pending[1] === 10) {
      pending = pending.subarray(2);
      finish([], false);
      return true;
    }
    const text = takeUntil('\r\n\r\n');
    if (text === undefined) return false;
    const trailers = parseHeaderLines(text.split('\r\n'));
    if (trailers === null) return fail('A trailer line has no colon.');
    finish(trailers, false);
    return true;
  };

  return {
    push(chunk) {
      pushedAt = performance.now();
      startedAt ??= pushedAt;
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      while (advance()) startedAt ??= pending.length > 0 ? pushedAt : null;
    },
    end() {
      pushedAt = performance.now();
      if (step !== 'closed' && head !== null) finish([], true);
      else if (step === 'head' && pending.length > 0) fail('The connection ended inside of a request head.');
      step = 'closed';
    },
  };
}

function parseHeaderLines(lines: readonly string[]): Headers | null {
  const headers: [string, string][] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0) return null;
    headers.push([line.slice(0, colon), line.slice(colon + 1).trim()]);
  }
  return headers;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
  /** Size of the chunks where chunked encoding is wanted. */
  readonly chunked?: number;
}

/** The bytes of an answer; `headLength` says where its body starts. */
export function encodeAnswer(answer: WireAnswer): { readonly bytes: Buffer; readonly headLength: number } {
  const framing = answer.chunked === undefined ? `Content-Length: ${answer.body.length}` : 'Transfer-Encoding: chunked';
  const lines = answer.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const reason = STATUS_CODES[answer.status] ?? 'Unknown';
  const head = Buffer.from(`HTTP/1.1 ${answer.status} ${reason}\r\n${lines}${framing}\r\n\r\n`, 'latin1');
  const body = answer.chunked === undefined ? answer.body : encodeChunks(answer.body, answer.chunked);
  return { bytes: Buffer.concat([head, body]), headLength: head.length };
}

function encodeChunks(body: Buffer, size: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  parts.push(Buffer.from('0\r\n\r\n'));
  return Buffer.concat(parts);
}
