/** A change of meaning that is only made when the user names it. */
export interface Policy {
  readonly summary: string;
  /** What the program does then that it did not do before. */
  readonly extra: string;
}

/** Every policy, by the name that `--policy` takes. */
export const policies: Readonly<Record<string, Policy>> = {
  'async-shim': {
    summary: 'Keep a function async towards a library that demands a promise, and convert what it does',
    extra:
      'The work of the function blocks, and the library gets a promise that is settled by then: `lib.use(async (x) => handler(x))`. While it works, nothing ' +
      'else runs on the loop that called it. An exported handler for the managed Node.js runtime of AWS Lambda (known by its types) keeps the word `async`.',
  },
  bridge: {
    summary: 'Send whole calls of a library that has no blocking form through a worker thread',
    extra:
      "`await lib.fn(a, b)` becomes `callSync(…, 'fn', [a, b])` of `@unawait/std/bridge`, where the function can be named by its module and its export, and where the types " +
      'of its arguments and of its result are plain data (no functions, instances of classes, streams, signals). The worker loads the module once, for itself: what this ' +
      'thread has set in it is not seen there. Arguments are copied: what the function writes into them is lost. A call costs some 30–90 µs and the copies, the first one starts a thread.',
  },
  'emit-twin': {
    summary: 'Put a blocking `fooSync` beside each exported `foo`, and leave `foo` as it is',
    extra:
      'For a package whose users want both: what the package exports stays async, to the letter, and its blocking twin is exported from the same places. The ' +
      'functions that it calls get twins too, which stay as private as they are. Nothing breaks for users of the package, and its own callers of ' +
      '`foo` stay async. What cannot stand twice, because both would share it (an interface, a field that holds a promise or a socket), keeps its function async; ' +
      'so does a `fooSync` that is there already.',
  },
  'fix-async-predicates': {
    summary: 'Convert async callbacks of `filter`, `some`, `every`, `find` and `sort`',
    extra:
      'Today these methods get a promise, which is always true (and sorts as `NaN`). Blocking, they get the answer: the result is another one, and most ' +
      'likely the one that was meant.',
  },
  'float-inline': {
    summary: 'Run work in place that nobody waits for',
    extra:
      'A floating promise runs beside what follows. In place, its work is done first, and its errors are thrown where it was started instead of being ' +
      'reported as unhandled.',
  },
  'float-log': {
    summary: 'Run work in place that nobody waits for, and log its errors',
    extra:
      'As `float-inline`, but an error is written to the console and the function goes on, as it did when the error came too late to stop it. (Node ends a ' +
      'process on an unhandled rejection; the log does not.)',
  },
  islands: {
    summary: 'Convert functions that are awaited by functions that stay async',
    extra:
      'While such a function blocks, nothing else runs on its caller’s event loop: no other request, timer or listener. By default it converts only where ' +
      'nothing of the kind is in reach.',
  },
  'replace-twin': {
    summary: 'Drop an async function beside which a blocking one of the same name with `Sync` stands',
    extra:
      'A function `load` beside `loadSync` is not converted, for the two would do the same. With this policy `load` turns blocking and calls `loadSync`, with ' +
      'the same arguments: what its own body did is dropped, and the two must have done the same.',
  },
  'shim-calls': {
    summary: 'Give a caller that stays async a promise where the function it calls turns blocking',
    extra:
      'A caller that stores, chains or combines the promise of a call keeps its callee async. With this policy the callee converts and the call becomes ' +
      '`(async () => f())()`. The work is done at the call: calls that ran side by side run one after the other. In tests this is done without asking.',
  },
};

/** The policy that a misspelt name most likely means. */
export function nearestPolicy(name: string): string | undefined {
  const ranked = Object.keys(policies)
    .map((policy) => ({ policy, steps: distance(name.toLowerCase(), policy) }))
    .sort((a, b) => a.steps - b.steps || (a.policy < b.policy ? -1 : 1));
  const [best] = ranked;
  return best && best.steps <= Math.max(2, Math.ceil(best.policy.length / 2)) ? best.policy : undefined;
}

/** Letters to put in, take out or change to come from one word to the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length]!;
}
