import type { FileChange } from './model/edit.ts';
import { copyProject } from './write/copy.ts';
import { requireCleanTree } from './write/git.ts';
import { replaceFiles } from './write/replace.ts';

export { Interrupted } from './write/interruption.ts';

export interface WriteOptions {
  /** Write the whole converted project to this folder (relative to the working directory) and leave the source alone. */
  readonly out?: string;
  /** `out` may hold files. */
  readonly force?: boolean;
  /** Files of the program (project-relative), which a copy brings along though git ignores them; `everything` leaves out nothing that git ignores. */
  readonly needed?: readonly string[] | 'everything';
  /** Write in place though git could not give the old text back. */
  readonly allowDirty?: boolean;
}

/**
 * Writes what a run changed: to `out`, or in place behind the git check. Nothing is left half done. Returns the folders that a copy left
 * out because git ignores them.
 * Throws `UsageError` for a dirty tree, an `out` in the way, a file that changed meanwhile or cannot be written; `Interrupted` after a signal.
 */
export async function writeChanges(
  root: string,
  changes: readonly FileChange[],
  options: WriteOptions = {},
): Promise<readonly string[]> {
  if (options.out !== undefined) {
    return copyProject(root, changes, options.out, options.force ?? false, options.needed);
  }
  if (changes.length === 0) return [];
  if (options.allowDirty !== true)
    requireCleanTree(
      root,
      changes.map((change) => change.file),
    );
  await replaceFiles(root, changes);
  return [];
}
