import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOrRefuse } from './unreadable.ts';

const IGNORED = new Set(['node_modules', 'bower_components', 'coverage', 'vendor', 'target']);
const OUTPUT = new Set(['dist', 'build', 'out']);
const SOURCE = /\.[cm]?[jt]sx?$/;
const DECLARATION = /\.d\.([^.]+\.)?[cm]?ts$/;

/** Files of a folder, project-relative with `/`, sorted. Links are not followed: what they lead to is not ours or is met elsewhere. */
export interface Listing {
  readonly sources: readonly string[];
  readonly packageJsons: readonly string[];
  /** Declaration files with no source beside them that they could speak of: `globals.d.ts`. */
  readonly declarations: readonly string[];
  /** `tsconfig.json`, `tsconfig.*.json` and, where no tsconfig.json stands beside it, `jsconfig.json`. */
  readonly tsconfigs: readonly string[];
}

/**
 * Walks `root` without dependencies, hidden folders and build output. Where `outputToo` allows it and the project has neither a tsconfig nor
 * a folder of sources (a package as published), the output that its package.json names is what there is to read.
 */
export function listFolder(root: string, outputToo: boolean): Listing {
  const listing = walk(root, new Set([...IGNORED, ...OUTPUT]));
  const hasSources = listing.sources.some((file) => /^(src|lib|source|packages)\//.test(file));
  if (!outputToo || listing.tsconfigs.length > 0 || hasSources) return listing;
  const publishes = listing.packageJsons.includes('package.json')
    ? /"(\.\/)?(dist|build|out)\//.test(readFileSync(join(root, 'package.json'), 'utf8'))
    : listing.sources.length === 0;
  return publishes ? walk(root, IGNORED) : listing;
}

function walk(root: string, ignored: ReadonlySet<string>): Listing {
  const sources: string[] = [];
  const packageJsons: string[] = [];
  const declarations: string[] = [];
  const tsconfigs: string[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = readOrRefuse(folder === '' ? root : folder, () =>
      readdirSync(join(root, folder), { withFileTypes: true }),
    );
    for (const entry of entries) {
      const path = folder + entry.name;
      if (entry.isDirectory()) {
        if (!ignored.has(entry.name) && !entry.name.startsWith('.')) folders.push(`${path}/`);
      } else if (!entry.isFile()) {
        continue;
      } else if (entry.name === 'package.json') {
        packageJsons.push(path);
      } else if (/^tsconfig(\..+)?\.json$/.test(entry.name)) {
        tsconfigs.push(path);
      } else if (entry.name === 'jsconfig.json' && !entries.some((other) => other.name === 'tsconfig.json')) {
        tsconfigs.push(path);
      } else if (isSource(entry.name)) {
        sources.push(path);
      } else if (/\.d\.[cm]?ts$/.test(entry.name)) {
        const name = entry.name.replace(/\.d\.[cm]?ts$/, '');
        if (!entries.some((other) => isSource(other.name) && other.name.replace(SOURCE, '') === name))
          declarations.push(path);
      }
    }
  }
  return {
    sources: sources.sort(),
    packageJsons: packageJsons.sort(),
    declarations: declarations.sort(),
    tsconfigs: tsconfigs.sort(),
  };
}

/** A TypeScript or JavaScript file with code in it: no declarations, nothing minified, not our own configuration. */
export function isSource(path: string): boolean {
  return (
    SOURCE.test(path) &&
    !DECLARATION.test(path) &&
    !/\.min\.[cm]?js$/.test(path) &&
    !/(^|\/)unawait\.config\./.test(path)
  );
}

/** It declares what is global: a script, or `declare global` in a module. */
export function declaresGlobals(text: string): boolean {
  return !/^(import|export)\b/m.test(text) || /\bdeclare global\b/.test(text);
}

export function isJavaScript(path: string): boolean {
  return /\.[cm]?jsx?$/.test(path);
}
