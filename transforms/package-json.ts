import { builtinModules } from 'node:module';
import { applyEdits, getNodeValue, modify, parseTree, type FormattingOptions } from 'jsonc-parser';
import { ts } from 'ts-morph';
import type { FileChange } from '../src/model/edit.ts';

/** The version range of `@unawait/std` that converted code asks for; a house test compares it with `std/package.json`. */
export const stdRange = '^0.1.0';

export interface PackageJsonInput {
  /** `package.json` texts by project-relative path. */
  readonly packageJsons: ReadonlyMap<string, string>;
  /** Source texts before, by project-relative path. */
  readonly before: ReadonlyMap<string, string>;
  readonly changes: readonly FileChange[];
}

const std = '@unawait/std';

/**
 * A project transform: reads what changed and edits each `package.json` that governs a changed file. Adds `@unawait/std` where it is
 * imported now; drops dependencies that were imported before and that neither code nor scripts name any more. Formatting and order are kept.
 */
export function editPackageJsons(input: PackageJsonInput): FileChange[] {
  const after = new Map(input.before);
  for (const change of input.changes) after.set(change.file, change.after);
  return [...input.packageJsons].flatMap(([file, text]): FileChange[] => {
    const owned = (path: string): boolean => nearestPackage(path, input.packageJsons) === file;
    if (!input.changes.some((c) => owned(c.file))) return [];
    const [was, now] = [input.before, after].map((all) => [...all].flatMap(([path, t]) => (owned(path) ? [t] : [])));
    const imports = (texts: readonly string[]) => (name: string) => texts.some((each) => importsPackage(each, name));
    const edited = edit(text, imports(was!), imports(now!), (name) => now!.some((source) => names(source, name)));
    return edited === text ? [] : [{ file, before: text, after: edited }];
  });
}

/** Whether a text has a package's name in quotes, as `createRequire(…)('x')` and `importSync('x', …)` do. */
function names(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (/['"`]/.test(text[at - 1] ?? '') && /['"`/]/.test(text[at + name.length] ?? '')) return true;
  return false;
}

function edit(
  text: string,
  wasImported: (name: string) => boolean,
  isImported: (name: string) => boolean,
  isNamed: (name: string) => boolean,
): string {
  const tree = parseTree(text);
  if (tree?.type !== 'object') return text;
  const manifest = getNodeValue(tree) as Partial<Record<string, Record<string, string>>> & { name?: unknown };
  const formattingOptions = formattingOf(text);
  let result = text;
  const set = (
    path: string[],
    value: string | Record<string, string> | undefined,
    getInsertionIndex?: (names: string[]) => number,
  ): void => {
    result = applyEdits(
      result,
      modify(result, path, value, { formattingOptions, ...(getInsertionIndex && { getInsertionIndex }) }),
    );
  };
  const declared = (name: string): boolean =>
    ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'].some(
      (k) => manifest[k]?.[name] !== undefined,
    );
  const scripts = Object.values(manifest['scripts'] ?? {});
  const isRun = (name: string): boolean => scripts.some((script) => script.split(/[^\w@/.-]+/).includes(name));
  for (const name of Object.keys(manifest['dependencies'] ?? {})) {
    if (!wasImported(name) || isImported(name) || isNamed(name) || isRun(name)) continue;
    set(['dependencies', name], undefined);
    const types = `@types/${name.startsWith('@') ? name.slice(1).replace('/', '__') : name}`;
    if (manifest['devDependencies']?.[types] !== undefined) set(['devDependencies', types], undefined);
  }
  // The package itself may be the library: it does not depend on itself.
  if (isImported(std) && !declared(std) && (manifest.name as string | undefined) !== std) {
    if (manifest['dependencies']) set(['dependencies', std], stdRange, (names) => names.filter((n) => n < std).length);
    else
      set(['dependencies'], { [std]: stdRange }, (names) =>
        names.includes('devDependencies') ? names.indexOf('devDependencies') : names.length,
      );
  }
  return result;
}

function formattingOf(text: string): FormattingOptions {
  const indent = /\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
  return {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.startsWith('\t') ? 1 : indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
}

/** What the nearest `package.json` says of a `.js` file: `type: "module"` or not; undefined where there is none. */
export function isModule(file: string, packageJsons: ReadonlyMap<string, string>): boolean | undefined {
  const text = packageJsons.get(nearestPackage(file, packageJsons) ?? '');
  return text === undefined ? undefined : /"type"\s*:\s*"module"/.test(text);
}

function nearestPackage(file: string, all: ReadonlyMap<string, string>): string | undefined {
  for (let folder = file; folder !== '';) {
    const cut = folder.lastIndexOf('/');
    folder = cut < 0 ? '' : folder.slice(0, cut);
    const found = folder === '' ? 'package.json' : `${folder}/package.json`;
    if (all.has(found)) return found;
  }
  return undefined;
}

const builtins = new Set(builtinModules);

/** Whether a source imports a package; only where it has the name at all, imports are looked for. */
function importsPackage(text: string, name: string): boolean {
  if (!text.includes(name)) return false;
  return ts.preProcessFile(text, true, true).importedFiles.some(({ fileName }) => {
    if (fileName.startsWith('.') || fileName.startsWith('node:') || builtins.has(fileName)) return false;
    return fileName.split('/', fileName.startsWith('@') ? 2 : 1).join('/') === name;
  });
}
