import timers, { scheduler, setImmediate, setTimeout } from 'node:timers/promises';
import { setTimeout as setTimeoutBack } from 'node:timers';
import { promisify } from 'node:util';

const elapsed = (start: number, ms: number): boolean => performance.now() - start >= ms - 1;

export const sleep = async () => {
  const start = performance.now();
  await setTimeout(30);
  return elapsed(start, 30);
};
export const sleepValue = async () => setTimeout(1, { some: 'value' });
export const sleepOptions = async () => setTimeout(1, 'value', { ref: true });
export const sleepShortest = async () => timers.setTimeout();
export const sleepNegative = async () => timers.setTimeout(-5, 'early');
export const waitScheduler = async () => {
  const start = performance.now();
  await scheduler.wait(20);
  return elapsed(start, 20);
};
export const yieldScheduler = async () => scheduler.yield();
export const immediate = async () => setImmediate();
export const immediateValue = async () => setImmediate('value');
export const promisified = async () => promisify(globalThis.setTimeout)(2, 'value');
export const promisifiedImport = async () => promisify(setTimeoutBack)(2, 'value');
