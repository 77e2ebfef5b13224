import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MessageChannel, receiveMessageOnPort, type Worker } from 'node:worker_threads';
import { InterruptedError } from '../process/interrupted-error.ts';
import { now } from '../time/clock.ts';
import { isAlive } from './lifeline.ts';
import { cwdScheme, loadCall, slot, type Message, type Reply, type Request } from './protocol.ts';
import { startWorker } from './start.ts';
import type { Wire } from './wire.ts';

/** How often a waiting caller looks whether the thread still lives, in milliseconds. */
const lookAfter = 500;
/** How long a thread may take to run its first line, and at least to import, before it is given up, in milliseconds. */
const startLimit = 30_000;
/** How long a thread may take to end by itself before it is terminated, and then to be gone, in milliseconds. */
const stopLimit = 1_000;

export type Answer = Extract<Reply, { value: Wire }> | Extract<Reply, { thrown: Wire }>;

/** The wire to one worker. Every method blocks. */
export interface Connection {
  readonly url: string;
  /** The module itself, or what its import threw. */
  readonly loaded: Answer;
  /** Asks and waits for the answer; `name` says in messages what was called, `timeout` stands in for the option. */
  ask(request: Request, name: string, timeout?: number): Answer;
  /** Sends without waiting; does nothing once the thread has ended. */
  tell(request: Request): void;
  /** Whether the thread has been stopped, or was found to have ended. */
  hasEnded(): boolean;
  /** Ends the thread and waits until it is gone; gives it `grace` milliseconds to end by itself. */
  stop(grace?: number): void;
}

export interface ConnectionOptions {
  /** The longest that one call may take, in milliseconds. */
  timeout?: number | undefined;
  /** The longest that the import may take, in milliseconds. */
  loadTimeout?: number | undefined;
}

/** How long the import may take where one call may take `timeout`: it starts a thread, too. */
export const loadTimeoutFor = (timeout: number | undefined): number | undefined =>
  timeout && Math.max(timeout, startLimit);

/** What a worker can import for `module`: a URL, an absolute path, or a specifier seen from the current directory. */
export function importable(module: URL | string): string {
  if (module instanceof URL) return module.href;
  if (isAbsolute(module)) return pathToFileURL(module).href;
  return /^(file|data|node):/.test(module) ? module : cwdScheme + module;
}

export function connect(url: string, options: ConnectionOptions): Connection {
  const shared = new SharedArrayBuffer(12);
  const state = new Int32Array(shared);
  const { port1: port, port2 } = new MessageChannel();
  const worker = startWorker(url, shared, port2);
  let lastCall = loadCall;
  let ended: { message: string; thrown: Wire | undefined } | undefined;

  let told = false;
  forwardUnseenError(worker, () => told);

  const end = (message: string, thrown?: Wire) => (ended ??= { message, thrown });
  const lastWords = (): Answer => {
    const { message, thrown } = ended!;
    told = true;
    if (thrown !== undefined) return { call: -1, thrown };
    throw Object.assign(new Error(message), { code: 'ERR_THREAD_ENDED' });
  };

  const wait = (call: number, name: string, timeout = options.timeout): Answer => {
    const started = now();
    const deadline = started + (timeout ?? Infinity);
    let lives: boolean | undefined = true;
    for (;;) {
      const posted = Atomics.load(state, slot.posted);
      const reply = receiveMessageOnPort(port)?.message as Reply | undefined;
      if (reply?.call === call) return reply as Answer;
      if (reply?.call === -1 && 'code' in reply) {
        end(`The thread of ${url} ended with exit code ${reply.code} during ${name}`, reply.thrown);
        return lastWords();
      }
      // Anything else is the late answer to a call whose watchdog ran out.
      if (reply !== undefined) continue;
      const time = now();
      if (lives === false || (lives === undefined && time > started + startLimit)) {
        const how = lives === undefined ? 'did not start' : 'ended without a word';
        end(`The thread of ${url} ${how} during ${name}; it may have run out of memory`);
        return lastWords();
      }
      if (time >= deadline) throw outOfTime(name, url, timeout);
      const woken = Atomics.wait(state, slot.posted, posted, Math.min(lookAfter, deadline - time));
      // Looked at before the last messages are, so that a thread that posted and ended is heard first.
      if (woken === 'timed-out') lives = isAlive(state);
    }
  };

  const send = (request: Request): number => {
    lastCall += 1;
    port.postMessage({ ...request, call: lastCall } satisfies Message);
    return lastCall;
  };

  const stop = (grace = stopLimit): void => {
    if (ended !== undefined) return;
    end(`The thread of ${url} has been stopped`);
    send({ op: 'stop' });
    let gone = waitForEnd(state, grace);
    if (!gone) {
      void worker.terminate();
      gone = waitForEnd(state, stopLimit);
    }
    port.close();
    if (!gone) {
      throw Object.assign(new Error(`The thread of ${url} is stuck in a system call and cannot be stopped`), {
        code: 'ERR_THREAD_STUCK',
      });
    }
  };

  const load = (): Answer => {
    try {
      return wait(loadCall, 'the import', options.loadTimeout);
    } catch (error) {
      stop();
      throw error;
    }
  };

  return {
    url,
    loaded: load(),
    ask: (request, name, timeout) => (ended === undefined ? wait(send(request), name, timeout) : lastWords()),
    hasEnded: () => ended !== undefined,
    tell: (request) => {
      if (ended === undefined) send(request);
    },
    stop,
  };
}

function waitForEnd(state: Int32Array, limit: number): boolean {
  const end = now() + limit;
  while (isAlive(state) !== false) {
    if (now() > end) return false;
    Atomics.wait(state, slot.lifeline, Atomics.load(state, slot.lifeline), 1);
  }
  return true;
}

function outOfTime(name: string, url: string, timeout: number | undefined): InterruptedError {
  return new InterruptedError(
    `${name} did not return within ${timeout} ms from the thread of ${url}. ` +
      `Does it wait for this thread, which waits for it?`,
    { code: 'ETIMEDOUT', syscall: name },
  );
}

/** An error that ends the worker is thrown by the next call into it; when none follows, it surfaces as uncaught. */
function forwardUnseenError(worker: Worker, isSeen: () => boolean): void {
  worker.on('error', (error) => {
    if (!isSeen()) throw error;
  });
}
