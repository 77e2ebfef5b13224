import { inspect } from 'node:util';
import type { Answer, Connection } from './connection.ts';
import { moduleId, type Request } from './protocol.ts';
import { appendLocalStack, refuseWhatCannotPass } from './boundary.ts';
import { snapshotOf, type SnapshotOrigin } from './snapshot.ts';
import { decode, encode, isError, type Decoder, type Encoder, type Wire } from './wire.ts';

/** What a local value stands for in a worker: an object there, or what lies at `path` below it. */
interface Origin {
  connection: Connection;
  id: number;
  path: readonly PropertyKey[];
  /** The copy that `path` starts from, kept so that the worker keeps its original. */
  root: object;
  /** Whether the value is a stand-in for an object over there, and no copy of one. */
  remote: boolean;
}

const origins = new WeakMap<object, Origin>();

/** The connection behind a view, a remote object, or a copy that still knows where it came from. */
export function connectionOf(value: object): Connection | undefined {
  return origins.get(value)?.connection;
}

/** The blocking view of the module that `connection` has loaded; ends the thread and throws when the import threw. */
export function viewOf(connection: Connection): object {
  try {
    return remotes(connection).receive(connection.loaded, 'the import') as object;
  } catch (error) {
    connection.stop();
    throw error;
  }
}

interface Remotes {
  receive(answer: Answer, name: string): unknown;
}

