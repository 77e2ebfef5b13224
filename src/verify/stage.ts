import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, realpath, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const NOT_COPIED = new Set(['node_modules', '.git', '.hg', 'coverage']);

/**
 * Copies a project to `to` and gives it a `node_modules` of links: its own packages, those of the folders above it, those of `fallback`
 * (the source, where the result has nothing installed), and `@unawait/std`.
 */
export async function stageProject(from: string, to: string, fallback: string): Promise<void> {
  await cp(from, to, { recursive: true, filter: (path) => path === from || !NOT_COPIED.has(basename(path)) });
  const modules = join(to, 'node_modules');
  await mkdir(modules, { recursive: true });
  for (const folder of [...modulesAbove(from), ...modulesAbove(fallback)]) await linkPackages(folder, modules);
  await placeStandardLibrary(modules);
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

async function linkPackages(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from)) {
    if (entry === '.bin' || entry.startsWith('@')) {
      await mkdir(join(to, entry), { recursive: true });
      for (const inner of await readdir(join(from, entry)))
        await link(join(from, entry, inner), join(to, entry, inner));
    } else if (!entry.startsWith('.')) {
      await link(join(from, entry), join(to, entry));
    }
  }
}

async function link(target: string, path: string): Promise<void> {
  if (existsSync(path)) return;
  try {
    await symlink(await realpath(target), path);
  } catch {
    // A dangling link in the source's own node_modules: as unusable here as there.
  }
}

/**
 * A copy and not a link where the library is a folder of a workspace: tools treat code outside of any `node_modules` as the project's
 * own, and would transform and count it as such.
 */
async function placeStandardLibrary(modules: string): Promise<void> {
  const at = join(modules, '@unawait', 'std');
  const own = modulesAbove(dirname(fileURLToPath(import.meta.url)))
    .map((folder) => join(folder, '@unawait', 'std'))
    .find((folder) => existsSync(folder));
  const placed = existsSync(at) ? at : own;
  if (placed === undefined) return;
  const real = await realpath(placed);
  if (real.split(sep).includes('node_modules')) {
    await mkdir(dirname(at), { recursive: true });
    await link(real, at);
    return;
  }
  await rm(at, { force: true });
  await mkdir(at, { recursive: true });
  const wanted = new Set(['', 'package.json', 'dist', 'README.md']);
  await cp(real, at, { recursive: true, filter: (path) => wanted.has(relative(real, path).split(sep)[0] ?? '') });
  for (const folder of modulesAbove(real)) await linkPackages(folder, modules);
}
