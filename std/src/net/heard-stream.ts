import { InterruptedError } from '../process/interrupted-error.ts';
import { codedError, codeOf } from '../sockets/system-error.ts';
import { deadlineOf } from '../sockets/table.ts';
import { now } from '../time/clock.ts';
import { createListeners } from './listeners.ts';
import type { Listener, Listeners, Start, StreamEvent } from './listeners.ts';

/** What `setTimer` gives, for `clearTimer`. */
export interface StreamTimer {
  readonly callback: () => void;
  readonly at: number;
}

/** The half of a stream that has listeners. They are called by `settle`, with what it reads, and by nothing else. */
export abstract class HeardStream<Chunk> {
  protected listeners: Listeners | undefined;
  /** What waits has got what it waits for, though no wait has come back. */
  protected isDone: (() => boolean) | undefined;
  readonly #timers = new Set<StreamTimer>();

  abstract read(): Chunk | null;
  abstract get closed(): boolean;
  /** True if it had to connect. */
  protected abstract connectIfPending(): boolean;
  /** It is what a read, a write or the connecting threw. */
  protected abstract isOwnError(error: unknown): boolean;

  on(event: 'data', listener: (chunk: Chunk) => void): this;
  /** `text` is there after `setEncoding`. */
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- a union would leave a parameter without a type of its own
  on(event: 'data', listener: (text: string) => void): this;
  on(event: 'error', listener: (error: Error) => void): this;
  on(event: 'close', listener: (hadError: boolean) => void): this;
  on(event: 'connect' | 'ready' | 'secureConnect' | 'timeout' | 'end', listener: () => void): this;
  on(event: string, listener: (...args: never[]) => void): this {
    (this.listeners ??= createListeners()).on(event, listener as Listener);
    return this;
  }

  once(event: 'data', listener: (chunk: Chunk) => void): this;
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- a union would leave a parameter without a type of its own
  once(event: 'data', listener: (text: string) => void): this;
  once(event: 'error', listener: (error: Error) => void): this;
  once(event: 'close', listener: (hadError: boolean) => void): this;
  once(event: 'connect' | 'ready' | 'secureConnect' | 'timeout' | 'end', listener: () => void): this;
  once(event: string, listener: (...args: never[]) => void): this {
    (this.listeners ??= createListeners()).once(event, listener as Listener);
    return this;
  }

  off(event: StreamEvent, listener: (...args: never[]) => void): this {
    this.listeners?.off(event, listener as Listener);
    return this;
  }

  removeAllListeners(event?: StreamEvent): this {
    this.listeners?.removeAllListeners(event);
    return this;
  }

  /**
   * `setTimeout` for what waits on this stream: a connect, read or write that is under way when the time is over calls `callback`, and goes
   * on unless that destroys the stream or settles what is waited for. At other times nothing calls it.
   */
  setTimer(callback: () => void, ms = 1): StreamTimer {
    const timer = { callback, at: deadlineOf(Math.max(ms, 1)) };
    this.#timers.add(timer);
    return timer;
  }

  clearTimer(timer: StreamTimer | undefined): void {
    if (timer) this.#timers.delete(timer);
  }

  /** The deadline of a wait that may last so many milliseconds: a timer may be due before. */
  protected until(ms: number): number {
    let deadline = deadlineOf(ms);
    for (const { at } of this.#timers) deadline = Math.min(deadline, at);
    return deadline;
  }

  /** Calls the timers that are due; false where there is none. A backend that counts whole milliseconds may end the wait for one before. */
  protected ring(): boolean {
    const soon = now() + 1;
    const due = [...this.#timers].filter(({ at }) => at <= soon);
    for (const timer of due) {
      this.#timers.delete(timer);
      timer.callback();
    }
    return due.length > 0;
  }

  /**
   * `new Promise(start)` for what this stream's listeners settle: runs `start`, reads and tells them until one has called `resolve` or
   * `reject`, and gives the value or throws the error. Throws ERR_UNEXPECTED_END where the other side ends before, and the stream's own
   * error where no listener settles it.
   *
   * @example
   * ```ts
   * const banner = socket.settle<Buffer>((resolve) => socket.once('data', resolve));
   * ```
   */
  settle<T = void>(start: Start<T>): T {
    const listeners = (this.listeners ??= createListeners());
    let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
    const isSettled = (): boolean => outcome !== undefined;
    const reject = (error?: unknown): void => void (outcome ??= { error });
    /** Tells what went wrong; what no listener answers is thrown. */
    const attempt = (step: () => void): void => {
      try {
        step();
      } catch (error) {
        if (isSettled()) return;
        if (error instanceof InterruptedError || !this.isOwnError(error)) throw error;
        const destroyed = codeOf(error) === 'ERR_STREAM_DESTROYED';
        // An emitter would throw an error that nobody listens to.
        if (!destroyed && listeners.listenerCount('error') > 0) listeners.emit('error', error);
        listeners.emit('close', !destroyed);
        reject(error);
      }
    };
    const { isDone } = this;
    this.isDone = isSettled;
    attempt(() => {
      try {
        start((value) => void (outcome ??= { value }), reject);
      } catch (error) {
        if (this.isOwnError(error)) throw error;
        reject(error);
      }
    });
    while (!isSettled()) {
      let chunk: Chunk | null = null;
      attempt(() => {
        if (this.connectIfPending()) for (const event of ['connect', 'ready', 'secureConnect']) listeners.emit(event);
        if (!isSettled()) chunk = this.read();
      });
      if (isSettled()) break;
      // A listener may write, and that may fail too.
      attempt(() => {
        if (chunk !== null) {
          listeners.emit('data', chunk);
          return;
        }
        listeners.emit('end');
        if (this.closed) listeners.emit('close', false);
        reject(codedError(new Error('The connection ended before the answer was there'), 'ERR_UNEXPECTED_END'));
      });
    }
    this.isDone = isDone;
    const settled = outcome!;
    if ('error' in settled) throw settled.error;
    return settled.value;
  }
}
