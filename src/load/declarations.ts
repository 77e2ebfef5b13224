import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ts } from 'ts-morph';
import { declarationOf } from '../model/ids.ts';
import { servedTogether } from './entries.ts';

/** Declaration file → the JavaScript sources that it speaks of. Paths are relative to the root. */
export type Declared = ReadonlyMap<string, readonly string[]>;

/**
 * Declaration files that say of what type the functions of JavaScript sources are, and turn with them: `a.d.ts` beside `a.js`, and what
 * package.json names as `types` of a source (`"exports": { "types": "./types/index.d.ts", "default": "./lib/index.js" }`), with the
 * declarations that such a file imports. Paths are relative to `root`.
 */
export function declarationsFor(
  root: string,
  files: readonly string[],
  packageJsons: ReadonlyMap<string, string>,
): Declared {
  const own = new Set(files);
  const found = new Map<string, string[]>();
  const add = (declaration: string, code: string): void => {
    const codes = found.get(declaration);
    if (codes === undefined) found.set(declaration, [code]);
    else if (!codes.includes(code)) codes.push(code);
  };
  for (const file of files) {
    const declaration = declarationOf(file);
    if (declaration !== undefined && existsSync(join(root, declaration))) add(declaration, file);
  }
  const beside = new Set(found.keys());
  for (const { declaration, code } of servedTogether(packageJsons, files)) {
    if (!own.has(code) || declarationOf(code) === undefined || !isThere(root, declaration)) continue;
    add(declaration, code);
    for (const each of importedBy(root, declaration)) if (!beside.has(each)) add(each, code);
  }
  return found;
}

function isThere(root: string, file: string): boolean {
  return /\.d\.[cm]?ts$/.test(file) && isInside(file) && existsSync(join(root, file));
}

const isInside = (file: string): boolean => !/^\.\.(\/|$)|(^|\/)node_modules\//.test(file);

/** The declaration files of the project's own that a declaration file imports, and those that they import. */
function importedBy(root: string, declaration: string): string[] {
  const found = new Set<string>([declaration]);
  for (const file of found) {
    const { importedFiles, referencedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, false);
    const names = [...importedFiles.map((each) => each.fileName).filter((name) => /^\.\.?(\/|$)/.test(name))];
    const targets = names.flatMap((name) => {
      const path = posix.join(posix.dirname(file), name);
      const [, stem, kind] = /^(.*)\.([cm]?)jsx?$/.exec(path) ?? [];
      if (stem !== undefined) return [`${stem}.d.${kind!}ts`];
      return [path, `${path}.d.ts`, `${path}/index.d.ts`];
    });
    const referenced = referencedFiles.map((each) => posix.join(posix.dirname(file), each.fileName));
    for (const target of [...targets, ...referenced]) if (isThere(root, target)) found.add(target);
  }
  found.delete(declaration);
  return [...found];
}
