import { InterruptedError } from '../process/interrupted-error.ts';

/** How long one wait may last where something beside the socket must be noticed, in milliseconds. */
export const slice = 100;

/** A worker has its own `process` in which some functions are switched off. `worker_threads` itself costs 2 ms to load. */
export const inWorker = 'disabled' in (process as { abort: object }).abort;

/**
 * Whether the program listens to a signal that may end a wait: the listener of a signal would never run, since the
 * kernel restarts an interrupted `recv` on its own. SIGCHLD and SIGWINCH (to which `process.stdout` itself listens on a
 * terminal) only tell what happened elsewhere. Workers get no signals.
 */
export function hearsSignals(): boolean {
  if (inWorker) return false;
  for (const name of process.eventNames()) {
    if (typeof name === 'string' && name.startsWith('SIG') && name !== 'SIGCHLD' && name !== 'SIGWINCH') return true;
  }
  return false;
}

/** Whether a blocking call must be watched instead of left to the kernel: a worker has to be stoppable. */
export const supervised = (): boolean => inWorker || hearsSignals();

/** Called on EINTR. A signal that nobody listens to is no reason to stop. */
export function throwIfInterrupted(syscall: string): void {
  if (hearsSignals()) throw new InterruptedError(`A signal interrupted \`${syscall}\``, { syscall });
}
