import type { CArgument, CType, IntFunction, Library, PointerFunction } from './library.ts';

/** The part of `node:ffi` (Node 26) that is used here. The two spellings of a signature follow its own history. */
interface NodeFfi {
  dlopen(path: string | null): {
    lib: {
      getFunction(
        name: string,
        signature: { return: string; arguments: string[]; result: string; parameters: string[] },
      ): unknown;
    };
  };
  getInt32: (address: bigint) => number;
}

const types = { int: 'int32', size: 'uint64', pointer: 'pointer', void: 'void' } satisfies Record<CType, string>;

/** A size goes in as a bigint: optimised calls of the first versions take no number for it. */
function withSizes(call: IntFunction, parameters: CType[]): unknown {
  const places = parameters.flatMap((type, index) => (type === 'size' ? [index] : []));
  if (places.length === 0) return call;
  return (...values: CArgument[]) => {
    for (const place of places) values[place] = BigInt(values[place] as number);
    return call(...values);
  };
}

/** Finds `node:ffi`, or gives undefined before Node 26, where it was switched off and under the permission model. */
export function loadNodeFfi(path: string | null = null): Library | undefined {
  let ffi: NodeFfi | undefined;
  let lib: ReturnType<NodeFfi['dlopen']>['lib'];
  try {
    ffi = (process.getBuiltinModule as (id: string) => unknown)('node:ffi') as NodeFfi | undefined;
    if (ffi === undefined) return undefined;
    lib = ffi.dlopen(path).lib;
  } catch {
    return undefined;
  }
  const { getInt32 } = ffi;
  const bound = new Map<string, unknown>();
  const bind = (symbol: string, result: CType, parameters: CType[]): unknown => {
    let found = bound.get(symbol);
    if (found === undefined) {
      const names = parameters.map((type) => types[type]);
      found = lib.getFunction(symbol, {
        return: types[result],
        result: types[result],
        arguments: names,
        parameters: names,
      });
      found = withSizes(found as IntFunction, parameters);
      bound.set(symbol, found);
    }
    return found;
  };
  const library = (errno: () => number): Library => ({
    int: (symbol, parameters) => bind(symbol, 'int', parameters) as IntFunction,
    pointer: (symbol, parameters) => bind(symbol, 'pointer', parameters) as PointerFunction,
    errno,
  });
  // Windows keeps the sockets' errors elsewhere: its adapter asks there.
  if (process.platform === 'win32') return library(() => 0);
  const place = bind(process.platform === 'darwin' ? '__error' : '__errno_location', 'pointer', []) as PointerFunction;
  // The address is the thread's own and stays the same for its life.
  const address = place();
  return library(() => getInt32(address));
}
