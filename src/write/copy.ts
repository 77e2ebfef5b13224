import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { ts } from 'ts-morph';
import type { FileChange } from '../model/edit.ts';
import { UsageError } from '../load/usage-error.ts';
import { ignoredEntries, isIgnored } from './git.ts';
import { holdingSignals } from './interruption.ts';
import { makeFolder } from './make-folder.ts';

const LEFT_OUT = new Set(['node_modules', '.git', 'dist']);

/**
 * Copies the project to `out` with the changes applied and leaves the source alone; node_modules, .git, dist and folders that git ignores
 * stay behind, but for those with files of `needed` (project-relative). Returns the ignored folders that were left out. The copy is made beside `out` and moved there when it is whole. With `force`, an `out` that holds files keeps those that
 * the project has none of. Throws `UsageError` when `out` is in the way, `Interrupted` after a signal.
 */
export async function copyProject(
  root: string,
  changes: readonly FileChange[],
  out: string,
  force: boolean,
  needed: readonly string[] | 'everything' = [],
): Promise<readonly string[]> {
  const target = resolve(out);
  checkTarget(root, target, out, force);
  const inPlace = existsSync(target) && readdirSync(target).length > 0;
  const building = inPlace ? target : `${target}.${process.pid}.unawait`;
  const byFile = new Map(changes.map((change) => [change.file, change]));
  const wanted = [...changes.map(({ file }) => file), ...(needed === 'everything' ? [] : needed)];
  const leftOut = needed === 'everything' ? [] : ignoredFolders(root, wanted);
  await holdingSignals(async (checkpoint) => {
    try {
      makeFolder(building, out);
      let entries = 0;
      for (const path of walk(root, target, building, wanted, new Set(leftOut))) {
        const change = byFile.get(path);
        if (change === undefined) copyEntry(root, path, building, target);
        else writeChange(root, change, building);
        byFile.delete(path);
        if (++entries % 64 === 0) await checkpoint();
      }
      for (const change of byFile.values()) writeChange(root, change, building);
      await checkpoint();
      if (inPlace) return;
      if (existsSync(target)) rmdirSync(target);
      renameSync(building, target);
    } catch (error) {
      if (!inPlace) discard(building);
      const { code = '' } = error as NodeJS.ErrnoException;
      if (['EACCES', 'EPERM', 'EROFS'].includes(code)) {
        throw new UsageError(`${out} cannot be written (${code}). Choose a folder that you may write to.`);
      }
      if (code === 'ENOSPC') {
        throw new UsageError(
          `The disk is full. ${inPlace ? `${out} is incomplete` : 'Nothing was written'}; make room and run again.`,
        );
      }
      throw error;
    }
  });
  return leftOut;
}

/** Takes an unfinished copy away; where even that is forbidden, it is the first error that counts. */
function discard(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // It was never made.
  }
}

/** Folders that git ignores and that hold none of the `wanted` files: what builds and tools leave behind. */
function ignoredFolders(root: string, wanted: readonly string[]): string[] {
  return ignoredEntries(root)
    .filter((entry) => entry.endsWith('/') && entry !== './')
    .map((entry) => entry.slice(0, -1))
    .filter((folder) => !LEFT_OUT.has(basename(folder)) && !wanted.some((file) => file.startsWith(`${folder}/`)));
}

function checkTarget(root: string, target: string, out: string, force: boolean): void {
  if (existsSync(target) && !statSync(target).isDirectory())
    throw new UsageError(`${out} is a file; --out wants a folder.`);
  let above = target;
  while (!existsSync(above)) above = dirname(above);
  if (!statSync(above).isDirectory()) throw new UsageError(`${out} cannot be made: ${above} is a file.`);
  const real = resolve(realpathSync(above), relative(above, target));
  if (real === root) throw new UsageError('--out names the project itself. Leave it out to write in place.');
  if (root.startsWith(`${real}${sep}`)) throw new UsageError(`${out} holds the project. Choose a folder beside it.`);
  const inside = real.startsWith(`${root}${sep}`);
  const apart = relative(root, real)
    .split(sep)
    .some((name) => LEFT_OUT.has(name));
  if (inside && !apart && (isIgnored(root, root) || !isIgnored(root, real))) {
    throw new UsageError(
      `${out} lies in the project, and would be part of it from then on. Choose a folder beside it (../${basename(root)}-blocking), or one that git ignores.`,
    );
  }
  if (existsSync(target) && !force && readdirSync(target).length > 0) {
    throw new UsageError(`${out} is not empty. Choose another folder, or pass --force to write over it.`);
  }
}

