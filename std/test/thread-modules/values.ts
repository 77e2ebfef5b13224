import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export const version = '1.2';
export const ready: Promise<string> = sleep(5, 'ready');
export const calls: number[] = [];
export let count = 0;
export const settings: { mode: string; nested: { list: number[] } } = { mode: 'calm', nested: { list: [1] } };
const directory = __dirname;

export const here = () => directory;
export const echo = <T>(value: T): T => value;
export const echoLater = async <T>(value: T): Promise<T> => await sleep(1, value);
export const typeName = (value: unknown): string => Object.prototype.toString.call(value);
export const isBuffer = (value: unknown): boolean => Buffer.isBuffer(value);
export const isSettings = (value: unknown): boolean => value === settings;
export const isNestedList = (value: unknown): boolean => value === settings.nested.list;
export const bump = (): number => (count += 1);
export const adder = (a: number) => async (b: number) => await sleep(1, a + b);
export const throwThis = (value: unknown): never => {
  throw value;
};
export const throwLater = async (name: string): Promise<never> => {
  await sleep(1);
  if (name === 'abort') throw new DOMException('stopped', 'AbortError');
  if (name === 'aggregate') throw new AggregateError([new RangeError('one'), 'two'], 'both');
  if (name === 'null') throw null;
  if (name === 'system') (await import('node:fs')).readFileSync('/no/such/file');
  throw new Error(name);
};
export const data = () => ({
  when: new Date(0),
  bytes: new Uint8Array([1, 2]),
  buffer: Buffer.from('hi'),
  map: new Map([['k', { deep: [1n] }]]),
  set: new Set([undefined, null]),
  pattern: /x/gi,
  link: new URL('http://a.example/b?c'),
  error: Object.assign(new RangeError('far'), { code: 'E_FAR' }),
  bare: Object.assign(Object.create(null) as object, { x: 1 }),
  sparse: [1, , 3],
});
export const cycle = () => {
  const ring: { self?: unknown; list: unknown[] } = { list: [] };
  ring.self = ring;
  ring.list.push(ring, new URL('http://a.example/'));
  return ring;
};
export const counter = () => {
  let n = 0;
  return {
    label: 'counter',
    get n() {
      return n;
    },
    inc: async (by = 1) => await sleep(1, (n += by)),
  };
};
export class Point {
  static made = 0;
  static async origin(): Promise<Point> {
    return await sleep(1, new Point(0, 0));
  }
  constructor(
    public x: number,
    public y: number,
  ) {
    Point.made += 1;
    born.push(new WeakRef(this));
  }
  plus(other: Point): Point {
    return new Point(this.x + other.x, this.y + other.y);
  }
}
const born: WeakRef<Point>[] = [];
/** How many of the points made so far the thread still holds, after a collection. */
export const pointsHeld = async (): Promise<number> => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  await sleep(20);
  return born.filter((point) => point.deref() !== undefined).length;
};
export const points = () => [new Point(1, 2), new Point(3, 4)];
export const stuck = (): never => {
  for (;;);
};
export const never = (): Promise<never> => new Promise(() => undefined);
export const exit = (code: number): never => process.exit(code);
export const crashSoon = (): void => {
  setTimeout(() => {
    throw Object.assign(new Error('crashed alone'), { code: 'E_ALONE' });
  }, 5);
};
export const print = (bytes: number): void => console.log('x'.repeat(bytes));
/** Blocks in poll(2), where no termination reaches. */
export const pollFor = async (ms: number): Promise<number> => {
  const { default: koffi } = await import('koffi');
  const poll = koffi.load(null).func('int poll(void *fds, unsigned long count, int timeout)') as (
    ...args: [null, number, number]
  ) => number;
  return poll(null, 0, ms);
};
export const exhaust = (): never => {
  const hoard: unknown[] = [];
  for (;;) hoard.push(new Array(1e5).fill(Math.random()));
};
/** A mock server that comes to its end on the way to `listening`. */
export const startAndExit = async (): Promise<void> => {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise((resolve) => {
    process.nextTick(() => process.exit(5));
    server.listen(0, () => setTimeout(resolve, 1_000));
  });
};
export const accept = async (): Promise<void> => {
  await import('../../src/parts/native.js');
  await import('../../src/parts/bridge.js');
  const { TcpListener } = await import('../../src/net.js');
  TcpListener.bind({ port: 0, host: '127.0.0.1' }).accept();
};
