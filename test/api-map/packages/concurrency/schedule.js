import { access, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import retryBailing from 'async-retry';
import { Mutex, Semaphore } from 'async-mutex';
import delay from 'delay';
import pAll from 'p-all';
import pEachSeries from 'p-each-series';
import pFilter from 'p-filter';
import pLimit from 'p-limit';
import pLocate from 'p-locate';
import pMap from 'p-map';
import pProps from 'p-props';
import PQueue from 'p-queue';
import pReduce from 'p-reduce';
import pRetry, { AbortError } from 'p-retry';
import pSeries from 'p-series';
import pTimes from 'p-times';
import pWaitFor from 'p-wait-for';

/** @param {string} path */
const read = (path) => readFile(path, 'utf8');

/** @param {string} path */
async function exists(path) {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/** @param {number} total @param {string} path */
const addLength = async (total, path) => total + (await read(path)).length;

const paths = ['a.txt', 'dir/b.json', 'lines.txt'];
const some = ['missing', 'dir/c.txt', 'a.txt', 'none/missing'];

export const map = async () => pMap(paths, read);
export const mapLimited = async () => pMap(paths, async (path, i) => [i, await read(path)], { concurrency: 2 });
export const mapOne = async () => pMap(paths, read, { concurrency: 1, stopOnError: true });
export const mapCores = async () => pMap(paths, (path) => read(path), { concurrency: availableParallelism() * 2 });
export const mapIterable = async () => pMap(new Set(paths), async (path, i) => `${i}${(await read(path)).length}`);
export const mapFails = async () => pMap(some, read, { concurrency: 1 });
export const mapStatement = async () => {
  /** @type {string[]} */
  const found = [];
  await pMap(
    paths,
    async (path) => {
      found.push(await read(path));
    },
    { concurrency: 1 },
  );
  await pMap(new Set(paths), async (path) => void found.push(path));
  return found;
};
export const filter = async () => pFilter(some, exists);
export const filterIndex = async () =>
  pFilter(new Set(some), async (path, i) => i > 1 && (await exists(path)), { concurrency: 2 });
export const locate = async () => pLocate(some, exists);
export const locateNone = async () => pLocate(['missing'], exists);
export const locateOne = async () => pLocate(new Set(some), async (path) => exists(path), { concurrency: 1 });
export const reduce = async () => pReduce(paths, addLength, 10);
export const reduceIndex = async () =>
  pReduce(new Set(paths), async (all, path, i) => all + i + (await read(path)).length, '');
export const eachSeries = async () => {
  /** @type {string[]} */
  const found = [];
  await pEachSeries(paths, async (path, i) => {
    found.push(`${i}${await read(path)}`);
  });
  return found;
};
export const times = async () => pTimes(3, async (i) => `${i}${await read('a.txt')}`);
export const timesNamed = async () => pTimes(2, square);
export const timesNone = async () => pTimes(0, async () => read('missing'), { concurrency: 4 });
/** @param {number} i */
async function square(i) {
  await delay(1);
  return i * i;
}
export const series = async () => pSeries([() => read('a.txt'), async () => (await read('dir/b.json')).length]);
export const seriesList = async () => pSeries(paths.map((path) => () => read(path)));
export const seriesFails = async () =>
  pSeries([() => writeFile('made', 'x'), () => read('missing'), () => writeFile('never', 'x')]);
export const all = async () => pAll([() => read('a.txt'), () => read('empty.txt')], { concurrency: 2 });
export const allList = async () => pAll(paths.map((path) => () => read(path)));
export const props = async () => pProps({ a: read('a.txt'), b: exists('missing'), c: 3 });
export const pause = async () => {
  const start = performance.now();
  await delay(20);
  return [performance.now() - start >= 19, await delay(1, { value: 'given' })];
};

export const limited = async () => {
  const limit = pLimit(2);
  return Promise.all(paths.map((path) => limit(() => read(path))));
};
export const limitedArguments = async () => {
  const limit = pLimit({ concurrency: 2 });
  return [await limit(read, 'a.txt'), await limit.map(paths, (path, i) => addLength(i, path))];
};
export const limitedFails = async () => {
  const limit = pLimit(1);
  const text = await limit(async () => {
    await writeFile('made', 'x');
    return read('made');
  });
  return [text, await limit(() => read('missing'))];
};
export const queued = async () => {
  const queue = new PQueue({ concurrency: 2 });
  /** @type {string[]} */
  const found = [];
  for (const path of paths) {
    queue.add(async () => {
      found.push(await read(path));
    });
  }
  await queue.onIdle();
  const more = await queue.addAll(paths.map((path) => () => exists(path)));
  return [found.toSorted(), more, await queue.add(() => read('a.txt'))];
};

/** Fails `times` times, then gives its number. */
const failing = (
  /** @type {number} */ times,
  /** @type {(n: number) => Error} */ error = (n) => new Error(`failure ${n}`),
) => {
  let n = 0;
  return async () => {
    await delay(1);
    if (n++ < times) throw error(n);
    return n;
  };
};
export const retried = async () => pRetry(failing(2), { retries: 3, minTimeout: 1 });
export const retriedNumber = async () => {
  const ask = failing(2);
  /** @type {number[]} */
  const numbers = [];
  await pRetry(
    async (n) => {
      numbers.push(n);
      return ask();
    },
    { retries: 3, minTimeout: 1 },
  );
  return numbers;
};
export const retriedHooks = async () => {
  /** @type {unknown[]} */
  const seen = [];
  const ask = failing(5);
  const outcome = await pRetry(ask, {
    retries: 2,
    minTimeout: 1,
    factor: 1,
    onFailedAttempt: ({ error, attemptNumber, retriesLeft, retriesConsumed }) => {
      seen.push([error.message, attemptNumber, retriesLeft, retriesConsumed]);
    },
  }).catch((/** @type {Error} */ error) => error.message);
  return [outcome, seen];
};
export const retriedWaits = async () =>
  pRetry(failing(2), {
    retries: 2,
    minTimeout: 1,
    onFailedAttempt: async ({ attemptNumber }) => {
      await delay(1);
      await writeFile(`failed-${attemptNumber}`, 'x');
    },
  });
export const retriedNot = async () =>
  pRetry(failing(5), { retries: 4, minTimeout: 1, shouldRetry: ({ attemptNumber }) => attemptNumber < 2 });
export const retriedAborted = async () =>
  pRetry(
    failing(5, () => new AbortError('enough')),
    { retries: 4, minTimeout: 1 },
  );
export const retriedOriginal = async () =>
  pRetry(
    failing(5, () => new AbortError(new RangeError('mine'))),
    { retries: 4, minTimeout: 1 },
  );
export const retriedMistake = async () =>
  pRetry(
    failing(5, () => new TypeError('a mistake')),
    { retries: 4, minTimeout: 1 },
  );
export const retriedNetwork = async () =>
  pRetry(
    failing(1, () => new TypeError('fetch failed')),
    { retries: 1, minTimeout: 1 },
  );
export const retriedNever = async () => pRetry(failing(1), { retries: 0 });
export const retriedThrown = async () =>
  pRetry(
    async () => {
      await delay(1);
      throw 'text';
    },
    { retries: 1, minTimeout: 1 },
  );
export const retriedTime = async () => {
  const start = performance.now();
  await pRetry(failing(2), { retries: 3, minTimeout: 10, maxTimeout: 15 });
  return performance.now() - start >= 24;
};

export const bailing = async () => retryBailing(async () => read('a.txt'));
export const bailed = async () =>
  retryBailing(
    async (bail) => {
      const text = await read('empty.txt');
      if (text === '') return bail(new Error('nothing in it'));
      return text;
    },
    { retries: 3 },
  );
export const bailingFails = async () => {
  let n = 0;
  /** @type {unknown[]} */
  const seen = [];
  const ask = async () => {
    await delay(1);
    n++;
    throw new Error(n % 2 ? 'odd' : 'even');
  };
  const outcome = await retryBailing(ask, {
    retries: 2,
    minTimeout: 1,
    onRetry: (error, attempt) => seen.push([String(error), attempt]),
  }).catch((/** @type {Error} */ error) => error.message);
  return [n, outcome, seen];
};
export const bailingSecond = async () => {
  const ask = failing(1);
  return retryBailing(async (_bail, attempt) => [attempt, await ask()], {
    retries: 2,
    minTimeout: 1,
    randomize: false,
  });
};

const mutex = new Mutex();
export const locked = async () => mutex.runExclusive(() => read('a.txt'));
export const lockedFails = async () => {
  const before = await mutex
    .runExclusive(() => read('missing'))
    .catch((/** @type {NodeJS.ErrnoException} */ error) => error.code);
  return [before, mutex.isLocked()];
};
export const lockedByHand = async () => {
  const release = await mutex.acquire();
  const held = mutex.isLocked();
  await writeFile('made', 'x');
  release();
  release();
  await mutex.acquire();
  mutex.release();
  mutex.release();
  await mutex.waitForUnlock();
  return [held, mutex.isLocked()];
};
export const permits = async () => {
  const semaphore = new Semaphore(2);
  const [first, release] = await semaphore.acquire();
  const inside = await semaphore.runExclusive(async (left) => [left, semaphore.getValue(), await read('a.txt')]);
  release();
  semaphore.release();
  return [first, inside, semaphore.isLocked(), semaphore.getValue()];
};

export const waited = async () => {
  let n = 0;
  const ready = async () => {
    await delay(1);
    return n++ > 1;
  };
  await pWaitFor(ready);
  await pWaitFor(async () => (await read('a.txt')).length + n++ > 11, { interval: 1 });
  return n;
};
