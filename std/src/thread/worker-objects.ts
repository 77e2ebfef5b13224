import { types } from 'node:util';
import { decode, encode, hasWireForm, isError, isPlainObject, type Decoder, type Encoder, type Wire } from './wire.ts';

/** The worker's objects that the calling thread holds, and the coding of values that may be, or contain, such objects. */
export interface WorkerObjects {
  readonly encode: (value: unknown) => Wire;
  readonly decode: (wire: Wire) => unknown;
  /** The object numbered `id`; throws when the calling thread has let go of it. */
  object(id: number): object;
  /** The object at `path` below the one numbered `id`. */
  objectAt(id: number, path: readonly Wire[]): object;
  /** The number of `value`, given now when it has none. */
  idOf(value: object): number;
  release(ids: readonly number[]): void;
}

export function workerObjects(): WorkerObjects {
  const objects = new Map<number, object>();
  const ids = new WeakMap<object, number>();
  let last = -1;

  const idOf = (value: object): number => {
    const known = ids.get(value);
    if (known !== undefined && objects.has(known)) return known;
    last += 1;
    ids.set(value, last);
    objects.set(last, value);
    return last;
  };
  const object = (id: number): object => {
    const value = objects.get(id);
    if (value === undefined) throw new Error(`The thread no longer holds its object ${id}`);
    return value;
  };
  const decoder: Decoder = {
    ref: (wire) => object(wire.id),
    at: (id, path) => walkTo(object(id), path),
    seeError: () => undefined,
  };
  const encoder: Encoder = {
    keep: (value) => (staysHere(value) ? { k: 'ref', id: idOf(value), ...describe(value) } : undefined),
    errorId: idOf,
  };
  return {
    object,
    idOf,
    encode: (value) => encode(value, encoder),
    decode: (wire) => decode(wire, decoder),
    objectAt: (id, path) => walkTo(object(id), path.map((key) => decode(key, decoder)) as PropertyKey[]),
    release: (released) => {
      for (const id of released) objects.delete(id);
    },
  };
}

function walkTo(from: object, path: readonly PropertyKey[]): object {
  let value: unknown = from;
  for (const key of path) value = types.isMap(value) ? value.get(key) : Reflect.get(value as object, key);
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(`The thread's own copy has nothing at \`${path.map(String).join('.')}\` any more`);
  }
  return value;
}

function describe(value: object): { callable: boolean; name: string } {
  const callable = typeof value === 'function';
  const owner: unknown = callable ? value : Reflect.get(value, 'constructor');
  return { callable, name: typeof owner === 'function' && typeof owner.name === 'string' ? owner.name : '' };
}

/** Functions, instances of classes, and plain objects that hold such things are not copied. */
function staysHere(value: object): boolean {
  if (typeof value === 'function' || types.isModuleNamespaceObject(value) || !hasWireForm(value)) return true;
  return isPlainObject(value) && holdsWhatStays(value, new Set());
}

function holdsWhatStays(value: unknown, seen: Set<object>): boolean {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null || seen.has(value)) return false;
  seen.add(value);
  if (types.isModuleNamespaceObject(value) || !hasWireForm(value)) return true;
  if (isError(value)) return false;
  if (types.isMap(value)) return [...value].some((entry) => entry.some((item) => holdsWhatStays(item, seen)));
  if (types.isSet(value)) return [...value].some((item) => holdsWhatStays(item, seen));
  if (!Array.isArray(value) && !isPlainObject(value)) return false;
  return Object.keys(value).some((key) => {
    const property = Object.getOwnPropertyDescriptor(value, key);
    return property?.get !== undefined || property?.set !== undefined || holdsWhatStays(property?.value, seen);
  });
}
