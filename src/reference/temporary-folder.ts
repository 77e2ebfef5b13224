import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whenEnded } from './left-behind.ts';

export interface TemporaryFolder {
  /** Absolute, without links. */
  readonly path: string;
  /** Removes it with all that is in it; links are removed, not followed. */
  remove(): void;
}

/** Makes a folder that is removed when the process ends, at the latest. `name` says what it is for. */
export function temporaryFolder(name: string): TemporaryFolder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), `unawait-${name}-`)));
  const remove = (): void => rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  const release = whenEnded(remove);
  return {
    path,
    remove() {
      release();
      remove();
    },
  };
}
