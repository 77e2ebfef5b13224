import { constants } from 'node:os';
import { InterruptedError } from './process/interrupted-error.ts';

export { InterruptedError, type InterruptedErrorOptions } from './process/interrupted-error.ts';

/** How long after an interruption its signal may take to reach its listeners, in milliseconds. */
const signalLimit = 1_000;

/** The part of Node's stream handles that can wait for a slow reader; undocumented, hence asked for with care. */
interface BlockableHandle {
  setBlocking?: (blocking: boolean) => unknown;
}

/**
 * Makes standard output and standard error wait for their readers, as they do in other languages. While a program
 * blocks, Node would send only the first 64 KiB into a pipe, and `process.exit` would drop the rest.
 *
 * Call it before the first output. Files and terminals block already; in a worker thread this does nothing.
 *
 * @example
 * ```ts
 * import { blockStdio } from '@unawait/std/process';
 *
 * blockStdio();
 * process.stdout.write(hugeReport);
 * process.exit(0); // nothing is lost
 * ```
 */
export function blockStdio(): void {
  for (const stream of [process.stdout, process.stderr]) {
    (Reflect.get(stream, '_handle') as BlockableHandle | null | undefined)?.setBlocking?.(true);
  }
}

/**
 * Runs a blocking program: makes standard output and error wait for their readers, calls `main`, and takes a number that
 * it returns for the exit code. What `main` throws is thrown on, so Node reports it as it reports any uncaught error.
 *
 * An `InterruptedError` (`EINTR`) that flies out of `main` means that a signal with a listener arrived while the program
 * was blocked. By then the `finally` blocks have run; `runMain` yields to the loop, and the listener runs at last. Unless
 * somebody has said otherwise, the exit code is then 128 + the signal's number, as a shell would see it.
 *
 * @example
 * ```ts
 * import { runMain } from '@unawait/std/process';
 *
 * process.on('SIGTERM', () => console.error('stopped'));
 * runMain(() => {
 *   for (;;) handle(nextEventSync());
 * });
 * ```
 */
export function runMain(main: (() => number) | (() => void)): void {
  blockStdio();
  try {
    const code: unknown = main();
    if (typeof code === 'number') process.exitCode = code;
  } catch (error) {
    if (!(error instanceof InterruptedError) || error.code !== 'EINTR') throw error;
    yieldToSignals(error);
  }
}

/** Keeps the loop turning until a signal has reached its listeners; one that never comes leaves an uncaught error. */
function yieldToSignals(error: InterruptedError): void {
  const heard = process.eventNames().filter(isSignal);
  const unheard = setTimeout(() => {
    throw error;
  }, signalLimit);
  const listen = (signal: NodeJS.Signals) => {
    clearTimeout(unheard);
    for (const name of heard) process.off(name, listen);
    process.exitCode ??= 128 + constants.signals[signal];
  };
  for (const signal of heard) process.prependListener(signal, listen);
}

function isSignal(name: string | symbol): name is NodeJS.Signals {
  return Object.hasOwn(constants.signals, name);
}
