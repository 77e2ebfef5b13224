import { spawnSync } from 'node:child_process';
import { UsageError } from '../load/usage-error.ts';

/**
 * Refuses to write in place where git could not give the old text back: outside of a repository, with uncommitted changes under `root`, or
 * over files that are not tracked. Throws `UsageError`.
 */
export function requireCleanTree(root: string, files: readonly string[]): void {
  if (spawnSync('git', ['--version']).error !== undefined) {
    throw new UsageError(
      '`git` was not found, so changes in place could not be undone. Install it, or use --out DIR, or --allow-dirty to write all the same.',
    );
  }
  const inside = git(root, ['rev-parse', '--is-inside-work-tree']);
  if (inside?.trim() !== 'true') {
    throw new UsageError(
      `${root} is not in a git repository, so changes in place could not be undone. Use --out DIR, or --allow-dirty to write all the same.`,
    );
  }
  const changed = list(git(root, ['status', '--porcelain=v1', '-z', '--untracked-files=no', '--', '.'])).map((line) =>
    line.slice(3),
  );
  if (changed.length > 0) {
    throw new UsageError(
      `The git tree has uncommitted changes (${some(changed)}). Commit or stash them, or pass --allow-dirty.`,
    );
  }
  const tracked = new Set(list(git(root, ['ls-files', '-z', '--', '.'])));
  const untracked = files.filter((file) => !tracked.has(file));
  if (untracked.length > 0) {
    throw new UsageError(
      `Git does not track ${some(untracked)}, so changes could not be undone. Add and commit first, or pass --allow-dirty.`,
    );
  }
}

/**
 * Entries below `root` that git ignores, project-relative, folders with a `/` at their end; none outside of a repository, nor where git
 * ignores `root` as a whole.
 */
export function ignoredEntries(root: string): string[] {
  if (isIgnored(root, root)) return [];
  return list(git(root, ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory', '--', '.']));
}

/** Whether git ignores the folder at `path` (absolute, need not exist), which lies at or below `root`. */
export function isIgnored(root: string, path: string): boolean {
  return git(root, ['check-ignore', '--quiet', '--', `${path}/`]) !== undefined;
}

function git(root: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('git', ['-c', 'core.quotePath=false', ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return status === 0 ? stdout : undefined;
}

function list(output: string | undefined): string[] {
  return (output ?? '').split('\0').filter((each) => each !== '');
}

function some(files: readonly string[]): string {
  return files.slice(0, 3).join(', ') + (files.length > 3 ? ` and ${files.length - 3} more` : '');
}
