import { types } from 'node:util';
import type { Edit } from './protocol.ts';
import { isPlainObject } from './wire.ts';

/** Where a copy came from, and how a change of the copy reaches its original. */
export interface SnapshotOrigin {
  /** Notes that `root` stands for the original itself. */
  hold(root: object): void;
  /** Notes that `copy` stands for what lies at `path` below it. */
  adopt(copy: object, path: readonly PropertyKey[], root: object): void;
  edit(path: readonly PropertyKey[], edit: Edit, key: unknown, value: unknown): void;
}

/**
 * A copy of a container that a property of a remote object holds. Reading is local and shows the moment of the copy;
 * what is written goes to the copy and to the original, so that `server.requests.length = 0` means what it says.
 */
export function snapshotOf(copy: object, origin: SnapshotOrigin): object {
  if (types.isMap(copy) || types.isSet(copy)) {
    forwardWrites(copy, origin);
    origin.hold(copy);
    return copy;
  }
  const root = proxyOf(copy, origin, [], () => root);
  origin.hold(root);
  return root;
}

function proxyOf(copy: object, origin: SnapshotOrigin, path: readonly PropertyKey[], root: () => object): object {
  const inner = new WeakMap<object, object>();
  const innerOf = (value: object, key: PropertyKey): object => {
    if (!Array.isArray(value) && !isPlainObject(value)) return value;
    let proxy = inner.get(value);
    if (proxy === undefined) {
      const at = [...path, key];
      inner.set(value, (proxy = proxyOf(value, origin, at, root)));
      origin.adopt(proxy, at, root());
    }
    return proxy;
  };
  return new Proxy(copy, {
    get: (target, key, receiver) => {
      const value: unknown = Reflect.get(target, key, receiver);
      return typeof value === 'object' && value !== null && typeof key === 'string' ? innerOf(value, key) : value;
    },
    defineProperty: (target, key, descriptor) => {
      if ('value' in descriptor) origin.edit(path, 'put', key, descriptor.value);
      return Reflect.defineProperty(target, key, descriptor);
    },
    deleteProperty: (target, key) => {
      if (Object.hasOwn(target, key)) origin.edit(path, 'drop', key, undefined);
      return Reflect.deleteProperty(target, key);
    },
  });
}

/** Maps and sets hold their entries in slots that no proxy can show, so the copy's own methods are covered instead. */
function forwardWrites(copy: Map<unknown, unknown> | Set<unknown>, origin: SnapshotOrigin): void {
  const cover = (name: string, method: (...args: unknown[]) => unknown) =>
    Object.defineProperty(copy, name, { value: method, enumerable: false, writable: true, configurable: true });
  if (copy instanceof Map) {
    cover('set', (key, value) => {
      origin.edit([], 'put', key, value);
      return Map.prototype.set.call(copy, key, value);
    });
  } else {
    cover('add', (member) => {
      origin.edit([], 'put', member, undefined);
      return Set.prototype.add.call(copy, member);
    });
  }
  cover('delete', (key) => {
    origin.edit([], 'drop', key, undefined);
    return copy instanceof Map ? Map.prototype.delete.call(copy, key) : Set.prototype.delete.call(copy, key);
  });
  cover('clear', () => {
    origin.edit([], 'clear', undefined, undefined);
    if (copy instanceof Map) Map.prototype.clear.call(copy);
    else Set.prototype.clear.call(copy);
  });
}
