import { now } from './time/clock.ts';

/** The longest delay of a Node timer, in milliseconds; anything longer counts as 1 ms, as it does there. */
const longestDelay = 2 ** 31 - 1;

/** Nobody else has this, so nobody wakes who waits on it. */
const never = new Int32Array(new SharedArrayBuffer(4));

/**
 * Blocks this thread for `ms` milliseconds, never less, and returns `value`: `await setTimeout(ms, value)` of
 * `node:timers/promises` as a plain call. Delays are read as Node's timers read them: fractions are cut off, and `NaN`,
 * anything below 1 and anything above 2³¹ − 1 (with the same warning) count as 1.
 *
 * Nothing else runs in this thread meanwhile: no timer, no I/O callback, no signal listener.
 *
 * @example
 * ```ts
 * import { sleepSync } from '@unawait/std/time';
 *
 * while (!existsSync('ready')) sleepSync(50);
 * ```
 */
export function sleepSync(ms?: number): void;
export function sleepSync<T>(ms: number | undefined, value: T): T;
export function sleepSync(ms?: number, value?: unknown): unknown {
  Atomics.wait(never, 0, 0, timerDelay(ms));
  return value;
}

function timerDelay(ms: number | undefined): number {
  const delay = Number(ms);
  if (delay >= 1 && delay <= longestDelay) return Math.trunc(delay);
  if (delay > longestDelay) {
    process.emitWarning(
      `${delay} does not fit into a 32-bit signed integer.\nTimeout duration was set to 1.`,
      'TimeoutOverflowWarning',
    );
  }
  return 1;
}

/**
 * Runs `run` with a time limit in milliseconds, which it hands to what blocks. Where that gives up for it, what `late` returns or throws
 * takes its place: `Promise.race([work(), timeout(ms)])` as a plain call. Errors of another kind, and those that come earlier, are thrown
 * as they are. `ms` is read as Node's timers read it; with `Infinity` the limit is 0, which stands for none.
 *
 * @example
 * ```ts
 * import { inTime } from '@unawait/std/time';
 *
 * const response = inTime(
 *   5_000,
 *   (timeout) => fetchSync(url, { timeout }),
 *   () => {
 *     throw new Error('The service is too slow');
 *   },
 * );
 * ```
 */
export function inTime<T, L>(ms: number | undefined, run: (timeout: number) => T, late: () => L): T | L {
  const timeout = ms === Infinity ? 0 : timerDelay(ms);
  const start = now();
  try {
    return run(timeout);
  } catch (error) {
    // A child is killed by a clock of its own, which may be a little ahead of this one.
    if (timeout > 0 && now() - start >= timeout - 2 && isTimeLimit(error)) return late();
    throw error;
  }
}

/** What `fetchSync`, sockets, `execFileSync` of `@unawait/std/child` and `execa` throw when their time is over. */
function isTimeLimit(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { name, code, killed, timedOut } = error as Readonly<Record<string, unknown>>;
  return name === 'TimeoutError' || code === 'ETIMEDOUT' || killed === true || timedOut === true;
}

/**
 * A point in time that several blocking steps share, on the monotonic clock.
 *
 * @example
 * ```ts
 * import { Deadline } from '@unawait/std/time';
 *
 * const deadline = Deadline.after(5_000);
 * while (!isReady()) {
 *   deadline.check('waiting for the database'); // throws once 5 s have passed
 *   deadline.sleep(100); // 100 ms, or what is left
 * }
 * ```
 */
export class Deadline {
  readonly #end: number;

  private constructor(end: number) {
    this.#end = end;
  }

  /** A deadline `ms` milliseconds from now; `Infinity` or `undefined` never passes, a negative number has passed. */
  static after(ms: number | undefined): Deadline {
    if (ms !== undefined && Number.isNaN(ms)) throw new RangeError('A deadline cannot be NaN milliseconds away');
    return new Deadline(now() + (ms ?? Infinity));
  }

  /** A deadline that never passes. */
  static never(): Deadline {
    return new Deadline(Infinity);
  }

  /** Milliseconds left: 0 when passed, `Infinity` when it never does. */
  remaining(): number {
    return Math.max(0, this.#end - now());
  }

  get expired(): boolean {
    return this.remaining() === 0;
  }

  /** The earlier of this deadline and `ms` milliseconds from now. */
  within(ms: number | undefined): Deadline {
    return new Deadline(Math.min(this.#end, Deadline.after(ms).#end));
  }

  /** Throws `Error` with `code: 'ETIMEDOUT'` when the deadline has passed; `what` names the work in the message. */
  check(what = 'the operation'): void {
    if (this.expired) throw Object.assign(new Error(`The deadline passed: ${what}`), { code: 'ETIMEDOUT' });
  }

  /** Blocks for `ms` milliseconds or until the deadline, whichever comes first. */
  sleep(ms: number): void {
    Atomics.wait(never, 0, 0, Math.min(ms, this.remaining()));
  }
}
