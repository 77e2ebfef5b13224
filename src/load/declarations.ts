import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { declarationOf } from '../model/ids.ts';

/**
 * Declaration files that stand beside JavaScript sources and say of what type their functions are: `a.d.ts` of `a.js`. They turn with them.
 * Paths are relative to `root`.
 */
export function declarationsBeside(root: string, files: readonly string[]): string[] {
  const found = files.flatMap((file) => {
    const declaration = declarationOf(file);
    return declaration !== undefined && existsSync(join(root, declaration)) ? [declaration] : [];
  });
  return [...new Set(found)].filter((file) => !files.includes(file)).sort();
}
