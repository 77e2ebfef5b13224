/**
 * A lock for code that blocks, with the methods of `async-mutex`'s `Mutex`. Nobody else runs while one thread blocks, so there is never
 * anything to wait for: what would have waited is held by its own caller, or was never released, and throws instead of waiting for ever.
 *
 * @example
 * ```ts
 * import { Lock } from '@unawait/std/lock';
 *
 * const lock = new Lock();
 * lock.runExclusive(() => save(account));
 * ```
 */
export class Lock {
  readonly #permits = new Permits(1);

  /** Takes the lock and gives the function that releases it; throws when it is held. */
  acquire(): () => void {
    return this.#permits.acquire()[1];
  }

  /** Runs `fn` while the lock is held; throws when it is held already. */
  runExclusive<T>(fn: () => T): T {
    return this.#permits.runExclusive(fn);
  }

  isLocked(): boolean {
    return this.#permits.isLocked();
  }

  /** Nothing to wait for, or throws. */
  waitForUnlock(): void {
    if (this.isLocked()) throw held();
  }

  /** Releases it, whoever took it; nothing when it is free. */
  release(): void {
    if (this.isLocked()) this.#permits.release();
  }
}

/** A semaphore for code that blocks: `count` may be inside of one another, one more throws. */
export class Permits {
  #left: number;

  constructor(count: number) {
    this.#left = count;
  }

  /** Takes one and gives how many there were, with the function that gives it back. */
  acquire(): [number, () => void] {
    if (this.#left <= 0) throw held();
    const before = this.#left--;
    let released = false;
    const release = (): void => {
      if (!released) this.#left++;
      released = true;
    };
    return [before, release];
  }

  /** Runs `fn` with how many there were. */
  runExclusive<T>(fn: (before: number) => T): T {
    const [before, release] = this.acquire();
    try {
      return fn(before);
    } finally {
      release();
    }
  }

  isLocked(): boolean {
    return this.#left <= 0;
  }

  getValue(): number {
    return this.#left;
  }

  release(): void {
    this.#left++;
  }
}

function held(): Error {
  return new Error('The lock is held already: in code that blocks nobody can release it meanwhile.');
}
