import { existsSync } from 'node:fs';
import { join } from 'node:path';

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

/** `a.d.mts` of `a.mjs`; undefined for what is no JavaScript. */
export function declarationOf(file: string): string | undefined {
  const [, stem, kind] = /^(.*)\.([cm]?)jsx?$/.exec(file) ?? [];
  return stem === undefined ? undefined : `${stem}.d.${kind!}ts`;
}
