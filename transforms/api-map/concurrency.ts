import type { Row } from './row.ts';

const retry = { retry: '@unawait/std/retry' };
const retryOrBail = { retryOrBail: '@unawait/std/retry' };
const queue =
  'a queue that is paused, asked for its state, given priorities or fed by its own tasks lives on the event loop';
/** What the packages that retry have in common. */
const retried = (refuse: Record<string, string>) => ({
  functions: 'kept' as const,
  most: 2,
  when: { 2: '^\\{' },
  options: {
    at: 2,
    drop: { unref: 'the wait keeps nothing alive that would not be alive anyway' },
    refuse,
  },
  note: 'It sleeps between the tries',
});
const asserts = 'What waited for the lock before throws now: nobody releases it while this thread blocks';

/** Packages that schedule promises: what is left of them when every step blocks. */
export const concurrency: readonly Row[] = [
  {
    api: 'delay#default',
    call: 'sleepSync($1)',
    imports: { sleepSync: '@unawait/std/time' },
    most: 1,
    example: ['await delay(100);', 'sleepSync(100);'],
  },
  { api: 'delay#rangeDelay', refuse: 'the blocking sleep has no range' },
  // What these say is done by `sequence-package`, which looks at the arguments too.
  {
    api: 'p-map#default',
    call: '$1.map($2)',
    functions: 'kept',
    most: 2,
    example: ['await pMap(ids, load, { concurrency: 4 });', 'ids.map(load);'],
  },
  {
    api: 'p-filter#default',
    call: '$1.filter($2)',
    functions: 'kept',
    most: 2,
    example: ['await pFilter(paths, exists);', 'paths.filter(exists);'],
  },
  {
    api: 'p-locate#default',
    call: '$1.find($2)',
    functions: 'kept',
    most: 2,
    example: ['await pLocate(paths, exists);', 'paths.find(exists);'],
  },
  {
    api: 'p-reduce#default',
    call: '$1.reduce($2, $3)',
    functions: 'kept',
    most: 3,
    example: ['await pReduce(paths, add, 0);', 'paths.reduce(add, 0);'],
  },
  {
    api: 'p-each-series#default',
    call: '$1.forEach($2)',
    functions: 'kept',
    most: 2,
    returnsNothing: true,
    example: ['await pEachSeries(paths, visit);', 'paths.forEach(visit);'],
  },
  {
    api: 'p-times#default',
    call: 'Array.from({ length: $1 }, (_, index) => $2(index))',
    functions: 'kept',
    most: 2,
    example: ['await pTimes(3, load);', 'Array.from({ length: 3 }, (_, index) => load(index));'],
  },
  {
    api: 'p-series#default',
    call: '$1.map((task) => task())',
    most: 1,
    example: ['await pSeries([() => a(), () => b()]);', '[a(), b()];'],
  },
  {
    api: 'p-all#default',
    call: '$1.map((task) => task())',
    most: 1,
    example: ['await pAll([() => a(), () => b()]);', '[a(), b()];'],
  },
  { api: 'p-props#default', call: '$1', most: 1, example: ['await pProps({ a: load(1) });', '({ a: load(1) });'] },
  { api: 'p-map#pMapIterable', refuse: 'it hands out its results while others are made', unlocks: 'Write a generator' },
  {
    api: 'p-limit#default',
    refuse: 'a limiter that is handed on, or asked for its state, cannot be followed to its tasks',
    unlocks: 'Keep it in a `const` and only call it; it goes then',
  },
  {
    api: 'p-limit#limitFunction',
    refuse: 'a limit for what runs at once has no meaning when everything blocks',
    unlocks: 'Call the function itself',
  },
  ...['PQueue', 'default'].flatMap((name): Row[] => [
    {
      api: `p-queue#${name}.constructor`,
      refuse: queue,
      unlocks: 'Only add tasks and wait with `onIdle`, with no other option than `concurrency`',
    },
    ...['add', 'addAll', 'onIdle', 'onEmpty', 'onSizeLessThan'].map((member): Row => ({
      api: `p-queue#${name}.${member}`,
      refuse: queue,
      unlocks: 'Call the functions in order',
    })),
  ]),
  {
    api: 'p-retry#default',
    call: 'retry($1, $2)',
    imports: retry,
    versions: '>=7',
    ...retried({ shouldConsumeRetry: 'the blocking form counts every retry' }),
    example: ['await pRetry(load, { retries: 3 });', 'retry(load, { retries: 3 });'],
  },
  {
    api: 'p-retry#default',
    refuse: 'before version 7 its hooks are given other things',
    versions: '<7',
    unlocks: 'Write a loop with a sleep, or update the package',
  },
  {
    api: 'p-retry#makeRetriable',
    refuse: 'the function that it makes is not followed',
    unlocks: 'Call `pRetry` where the function is called',
  },
  {
    api: 'async-retry#default',
    call: 'retryOrBail($1, $2)',
    imports: retryOrBail,
    ...retried({ forever: 'the blocking form ends at some time' }),
    example: [
      'await retry((bail) => load(bail), { retries: 3 });',
      'retryOrBail((bail) => load(bail), { retries: 3 });',
    ],
  },
  {
    api: 'p-wait-for#default',
    refuse: 'only a condition that asks anew each time, as a statement, becomes a loop',
    unlocks: 'Write `await pWaitFor(condition, { interval })` as a statement, or a loop with a sleep',
  },
  {
    api: 'p-timeout#default',
    refuse: 'a call that blocks cannot be given up from outside',
    unlocks: 'Use the time limit of the operation itself',
  },
  { api: 'p-event#pEvent', refuse: 'events arrive on the event loop' },
  { api: 'p-defer#default', refuse: 'what settles a deferred runs on the event loop' },
  ...locks('Mutex', 'Lock', ['acquire', 'release', 'waitForUnlock', 'isLocked']),
  ...locks('Semaphore', 'Permits', ['acquire', 'release', 'isLocked', 'getValue']),
  { api: 'async-mutex#Mutex.cancel', refuse: 'nobody waits for a lock while this thread blocks' },
  { api: 'async-mutex#Semaphore.cancel', refuse: 'nobody waits for a lock while this thread blocks' },
  { api: 'async-mutex#Semaphore.waitForUnlock', refuse: 'nobody releases a lock while this thread blocks' },
  { api: 'async-mutex#Semaphore.setValue', refuse: 'the blocking form has no way to change how many there are' },
  { api: 'async-mutex#withTimeout', refuse: 'nobody releases a lock while this thread blocks' },
  { api: 'async-mutex#tryAcquire', refuse: 'what it makes throws another error' },
];

/** `Mutex` → `Lock`, `Semaphore` → `Permits`, with the same methods. */
function locks(name: string, blocking: string, members: readonly string[]): Row[] {
  const imports = { [blocking]: '@unawait/std/lock' };
  return [
    { api: `async-mutex#${name}`, form: 'type', call: blocking, imports },
    {
      api: `async-mutex#${name}.constructor`,
      call: `new ${blocking}($1)`,
      imports,
      most: name === 'Mutex' ? 0 : 1,
      yields: `async-mutex#${name}`,
      note: asserts,
      example: [`new ${name}()`, `new ${blocking}()`],
    },
    { api: `async-mutex#${name}.runExclusive`, same: true, functions: 'kept', most: 1 },
    ...members.map((member): Row => ({ api: `async-mutex#${name}.${member}`, same: true, most: 0 })),
  ];
}
