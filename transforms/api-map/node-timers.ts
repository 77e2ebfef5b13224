import type { Row } from './row.ts';

const ref = 'nothing keeps the process alive while it blocks';

/** `node:timers/promises`, and the timers promisified. */
export const nodeTimers: readonly Row[] = [
  {
    api: 'node:timers/promises#setTimeout',
    call: 'sleepSync($1, $2)',
    imports: { sleepSync: '@unawait/std/time' },
    options: { at: 3, drop: { ref } },
    example: ['await setTimeout(100);', 'sleepSync(100);'],
  },
  {
    api: 'node:timers/promises#setImmediate',
    call: 'undefined',
    byArity: { 1: '$1' },
    options: { at: 2, drop: { ref } },
    note: 'The place where other events could run is gone',
  },
  {
    api: 'node:timers/promises#setInterval',
    refuse: 'ticks come from the event loop, and those that are missed pile up',
    unlocks: 'A loop around `sleepSync(ms)` waits between the turns instead',
  },
  {
    api: 'node:timers/promises#Scheduler.wait',
    call: 'sleepSync($1)',
    imports: { sleepSync: '@unawait/std/time' },
    options: { at: 2, drop: { ref } },
    example: ['await scheduler.wait(100);', 'sleepSync(100);'],
  },
  {
    api: 'node:timers/promises#Scheduler.yield',
    call: 'undefined',
    note: 'The place where other events could run is gone',
  },
  {
    api: 'node:util#promisify(global#setTimeout)',
    call: 'sleepSync($1, $2)',
    imports: { sleepSync: '@unawait/std/time' },
    options: { at: 3, drop: { ref } },
    example: ['const sleep = promisify(setTimeout);', 'const sleep = sleepSync;'],
  },
  {
    api: 'node:util#promisify(node:timers#setTimeout)',
    call: 'sleepSync($1, $2)',
    imports: { sleepSync: '@unawait/std/time' },
    options: { at: 3, drop: { ref } },
  },
];
