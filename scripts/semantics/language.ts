import { row, type SemanticsArea } from './row.ts';

/** What is written in the language itself. */
export const language: readonly SemanticsArea[] = [
  {
    title: 'Printing',
    rows: [
      row(
        '`async () => await { a: 1 }`',
        'C',
        'An object that would open an arrow function’s block gets parentheses.',
        'remove-await/precedence',
      ),
      row(
        'A statement that begins with `await (`, `await [`, a template or a regular expression; `async [name]()` in a class',
        'C',
        'Where the author leaves semicolons out, one is put in front of what would join the line before.',
        'remove-await/statement-start drop-async/no-semicolons flatten-then/no-semicolons',
      ),
      row(
        '`(await x) ** 2`, `(await f)()`, `new (await X)()`, `await a ?? b`',
        'C',
        'Parentheses stay where the tree needs them, and go where they only held the `await`.',
        'remove-await/precedence remove-await/positions',
      ),
      row(
        '`await` in templates, tags, default parameters, computed keys and loop heads',
        'C',
        'It goes like any other, in decorator arguments too; the language has none in static blocks.',
        'remove-await/positions remove-await/loop',
      ),
      row(
        'Comments, blank lines, line ends, byte order marks',
        'C',
        'Every one is kept, each fixture checks it. `@returns {Promise<T>}` in JSDoc becomes `{T}`, and `@async` goes.',
        'remove-await/comments sequence-combinator/comments swap-api/comments flatten-then/comments drop-yield-point/comments remove-await/javascript unwrap-type/jsdoc unwrap-type/jsdoc-no-argument drop-async-tag/example unwrap-type/skip-jsdoc',
      ),
      row(
        'Prose such as “resolves with”',
        'N',
        'The words stay; a note says that they speak of a promise.',
        'note-prose/example note-prose/skip-async',
      ),
    ],
  },
  {
    title: 'Awaits and promise values',
    rows: [
      row('`await f()` where `f` converts', 'C', 'The call is left.', 'remove-await/example drop-async/example'),
      row(
        '`await` of `any`, `unknown`, an open type parameter or a thenable',
        'R',
        'Nothing says that it is a plain value.',
        'remove-await/skip-any remove-await/skip-thenable remove-await/skip-type-parameter',
      ),
      row(
        '`await` of a plain value; `await null` to let others run',
        'CN',
        'It goes; where other work may run beside it, a note says that an ordering point is gone, in the middle of an expression too.',
        'remove-await/ordering-points remove-await/plain-operand drop-yield-point/example drop-yield-point/value-used',
      ),
      row(
        '`Promise.resolve(x)`, `Promise.reject(e)`, `Promise.try(f)`',
        'C R',
        'They become the value, a throw, and the call; a value that may be a promise of its own is refused.',
        'plain-promise/arithmetic plain-promise/example plain-promise/reject plain-promise/try plain-promise/skip-untyped',
      ),
      row(
        '`const p = f(); work(); await p`',
        'CNR',
        'The call stays where it is when nothing comes between; else its outcome is kept for the `await`, with a note; else it is refused.',
        'store-promise/example store-promise/taken store-promise/records store-promise/skip-taken store-promise/work-between store-promise/caught-later store-promise/optional-read store-promise/skip-annotated-alias store-promise/annotated store-promise/skip-caught-elsewhere',
      ),
      row(
        'A promise in a field, a map or a cache',
        'CNR',
        'The value takes its place where every read awaits it, with a note; a private memo of nothing keeps its outcome; a cache that could not tell “empty” from “not yet”, and a set whose values could be equal, are refused.',
        'store-promise/memo-of-nothing note-exposed/kept store-promise/skip-set store-promise/field store-promise/map-cache store-promise/memo store-promise/skip-falsy-memo store-promise/skip-memo-of-nothing',
      ),
      row(
        '`return p` inside of `try`, or of a block with `using`',
        'N',
        'Its error is caught there now, and it is done before a `finally` and before what the block uses is disposed of.',
        'return-in-try/example return-in-try/awaited return-in-try/disposed',
      ),
      row(
        'A floating `f();`, `void f()`, `f().catch(() => {})`',
        'RP',
        'Nobody waits for it: refused, or run in place by `float-inline`, or run in place and logged by `float-log`.',
        'refuse-escape/skip-floating run-in-place/skip-without-policy run-in-place/example log-in-place/example',
      ),
      row(
        '`.then(f, g).catch(h).finally(k)`',
        'C N R',
        'A `try` statement where a statement stands, else a small chain that blocks; handlers are called, not written into the line. One of which nothing is known is refused.',
        'flatten-then/caught-value flatten-then/argument-that-throws flatten-then/example note-early-throw/example flatten-then/two-handlers flatten-then/catch-statement flatten-then/finally-statement flatten-then/non-functions flatten-then/uncertain-handler refuse-escape/skip-handler-result refuse-escape/skip-own-thenable flatten-then/skip-thenable',
      ),
      row(
        '`new Promise(executor)`',
        'C N R',
        'What settles at once, a callback with a blocking twin, a wait and known dialogues convert; events and what escapes are refused.',
        'unwrap-executor/at-once unwrap-executor/callbacks unwrap-executor/timers unwrap-executor/skip-event unwrap-executor/skip-callback',
      ),
      row(
        'Deferreds, `Promise.withResolvers`, a resolver that is kept',
        'R',
        'Somebody else settles it, and nobody else runs.',
        'plain-promise/skip-deferred unwrap-executor/skip-deferred',
      ),
      row(
        '`instanceof Promise`, `typeof x.then`, `isPromise(x)`',
        'NR',
        'Folded where the type says that there may be a promise and both ways do the same with it, guards called by name too; else refused.',
        'fold-promise-test/example fold-promise-test/statements fold-promise-test/guards fold-promise-test/skip-other-arms fold-promise-test/skip-statements refuse-escape/skip-guard refuse-escape/skip-function-kind refuse-escape/skip-tested',
      ),
      row(
        'Functions of `T | Promise<T>`',
        'CR',
        'They convert when every arm does, and the type gets simpler.',
        'remove-await/mixed-operand unwrap-type/awaited refuse-escape/skip-overloads',
      ),
    ],
  },
  {
    title: 'Combinators',
    rows: [
      row(
        '`Promise.all`, with an array or a `map`',
        'N R',
        'One after the other, in order; after a failure the rest no longer runs.',
        'sequence-combinator/copies sequence-combinator/shared-array refuse-escape/skip-looked-at-elements sequence-combinator/example sequence-combinator/async-callback sequence-combinator/tuple sequence-combinator/taken-apart sequence-combinator/iterable sequence-combinator/skip-untyped',
      ),
      row(
        'Elements that wait for each other',
        'R',
        'A deferred, a lock, a queue or one socket between them would wait for ever.',
        'refuse-wait-loop/skip-elements settle-socket/skip-queue sequence-combinator/skip-stored-elements',
      ),
      row(
        '`Promise.allSettled`',
        'C N R',
        'Each element’s outcome is kept where it is made, with a note where there are several; of elements that somebody else made, the failures cannot be kept.',
        'store-promise/outcomes sequence-combinator/skip-awaits-inside sequence-combinator/all-settled sequence-combinator/settled-tuple sequence-combinator/skip-spread-settled',
      ),
      row(
        '`Promise.race([work(), timeout(ms)])`',
        'NR',
        'The time limit goes into the work’s own option where it has one, with the same error as before, else it is refused; `p-timeout` likewise.',
        'limit-call/example limit-call/forms limit-call/p-timeout sequence-combinator/skip-time-limit limit-call/skip-other-work limit-call/skip-options fetch-init/example unwrap-executor/requests',
      ),
      row(
        'Other `race`, `any`',
        'R',
        'Nothing runs beside what blocks.',
        'sequence-combinator/skip-race sequence-combinator/skip-any',
      ),
      row(
        'Limiters and queues: p-limit, p-map, p-queue, semaphores',
        'CNR',
        'One at a time is what blocking code does anyway; more at a time is noted; a limiter that is handed on, or written by hand with resolvers that are kept, is refused.',
        'unwrap-executor/skip-deferred drop-limiter/example drop-limiter/queue sequence-package/example drop-limiter/skip-handed-on sequence-package/skip-control',
      ),
      row(
        'Async callbacks of `map` with `all`, and of `reduce`',
        'C N R',
        'They convert with what awaits them; a `reduce` that only waits becomes a `forEach`, one that works before it waits has a note.',
        'sequence-combinator/async-callback sequence-combinator/chained sequence-combinator/reduced refuse-escape/skip-reduced',
      ),
      row(
        'Async callbacks of `filter`, `some`, `every`, `find`, `sort`',
        'P',
        'Today a promise is tested for truth; `fix-async-predicates` tests the value.',
        'hand-over-callback/skip-predicate hand-over-callback/predicate',
      ),
      row(
        '`forEach(async …)`',
        'RP',
        'As floating.',
        'hand-over-callback/skip-for-each run-in-place/example log-in-place/for-each',
      ),
      row(
        'Locks: async-mutex and the like, chains of promises, mutex classes',
        'NR',
        'Never dropped in silence: what is locked converts with a note, or the lock is refused.',
        'drop-limiter/lock drop-lock/example drop-lock/forms drop-lock/held drop-lock/skip-more drop-lock/skip-held refuse-wait-loop/skip-lock',
      ),
    ],
  },
  {
    title: 'Iteration and disposal',
    rows: [
      row(
        '`for await` over what converts',
        'CN',
        'A plain loop; a note where promises that were all made before are awaited in it.',
        'for-await/example for-await/array-of-promises for-await/labels for-await/plain for-await/lazy',
      ),
      row(
        '`for await` over a library’s stream',
        'CNR',
        'Refused, but for the idioms that have a row.',
        'for-await/skip-stream read-file-stream/example pipeline-files/example pipeline-files/stages pipeline-files/skip-stages read-response/example read-response/skip-uses unwrap-executor/file-writers unwrap-executor/skip-file-writer',
      ),
      row(
        'Async generators',
        'CNR',
        'Generators, where what they yield is known to be plain and no two `next()` overlap; a note where their cleanup comes at another time.',
        'for-await/lazy drop-async/skip-yields-any refuse-escape/skip-yielded-untyped drop-async/generator for-await/delegation step-iterator/example',
      ),
      row(
        '`Symbol.asyncIterator`, `Symbol.asyncDispose`, `await using`',
        'CR',
        'Their plain twins, unless a class has both already.',
        'sync-symbol/skip-hidden-steps sync-symbol/example sync-symbol/by-hand await-using/example await-using/property-members sync-symbol/skip-both',
      ),
    ],
  },
];
