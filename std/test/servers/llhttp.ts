import { require } from './in-worker.ts';

/** What Node's own parser makes of a response. */
export type Parsed =
  { refused: string } | { status: number; message: string; headers: string[]; trailers: string[]; body: string };

interface NodeParser {
  initialize(kind: number, resource: object): void;
  execute(bytes: Buffer): number | (Error & { code: string });
  finish(): undefined | (Error & { code: string });
  [callback: number]: (...values: never[]) => unknown;
}

interface ParserClass {
  new (): NodeParser;
  RESPONSE: number;
  kOnHeaders: number;
  kOnHeadersComplete: number;
  kOnBody: number;
  kOnMessageComplete: number;
}

const { HTTPParser } = require('_http_common') as { HTTPParser: ParserClass };

/** Feeds the bytes to llhttp as Node's client does, up to the first response that is not an interim one. */
export function parseWithNode(bytes: Buffer, method: string): Parsed {
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.RESPONSE, {});
  let headers: string[] = [];
  const trailers: string[] = [];
  let headed = false;
  let body = '';
  let [status, message, complete] = [0, '', false];
  parser[HTTPParser.kOnHeaders] = (part: string[]) => (headed ? trailers : headers).push(...part);
  parser[HTTPParser.kOnHeadersComplete] = (
    _major: number,
    _minor: number,
    part: string[] | undefined,
    _method: unknown,
    _url: unknown,
    code: number,
    text: string,
  ) => {
    if (complete) return 1;
    if (part !== undefined) headers.push(...part);
    [status, message, headed] = [code, text, true];
    return method === 'HEAD' ? 1 : 0;
  };
  parser[HTTPParser.kOnBody] = (part: Buffer) => {
    if (!complete) body += part.toString('latin1');
  };
  parser[HTTPParser.kOnMessageComplete] = () => {
    if (status < 100 || status >= 200 || status === 101) complete = true;
    else if (!complete) [headers, body, headed] = [[], '', false];
  };
  const isComplete = (): boolean => complete;
  // One byte after the other, so that nothing behind a complete response can spoil it.
  for (let at = 0; at < bytes.length && !isComplete(); at++) {
    const result = parser.execute(bytes.subarray(at, at + 1));
    if (typeof result !== 'number') return { refused: result.code };
  }
  if (!isComplete()) {
    const failed = parser.finish();
    if (failed !== undefined) return { refused: failed.code };
    if (!isComplete()) return { refused: 'incomplete' };
  }
  return { status, message, headers, trailers, body };
}
