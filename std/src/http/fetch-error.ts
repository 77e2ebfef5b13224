import { codedError, codeOf } from '../sockets/system-error.ts';
import { frame } from './head.ts';
import type { Head } from './head.ts';

/**
 * What fetch gives as the `cause` where Node's `http` client gives `error`. `head` is that of the response whose body
 * was being read. A connection that was reset failed in a call of the system, and both report that alike.
 */
export function causeInFetch(error: Error, head?: Head, method = ''): Error {
  const code = codeOf(error) ?? '';
  if (code === 'HPE_HEADER_OVERFLOW') {
    return named('HeadersOverflowError', 'Headers Overflow Error', 'UND_ERR_HEADERS_OVERFLOW');
  }
  if (code.startsWith('HPE_')) {
    const reason = error.message.slice('Parse Error: '.length);
    return named('HTTPParserError', `Response does not match the HTTP/1.1 protocol (${reason})`, code);
  }
  if (code !== 'ECONNRESET' || !['socket hang up', 'aborted'].includes(error.message)) return error;
  const framed = head && frame(head, method);
  if (framed !== undefined && !framed.keepAlive && !framed.chunked && framed.length !== Infinity) {
    const message = 'Response body length does not match content-length header';
    return named('ResponseContentLengthMismatchError', message, 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH');
  }
  return named('SocketError', 'other side closed', 'UND_ERR_SOCKET');
}

function named(name: string, message: string, code: string): Error {
  const error = codedError(new Error(message), code);
  error.name = name;
  return error;
}
