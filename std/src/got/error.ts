import type { GotSyncOptions } from './options.ts';
import type { GotSyncResponse } from './request.ts';

/** What `gotSync` throws: `RequestError` of `got` in all but its class. `instanceof` holds for errors of `got` too. */
export class GotSyncError extends Error {
  override name = 'RequestError';
  /** The system's code, or `ERR_GOT_REQUEST_ERROR`. */
  code = 'ERR_GOT_REQUEST_ERROR';
  declare readonly options: GotSyncOptions & { readonly method: string; readonly url: string };
  /** Only where a response came. */
  declare readonly response?: GotSyncResponse;

  constructor(message: string, cause: unknown, options: GotSyncError['options'], response?: GotSyncResponse) {
    super(message, { cause });
    const { code } = cause as { code?: string };
    if (code !== undefined) this.code = code;
    this.options = options;
    Object.defineProperty(this, 'response', { value: response, enumerable: false });
  }

  /** The names that errors of the class have, those of its subclasses among them. */
  protected static readonly names: readonly string[] = [
    'RequestError',
    'HTTPError',
    'TimeoutError',
    'ParseError',
    'MaxRedirectsError',
    'ReadError',
    'AbortError',
  ];

  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && this.names.includes(value.name) && 'options' in value;
  }
}

/** A status that is no success: `HTTPError`. */
export class GotSyncHttpError extends GotSyncError {
  override name = 'HTTPError';
  override code = 'ERR_NON_2XX_3XX_RESPONSE';
  declare readonly response: GotSyncResponse;
  protected static override readonly names = ['HTTPError'];
}

/** The time limit has passed: `TimeoutError`. */
export class GotSyncTimeoutError extends GotSyncError {
  override name = 'TimeoutError';
  readonly event = 'request';
  protected static override readonly names = ['TimeoutError'];
}

/** The body is not of the type that was asked for: `ParseError`. */
export class GotSyncParseError extends GotSyncError {
  override name = 'ParseError';
  override code = 'ERR_BODY_PARSE_FAILURE';
  protected static override readonly names = ['ParseError'];
}

/** Redirected too often: `MaxRedirectsError`. */
export class GotSyncMaxRedirectsError extends GotSyncError {
  override name = 'MaxRedirectsError';
  override code = 'ERR_TOO_MANY_REDIRECTS';
  protected static override readonly names = ['MaxRedirectsError'];
}
