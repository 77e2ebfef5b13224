import { types } from 'node:util';

/**
 * A value on its way between two threads, itself structured-cloneable. `data` travels as structured clone leaves it;
 * the other kinds carry what structured clone refuses, or would turn into something else without a word.
 */
export type Wire =
  | { k: 'data'; v: unknown }
  | { k: 'buffer'; v: Uint8Array }
  | { k: 'url' | 'query'; v: string }
  | { k: 'symbol'; v: string; shared: boolean }
  | { k: 'array'; n: number; length: number; entries: [string, Wire][] }
  | { k: 'object'; n: number; bare: boolean; entries: [string, Wire][] }
  | { k: 'map'; n: number; entries: [Wire, Wire][] }
  | { k: 'set'; n: number; items: Wire[] }
  | { k: 'error'; n: number; id?: number; dom: boolean; name: string; message: string; entries: Property[] }
  /** A container met before in this value, by the number it bears there. */
  | { k: 'seen'; n: number }
  /** An object that stays in the worker; `callable` tells functions and classes apart from the rest. */
  | { k: 'ref'; id: number; callable: boolean; name: string }
  /** What lies at `path` inside the worker's object `id`. */
  | { k: 'at'; id: number; path: Wire[] };

/** An own property of an error: its key, its value, whether it is enumerable. */
export type Property = [key: string, value: Wire, enumerable: boolean];

/** What each side does about the values that cannot be copied. */
export interface Encoder {
  /** The form of a value that must not be copied, or undefined to copy it. Throws when it can neither stay nor travel. */
  keep(value: object, place: string): Wire | undefined;
  /** Numbers an error, so that it can be handed back; undefined where nobody will. */
  errorId(error: object): number | undefined;
}

/** How the receiving side turns references into values. */
export interface Decoder {
  ref(wire: Extract<Wire, { k: 'ref' }>): unknown;
  at(id: number, path: PropertyKey[]): unknown;
  seeError(error: Error, id: number): void;
}

const errorTypes = { AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

export function encode(root: unknown, encoder: Encoder, rootPlace = 'the value'): Wire {
  const seen = new Map<object, number>();
  const walk = (value: unknown, place: string): Wire => {
    if (typeof value === 'symbol') return encodeSymbol(value, place);
    if (typeof value !== 'object' && typeof value !== 'function') return { k: 'data', v: value };
    if (value === null) return { k: 'data', v: null };
    const met = seen.get(value);
    if (met !== undefined) return { k: 'seen', n: met };
    const kept = encoder.keep(value, place);
    if (kept !== undefined) return kept;
    if (Buffer.isBuffer(value)) return { k: 'buffer', v: Uint8Array.from(value) };
    if (value instanceof URL) return { k: 'url', v: value.href };
    if (value instanceof URLSearchParams) return { k: 'query', v: value.toString() };
    if (isSolid(value)) return { k: 'data', v: value };
    const n = seen.size;
    seen.set(value, n);
    const entries = (from: object) =>
      Object.keys(from).map((key): [string, Wire] => [key, walk(Reflect.get(from, key), `${place}.${key}`)]);
    if (Array.isArray(value)) return { k: 'array', n, length: value.length, entries: entries(value) };
    if (types.isMap(value)) {
      return {
        k: 'map',
        n,
        entries: [...value].map(([key, item]) => [walk(key, `a key of ${place}`), walk(item, `an entry of ${place}`)]),
      };
    }
    if (types.isSet(value)) return { k: 'set', n, items: [...value].map((item) => walk(item, `an entry of ${place}`)) };
    if (isError(value)) return encodeError(value, n, encoder, (item, key) => walk(item, `${place}.${key}`));
    return { k: 'object', n, bare: Object.getPrototypeOf(value) === null, entries: entries(value) };
  };
  return walk(root, rootPlace);
}

export function decode(root: Wire, decoder: Decoder): unknown {
  const seen: object[] = [];
  const meet = <T extends object>(n: number, value: T): T => {
    seen[n] = value;
    return value;
  };
  const build = (wire: Wire): unknown => {
    switch (wire.k) {
      case 'data':
        return wire.v;
      case 'buffer':
        return Buffer.from(wire.v.buffer, wire.v.byteOffset, wire.v.byteLength);
      case 'url':
        return new URL(wire.v);
      case 'query':
        return new URLSearchParams(wire.v);
      case 'symbol':
        return wire.shared ? Symbol.for(wire.v) : Reflect.get(Symbol, wire.v);
      case 'seen':
        return seen[wire.n];
      case 'ref':
        return decoder.ref(wire);
      case 'at':
        return decoder.at(wire.id, wire.path.map(build) as PropertyKey[]);
      case 'array': {
        const array: unknown[] = meet(wire.n, new Array<unknown>(wire.length));
        for (const [key, item] of wire.entries) define(array, key, build(item), true);
        return array;
      }
      case 'object': {
        const object = meet(wire.n, wire.bare ? (Object.create(null) as object) : {});
        for (const [key, item] of wire.entries) define(object, key, build(item), true);
        return object;
      }
      case 'map': {
        const map = meet(wire.n, new Map<unknown, unknown>());
        for (const [key, item] of wire.entries) map.set(build(key), build(item));
        return map;
      }
      case 'set': {
        const set = meet(wire.n, new Set<unknown>());
        for (const item of wire.items) set.add(build(item));
        return set;
      }
      case 'error': {
        const error = meet(wire.n, emptyError(wire));
        for (const [key, item, enumerable] of wire.entries) define(error, key, build(item), enumerable);
        if (wire.id !== undefined) decoder.seeError(error, wire.id);
        return error;
      }
    }
  };
  return build(root);
}

/** True for plain objects, whose prototype is `Object.prototype` (of any realm) or null. */
export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || (typeof prototype === 'object' && Object.getPrototypeOf(prototype) === null);
}

