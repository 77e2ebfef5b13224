/** What may be said about an interruption beyond its message. */
export interface InterruptedErrorOptions {
  /** `EINTR` for a signal (the default), `ETIMEDOUT` for a watchdog that ran out. */
  code?: 'EINTR' | 'ETIMEDOUT';
  /** The system call or the call into a thread that was cut short. */
  syscall?: string;
  cause?: unknown;
}

/**
 * Thrown out of a blocking call that was cut short: a signal with a JavaScript listener arrived while it waited
 * (`code` is `EINTR`), or the watchdog of a call into a thread ran out (`code` is `ETIMEDOUT`).
 *
 * Let it fly: `finally` blocks run on its way out, and `runMain` then yields to the loop so that the listener runs.
 *
 * @example
 * ```ts
 * try {
 *   next = client.requestSync(url);
 * } catch (error) {
 *   if (error instanceof InterruptedError) releaseLease();
 *   throw error;
 * }
 * ```
 */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  readonly code: 'EINTR' | 'ETIMEDOUT';
  readonly syscall: string | undefined;

  constructor(message = 'The blocking call was interrupted by a signal', options: InterruptedErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = options.code ?? 'EINTR';
    this.syscall = options.syscall;
  }
}
