import type { Row } from './row.ts';

const timer = 'a callback that runs later needs the event loop';

/** `process`, timers with callbacks, and the mocks of `node:test`. */
export const nodeProcess: readonly Row[] = [
  ...['global', 'node:timers'].flatMap((module): Row[] =>
    ['setTimeout', 'setInterval', 'setImmediate'].map((name) => ({
      api: `${module}#${name}`,
      refuse: timer,
      ...(name === 'setTimeout' && {
        unlocks: 'A wait, `await setTimeout(ms)` of `node:timers/promises`, has a blocking form',
      }),
    })),
  ),
  { api: 'global#queueMicrotask', refuse: timer },
  { api: 'global#NodeJS.Process.nextTick', refuse: timer },
  ...['test.TestContext.test', 'TestContext.test'].map((name) => ({
    api: `node:test#${name}`,
    refuse: 'the runner cancels a subtest that its parent does not wait for',
    unlocks: 'Nothing to do: the subtests convert by themselves',
  })),
  { api: 'node:test#MockTimers.enable', refuse: 'fake timers fire from the event loop that they stand in for' },
  { api: 'node:test#MockTimers.tick', refuse: 'fake timers fire from the event loop that they stand in for' },
  { api: 'node:test#MockTimers.runAll', refuse: 'fake timers fire from the event loop that they stand in for' },
];
