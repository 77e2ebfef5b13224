import { dirname, join, relative, resolve, sep } from 'node:path';
import { ts } from 'ts-morph';
import { sourceOf } from './packages.ts';
import type { ParsedTsconfig } from './tsconfigs.ts';

/** The source (absolute) that a module of the project's build output was made from; undefined for any other file. */
export type SourceOfOutput = (path: string) => string | undefined;

/** `own` are the project's sources: what is a source itself leads nowhere else. */
export function sourcesOfOutput(
  root: string,
  tsconfigs: readonly ParsedTsconfig[],
  own: ReadonlySet<string>,
): SourceOfOutput {
  const known = new Map<string, string | undefined>();
  const find = (path: string): string | undefined => {
    const output = relative(root, path).split(sep).join('/');
    if (output.startsWith('..') || own.has(output) || /(^|\/)node_modules\//.test(output)) return undefined;
    const source = sourceOf(root, '.', output, tsconfigs);
    return source !== undefined && own.has(source) && source !== output ? join(root, source) : undefined;
  };
  return (path) => {
    if (!known.has(path)) known.set(path, find(path));
    return known.get(path);
  };
}

/**
 * Lets relative imports of build output, as tests have them, lead to the source: it is the source that turns blocking, and the output with
 * it. Whether it has been built makes no difference.
 */
export function resolveToSources(host: ts.CompilerHost, options: ts.CompilerOptions, sourceOf: SourceOfOutput): void {
  const cache = ts.createModuleResolutionCache(host.getCurrentDirectory(), (path) => path, options);
  host.getModuleResolutionCache = () => cache;
  host.resolveModuleNameLiterals = (literals, containing, redirected, settings, file) =>
    literals.map((literal) => {
      const mode = ts.getModeForUsageLocation(file, literal, settings);
      const found = ts.resolveModuleName(literal.text, containing, settings, host, cache, redirected, mode);
      if (!literal.text.startsWith('.') || containing.includes('/node_modules/')) return found;
      const source = sourceOf(found.resolvedModule?.resolvedFileName ?? resolve(dirname(containing), literal.text));
      return source === undefined ? found : { resolvedModule: resolvedTo(source) };
    });
}

function resolvedTo(path: string): ts.ResolvedModuleFull {
  const extension = /\.[cm]?tsx?$/.exec(path)![0];
  return { resolvedFileName: path, extension, isExternalLibraryImport: false, resolvedUsingTsExtension: false };
}