/** True for what has a kind of its own on the wire, so that it is copied and not kept. */
export function hasWireForm(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    (Array.isArray(value) && prototype === Array.prototype) ||
    (types.isMap(value) && prototype === Map.prototype) ||
    (types.isSet(value) && prototype === Set.prototype) ||
    Buffer.isBuffer(value) ||
    value instanceof URL ||
    value instanceof URLSearchParams ||
    isError(value) ||
    isSolid(value) ||
    isPlainObject(value)
  );
}

/** True for builtin values without parts of ours inside, which structured clone copies faithfully. */
function isSolid(value: object): boolean {
  return (
    types.isDate(value) ||
    types.isRegExp(value) ||
    types.isAnyArrayBuffer(value) ||
    (ArrayBuffer.isView(value) && !Buffer.isBuffer(value)) ||
    types.isBoxedPrimitive(value) ||
    types.isKeyObject(value) ||
    types.isCryptoKey(value)
  );
}

export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

function encodeSymbol(symbol: symbol, place: string): Wire {
  const key = Symbol.keyFor(symbol);
  if (key !== undefined) return { k: 'symbol', v: key, shared: true };
  const name = symbol.description?.replace(/^Symbol\./, '') ?? '';
  if (Reflect.get(Symbol, name) === symbol) return { k: 'symbol', v: name, shared: false };
  throw new TypeError(`${String(symbol)} (${place}) cannot pass between threads: use Symbol.for(…)`);
}

function encodeError(error: Error, n: number, encoder: Encoder, walk: (item: unknown, key: string) => Wire): Wire {
  const dom = error instanceof DOMException;
  // Nothing holds a program to strings here.
  const loose: { name: unknown; message: unknown } = error;
  const keys = new Set(['stack', ...Object.getOwnPropertyNames(error)]);
  const entries: Property[] = [];
  for (const key of keys) {
    const wire = settledWire(() => walk(Reflect.get(error, key), key));
    if (wire !== undefined) entries.push([key, wire, Object.prototype.propertyIsEnumerable.call(error, key)]);
  }
  const id = encoder.errorId(error);
  return {
    k: 'error',
    n,
    dom,
    name: String(loose.name),
    message: String(loose.message),
    entries,
    ...(id !== undefined && { id }),
  };
}

/** An error must arrive even when one of its properties cannot. */
function settledWire(walk: () => Wire): Wire | undefined {
  try {
    return walk();
  } catch {
    return undefined;
  }
}

function emptyError(wire: Extract<Wire, { k: 'error' }>): Error {
  if (wire.dom) return new DOMException(wire.message, wire.name);
  const type = Object.hasOwn(errorTypes, wire.name) ? errorTypes[wire.name as keyof typeof errorTypes] : Error;
  const error: Error = type === AggregateError ? new AggregateError([]) : new (type as ErrorConstructor)();
  if (error.name !== wire.name) define(error, 'name', wire.name, false);
  return error;
}

function define(target: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
}
