import { codedError } from '../sockets/system-error.ts';

/** A response that is not HTTP. Codes and the prefix of the message are those of Node's parser. */
export const parseError = (code: string, reason: string): Error & { code: string } =>
  codedError(new Error(`Parse Error: ${reason}`), code);

/** The connection ended in the middle of a response: what Node's client reports. */
export const aborted = (): Error & { code: string } => codedError(new Error('aborted'), 'ECONNRESET');

/** The body has more bytes than the caller wants, as it comes or decoded. */
export const tooLarge = (max: number): Error & { code: string } =>
  codedError(new Error(`The body is larger than ${max} bytes`), 'ERR_BODY_TOO_LARGE');

/** The connection ended before a response began. */
export const hangUp = (): Error & { code: string } => codedError(new Error('socket hang up'), 'ECONNRESET');
