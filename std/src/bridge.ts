import { InterruptedError } from './process/interrupted-error.ts';
import { appendLocalStack, refuseWhatCannotPass } from './thread/boundary.ts';
import { connect, importable, loadTimeoutFor, type Answer, type Connection } from './thread/connection.ts';
import { moduleId } from './thread/protocol.ts';
import { decode, encode, isError, type Decoder, type Encoder, type Wire } from './thread/wire.ts';

export interface BridgeOptions {
  /**
   * The longest that the call may take, in milliseconds; no limit by default. One that takes longer throws an
   * `InterruptedError` with `code: 'ETIMEDOUT'`, and its thread is ended, so nothing of it goes on behind your back.
   * The import of the module before the first call gets 30 s at least.
   */
  timeout?: number;
}

interface Bridge {
  thread: Connection;
  /** What has been called before, by name. */
  functions: Map<string, Callee>;
}

/** A function over there, and what it is a method of. */
interface Callee {
  id: number;
  self: Wire;
}

/** One for each module that has been called, kept for the next call. */
const bridges = new Map<string, Bridge>();

/**
 * Calls an asynchronous function whole, in a worker thread, and blocks until its promise has settled: for what has no
 * blocking form. Arguments and result are copied, so they are data (what structured clone takes, `Buffer` and `URL`
 * too); an object that holds a connection, a stream or a callback does not pass. What the function throws arrives with
 * its name, message, stack, cause and own properties.
 *
 * The module is loaded once and keeps its state between calls; calls run one after another. The first call to a module
 * also starts a thread (some tenths of a second), each later one costs some 30–90 µs and the copies. A bundler must leave
 * this package external: the thread loads its files.
 *
 * The function's type in angle brackets types arguments and result; without it both are unknown.
 *
 * @param module - a `file:` URL, an absolute path, or a specifier looked up from the current directory
 * @param name - the export to call; `default`, and a path such as `default.format` (called as a method), work too
 * @throws TypeError when the name is no function, or when the arguments or the result cannot be copied
 * @throws Error with `code: 'ERR_THREAD_ENDED'` when the thread ends during the call, by `process.exit` or for want of
 * memory; what nobody caught over there is thrown itself. The next call starts anew.
 *
 * @example
 * ```ts
 * import { callSync } from '@unawait/std/bridge';
 *
 * const options = { parser: 'typescript' };
 * const tidy = callSync<typeof import('prettier').format>('prettier', 'format', [source, options]); // a string
 * ```
 */
export function callSync<F extends (...args: never[]) => unknown = (...args: unknown[]) => unknown>(
  module: string | URL,
  name: string,
  args?: Parameters<F>,
  options: BridgeOptions = {},
): Awaited<ReturnType<F>> {
  const { timeout } = options;
  if (timeout !== undefined && !(timeout > 0)) {
    throw new RangeError(`\`timeout\` is a positive number of milliseconds, not ${timeout}`);
  }
  const url = importable(module);
  const label = `${name}()`;
  const encoder: Encoder = {
    keep: (value, place) => refuseWhatCannotPass(value, place, label),
    errorId: () => undefined,
  };
  const wires = (args ?? []).map((arg, index) => encode(arg, encoder, `argument ${index + 1}`));
  const bridge = bridgeTo(url, timeout);
  try {
    const { id, self } = calleeOf(bridge, name, timeout);
    return receive(bridge, bridge.thread.ask({ op: 'call', id, self, args: wires }, label, timeout), label) as Awaited<
      ReturnType<F>
    >;
  } catch (error) {
    if (error instanceof InterruptedError && error.code === 'ETIMEDOUT') bridge.thread.stop(0);
    throw error;
  } finally {
    if (bridge.thread.hasEnded()) bridges.delete(url);
  }
}

function bridgeTo(url: string, timeout: number | undefined): Bridge {
  const known = bridges.get(url);
  if (known !== undefined) return known;
  const bridge: Bridge = { thread: connect(url, { loadTimeout: loadTimeoutFor(timeout) }), functions: new Map() };
  try {
    if ('thrown' in bridge.thread.loaded) receive(bridge, bridge.thread.loaded, 'the import');
  } catch (error) {
    bridge.thread.stop();
    throw error;
  }
  bridges.set(url, bridge);
  return bridge;
}

function calleeOf(bridge: Bridge, name: string, timeout: number | undefined): Callee {
  const known = bridge.functions.get(name);
  if (known !== undefined) return known;
  const { loaded } = bridge.thread;
  let at: Wire = 'value' in loaded ? loaded.value : { k: 'data', v: undefined };
  let self: Wire = { k: 'data', v: undefined };
  for (const key of name.split('.')) {
    if (at.k !== 'ref') break;
    // A function of the module itself is called without a `this`, as an imported one is.
    self = at.id === moduleId ? self : at;
    const answer = bridge.thread.ask({ op: 'get', id: at.id, key: { k: 'data', v: key } }, name, timeout);
    if ('thrown' in answer) receive(bridge, answer, name);
    else at = answer.value;
  }
  if (at.k !== 'ref' || !at.callable) throw new TypeError(`\`${name}\` is not a function of ${bridge.thread.url}`);
  const callee: Callee = { id: at.id, self };
  bridge.functions.set(name, callee);
  return callee;
}

/** The answer's value, or what it threw, with nothing of it left over there. */
function receive({ thread, functions }: Bridge, answer: Answer, label: string): unknown {
  const left: number[] = [];
  const decoderFor = (ref: Decoder['ref']): Decoder => ({
    ref,
    at: () => undefined,
    seeError: (_error, id) => left.push(id),
  });
  try {
    if ('thrown' in answer) {
      // An error arrives without those of its properties that cannot be copied.
      const error = decode(
        answer.thrown,
        decoderFor(({ id }) => void left.push(id)),
      );
      if (isError(error)) appendLocalStack(error, label);
      throw error;
    }
    return decode(
      answer.value,
      decoderFor(({ id, callable, name }) => {
        left.push(id);
        const what = callable ? 'a function' : `an instance of ${name === '' ? 'a class' : name}`;
        throw new TypeError(
          `${label} returned ${what}, which cannot be copied out of its thread: only whole calls with plain data pass`,
        );
      }),
    );
  } finally {
    const kept = new Set([...functions.values()].flatMap(({ id, self }) => (self.k === 'ref' ? [id, self.id] : [id])));
    thread.tell({ op: 'release', ids: left.filter((id) => id !== moduleId && !kept.has(id)) });
  }
}
