import { posix } from 'node:path';
import { sourceStems } from './packages.ts';
import type { ParsedTsconfig } from './tsconfigs.ts';

interface Manifest {
  readonly folder: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Keys that name what others import; `bin` is run, not imported. */
const keys = ['main', 'module', 'exports', 'types', 'typings', 'browser'] as const;

/**
 * Own sources that code outside of the project can import: what `exports` (each condition, subpath patterns too), `main` and `types` name,
 * followed from build output to the source. An application (private without such a key) and a package that is only a command have none.
 * Where nothing that is named can be found, and where no package.json is, each file counts.
 */
export function entryFiles(
  root: string,
  packageJsons: ReadonlyMap<string, string>,
  tsconfigs: readonly ParsedTsconfig[],
  files: Iterable<string>,
): ReadonlySet<string> {
  const manifests = [...packageJsons].map(([path, text]) => ({ folder: posix.dirname(path), json: parse(text) }));
  const byFolder = new Map(manifests.map((each) => [each.folder, each]));
  const own = new Map<Manifest | undefined, string[]>();
  for (const file of files) {
    const manifest = above(file, byFolder);
    own.set(manifest, [...(own.get(manifest) ?? []), file]);
  }
  return new Set(
    [...own].flatMap(([manifest, list]) => (manifest ? entriesOf(manifest, list, root, tsconfigs) : list)),
  );
}

/** Declaration files and JavaScript sources that package.json names for the same subpath, and so speaks of as one. */
export function servedTogether(
  packageJsons: ReadonlyMap<string, string>,
  files: readonly string[],
): { readonly declaration: string; readonly code: string }[] {
  return [...packageJsons].flatMap(([path, text]) => {
    const folder = posix.dirname(path);
    const bySubpath = new Map<string, string[]>();
    for (const { subpath, targets } of subpathsOf(parse(text)))
      bySubpath.set(subpath, [...(bySubpath.get(subpath) ?? []), ...targets.map((each) => posix.join(folder, each))]);
    return [...bySubpath.values()].flatMap((targets) => {
      const declarations = targets.filter((each) => isDeclaration.test(each));
      if (declarations.length === 0) return [];
      return targets
        .filter((each) => !isDeclaration.test(each))
        .flatMap((code) => served(code, files))
        .flatMap(({ code, star }) =>
          declarations.map((declaration) => ({ declaration: declaration.replace('*', star), code })),
        );
    });
  });
}

const isDeclaration = /\.d\.[cm]?ts$/;

/** The files that a target stands for: itself, or each that fits its pattern. `./lib` is `./lib.js` or `./lib/index.js`. */
function served(target: string, files: readonly string[]): { readonly code: string; readonly star: string }[] {
  const [before, after] = target.split('*') as [string, string | undefined];
  if (after === undefined) {
    const names = [target, `${target}.js`, `${target}/index.js`];
    return names.filter((name) => files.includes(name)).map((code) => ({ code, star: '' }));
  }
  return files
    .filter((file) => file.length > before.length + after.length && file.startsWith(before) && file.endsWith(after))
    .map((code) => ({ code, star: code.slice(before.length, code.length - after.length) }));
}

function parse(text: string): Manifest['json'] {
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) ? json : {};
  } catch {
    return {};
  }
}

function above(file: string, byFolder: ReadonlyMap<string, Manifest>): Manifest | undefined {
  for (let folder = posix.dirname(file); ; folder = posix.dirname(folder)) {
    const found = byFolder.get(folder);
    if (found !== undefined || folder === '.' || folder === '/') return found;
  }
}

function entriesOf(
  { folder, json }: Manifest,
  files: readonly string[],
  root: string,
  tsconfigs: readonly ParsedTsconfig[],
): readonly string[] {
  const named = keys.some((key) => json[key] !== undefined);
  if (!named && json['private'] === true) return [];
  const byStem = new Map(files.map((file) => [withoutExtension(file), file]));
  const find = (target: string): string | undefined => {
    const path = posix.join(folder, target);
    if (files.includes(path)) return path;
    // `./lib` may be a folder.
    const stems = [target, `${target}/index`].flatMap((each) => sourceStems(root, folder, each, tsconfigs));
    return stems.map((stem) => byStem.get(stem)).find((file) => file !== undefined);
  };
  const subpaths = subpathsOf(json);
  const found = subpaths.flatMap(({ subpath, targets }) =>
    subpath.includes('*')
      ? files.filter((file) =>
          targets.some((target) => isServed(file, subpath, target, subpaths, folder, root, tsconfigs)),
        )
      : targets.flatMap((target) => find(target) ?? []),
  );
  if (found.length > 0) return found;
  // A command alone hands nothing out; of anything else it cannot be told.
  return !named && json['bin'] !== undefined ? [] : files;
}

interface Subpath {
  readonly subpath: string;
  /** None where `null` takes the subpath out again. */
  readonly targets: readonly string[];
}

function subpathsOf(json: Manifest['json']): Subpath[] {
  const exported = json['exports'];
  if (exported === undefined) {
    const targets = ['main', 'module', 'types', 'typings', 'browser'].flatMap((key) => strings(json[key]));
    return [{ subpath: '.', targets: json['main'] === undefined ? [...targets, 'index.js'] : targets }];
  }
  const map =
    isRecord(exported) && Object.keys(exported).some((key) => key.startsWith('.')) ? exported : { '.': exported };
  const types = ['types', 'typings'].flatMap((key) => strings(json[key]));
  return [
    ...Object.entries(map).map(([subpath, target]) => ({ subpath, targets: strings(target) })),
    { subpath: '.', targets: types },
  ];
}

/** Every file that a target names, under whatever conditions. */
function strings(target: unknown): string[] {
  const found: string[] = [];
  const stack = [target];
  while (stack.length > 0) {
    const each = stack.pop();
    if (typeof each === 'string') found.push(each);
    else if (Array.isArray(each)) stack.push(...(each as unknown[]));
    else if (isRecord(each)) stack.push(...Object.values(each));
  }
  return found;
}

/** `./*` → `./dist/*.js` serves `src/a.ts`, unless a pattern that says more takes it: `./internal/*` → null. */
function isServed(
  file: string,
  subpath: string,
  target: string,
  subpaths: readonly Subpath[],
  folder: string,
  root: string,
  tsconfigs: readonly ParsedTsconfig[],
): boolean {
  for (const stem of sourceStems(root, folder, target.replace('*', '\0'), tsconfigs)) {
    const [before, after] = stem.split('\0') as [string, string | undefined];
    const path = withoutExtension(file);
    if (after === undefined || !path.startsWith(before) || !path.endsWith(after)) continue;
    const asked = subpath.replace('*', path.slice(before.length, path.length - after.length));
    return !subpaths.some((other) => other.targets.length === 0 && isNearer(other.subpath, subpath, asked));
  }
  return false;
}

function isNearer(other: string, subpath: string, asked: string): boolean {
  const [before, after] = other.split('*') as [string, string | undefined];
  if (after === undefined) return other === asked;
  return before.length > subpath.indexOf('*') && asked.startsWith(before);
}

function withoutExtension(file: string): string {
  return file.replace(/(\.d)?\.[cm]?[jt]sx?$/, '');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
