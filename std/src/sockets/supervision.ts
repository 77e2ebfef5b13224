import { InterruptedError } from '../process/interrupted-error.ts';

/** How long one wait may last where something beside the socket must be noticed, in milliseconds. */
export const slice = 100;

/** A worker has its own `process` in which some functions are switched off. `worker_threads` itself costs 2 ms to load. */
export const inWorker = 'disabled' in (process as { abort: object }).abort;

/**
 * Whether a blocking call must be watched instead of left to the kernel: a worker has to be stoppable, and the
 * listener of a signal would never run, since the kernel restarts an interrupted `recv` on its own.
 */
export const supervised = (): boolean =>
  inWorker ||
  process.listenerCount('SIGTERM') > 0 ||
  process.listenerCount('SIGINT') > 0 ||
  process.listenerCount('SIGHUP') > 0;

/** Called on EINTR. A signal that nobody listens to is no reason to stop. */
export function throwIfInterrupted(syscall: string): void {
  if (inWorker) return;
  const heard = process.eventNames().some((name) => typeof name === 'string' && name.startsWith('SIG'));
  if (heard) throw new InterruptedError(`A signal interrupted \`${syscall}\``, { syscall });
}
