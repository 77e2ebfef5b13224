import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const NOT_COPIED = new Set(['node_modules', '.git', '.hg', 'coverage']);

/**
 * Copies a project to `to` and gives it a `node_modules` of links: its own packages, those of the folders above it, those of `fallback`
 * (the source, where the result has nothing installed), and `@unawait/std`. Synchronous: some hundred tiny calls, each too short to wait for.
 */
export function stageProject(from: string, to: string, fallback: string): void {
  cpSync(from, to, { recursive: true, filter: (path) => path === from || !NOT_COPIED.has(basename(path)) });
  const modules = join(to, 'node_modules');
  mkdirSync(modules, { recursive: true });
  placeStandardLibrary(modules, from);
  for (const folder of new Set([...modulesAbove(from), ...modulesAbove(fallback)])) linkPackages(folder, modules);
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

function linkPackages(from: string, to: string): void {
  const there = new Set(readdirSync(to));
  for (const entry of readdirSync(from)) {
    const grouped = entry === '.bin' || entry.startsWith('@');
    if (grouped) {
      mkdirSync(join(to, entry), { recursive: true });
      const inner = new Set(readdirSync(join(to, entry)));
      for (const name of readdirSync(join(from, entry)))
        if (!inner.has(name)) link(join(from, entry, name), join(to, entry, name));
    } else if (!entry.startsWith('.') && !there.has(entry)) {
      link(join(from, entry), join(to, entry));
    }
  }
}

function link(target: string, path: string): void {
  try {
    symlinkSync(realpathSync(target), path);
  } catch {
    // A dangling link in the source's own node_modules: as unusable here as there.
  }
}

/**
 * A copy and not a link where the library is a folder of a workspace: tools treat code outside of any `node_modules` as the project's
 * own, and would transform and count it as such.
 */
function placeStandardLibrary(modules: string, project: string): void {
  const here = dirname(fileURLToPath(import.meta.url));
  const installed = [...modulesAbove(project), ...modulesAbove(here)].map((folder) => join(folder, '@unawait', 'std'));
  const found = installed.find((folder) => existsSync(folder));
  if (found === undefined) return;
  const real = realpathSync(found);
  const at = join(modules, '@unawait', 'std');
  mkdirSync(dirname(at), { recursive: true });
  if (real.split(sep).includes('node_modules')) {
    link(real, at);
    return;
  }
  const wanted = new Set(['', 'package.json', 'dist']);
  cpSync(real, at, { recursive: true, filter: (path) => wanted.has(relative(real, path).split(sep)[0] ?? '') });
  for (const folder of modulesAbove(real)) linkPackages(folder, modules);
}
