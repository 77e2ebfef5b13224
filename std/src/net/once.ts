import type { HeardStream } from './heard-stream.ts';

/**
 * The blocking form of `once(socket, 'data')`: what the next chunk tells its listeners, in an array. Throws the stream's error, and
 * ERR_UNEXPECTED_END where the other side ends before, which `once` waits on for ever.
 *
 * @example
 * ```ts
 * const [greeting] = onceSync(socket, 'data');
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what `once` gives
export function onceSync(socket: HeardStream<Buffer | string>, event: 'data'): any[] {
  const tell = (resolve: (args: unknown[]) => void): void => {
    socket.once(event, (chunk) => resolve([chunk]));
  };
  return socket.settle<unknown[]>(tell);
}
