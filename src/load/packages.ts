import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { type ParsedTsconfig, nearest } from './tsconfigs.ts';

interface PackageJson {
  readonly name?: string;
  readonly main?: string;
  readonly types?: string;
  readonly exports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly workspaces?: unknown;
}

/**
 * `paths` that lead an import of a package of this project to its sources, where its package.json names build output. Built
 * declarations may be missing or stale, and a library's type would pin everything that crosses packages.
 */
export function packagePaths(
  root: string,
  packageJsons: ReadonlyMap<string, string>,
  tsconfigs: readonly ParsedTsconfig[],
): Record<string, string[]> {
  const paths: Record<string, string[]> = {};
  for (const [file, text] of packageJsons) {
    const json = parsePackageJson(text);
    if (json?.name === undefined) continue;
    const folder = dirname(file);
    for (const [subpath, target] of entries(json)) {
      const source = sourceOf(root, folder, target, tsconfigs);
      if (source !== undefined) paths[posix.join(json.name, subpath)] ??= [join(root, source)];
    }
  }
  return paths;
}

/** Subpath and target of each entry of a package; of conditions, the first that names a file. */
function entries(json: PackageJson): [subpath: string, target: string][] {
  if (json.exports === undefined) {
    const target = json.types ?? json.main ?? 'index.js';
    return [['', target]];
  }
  const map =
    isRecord(json.exports) && Object.keys(json.exports).some((key) => key.startsWith('.'))
      ? json.exports
      : { '.': json.exports };
  return Object.entries(map).flatMap(([subpath, conditions]) => {
    const target = firstFile(conditions);
    return target === undefined || subpath.includes('*') ? [] : [[subpath, target] as [string, string]];
  });
}

function firstFile(conditions: unknown): string | undefined {
  const stack = [conditions];
  while (stack.length > 0) {
    const each = stack.pop();
    if (typeof each === 'string') return each;
    if (Array.isArray(each)) stack.push(...(each as unknown[]).toReversed());
    else if (isRecord(each)) stack.push(...Object.values(each).toReversed());
  }
  return undefined;
}

/** The source that `target` (relative to the package) is built from; undefined when it is a source itself or none is found. */
export function sourceOf(
  root: string,
  folder: string,
  target: string,
  tsconfigs: readonly ParsedTsconfig[],
): string | undefined {
  for (const candidate of sourceStems(root, folder, target, tsconfigs)) {
    for (const extension of ['.ts', '.tsx', '.mts', '.cts']) {
      if (existsSync(join(root, candidate + extension))) return candidate + extension;
    }
  }
  return undefined;
}

/**
 * Project-relative paths without extension where the source of `target` (relative to the package) may lie, likeliest first: where it says
 * itself, and where `outDir` and `rootDir` or the usual names of folders lead.
 */
export function sourceStems(
  root: string,
  folder: string,
  target: string,
  tsconfigs: readonly ParsedTsconfig[],
): string[] {
  const output = posix.join(folder, target);
  const stem = output.replace(/(\.d)?\.[cm]?[jt]sx?$/, '');
  const { outDir, rootDir } = nearest(output, tsconfigs)?.options ?? {};
  const candidates = [stem];
  if (outDir !== undefined) {
    const built = posix.relative(root, outDir);
    if (stem.startsWith(`${built}/`)) {
      const inside = stem.slice(built.length + 1);
      if (rootDir !== undefined) candidates.push(posix.join(posix.relative(root, rootDir), inside));
      candidates.push(posix.join(folder, 'src', inside), posix.join(folder, inside));
    }
  }
  candidates.push(stem.replace(/(^|\/)(dist|build|lib|out)\/(esm\/|cjs\/)?/, '$1src/'));
  return [...new Set(candidates)];
}

/** Names of dependencies that no node_modules above the package has: their types are unknown to us. */
export function missingDependencies(root: string, packageJsons: ReadonlyMap<string, string>): string[] {
  const missing = new Set<string>();
  const own = new Set([...packageJsons.values()].map((text) => parsePackageJson(text)?.name));
  for (const [file, text] of packageJsons) {
    const json = parsePackageJson(text);
    for (const name of Object.keys({ ...json?.dependencies, ...json?.devDependencies })) {
      if (!own.has(name) && !installed(join(root, dirname(file)), name)) missing.add(name);
    }
  }
  return [...missing].sort();
}

function installed(from: string, name: string): boolean {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules', name))) return true;
    if (dirname(folder) === folder) return false;
  }
}

/** Version of an installed package, looked for upwards from the root as Node does. */
export function installedVersion(root: string, name: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    try {
      const { version } = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')) as {
        version?: string;
      };
      return version;
    } catch {
      if (folder === dirname(folder)) return undefined;
    }
  }
}

/** Major version of the project's own TypeScript; 5 where there is none to ask, as most projects are written for it. */
export function typescriptMajor(root: string): number {
  try {
    const file = createRequire(join(root, 'package.json')).resolve('typescript/package.json');
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: string };
    return Number.parseInt(version ?? '5', 10);
  } catch {
    return 5;
  }
}

/** Our own copy of Node's types, for projects that have none: without them every call of Node's API is of unknown type. */
export function nodeTypes(root: string): string | undefined {
  if (installed(root, '@types/node')) return undefined;
  try {
    return join(dirname(createRequire(import.meta.url).resolve('@types/node/package.json')), 'index.d.ts');
  } catch {
    return undefined;
  }
}

/** What is wrong with the text of a package.json, as a sentence; undefined when it can be used. */
export function packageJsonProblem(text: string): string | undefined {
  try {
    return isRecord(JSON.parse(text)) ? undefined : 'it holds no object.';
  } catch (error) {
    return `${(error as Error).message}.`;
  }
}

function parsePackageJson(text: string): PackageJson | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
