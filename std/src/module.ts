import { createRequire } from 'node:module';
import { isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { types } from 'node:util';

/**
 * `import()` that does not wait: loads a module (a path, a file URL, a package) and returns its namespace. `from` is the importing
 * file: `import.meta.url`, or `__filename`. For a CommonJS module the namespace has `default` and its enumerable exports.
 *
 * Throws what the module throws while it is evaluated; ERR_MODULE_NOT_FOUND as `import()` does; ERR_REQUIRE_ASYNC_MODULE for a module
 * with top-level await.
 *
 * @example
 * ```ts
 * const { handler } = importSync('./handler.js', import.meta.url);
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any, @typescript-eslint/no-unnecessary-type-parameters -- as with `import()`, a module named at run time is what the caller says
export function importSync<Module = any>(specifier: string | URL, from: string | URL): Module {
  const require = createRequire(from);
  const wanted = String(specifier);
  const target = wanted.startsWith('file:') ? fileURLToPath(wanted) : wanted;
  let loaded: unknown;
  try {
    loaded = require(target);
  } catch (error) {
    throw asImportError(error, target, String(from));
  }
  if (types.isModuleNamespaceObject(loaded)) return loaded as Module;
  const named = typeof loaded === 'object' || typeof loaded === 'function' ? { ...loaded } : {};
  return { ...named, default: loaded } as Module;
}

/** `require` says that this very module is missing in other words than `import()`. */
function asImportError(error: unknown, target: string, from: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'MODULE_NOT_FOUND') return error;
  if (!error.message.startsWith(`Cannot find module '${target}'`)) return error;
  const parent = from.startsWith('file:') ? fileURLToPath(from) : from;
  const isPath = isAbsolute(target) || target.startsWith('.');
  const shown = isPath ? fileURLToPath(new URL(target, pathToFileURL(parent))) : target;
  const found = new Error(`Cannot find ${isPath ? 'module' : 'package'} '${shown}' imported from ${parent}`, {
    cause: error,
  });
  return Object.assign(found, { code: 'ERR_MODULE_NOT_FOUND' });
}
