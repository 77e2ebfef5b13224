import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { FileChange } from '../model/edit.ts';
import { UsageError } from '../load/usage-error.ts';
import { holdingSignals, Interrupted } from './interruption.ts';

const MARK = '\uFEFF';

interface Replacement {
  readonly target: string;
  readonly temporary: string;
  /** A second name of the original, until all is done; null for a file that is new. */
  readonly original: string | null;
}

/**
 * Replaces files in place, all or none: every new text is on disk before the first file takes its new content, and a failure or a signal
 * puts back what was replaced. Modes and byte order marks stay.
 * Throws `UsageError` when a file is not what was read, or cannot be written; `Interrupted` after a signal.
 */
export async function replaceFiles(root: string, changes: readonly FileChange[]): Promise<void> {
  await holdingSignals(async (checkpoint) => {
    const prepared: Replacement[] = [];
    const replaced: Replacement[] = [];
    try {
      for (const change of changes) {
        prepare(root, change, prepared);
        await checkpoint();
      }
      for (const each of prepared) {
        keepOriginal(each);
        replaced.push(each);
        renameSync(each.temporary, each.target);
        await checkpoint();
      }
    } catch (error) {
      for (const each of replaced.toReversed()) putBack(each);
      for (const each of prepared) rmSync(each.temporary, { force: true });
      throw asUsageError(error, root);
    }
    for (const { original } of replaced) if (original !== null) rmSync(original, { force: true });
  });
}

function prepare(root: string, change: FileChange, prepared: Replacement[]): void {
  const path = join(root, change.file);
  const isNew = change.before === '' && !existsSync(path);
  const target = isNew ? path : realpathSync(path);
  const text = isNew ? '' : readFileSync(target, 'utf8');
  const mark = text.startsWith(MARK) ? MARK : '';
  if (text.slice(mark.length) !== change.before) {
    throw new UsageError(`${change.file} was changed while it was being converted. Nothing was written; run again.`);
  }
  const beside = join(dirname(target), `.${basename(target)}.${process.pid}.unawait`);
  const replacement = { target, temporary: `${beside}-new`, original: isNew ? null : `${beside}-old` };
  prepared.push(replacement);
  const mode = isNew ? undefined : statSync(target).mode & 0o7777;
  const handle = openSync(replacement.temporary, 'wx', mode);
  try {
    const bytes = Buffer.from(mark + change.after);
    for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  if (mode !== undefined) chmodSync(replacement.temporary, mode);
}

function keepOriginal({ target, original }: Replacement): void {
  if (original === null) return;
  try {
    linkSync(target, original);
  } catch {
    copyFileSync(target, original);
  }
}

function putBack({ target, original }: Replacement): void {
  if (original === null) rmSync(target, { force: true });
  else renameSync(original, target);
}

function asUsageError(error: unknown, root: string): unknown {
  if (error instanceof UsageError || error instanceof Interrupted) return error;
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new UsageError('The disk is full. Nothing was changed; make room and run again.');
  if (code === undefined) return error;
  if (path === undefined) return new UsageError(`Nothing was changed: ${message}.`);
  // New texts are written beside the file, under a name of ours.
  const folder = relative(root, dirname(path)) || '.';
  return new UsageError(
    `Nothing was changed: the folder ${folder} cannot be written to (${code}). Make it writable, or use --out DIR.`,
  );
}
