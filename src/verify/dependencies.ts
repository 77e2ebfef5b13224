import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { DependencySide } from '../model/verdict.ts';
import { readPackageJson } from './package-json.ts';
import { modulesAbove } from './stage.ts';

/** What a program needs installed to run: its `dependencies`, and what those need in turn. */
export function countDependencies(project: string): DependencySide {
  const direct = Object.keys(readPackageJson(project).dependencies ?? {}).sort();
  const found = new Map<string, string | null>();
  const open = direct.map((name) => ({ name, from: project }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const folder = folderOf(next.name, next.from);
    const key = folder ?? next.name;
    if (found.has(key)) continue;
    found.set(key, folder);
    if (folder === null) continue;
    const { dependencies, optionalDependencies } = readPackageJson(folder);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      // An optional one that is not installed here is not needed.
      if (folderOf(name, folder) !== null || dependencies?.[name] !== undefined) open.push({ name, from: folder });
    }
  }
  return { direct, total: found.size };
}

function folderOf(name: string, from: string): string | null {
  const folder = modulesAbove(from)
    .map((modules) => join(modules, name))
    .find((each) => existsSync(each));
  return folder === undefined ? null : realpathSync(folder);
}
