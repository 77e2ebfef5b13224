import type { NodeHeaders } from '../http/headers.ts';
import { sleepSync } from '../time.ts';

/** When a request is sent again. Times are milliseconds. */
export interface RetryRules {
  /** How many times at most. */
  readonly limit: number;
  readonly methods: readonly string[];
  readonly statusCodes: readonly number[];
  readonly backoffLimit: number;
  readonly maxRetryAfter: number | undefined;
}

/** What `Retry-After` asks for, in milliseconds; undefined where there is none. */
export function retryAfter(headers: Readonly<Record<string, unknown>> | NodeHeaders): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined || value === null) return undefined;
  const seconds = Number(value);
  return Number.isNaN(seconds) ? Math.max(Date.parse(value as string) - Date.now(), 1) : seconds * 1000;
}

/** Runs `once` until it returns, or until `delay` (given the failure and the attempt, from 1) has no time to wait. */
export function retried<Result>(
  once: (attempt: number) => Result,
  delay: (error: unknown, attempt: number) => number | undefined,
): Result {
  for (let attempt = 1; ; attempt++) {
    try {
      return once(attempt);
    } catch (error) {
      const wait = delay(error, attempt);
      if (wait === undefined) throw error;
      sleepSync(wait);
    }
  }
}
