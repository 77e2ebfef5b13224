import { parseError } from './parse-error.ts';

/** A status line and its headers, names and values by turns, as they were sent. */
export interface Head {
  httpVersion: string;
  statusCode: number;
  statusMessage: string;
  rawHeaders: string[];
}

/** What the headers say about the message: its end, and whether another may follow. */
export interface Framed {
  /** Chunks say their lengths by themselves. */
  chunked: boolean;
  /** The bytes of a body that is not chunked; Infinity where the end of the connection ends it. */
  length: number;
  keepAlive: boolean;
  /** How many seconds the server keeps the connection, where it says so. */
  idleSeconds: number | undefined;
}

const whole =
  /^HTTP\/(?:0\.9|1\.[01]|2\.0) \d{3}(?: [^\r\n]*)?\r\n(?:[\w!#$%&'*+\-.^`|~]+:[\t\x20-\x7e\x80-\xff]*\r\n)*$/;
const lines = /^(?:[\w!#$%&'*+\-.^`|~]+:[\t\x20-\x7e\x80-\xff]*\r\n)*$/;

/** Reads a head, given as latin1 text with the CR LF of its last line. Refuses what Node's parser refuses. */
export function parseHead(text: string, maxSize: number): Head {
  if (!whole.test(text)) throw whyNotHead(text);
  // `HTTP/1.1 200 OK`: all but the message has its place.
  const end = text.indexOf('\r');
  const statusMessage = text.slice(13, end);
  const rawHeaders = splitLines(text, end + 2, maxSize - statusMessage.length, 'head');
  return { httpVersion: text.slice(5, 8), statusCode: Number(text.slice(9, 12)), statusMessage, rawHeaders };
}

/** Reads the lines after the last chunk. */
export function parseTrailers(text: string, maxSize: number): string[] {
  if (!lines.test(text)) throw whyNotLines(text);
  return splitLines(text, 0, maxSize, 'trailers');
}

function splitLines(text: string, start: number, room: number, within: 'head' | 'trailers'): string[] {
  const raw: string[] = [];
  let size = 0;
  for (let at = start; at < text.length;) {
    const colon = text.indexOf(':', at);
    const end = text.indexOf('\r', colon);
    let from = colon + 1;
    let to = end;
    while (from < to && isBlank(text.charCodeAt(from))) from++;
    while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
    const name = text.slice(at, colon);
    if (to < end || within === 'trailers') checkFramingLine(name.toLowerCase(), text.slice(to, end), within);
    raw.push(name, text.slice(from, to));
    // Counted as Node counts: without colons, blanks and line ends.
    size += colon - at + to - from;
    at = end + 2;
  }
  if (size >= room) throw parseError('HPE_HEADER_OVERFLOW', 'Header overflow');
  return raw;
}

/** Where llhttp is stricter, or means something else, than the grammar says. */
function checkFramingLine(name: string, blanks: string, within: 'head' | 'trailers'): void {
  if (name === 'content-length' && (within === 'trailers' || blanks.includes('\t'))) {
    throw parseError('HPE_INVALID_CONTENT_LENGTH', 'Invalid character in Content-Length');
  }
  if (name === 'transfer-encoding' && blanks.includes('\t')) {
    throw parseError('HPE_INVALID_TRANSFER_ENCODING', 'Invalid character in Transfer-Encoding');
  }
}

/** 1xx: another response follows. */
export const isInterim = (status: number): boolean => status >= 100 && status < 200;

const isLength = (name: string): boolean => name.toLowerCase() === 'content-length';
const isBlank = (code: number): boolean => code === 32 || code === 9;

/** Finds the code that Node's parser would give. The text is known to be wrong. */
function whyNotHead(text: string): Error {
  if (!text.startsWith('HTTP/')) return parseError('HPE_INVALID_CONSTANT', 'Expected HTTP/');
  if (!/^HTTP\/(?:0\.9|1\.[01]|2\.0)/.test(text)) return parseError('HPE_INVALID_VERSION', 'Invalid HTTP version');
  if (!/^HTTP\/\d\.\d \d{3}[ \r\n]/.test(text)) return parseError('HPE_INVALID_STATUS', 'Invalid status code');
  const end = text.indexOf('\n');
  if (text[end - 1] !== '\r') return parseError('HPE_CR_EXPECTED', 'Missing expected CR after response line');
  return whyNotLines(text.slice(end + 1));
}

function whyNotLines(text: string): Error {
  for (const line of text.split('\r\n')) {
    const name = /^[^:]*/.exec(line)![0];
    if (line !== '' && (name === line || !/^[\w!#$%&'*+\-.^`|~]+$/.test(name))) {
      return parseError('HPE_INVALID_HEADER_TOKEN', 'Invalid header token');
    }
  }
  return parseError('HPE_INVALID_HEADER_TOKEN', 'Invalid header value char');
}

/** Decides where the body ends, and refuses a message that says it twice. */
export function frame(head: Head, method: string): Framed {
  let length: number | undefined;
  let codings: string | undefined;
  let close = head.httpVersion !== '1.1';
  let idleSeconds: number | undefined;
  const { rawHeaders, statusCode } = head;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    const value = rawHeaders[index + 1]!;
    // The length of a name rules most of them out.
    if (name.length === 14 && isLength(name)) {
      length = contentLength(value, length, codings);
    } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      if (length !== undefined) throw bothFramings();
      if (value === '') throw parseError('HPE_INVALID_TRANSFER_ENCODING', 'Empty Transfer-Encoding');
      codings = codings === undefined ? value : `${codings},${value}`;
    } else if (name.length === 10) {
      const lower = name.toLowerCase();
      if (lower === 'connection') {
        if (/(?:^|,)\s*close\s*(?:,|$)/i.test(value)) close = true;
        else if (/(?:^|,)\s*keep-alive\s*(?:,|$)/i.test(value)) close = false;
      } else if (lower === 'keep-alive') {
        const seconds = /(?:^|[,\s])timeout=(\d+)/i.exec(value)?.[1];
        if (seconds !== undefined) idleSeconds = Number(seconds);
      }
    }
  }
  const bodyless = method === 'HEAD' || statusCode === 204 || statusCode === 304 || isInterim(statusCode);
  const chunked = !bodyless && codings !== undefined && /(?:^|,)\s*chunked\s*$/i.test(codings);
  const size = bodyless || chunked ? 0 : (length ?? Infinity);
  return { chunked, length: size, keepAlive: !close && size !== Infinity && statusCode !== 101, idleSeconds };
}

function contentLength(value: string, before: number | undefined, codings: string | undefined): number {
  if (before !== undefined) throw parseError('HPE_UNEXPECTED_CONTENT_LENGTH', 'Content-Length already present');
  if (codings !== undefined) throw bothFramings();
  const length = Number(value);
  if (/^\d+$/.test(value) && Number.isSafeInteger(length)) return length;
  throw parseError('HPE_INVALID_CONTENT_LENGTH', 'Invalid character in Content-Length');
}

const bothFramings = (): Error =>
  parseError('HPE_UNEXPECTED_CONTENT_LENGTH', "Content-Length can't be present with Transfer-Encoding");
