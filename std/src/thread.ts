import { connect, importable, loadTimeoutFor } from './thread/connection.ts';
import { connectionOf, viewOf } from './thread/remote.ts';
import type { InThread } from './thread/types.ts';

export type { InThread } from './thread/types.ts';

export interface ThreadOptions {
  /**
   * The longest that one call may take, in milliseconds (the import gets 30 s at least); no limit by default. A call that
   * takes longer throws an `InterruptedError` with `code: 'ETIMEDOUT'` that names it. The thread goes on with it all the
   * same, and can be ended with `stopThread`.
   */
  timeout?: number;
}

/**
 * Imports a module in a new worker thread and returns a **blocking view** of it: each call runs over there while this
 * thread waits, and a promise is awaited there. Made for tests whose mock server must answer while they block.
 *
 * - Functions and `new` take data (what structured clone takes, `Buffer` and `URL` too) and objects that came from the
 *   same thread; a function as an argument is a `TypeError`.
 * - Data comes back as a copy. Functions, instances of classes, and plain objects that hold such things or accessors
 *   stay there and come back as remote objects: their methods block, their properties are read and written over there.
 * - A property that holds an array, plain object, map or set reads as a copy of this moment; what is written to that
 *   copy is written over there as well (`server.requests.length = 0`), for maps and sets at their outermost level.
 * - What is thrown arrives as an `Error` with its name, message, stack, cause and own properties, and
 *   `error instanceof view.TheirError` holds.
 * - Asynchronous iterables are iterated with `for … of`, `Symbol.asyncDispose` is reached through `Symbol.dispose`.
 *
 * Every call starts a thread of its own with its own copy of the module. The thread does not keep the process alive; its
 * console writes straight to the process's standard output and error. TypeScript modules load too, and so does `./x.ts`
 * imported as `./x.js`: through the project's `esbuild` or `typescript`, else through Node ≥ 22.13. A bundler must
 * leave this package external: the thread loads its files.
 *
 * @param url - a `file:` URL, an absolute path, or a specifier looked up from the current directory
 * @throws what the module throws while it loads
 *
 * @example
 * ```ts
 * import { importInThread, stopThread } from '@unawait/std/thread';
 *
 * const view = importInThread<typeof import('./mock-server.js')>(new URL('./mock-server.js', import.meta.url));
 * const server = new view.MockServer();
 * server.start(); // `async start()` over there: returns once it listens
 * callTheClientUnderTest(server.port);
 * expect(server.requests).toEqual([{ method: 'GET', path: '/' }]);
 * server.stop();
 * stopThread(view); // optional, as is `using view = …`
 * ```
 */
export function importInThread<M>(url: URL | string, options: ThreadOptions = {}): InThread<M> & Disposable {
  const { timeout } = options;
  if (timeout !== undefined && !(timeout > 0)) {
    throw new RangeError(`\`timeout\` is a positive number of milliseconds, not ${timeout}`);
  }
  return viewOf(connect(importable(url), { timeout, loadTimeout: loadTimeoutFor(timeout) })) as InThread<M> &
    Disposable;
}

/**
 * Ends the thread behind a view or a remote object and blocks until it is gone, even if it hangs in an endless loop.
 * Its sockets are closed without ceremony. Calls into it throw from then on; stopping twice is fine.
 *
 * @throws Error with `code: 'ERR_THREAD_STUCK'` after 2 s when the thread blocks in a system call, such as an `accept`
 * without a time limit: nothing ends such a thread, nor a process that waits for it
 *
 * @example
 * ```ts
 * afterAll(() => stopThread(view));
 * ```
 */
export function stopThread(viewOrRemote: object): void {
  const connection = connectionOf(viewOrRemote);
  if (connection === undefined) throw new TypeError('`stopThread` takes a view or an object that came out of one');
  connection.stop();
}
