import { InterruptedError } from '../process/interrupted-error.ts';
import { codedError, codeOf } from '../sockets/system-error.ts';

/** What a stream tells its listeners; Node's names. */
export type StreamEvent = 'connect' | 'ready' | 'secureConnect' | 'data' | 'timeout' | 'end' | 'error' | 'close';

export type Listener = (...args: unknown[]) => void;

/** The listeners of one stream, as far as Node's emitter is used for them. Nothing calls them by itself: `settle` does, with what it reads. */
export interface Listeners {
  on(event: string, listener: Listener): unknown;
  once(event: string, listener: Listener): unknown;
  off(event: string, listener: Listener): unknown;
  removeAllListeners(event?: string): unknown;
  listenerCount(event: string): number;
  emit(event: string, ...args: unknown[]): boolean;
}

/** Node has loaded its emitter in any case. */
export const createListeners = (): Listeners => new (process.getBuiltinModule('node:events').EventEmitter)();

/** What a stream offers to `settle`. */
export interface Subject {
  readonly listeners: Listeners;
  /** Connects where that is still to be done; true if it was. */
  open(): boolean;
  /** The next chunk, null at the end. */
  read(): unknown;
  isClosed(): boolean;
  /** It is what a read, a write or the connecting threw. */
  isFailure(error: unknown): boolean;
}

export type Start<T> = (resolve: (value: T) => void, reject: (error?: unknown) => void) => void;

/**
 * Runs `start`, then reads and tells the listeners until `resolve` or `reject` has been called. Throws ERR_UNEXPECTED_END where the
 * stream ends before, and the stream's own error where no listener settles it.
 */
export function settle<T>(subject: Subject, start: Start<T>): T {
  const { listeners } = subject;
  let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
  const isSettled = (): boolean => outcome !== undefined;
  const reject = (error?: unknown): void => void (outcome ??= { error });
  /** Tells what went wrong; what no listener answers is thrown. */
  const attempt = (step: () => void): void => {
    try {
      step();
    } catch (error) {
      if (error instanceof InterruptedError || !subject.isFailure(error)) throw error;
      const destroyed = codeOf(error) === 'ERR_STREAM_DESTROYED';
      // An emitter would throw an error that nobody listens to.
      if (!destroyed && listeners.listenerCount('error') > 0) listeners.emit('error', error);
      listeners.emit('close', !destroyed);
      reject(error);
    }
  };
  attempt(() => {
    try {
      start((value) => void (outcome ??= { value }), reject);
    } catch (error) {
      if (subject.isFailure(error)) throw error;
      reject(error);
    }
  });
  while (!isSettled()) {
    let chunk: unknown;
    attempt(() => {
      if (subject.open()) for (const event of ['connect', 'ready', 'secureConnect']) listeners.emit(event);
      if (!isSettled()) chunk = subject.read();
    });
    if (isSettled()) break;
    // A listener may write, and that may fail too.
    attempt(() => {
      if (chunk !== null) {
        listeners.emit('data', chunk);
        return;
      }
      listeners.emit('end');
      if (subject.isClosed()) listeners.emit('close', false);
      reject(codedError(new Error('The connection ended before the answer was there'), 'ERR_UNEXPECTED_END'));
    });
  }
  const settled = outcome!;
  if ('error' in settled) throw settled.error;
  return settled.value;
}
