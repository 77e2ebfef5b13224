import { row, type SemanticsArea } from './row.ts';

/** What comes from outside of a function: APIs, types, modules, runtimes and tests. */
export const surroundings: readonly SemanticsArea[] = [
  {
    title: 'Node’s APIs and the event loop',
    rows: [
      row(
        'An API with a row in the API map',
        'CNR',
        'What the row says, its errors included.',
        'swap-api/sleep swap-api/example swap-api/child swap-api/file-handle swap-api/fetch swap-api/skip-option',
      ),
      row(
        'An API without a row',
        'RP',
        'Refused and counted, so that the report ranks what is missing; `bridge` sends the whole call through a worker.',
        'swap-api/skip-no-row swap-api/bridge swap-api/skip-bridge',
      ),
      row(
        'Timers, intervals, microtasks',
        'R',
        'A callback that runs later needs the loop.',
        'refuse-loop/skip-timer unwrap-executor/skip-pending',
      ),
      row(
        'Waits: `sleep`, `while (!ok) await sleep(n)`, `setInterval` in `new Promise`',
        'CNR',
        'A wait blocks; a loop converts when what it looks at can change meanwhile.',
        'swap-api/sleep refuse-wait-loop/polls wait-in-loop/example unwrap-executor/polling unwrap-executor/skip-polling refuse-wait-loop/skip-field',
      ),
      row(
        '`AbortSignal`',
        'NR',
        'Looked at before the work; nobody can fire it in this thread. A time limit becomes the option.',
        'swap-api/signal fetch-init/signal unwrap-executor/signals swap-api/skip-signal',
      ),
      row(
        'Emitters, streams, readline, standard input',
        'CNR',
        'Refused, with rows for whole-input idioms.',
        'swap-api/stdin read-file-stream/lines read-file-stream/input read-file-stream/skip-input refuse-loop/skip-stream refuse-loop/skip-listener swap-api/skip-listener',
      ),
      row(
        'A child that is started, listened to and waited for',
        'CNR',
        'One call that runs it to its end; its output is handled then. Who answers what a child says keeps the loop.',
        'child-end/example child-end/forms child-end/steps child-end/skip-steps child-end/skip-dialogue unwrap-executor/children',
      ),
      row(
        'Messages of a worker',
        'R',
        'What a worker posts to its parent can only be heard by a listener; a port that it is given can be read.',
        'refuse-loop/skip-worker',
      ),
      row(
        'Command lines that wait for their actions, prompts',
        'R',
        'The library waits for promises, or for a person at the terminal.',
        'swap-api/skip-command-line swap-api/skip-dialogue',
      ),
      row(
        'A server in the thread of a client that blocks',
        'NR',
        'A deadlock: the lint names both ends. In tests the server moves to a thread of its own.',
        'refuse-loop/deadlock refuse-loop/skip-server server-in-thread/example',
      ),
      row(
        'Signal handlers of the process',
        'N',
        'They wait until the code that blocks is done.',
        'refuse-loop/example',
      ),
      row('`AsyncLocalStorage.run`', 'C', 'It runs a blocking callback as well.', 'hand-over-callback/storage'),
      row(
        '`util.promisify(x)`',
        'CR',
        'The blocking form of `x`, where there is one.',
        'swap-api/promisify swap-api/skip-promisify-read',
      ),
      row(
        'Recursion between awaits',
        'N',
        'The stack is finite now.',
        'drop-async/recursion remove-await/recursion-untyped',
      ),
    ],
  },
  {
    title: 'Types, classes, modules',
    rows: [
      row(
        '`Promise<T>`, `PromiseLike`, `Awaited`, `AsyncIterable`, `AsyncGenerator`, `() => Promise<void>`',
        'CR',
        'By what they mean. A promise type without an argument is refused in TypeScript; in a comment it is one of anything.',
        'unwrap-type/example unwrap-type/aliases unwrap-type/iterators unwrap-type/derived unwrap-type/void unwrap-type/skip-no-argument',
      ),
      row(
        'Conditional and mapped types over promises',
        'CR',
        'They convert where every arm is known; else they would turn into `never` without an error.',
        'unwrap-type/conditional unwrap-type/mapped unwrap-type/skip-conditional unwrap-type/skip-mapped',
      ),
      row(
        'Overrides, abstract members, interfaces',
        'CR',
        'The whole family or none of it.',
        'drop-async/inheritance drop-async/class-members drop-async/bounds drop-async/skip-family',
      ),
      row(
        'A callback or member whose type belongs to a library',
        'CRP',
        'It converts where a plain value is welcome; where a promise is demanded, `async-shim` keeps an async shell.',
        'hand-over-callback/example hand-over-callback/skip-promise-only async-shim/example async-shim/skip-without-policy',
      ),
      row(
        'Exports of the package',
        'NP',
        'Listed as breaking changes; `emit-twin` leaves them and writes `fooSync` beside `foo`.',
        'projects/archive-cli replace-twin/emit-example replace-twin/emit replace-twin/skip-emit-shared',
      ),
      row(
        'Called from code that stays async',
        'NRP',
        'The `await` goes there where nothing else is held up; else refused; `islands` accepts that.',
        'drop-async/skip-caller drop-async/shim-calls drop-async/skip-shim-calls drop-async/policy-comment hand-over-callback/skip-data-loader',
      ),
      row(
        '`foo` beside a `fooSync`; overloads that become the same',
        'RP',
        'Both places are named; `replace-twin` puts one in the place of the other.',
        'replace-twin/skip-without-policy replace-twin/skip-pattern replace-twin/example drop-async/overloads refuse-escape/skip-overloads',
      ),
      row(
        'An async function where the type is `any` or `Function`',
        'R',
        'Nobody knows who calls it, and what for.',
        'hand-over-callback/skip-untyped hand-over-callback/skip-untyped-instance refuse-escape/skip-untyped refuse-escape/skip-untyped-callers refuse-escape/skip-untyped-reader note-exposed/example',
      ),
      row(
        '`f.bind(…)`, `f.call(…)`, `f.apply(…)`; a library’s wrapper around a function',
        'CR',
        'Bound functions turn with what they call; what a library makes of a function has callers that nobody sees.',
        'drop-async/bound refuse-escape/skip-wrapped',
      ),
      row(
        'Decorators that wrap methods',
        'CR',
        'Refused unless the decorator converts too.',
        'drop-async/decorators refuse-escape/skip-decorated',
      ),
      row(
        'An async method called by a base class’s constructor',
        'N',
        'The subclass’s fields have no values yet.',
        'note-early-init/example note-early-init/no-fields',
      ),
      row(
        'Top-level `await`',
        'CN',
        'It goes; where the order of modules changes a note says so.',
        'remove-await/top-level import-module/module-that-waited',
      ),
      row(
        '`import()`',
        'CNR',
        'A module of Node is imported at the top where nothing can tell; any other is loaded on the spot, with a note; a module that waits is refused.',
        'import-module/example import-module/module-that-waited import-module/skip-module-that-waits',
      ),
      row(
        'React, Rx, Effect, DataLoader and other code that lives on the loop',
        'R',
        'Their contract is the loop.',
        'hand-over-callback/skip-effect hand-over-callback/skip-component refuse-escape/skip-observable hand-over-callback/skip-data-loader',
      ),
    ],
  },
  {
    title: 'Lambda',
    rows: [
      row(
        'A custom runtime’s loop that the project owns',
        'C',
        'Whole.',
        'projects/lambda-runtime projects/lambda-runtime-fetch',
      ),
      row(
        '`export const handler = async …` for the managed runtime',
        'P',
        'It answers `null` to a plain value: `async-shim` keeps the exported handler async.',
        'async-shim/handler async-shim/skip-handler',
      ),
      row('Handlers that stream their response', 'R', 'The stream lives on the loop.', 'async-shim/skip-streaming'),
    ],
  },
  {
    title: 'Tests',
    rows: [
      row(
        'Async bodies and hooks of the usual runners',
        'CR',
        'They become plain. A test of `node:test` with subtests waits for them, and stays async.',
        'convert-mock/jest-globals hand-over-callback/test-runner hand-over-callback/runners hand-over-callback/subtests hand-over-callback/skip-subtests',
      ),
      row(
        '`resolves`, `rejects`, `assert.rejects`, chai-as-promised, `t.throwsAsync`',
        'CR',
        'The call is written into a function where the matcher has to catch.',
        'convert-expectation/example convert-expectation/assert-forms convert-expectation/ava convert-expectation/chai-as-promised convert-expectation/error-class convert-expectation/skip-chai-negated convert-expectation/skip-negated-throw',
      ),
      row(
        '`mockResolvedValue` and its like, sinon’s `resolves` and `rejects`, mocks of `node:fs/promises`',
        'CNR',
        'They return and throw.',
        'convert-mock/example convert-mock/called convert-mock/once convert-mock/sinon convert-mock/module convert-mock/own-module convert-mock/skip-factory',
      ),
      row(
        'Fake timers, `waitFor`, `expect.poll`, `done`',
        'R',
        'The test stays async, and is listed.',
        'async-test/skip-clock async-test/skip-polling async-test/skip-done',
      ),
      row('`it.concurrent`', 'N', 'It runs alone now.', 'async-test/example'),
      row(
        'Tests of overlap, order, cancellation, unhandled rejections',
        'R',
        'Listed as async-only: they stay async, and what they call is wrapped; `verify` holds them against nobody.',
        'async-test/skip-overlap async-test/shimmed async-test/skip-cancellation async-test/skip-unhandled',
      ),
      row(
        'A mock server in the test’s process',
        'NR',
        'It moves to a worker thread; what intercepts requests in the process (nock, msw) is refused.',
        'server-in-thread/example async-test/skip-interceptor',
      ),
      row(
        'Time limits of tests',
        'C',
        'A test that blocks cannot be timed out from inside: `verify` runs the suite in a process with a watchdog.',
        'test/verify-steps.test.ts',
      ),
    ],
  },
];
