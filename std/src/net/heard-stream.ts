import { createListeners, settle } from './listeners.ts';
import type { Listener, Listeners, Start, StreamEvent } from './listeners.ts';

/** The half of a stream that has listeners. They are called by `settle`, with what it reads, and by nothing else. */
export abstract class HeardStream<Chunk> {
  protected listeners: Listeners | undefined;

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
   * `new Promise(start)` for what this stream's listeners settle: runs `start`, reads and tells them until one has called `resolve` or
   * `reject`, and gives the value or throws the error. Throws ERR_UNEXPECTED_END where the other side ends before.
   *
   * @example
   * ```ts
   * const banner = socket.settle<Buffer>((resolve) => socket.once('data', resolve));
   * ```
   */
  settle<T = void>(start: Start<T>): T {
    const subject = {
      listeners: (this.listeners ??= createListeners()),
      open: () => this.connectIfPending(),
      read: () => this.read(),
      isClosed: () => this.closed,
      isFailure: (error: unknown) => this.isOwnError(error),
    };
    return settle(subject, start);
  }
}