/** Makes the local stand-ins for one worker's objects, one for each object at a time. */
function remotes(connection: Connection): Remotes {
  const standIns = new Map<number, WeakRef<object>>();
  const holders = new Map<number, number>();
  const collected = new FinalizationRegistry<number>((id) => {
    const left = (holders.get(id) ?? 1) - 1;
    if (left > 0) return void holders.set(id, left);
    holders.delete(id);
    standIns.delete(id);
    connection.tell({ op: 'release', ids: [id] });
  });

  /** The worker keeps its object for as long as anything here stands for it. */
  const hold = (value: object, id: number, remote: boolean): void => {
    origins.set(value, { connection, id, path: [], root: value, remote });
    holders.set(id, (holders.get(id) ?? 0) + 1);
    collected.register(value, id);
  };

  const decoderFor = (name: string): Decoder => ({
    ref: ({ id, callable, name: type }) => {
      const present = standIns.get(id)?.deref();
      if (present !== undefined) return present;
      const made = makeRemote(id, callable, callable ? name : type);
      standIns.set(id, new WeakRef(made));
      hold(made, id, true);
      return made;
    },
    at: () => {
      throw new Error('Only the calling thread speaks of paths');
    },
    seeError: (error, id) => hold(error, id, false),
  });

  const receive = (answer: Answer, name: string): unknown => {
    if (!('thrown' in answer)) return decode(answer.value, decoderFor(name));
    const error = decode(answer.thrown, decoderFor(name));
    if (isError(error)) appendLocalStack(error, name);
    throw error;
  };

  const ask = (request: Request, name: string): unknown => receive(connection.ask(request, name), name);

  const encoderFor = (name: string): Encoder => ({
    keep: (value, place) => {
      const origin = origins.get(value);
      if (origin?.connection === connection) return wireOf(origin, name);
      if (origin?.remote === true) {
        throw new TypeError(
          `${name} cannot take ${place}: it belongs to another thread, that of ${origin.connection.url}`,
        );
      }
      refuseWhatCannotPass(value, place, name);
      return undefined;
    },
    errorId: () => undefined,
  });
  const wireOf = (origin: Origin, name: string): Wire =>
    origin.path.length === 0
      ? { k: 'ref', id: origin.id, callable: false, name: '' }
      : { k: 'at', id: origin.id, path: origin.path.map((key) => encode(key, encoderFor(name))) };
  const encodeAll = (args: readonly unknown[], name: string): Wire[] =>
    args.map((arg, index) => encode(arg, encoderFor(name), `argument ${index + 1}`));

  const originFor = (id: number): SnapshotOrigin => ({
    hold: (root) => hold(root, id, false),
    adopt: (copy, path, root) => void origins.set(copy, { connection, id, path, root, remote: false }),
    edit: (path, edit, key, value) => {
      const name = `an edit of ${[...path, key].map(String).join('.')}`;
      ask(
        {
          op: 'edit',
          id,
          path: path.map((part) => encode(part, encoderFor(name))),
          edit,
          key: encode(key, encoderFor(name), 'the key'),
          value: encode(value, encoderFor(name), 'the value'),
        },
        name,
      );
    },
  });

  /** The stand-in for the worker's object `id`; `label` is what messages call it. */
  function makeRemote(id: number, callable: boolean, label: string): object {
    const keyWire = (key: PropertyKey): Wire => encode(key, encoderFor(label), 'the key');
    const nameOf = (key: PropertyKey): string => (label === '' ? String(key) : `${label}.${String(key)}`);
    const target: object = callable ? callTarget.bind(undefined) : {};
    Object.defineProperty(target, inspect.custom, {
      value: () => `[${callable ? 'function' : 'object'} ${label === '' ? 'of' : `${label} in`} a thread]`,
      configurable: true,
    });
    const remote: object = new Proxy(target, {
      get: (_target, key) => {
        if (key === Symbol.hasInstance && callable) return (value: unknown) => isInstance(value, id, label);
        if (key === Symbol.dispose && id === moduleId) return () => connection.stop();
        if (key === inspect.custom) return Reflect.get(target, key) as unknown;
        const answer = connection.ask({ op: 'get', id, key: keyWire(key) }, nameOf(key));
        const value = receive(answer, nameOf(key));
        if ('thrown' in answer || answer.live === undefined) return value;
        return snapshotOf(value as object, originFor(answer.live));
      },
      set: (_target, key, value) => {
        const name = `setting ${nameOf(key)}`;
        const wire = encode(value, encoderFor(name), 'the value');
        ask({ op: 'edit', id, path: [], edit: 'put', key: keyWire(key), value: wire }, name);
        return true;
      },
      has: (_target, key) => ask({ op: 'has', id, key: keyWire(key) }, nameOf(key)) === true,
      deleteProperty: (_target, key) => ask({ op: 'delete', id, key: keyWire(key) }, nameOf(key)) === true,
      ownKeys: () => ask({ op: 'keys', id }, `the keys of ${label}`) as string[],
      getOwnPropertyDescriptor: (_target, key) => {
        const enumerable = ask({ op: 'describe', id, key: keyWire(key) }, nameOf(key)) as boolean | undefined;
        if (enumerable === undefined) return undefined;
        const value = ask({ op: 'get', id, key: keyWire(key) }, nameOf(key));
        return { value, enumerable, writable: true, configurable: true };
      },
      defineProperty: () => {
        throw new TypeError(`${label} lives in a thread: assign to its properties, they cannot be defined`);
      },
      apply: (_target, self: unknown, args: unknown[]) => {
        const own = typeof self === 'object' || typeof self === 'function' ? self : null;
        const origin = own === null ? undefined : origins.get(own);
        const wire: Wire = origin?.connection === connection ? wireOf(origin, label) : { k: 'data', v: undefined };
        return ask({ op: 'call', id, self: wire, args: encodeAll(args, `${label}()`) }, `${label}()`);
      },
      construct: (_target, args, newTarget) => {
        const name = `new ${label}()`;
        if (newTarget !== remote) throw new TypeError(`${label} cannot be extended here: it lives in a thread`);
        return ask({ op: 'construct', id, args: encodeAll(args, name) }, name) as object;
      },
    });
    return remote;
  }

  function isInstance(value: unknown, type: number, label: string): boolean {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
    const origin = origins.get(value);
    if (origin?.connection !== connection || origin.path.length > 0) return false;
    return ask({ op: 'instance', id: origin.id, type }, `instanceof ${label}`) === true;
  }

  return { receive };
}

/** Bound, it can be called and constructed, and has no property that a proxy would have to show. */
function callTarget(): void {
  // The proxy answers in its place.
}
