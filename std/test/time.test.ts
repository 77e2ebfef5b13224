import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { bundled } from './process-bundle.ts';
import { Deadline, inTime, sleepSync } from '../src/time.ts';

const library = bundled(new URL('../src/time.ts', import.meta.url));

const took = (fn: () => unknown): number => {
  const start = performance.now();
  fn();
  return performance.now() - start;
};

/** A child that says "up", sleeps 1.5 s without looking at its loop, and says "slept". */
const sleeper = (setup: string) =>
  spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `const { sleepSync } = await import(${JSON.stringify(library)});
     const { writeSync } = await import('node:fs');
     ${setup}
     writeSync(1, 'up ');
     sleepSync(1500);
     writeSync(1, 'slept ');
     await new Promise((resolve) => setTimeout(resolve, 50));`,
  ]);

const interrupted = async (setup: string) => {
  const child = sleeper(setup);
  let output = '';
  const up = new Promise<void>((resolve) =>
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      resolve();
    }),
  );
  await up;
  const start = performance.now();
  child.kill('SIGTERM');
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code, signal, output, after: performance.now() - start };
};

describe('sleepSync', () => {
  it('blocks at least as long as asked, and hands its value on', () => {
    expect(took(() => sleepSync(30))).toBeGreaterThanOrEqual(30);
    expect(sleepSync(1, 'x')).toBe('x');
    expect(sleepSync<unknown>(1, undefined)).toBeUndefined();
    expectTypeOf(sleepSync(1, 5)).toEqualTypeOf<number>();
  });

  it.each([Number.NaN, -5, 0, 0.5, undefined, Number.NEGATIVE_INFINITY])('counts %s as 1 ms', (ms) => {
    const time = took(() => sleepSync(ms));
    expect(time).toBeGreaterThanOrEqual(1);
    expect(time).toBeLessThan(50);
  });

  it.each([2 ** 31, Number.POSITIVE_INFINITY])('counts %s as 1 ms with the warning of a timer', async (ms) => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on('warning', listen);
    expect(took(() => sleepSync(ms))).toBeLessThan(50);
    await sleep(ms); // the original, for its warning
    await sleep(5);
    process.off('warning', listen);
    const texts = warnings.map(({ name, message }) => ({ name, message }));
    expect(texts).toHaveLength(2);
    expect(texts[0]).toEqual(texts[1]);
  });

  it('sleeps under fake timers', () => {
    vi.useFakeTimers();
    const deadline = Deadline.after(20);
    sleepSync(30);
    expect(deadline.expired).toBe(true);
    vi.useRealTimers();
  });

  it('runs no timer meanwhile', () => {
    let ran = false;
    const timer = setTimeout(() => (ran = true), 1);
    sleepSync(20);
    expect(ran).toBe(false);
    clearTimeout(timer);
  });

  it('ends with the process on a signal without a listener', async () => {
    const { signal, output, after } = await interrupted('');
    expect([signal, output]).toEqual(['SIGTERM', 'up ']);
    expect(after).toBeLessThan(1_000);
  });

  it('lets a listener run after it, not during', async () => {
    const { code, output } = await interrupted(
      `process.on('SIGTERM', () => { writeSync(1, 'heard'); process.exit(7); });`,
    );
    expect([code, output]).toEqual([7, 'up slept heard']);
  });
});

describe('Deadline', () => {
  it('counts down and checks', () => {
    const deadline = Deadline.after(30);
    expect(deadline.expired).toBe(false);
    deadline.check();
    expect(took(() => deadline.sleep(1_000))).toBeLessThan(200);
    expect(deadline.remaining()).toBe(0);
    expect(() => deadline.check('a step')).toThrow(
      expect.objectContaining({ code: 'ETIMEDOUT', message: 'The deadline passed: a step' }),
    );
  });

  it('can be never, past, or narrowed', () => {
    expect(Deadline.never().remaining()).toBe(Infinity);
    expect(Deadline.after(undefined).expired).toBe(false);
    expect(Deadline.after(-1).expired).toBe(true);
    expect(Deadline.never().within(10).remaining()).toBeLessThanOrEqual(10);
    expect(Deadline.after(5).within(1_000).remaining()).toBeLessThanOrEqual(5);
    expect(() => Deadline.after(Number.NaN)).toThrow(RangeError);
    const start = performance.now();
    Deadline.never().sleep(0);
    expect(performance.now() - start).toBeLessThan(20);
  });
});

describe('inTime', () => {
  const late = (): string => 'late';
  const afterTime = (error: unknown) => (timeout: number) => {
    sleepSync(timeout);
    throw error;
  };

  it.each([
    ['a TimeoutError', new DOMException('over', 'TimeoutError')],
    ['ETIMEDOUT', Object.assign(new Error('over'), { code: 'ETIMEDOUT' })],
    ['a killed child', Object.assign(new Error('over'), { killed: true })],
    ['an execa error', Object.assign(new Error('over'), { timedOut: true })],
  ])('calls `late` for %s', (_name, error) => {
    expect(inTime(5, afterTime(error), late)).toBe('late');
  });

  it('throws what `late` throws', () => {
    const error = new DOMException('over', 'TimeoutError');
    const thrown = new Error('Too late');
    const run = () =>
      inTime(5, afterTime(error), () => {
        throw thrown;
      });
    expect(run).toThrow(thrown);
  });

  it('hands the limit on as a timer reads it, and gives the value back', () => {
    const given: number[] = [];
    const run = (timeout: number) => {
      given.push(timeout);
      return 'value';
    };
    expect(inTime(20.7, run, late)).toBe('value');
    for (const ms of [0, -1, undefined, Infinity]) inTime(ms, run, late);
    expect(given).toEqual([20, 1, 1, 1, 0]);
  });

  it('throws other errors, and those that come before the time is over', () => {
    const other = new Error('other');
    expect(() => inTime(5, afterTime(other), late)).toThrow(other);
    const early = Object.assign(new Error('early'), { code: 'ETIMEDOUT' });
    const run = () => {
      throw early;
    };
    expect(() => inTime(60_000, run, late)).toThrow(early);
    expect(() => inTime(Infinity, run, late)).toThrow(early);
  });
});
