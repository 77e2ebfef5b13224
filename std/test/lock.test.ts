import { describe, expect, it } from 'vitest';
import { Lock, Permits } from '../src/lock.ts';
import { retry, retryOrBail } from '../src/retry.ts';

describe('Lock', () => {
  it('runs one after the other, and lets go after a throw', () => {
    const lock = new Lock();
    expect(lock.runExclusive(() => lock.isLocked())).toBe(true);
    expect(() =>
      lock.runExclusive(() => {
        throw new RangeError('mine');
      }),
    ).toThrow(RangeError);
    expect(lock.isLocked()).toBe(false);
  });

  it('throws where it would wait for ever', () => {
    const lock = new Lock();
    const release = lock.acquire();
    expect(() => lock.acquire()).toThrow('held already');
    expect(() => lock.runExclusive(() => 1)).toThrow('held already');
    expect(() => lock.waitForUnlock()).toThrow('held already');
    release();
    release();
    expect(lock.runExclusive(() => 1)).toBe(1);
  });
});

it('Permits lets in as many as there are', () => {
  const permits = new Permits(2);
  const counts = permits.runExclusive((outer) => permits.runExclusive((inner) => [outer, inner, permits.getValue()]));
  expect(counts).toEqual([2, 1, 0]);
  const [, release] = permits.acquire();
  permits.acquire();
  expect(() => permits.acquire()).toThrow('held already');
  release();
  release();
  expect(permits.getValue()).toBe(1);
});

describe('retry', () => {
  it('asks the hooks, and throws the very error of the last try', () => {
    const errors: Error[] = [];
    const seen: number[] = [];
    const run = () =>
      retry(
        (n) => {
          errors.push(new Error(`${n}`));
          throw errors.at(-1)!;
        },
        { retries: 2, minTimeout: 1, onFailedAttempt: ({ retriesLeft }) => void seen.push(retriesLeft) },
      );
    expect(run).toThrow('3');
    expect(seen).toEqual([2, 1, 0]);
  });

  it('stops once its time is over', () => {
    let tries = 0;
    const run = () =>
      retry(
        () => {
          tries++;
          throw new Error('busy');
        },
        { retries: Infinity, minTimeout: 20, factor: 1, maxRetryTime: 50 },
      );
    expect(run).toThrow('busy');
    expect(tries).toBeLessThan(6);
  });
});

it('retryOrBail throws the error that came up most often', () => {
  const messages = ['a', 'b', 'a', 'c'];
  const run = () =>
    retryOrBail(
      () => {
        throw new Error(messages.shift());
      },
      { retries: 3, minTimeout: 1, factor: 1 },
    );
  expect(run).toThrow('a');
});
