import type { Row } from './row.ts';

/** Packages that schedule promises: what is left of them when every step blocks. */
export const concurrency: readonly Row[] = [
  {
    api: 'delay#default',
    call: 'sleepSync($1)',
    imports: { sleepSync: '@unawait/std/time' },
    versions: '>=6',
    most: 1,
    example: ['await delay(100);', 'sleepSync(100);'],
  },
  { api: 'delay#default', refuse: 'its second argument is of another shape', versions: '<6' },
  { api: 'delay#rangeDelay', refuse: 'the blocking sleep has no range' },
  {
    api: 'p-map#default',
    refuse: 'a mapper that blocks is a plain `map`',
    unlocks: 'Write `Promise.all(items.map(mapper))`',
  },
  {
    api: 'p-limit#default',
    refuse: 'a limit for what runs at once has no meaning when everything blocks',
    unlocks: 'Call the functions in order',
  },
  {
    api: 'p-queue#PQueue.constructor',
    refuse: 'a queue runs its tasks from the event loop',
    unlocks: 'Call the functions in order',
  },
  {
    api: 'p-queue#default.constructor',
    refuse: 'a queue runs its tasks from the event loop',
    unlocks: 'Call the functions in order',
  },
  {
    api: 'p-queue#default.add',
    refuse: 'a queue runs its tasks from the event loop',
    unlocks: 'Call the functions in order',
  },
  { api: 'p-queue#default.onIdle', refuse: 'a queue runs its tasks from the event loop' },
  { api: 'p-retry#default', refuse: 'the pauses between tries are timers', unlocks: 'Write a loop with a sleep' },
  { api: 'async-retry#default', refuse: 'the pauses between tries are timers', unlocks: 'Write a loop with a sleep' },
  { api: 'p-all#default', refuse: 'tasks that block run in order anyway', unlocks: 'Call the functions in order' },
  { api: 'p-series#default', refuse: 'tasks that block run in order anyway', unlocks: 'Call the functions in order' },
  {
    api: 'p-timeout#default',
    refuse: 'a call that blocks cannot be given up from outside',
    unlocks: 'Use the time limit of the operation itself',
  },
  { api: 'p-event#pEvent', refuse: 'events arrive on the event loop' },
  { api: 'p-defer#default', refuse: 'what settles a deferred runs on the event loop' },
  {
    api: 'async-mutex#Mutex.runExclusive',
    refuse: 'a lock between tasks that take turns has to be looked at by a person',
  },
  { api: 'async-mutex#Mutex.acquire', refuse: 'a lock between tasks that take turns has to be looked at by a person' },
  {
    api: 'async-mutex#Semaphore.runExclusive',
    refuse: 'a lock between tasks that take turns has to be looked at by a person',
  },
];
