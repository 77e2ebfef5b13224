/** What crosses into another thread as it is. */
type Data =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | Date
  | RegExp
  | Error
  | URL
  | URLSearchParams
  | ArrayBuffer
  | SharedArrayBuffer
  | ArrayBufferView;

/** `Symbol.dispose` in place of `Symbol.asyncDispose`, `Symbol.iterator` in place of `Symbol.asyncIterator`. */
type BlockingKey<K> = K extends typeof Symbol.asyncDispose
  ? typeof Symbol.dispose
  : K extends typeof Symbol.asyncIterator
    ? typeof Symbol.iterator
    : K;

type Constructor = abstract new (...args: never[]) => unknown;

type BlockingMembers<T> = { [K in keyof T as BlockingKey<K>]: InThread<T[K]> };

/**
 * `T` as it is seen from a thread that blocks on it: functions that return `Promise<R>` return `R`, asynchronous iteration
 * and disposal are synchronous, and so on through the members of modules, instances and results. Data keeps its type.
 * Of an overloaded function only the last overload is seen, of a generic one its bounds, unless it returns plain data.
 */
export type InThread<T> = T extends Data
  ? T
  : T extends PromiseLike<infer R>
    ? InThread<R>
    : T extends AsyncGenerator<infer Y, infer R, infer N>
      ? Generator<InThread<Y>, InThread<R>, N>
      : T extends Constructor
        ? BlockingClass<T>
        : T extends (...args: infer A) => infer R
          ? BlockingFunction<T, A, R>
          : T extends readonly unknown[]
            ? { [K in keyof T]: InThread<T[K]> }
            : T extends ReadonlyMap<infer K, infer V>
              ? Map<K, InThread<V>>
              : T extends ReadonlySet<infer V>
                ? Set<InThread<V>>
                : T extends object
                  ? BlockingMembers<T>
                  : T;

/** Arguments may be what the function takes, or such a thing as it came out of the thread. */
type Arguments<A extends unknown[]> = { [K in keyof A]: A[K] | InThread<A[K]> };

// A function that already returns plain data, or whatever a type parameter says, keeps its own type.
type BlockingFunction<T, A extends unknown[], R> = [R] extends [Data]
  ? WithRemoteArguments<T, A, R>
  : unknown extends R
    ? WithRemoteArguments<T, A, R>
    : keyof T extends never
      ? (...args: Arguments<A>) => InThread<R>
      : ((...args: Arguments<A>) => InThread<R>) & BlockingMembers<Pick<T, keyof T>>;

type WithRemoteArguments<T, A extends unknown[], R> = A[number] extends Data ? T : T & ((...args: Arguments<A>) => R);

type BlockingClass<T extends Constructor> = (T extends new (...args: infer A) => infer I
  ? new (...args: Arguments<A>) => InThread<I>
  : abstract new (...args: never[]) => InThread<InstanceType<T>>) &
  BlockingMembers<Omit<T, 'prototype'>>;
