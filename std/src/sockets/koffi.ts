import { requireFromHere } from '../parts.ts';
import type { CArgument, CType, IntFunction, Library, PointerFunction } from './library.ts';

interface Koffi {
  load(path: string | null): { func(name: string, result: string, parameters: string[]): unknown };
  errno(): number;
}

const types = { int: 'int', size: 'size_t', pointer: 'void *', void: 'void' } satisfies Record<CType, string>;

/** Finds koffi, or gives undefined where it is not installed or addons are refused. */
export function loadKoffi(path: string | null = null): Library | undefined {
  let koffi: Koffi;
  let loaded: ReturnType<Koffi['load']>;
  try {
    koffi = requireKoffi();
    loaded = koffi.load(path);
  } catch {
    return undefined;
  }
  const bound = new Map<string, unknown>();
  const bind = (symbol: string, result: CType, parameters: CType[]): unknown => {
    let found = bound.get(symbol);
    if (found === undefined) {
      found = loaded.func(
        symbol,
        types[result],
        parameters.map((type) => types[type]),
      );
      bound.set(symbol, found);
    }
    return found;
  };
  return {
    int: (symbol, parameters) => bind(symbol, 'int', parameters) as IntFunction,
    pointer(symbol, parameters) {
      const call = bind(symbol, 'pointer', parameters) as (...values: CArgument[]) => bigint | null;
      const whole: PointerFunction = (...values) => call(...values) ?? 0n;
      return whole;
    },
    errno: () => koffi.errno(),
  };
}

/** The platform's own package first: koffi's loader in front of it costs 2 to 8 ms more at start. */
function requireKoffi(): Koffi {
  const require = requireFromHere();
  const entry = require.resolve('koffi');
  try {
    const direct = process.getBuiltinModule('node:module').createRequire(entry)(
      `@koromix/koffi-${process.platform}-${process.arch}`,
    ) as Partial<Koffi>;
    if (typeof direct.load === 'function' && typeof direct.errno === 'function') return direct as Koffi;
  } catch {
    // Another version of koffi keeps its binary elsewhere.
  }
  return require(entry) as Koffi;
}
