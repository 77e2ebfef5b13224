/** What the blocking `undici` throws beside the errors of the system: those of `undici` in all but their class. */
export class UndiciSyncError extends Error {
  /** `UND_ERR_…` */
  readonly code: string;

  constructor(name: string, message: string, code: string) {
    super(message);
    this.name = name;
    this.code = code;
  }
}

export const invalid = (message: string): UndiciSyncError =>
  new UndiciSyncError('InvalidArgumentError', message, 'UND_ERR_INVALID_ARG');

export const headersTimeout = (): UndiciSyncError =>
  new UndiciSyncError('HeadersTimeoutError', 'Headers Timeout Error', 'UND_ERR_HEADERS_TIMEOUT');

export const bodyTimeout = (): UndiciSyncError =>
  new UndiciSyncError('BodyTimeoutError', 'Body Timeout Error', 'UND_ERR_BODY_TIMEOUT');

export const destroyed = (): UndiciSyncError =>
  new UndiciSyncError('ClientDestroyedError', 'The client is destroyed', 'UND_ERR_DESTROYED');
