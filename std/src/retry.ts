import { sleepSync } from './time.ts';
import { now } from './time/clock.ts';

/** How often `retry` calls again, and how long it sleeps in between; the options of `p-retry` 7. */
export interface RetryOptions {
  /** Calls after the first; 10 by default, `Infinity` for no end. */
  readonly retries?: number;
  /** Each pause is this many times the one before; 2 by default. */
  readonly factor?: number;
  /** The first pause, in milliseconds; 1000 by default. */
  readonly minTimeout?: number;
  /** The longest pause, in milliseconds; none by default. */
  readonly maxTimeout?: number;
  /** Multiplies each pause by a random number from 1 to 2. */
  readonly randomize?: boolean;
  /** No further call once this many milliseconds have passed. */
  readonly maxRetryTime?: number;
  /** Called after each failure, the last one included. */
  readonly onFailedAttempt?: (context: RetryContext) => void;
  /** Whether to call again at all; not asked about a `TypeError` that is no failure of the network. */
  readonly shouldRetry?: (context: RetryContext) => boolean;
}

export interface RetryContext {
  readonly error: Error;
  readonly attemptNumber: number;
  readonly retriesLeft: number;
  readonly retriesConsumed: number;
}

/**
 * Calls `fn` until it returns, sleeping between the calls, and gives its value; throws what the last call threw. An error by the name of
 * `AbortError` with an `originalError` (that of `p-retry`) ends it at once, and its original error is thrown. So does a `TypeError` that is
 * no failure of the network: it is a mistake in the code.
 *
 * @example
 * ```ts
 * import { retry } from '@unawait/std/retry';
 *
 * const text = retry(() => load(url), { retries: 3, minTimeout: 100 });
 * ```
 */
export function retry<T>(fn: (attemptNumber: number) => T, options: RetryOptions = {}): T {
  const { retries = 10, factor = 2, minTimeout = 1000, maxTimeout = Infinity, maxRetryTime = Infinity } = options;
  if (!(retries >= 0)) throw new TypeError('Expected `retries` to be a non-negative number.');
  const start = now();
  for (let consumed = 0; ; consumed++) {
    try {
      return fn(consumed + 1);
    } catch (thrown) {
      const error =
        thrown instanceof Error
          ? thrown
          : new TypeError(`Non-error was thrown: "${String(thrown)}". You should only throw errors.`);
      if (error.name === 'AbortError' && 'originalError' in error) throw error.originalError;
      const retriesLeft = Math.max(0, retries - consumed);
      const context = Object.freeze({ error, attemptNumber: consumed + 1, retriesLeft, retriesConsumed: consumed });
      options.onFailedAttempt?.(context);
      const left = maxRetryTime - (now() - start);
      if (left <= 0 || retriesLeft === 0) throw error;
      if (error instanceof TypeError && !isNetworkError(error)) throw error;
      if (options.shouldRetry?.(context) === false) throw error;
      const random = options.randomize ? Math.random() + 1 : 1;
      const pause = Math.round(random * minTimeout * (factor > 0 ? factor : 1) ** consumed);
      const shortened = Math.min(pause, maxTimeout, left);
      if (shortened > 0) sleepSync(shortened);
    }
  }
}

/** What `fetch` throws when the network fails is a `TypeError` too. */
function isNetworkError({ message }: TypeError): boolean {
  return /^(fetch failed|terminated|network error|Network request failed|Network connection lost|Failed to fetch( \(.*\))?)$/.test(
    message,
  );
}

/** The options of `async-retry` as far as they can block. */
export interface BailingRetryOptions extends Pick<RetryOptions, 'retries' | 'factor' | 'minTimeout' | 'maxTimeout'> {
  /** On by default. */
  readonly randomize?: boolean;
  readonly maxRetryTime?: number;
  /** Called after a failure when another call follows, before the pause. */
  readonly onRetry?: (error: never, attempt: number) => unknown;
}

/**
 * `retry` as `async-retry` does it: `fn` is given `bail`, which ends it with an error of its own once `fn` returns, and the error that came up
 * most often is thrown in the end.
 *
 * @example
 * ```ts
 * import { retryOrBail } from '@unawait/std/retry';
 *
 * const user = retryOrBail((bail) => {
 *   const response = ask(id);
 *   if (response.status === 403) return bail(new Error('Not allowed'));
 *   return response.user;
 * });
 * ```
 */
export function retryOrBail<T>(
  fn: (bail: (error?: Error) => void, attempt: number) => T,
  options: BailingRetryOptions = {},
): T {
  const { retries = 10, factor = 2, minTimeout = 1000, maxTimeout = Infinity, randomize = true } = options;
  const { maxRetryTime = Infinity } = options;
  if (minTimeout > maxTimeout) throw new Error('minTimeout is greater than maxTimeout');
  const pauses = Array.from({ length: Math.max(0, Math.ceil(retries)) }, (_, i) => {
    const random = randomize ? Math.random() + 1 : 1;
    return Math.min(Math.round(random * Math.max(minTimeout, 1) * factor ** i), maxTimeout);
  }).sort((a, b) => a - b);
  const start = Date.now();
  const errors: Error[] = [];
  let bailed: { readonly error: Error } | undefined;
  const bail = (error?: Error): void => {
    bailed ??= { error: error ?? new Error('Aborted') };
  };
  for (let attempt = 1; ; attempt++) {
    let error: (Error & { readonly bail?: unknown }) | undefined;
    try {
      const value = fn(bail, attempt);
      if (!bailed) return value;
    } catch (thrown) {
      error = thrown as Error;
    }
    if (bailed) throw bailed.error;
    if (!error) throw error;
    if (error.bail) throw error;
    errors.push(error);
    const late = Date.now() - start >= maxRetryTime;
    if (late) errors.unshift(new Error('RetryOperation timeout occurred'));
    const pause = late ? undefined : pauses.shift();
    if (pause === undefined) throw mostFrequent(errors);
    options.onRetry?.(error as never, attempt);
    sleepSync(pause);
  }
}

/** Of the errors with the same message the last; of messages that came up equally often the one that got there last. */
function mostFrequent(errors: readonly Error[]): Error {
  const counts = new Map<string, number>();
  let [main] = errors as readonly [Error, ...Error[]];
  let most = 0;
  for (const error of errors) {
    const count = (counts.get(error.message) ?? 0) + 1;
    counts.set(error.message, count);
    if (count < most) continue;
    main = error;
    most = count;
  }
  return main;
}