/** Project-relative files and links, folders that are left out aside; a folder called `dist` that holds sources comes along. */
function* walk(
  root: string,
  target: string,
  building: string,
  wanted: readonly string[],
  leftOut: ReadonlySet<string>,
): Generator<string> {
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder + entry.name;
      const absolute = join(root, path);
      if (absolute === target || absolute === building || leftOut.has(path)) continue;
      if (entry.isDirectory()) {
        const kept = !LEFT_OUT.has(entry.name) || wanted.some((file) => file.startsWith(`${path}/`));
        if (kept) folders.push(`${path}/`);
        if (kept) mkdirSync(join(building, path), { recursive: true });
      } else if (entry.isFile() || (entry.isSymbolicLink() && !LEFT_OUT.has(entry.name))) {
        yield path;
      }
    }
  }
}

function copyEntry(root: string, path: string, building: string, target: string): void {
  const from = join(root, path);
  const to = join(building, path);
  rmSync(to, { force: true });
  let link: string | undefined;
  try {
    link = readlinkSync(from);
  } catch {
    link = undefined;
  }
  if (link !== undefined) {
    const outside = !isAbsolute(link) && isOutside(root, resolve(dirname(from), link));
    symlinkSync(outside ? resolve(dirname(from), link) : link, to);
  } else if (/(^|\/)[tj]sconfig(\.[^/]+)?\.json$/.test(path)) {
    writeFileSync(to, movedTsconfig(readFileSync(from, 'utf8'), root, dirname(from), join(target, dirname(path))));
    chmodSync(to, statSync(from).mode & 0o7777);
  } else {
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
  }
}

function writeChange(root: string, change: FileChange, building: string): void {
  const from = join(root, change.file);
  const to = join(building, change.file);
  const isNew = change.before === '' && !existsSync(from);
  const text = isNew ? '' : readFileSync(from, 'utf8');
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  if (text.slice(mark.length) !== change.before) {
    throw new UsageError(`${change.file} was changed while it was being converted. Run again.`);
  }
  mkdirSync(dirname(to), { recursive: true });
  const moved = /(^|\/)[tj]sconfig(\.[^/]+)?\.json$/.test(change.file)
    ? movedTsconfig(change.after, root, dirname(from), dirname(to))
    : change.after;
  writeFileSync(to, mark + moved);
  if (!isNew) chmodSync(to, statSync(from).mode & 0o7777);
}

/** A tsconfig for its new folder: relative paths that lead out of the project (a base two folders up) lead to the same place. */
function movedTsconfig(text: string, root: string, from: string, to: string): string {
  const source = ts.parseJsonText('tsconfig.json', text);
  const edits: { start: number; end: number; text: string }[] = [];
  const stack: ts.Node[] = [source];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (ts.isStringLiteral(node) && /^\.\.?\//.test(node.text) && isOutside(root, resolve(from, node.text))) {
      const moved = relative(to, resolve(from, node.text)).split(sep).join('/');
      edits.push({
        start: node.getStart(source),
        end: node.end,
        text: JSON.stringify(moved.startsWith('.') ? moved : `./${moved}`),
      });
    }
    ts.forEachChild(node, (child) => void stack.push(child));
  }
  let out = text;
  for (const edit of edits.sort((a, b) => b.start - a.start))
    out = out.slice(0, edit.start) + edit.text + out.slice(edit.end);
  return out;
}

function isOutside(root: string, path: string): boolean {
  return path !== root && !path.startsWith(`${root}${sep}`);
}
