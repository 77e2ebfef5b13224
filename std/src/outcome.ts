/** The type of a promise's rejection reason, the one a handler of `.catch` is given by TypeScript's own library. */
type Reason = Parameters<NonNullable<Parameters<Promise<unknown>['catch']>[0]>>[0];

/**
 * Runs `fn` and tells what became of it, in the shape of `Promise.allSettled`'s elements. Never throws.
 *
 * @example
 * ```ts
 * import { settled } from '@unawait/std/outcome';
 *
 * const results = [settled(() => readA()), settled(() => readB())];
 * const failures = results.filter((result) => result.status === 'rejected');
 * ```
 */
export function settled<T>(fn: () => T): PromiseSettledResult<T> {
  try {
    return { status: 'fulfilled', value: fn() };
  } catch (reason) {
    return { status: 'rejected', reason };
  }
}

/**
 * The value of a settled result; throws its reason (the very same object) when it was rejected.
 *
 * @example
 * ```ts
 * const first = settled(() => load());
 * prepare(); // runs whether or not load() failed
 * use(unwrap(first)); // fails here, where `await` stood
 * ```
 */
export function unwrap<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

/**
 * What `fn` throws, for tests that look at an error closely. Throws an error of its own when `fn` throws nothing.
 *
 * @example
 * ```ts
 * expect(thrownBy(() => load('missing'))).toMatchObject({ code: 'ENOENT' });
 * ```
 */
export function thrownBy(fn: () => unknown): Reason {
  const result = settled(fn);
  if (result.status === 'rejected') return result.reason;
  throw new Error('Nothing was thrown where an error was expected.');
}

/** A `then` chain whose steps have already run. */
export interface Chain<T> {
  /** Runs one of the handlers at once; one that is not a function is passed over, as a promise does. */
  then<A = T, B = never>(onValue?: ((value: T) => A) | null, onThrow?: ((reason: Reason) => B) | null): Chain<A | B>;
  /** `then(undefined, onThrow)`. */
  catch<B = never>(onThrow?: ((reason: Reason) => B) | null): Chain<T | B>;
  /** Runs `onDone` without arguments; what it returns is dropped, what it throws replaces the outcome. */
  finally(onDone?: (() => void) | null): Chain<T>;
  /** The chain's value, or throws its reason. A chain that ends without this call swallows what was thrown. */
  value(): T;
}

/**
 * Runs `fn` at once and lets handlers follow as on a promise: a throw skips to the next handler that takes it, `onThrow`
 * does not see what `onValue` beside it throws, and every step runs exactly once, in order, before the next is attached.
 *
 * @example
 * ```ts
 * import { chain } from '@unawait/std/outcome';
 *
 * const port = chain(() => readConfig())
 *   .then((config) => config.port)
 *   .catch(() => 8080)
 *   .finally(() => log('configured'))
 *   .value();
 * ```
 */
export function chain<T>(fn: () => T): Chain<T> {
  return chainOf(settled(fn));
}

function chainOf<T>(result: PromiseSettledResult<T>): Chain<T> {
  return {
    then<A = T, B = never>(onValue?: ((value: T) => A) | null, onThrow?: ((reason: Reason) => B) | null) {
      if (result.status === 'fulfilled' && typeof onValue === 'function') {
        return chainOf<A | B>(settled(() => onValue(result.value)));
      }
      if (result.status === 'rejected' && typeof onThrow === 'function') {
        return chainOf<A | B>(settled(() => onThrow(result.reason)));
      }
      // Without a handler for its outcome a chain goes on unchanged, and its type parameters default to say so.
      return chainOf(result as PromiseSettledResult<A | B>);
    },
    catch<B = never>(onThrow?: ((reason: Reason) => B) | null) {
      if (result.status === 'rejected' && typeof onThrow === 'function') {
        return chainOf<T | B>(settled(() => onThrow(result.reason)));
      }
      return chainOf<T | B>(result);
    },
    finally(onDone?: (() => void) | null) {
      if (typeof onDone !== 'function') return chainOf(result);
      const done = settled(onDone);
      return chainOf(done.status === 'rejected' ? done : result);
    },
    value: () => unwrap(result),
  };
}

/**
 * `Promise.any` in order: the value of the first thunk that does not throw; the ones after it are not called.
 * Throws an `AggregateError` with every reason when all of them throw, or when there are none.
 *
 * @example
 * ```ts
 * const config = firstFulfilled([() => readFileSync('local.json'), () => readFileSync('default.json')]);
 * ```
 */
export function firstFulfilled<T>(thunks: Iterable<() => T>): T {
  const reasons: unknown[] = [];
  for (const thunk of thunks) {
    const result = settled(thunk);
    if (result.status === 'fulfilled') return result.value;
    reasons.push(result.reason);
  }
  throw new AggregateError(reasons, 'All promises were rejected');
}
