import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../load/usage-error.ts';

/**
 * Makes a folder and those above it that are missing. One by one: where the system refuses with ENOENT, as below `/proc`, Node's own
 * recursive mkdir never comes back. Throws a `UsageError` that calls it `name`.
 */
export function makeFolder(folder: string, name = folder): void {
  const missing: string[] = [];
  for (let path = resolve(folder); !existsSync(path) && path !== dirname(path); path = dirname(path))
    missing.push(path);
  for (const path of missing.reverse()) {
    try {
      mkdirSync(path);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      // Somebody else was faster.
      if (code === 'EEXIST') continue;
      const next = code === 'ENOSPC' ? 'The disk is full; make room' : 'Choose a folder that you may write to';
      throw new UsageError(`${name} cannot be written (${code}). ${next}.`);
    }
  }
}
