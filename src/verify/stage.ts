import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectFiles } from './project-files.ts';

const NOT_COPIED = new Set(['node_modules', '.git', '.hg', 'coverage']);

/**
 * Copies a project to `to`, without `leftOut` (project-relative), and gives it a `node_modules` of links: its own packages, those of the
 * folders above it, those of `fallback` (the source, where the result has nothing installed), and `@unawait/std`. Packages of a workspace
 * have theirs too, and what is linked from within the project leads to its copy. Synchronous: some hundred tiny calls, each too short to
 * wait for.
 */
export function stageProject(from: string, to: string, fallback: string, leftOut: readonly string[] = []): void {
  const skipped = new Set(leftOut.map((path) => join(from, path)));
  cpSync(from, to, {
    recursive: true,
    filter: (path) => path === from || !(NOT_COPIED.has(basename(path)) || skipped.has(path)),
  });
  const moved: Moved = { roots: [...new Set([from, fallback].map((folder) => realpathSync(folder)))], to };
  const modules = join(to, 'node_modules');
  mkdirSync(modules, { recursive: true });
  placeStandardLibrary(modules, from, moved);
  for (const folder of new Set([...modulesAbove(from), ...modulesAbove(fallback)]))
    linkPackages(folder, modules, moved);
  for (const folder of packageFolders(to)) {
    for (const source of new Set([from, fallback])) {
      const own = join(source, folder, 'node_modules');
      if (!existsSync(own)) continue;
      mkdirSync(join(to, folder, 'node_modules'), { recursive: true });
      linkPackages(own, join(to, folder, 'node_modules'), moved);
    }
  }
}

/** Folders that stand in a copy now. */
interface Moved {
  readonly roots: readonly string[];
  readonly to: string;
}

/** Folders below `root` with a package.json of their own, relative to it. */
function packageFolders(root: string): string[] {
  return projectFiles(root)
    .filter((file) => file.endsWith('/package.json'))
    .map((file) => dirname(file));
}

/** `node_modules` folders in which Node looks for packages of code in `folder`, nearest first. */
export function modulesAbove(folder: string): string[] {
  const found: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    const modules = join(at, 'node_modules');
    if (existsSync(modules)) found.push(modules);
    if (dirname(at) === at) return found;
  }
}

function linkPackages(from: string, to: string, moved: Moved): void {
  const there = new Set(readdirSync(to));
  for (const entry of readdirSync(from)) {
    const grouped = entry === '.bin' || entry.startsWith('@');
    if (grouped) {
      mkdirSync(join(to, entry), { recursive: true });
      const inner = new Set(readdirSync(join(to, entry)));
      for (const name of readdirSync(join(from, entry)))
        if (!inner.has(name)) link(join(from, entry, name), join(to, entry, name), moved);
    } else if (!entry.startsWith('.') && !there.has(entry)) {
      link(join(from, entry), join(to, entry), moved);
    }
  }
}

function link(target: string, path: string, { roots, to }: Moved): void {
  try {
    const real = realpathSync(target);
    const inside = roots
      .map((root) => relative(root, real))
      .find((each) => !each.startsWith('..') && !isAbsolute(each));
    // A package of the same workspace: the copy stands beside, converted like the rest.
    const own = inside !== undefined && !inside.split(sep).includes('node_modules') && existsSync(join(to, inside));
    symlinkSync(own ? join(to, inside) : real, path);
  } catch {
    // A dangling link in the source's own node_modules: as unusable here as there.
  }
}

/**
 * A copy and not a link where the library is a folder of a workspace: tools treat code outside of any `node_modules` as the project's
 * own, and would transform and count it as such.
 */
function placeStandardLibrary(modules: string, project: string, moved: Moved): void {
  const here = dirname(fileURLToPath(import.meta.url));
  const installed = [...modulesAbove(project), ...modulesAbove(here)].map((folder) => join(folder, '@unawait', 'std'));
  const found = installed.find((folder) => existsSync(folder));
  if (found === undefined) return;
  const real = realpathSync(found);
  const at = join(modules, '@unawait', 'std');
  mkdirSync(dirname(at), { recursive: true });
  if (real.split(sep).includes('node_modules')) {
    link(real, at, moved);
    return;
  }
  const wanted = new Set(['', 'package.json', 'dist']);
  cpSync(real, at, { recursive: true, filter: (path) => wanted.has(relative(real, path).split(sep)[0] ?? '') });
  for (const folder of modulesAbove(real)) linkPackages(folder, modules, moved);
}
