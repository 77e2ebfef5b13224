import { InterruptedError } from '../process/interrupted-error.ts';

/** How long one wait may last where something beside the socket must be noticed, in milliseconds. */
export const slice = 100;

/** A worker has its own `process` in which some functions are switched off. `worker_threads` itself costs 2 ms to load. */
export const inWorker = 'disabled' in (process as { abort: object }).abort;

/** What was found when the listeners changed last: to ask for them costs as much as a call of the system. */
let hears: boolean | undefined;

/** SIGCHLD and SIGWINCH (to which `process.stdout` itself listens on a terminal) only tell what happened elsewhere. */
const endsWaits = (event: string | symbol): boolean => /^SIG(?!CHLD$|WINCH$)/.test(String(event));
const look = (): void => void (hears = process.eventNames().some(endsWaits));

/**
 * Whether the program listens to a signal that may end a wait: the listener of a signal would never run, since the
 * kernel restarts an interrupted `recv` on its own. Workers get no signals.
 */
export function hearsSignals(): boolean {
  if (inWorker) return false;
  if (hears === undefined) {
    look();
    // In the same way Node learns which signals it must watch for. A listener is announced before it is there.
    process.on('newListener', (event: string | symbol) => void (hears ||= endsWaits(event))).on('removeListener', look);
  }
  return hears!;
}

/** Whether a blocking call must be watched instead of left to the kernel: a worker has to be stoppable. */
export const supervised = (): boolean => inWorker || hearsSignals();

/** Called on EINTR. A signal that nobody listens to is no reason to stop. */
export function throwIfInterrupted(syscall: string): void {
  if (hearsSignals()) throw new InterruptedError(`A signal interrupted \`${syscall}\``, { syscall });
}
