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

/** What `new Promise` takes. */
export type Start<T> = (resolve: (value: T) => void, reject: (error?: unknown) => void) => void;
