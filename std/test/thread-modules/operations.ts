import { setTimeout as sleep } from 'node:timers/promises';

let calls = 0;

export const double = async (n: number): Promise<number> => await sleep(1, n * 2);
export const count = (): number => (calls += 1);
export const describeThis = function (this: unknown): string {
  return typeof this;
};
export const nothing = 5;
export const hang = (): Promise<never> => new Promise(() => undefined);
export const spin = (): never => {
  for (;;);
};
export const connection = () => ({ send: () => 1 });
export const handler = () => () => 1;
export const fail = async (): Promise<never> => {
  await sleep(1);
  throw Object.assign(new RangeError('too far', { cause: new Error('why') }), {
    code: 'E_FAR',
    socket: { end: () => 1 },
  });
};
export const copy = <T>(value: T): T => value;
export const crash = (): Promise<never> => {
  setTimeout(() => {
    throw Object.assign(new Error('crashed'), { code: 'E_CRASH' });
  }, 5);
  return hang();
};
export const exhaust = (): never => {
  const hoard: unknown[] = [];
  for (;;) hoard.push(new Array(1e5).fill(Math.random()));
};
export const slow = {
  get getter(): () => number {
    for (;;);
  },
};
export const die = (): never => process.exit(2);
export default {
  base: 10,
  async add(n: number): Promise<number> {
    return await sleep(1, this.base + n);
  },
};
