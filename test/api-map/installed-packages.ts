import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface PackageFolders {
  /** Folders of cases whose pinned packages are there, by name. */
  readonly installed: readonly string[];
  /** Folders whose packages could not be installed, and why. */
  readonly missing: readonly { readonly name: string; readonly why: string }[];
}

const root = join(import.meta.dirname, 'packages');
const lock = join(root, '.installing');
/** Longer than any install: who left the lock behind that long is gone. */
const STALE_MS = 10 * 60_000;

export function packageFolder(name: string): string {
  return join(root, name);
}

/**
 * Installs what the folders of cases pin and do not have yet (some 400 MB, so it is no part of the root install). Test files that run side
 * by side wait for each other. Without a registry in reach nothing is thrown: what is missing is said.
 */
export function installedPackages(): PackageFolders {
  const names = readdirSync(root).filter((name) => existsSync(join(root, name, 'package.json')));
  const lacking = names.filter((name) => !isInstalled(name));
  if (lacking.length === 0) return { installed: names, missing: [] };
  const missing: { name: string; why: string }[] = [];
  takeLock();
  try {
    for (const name of lacking) {
      const why = isInstalled(name) ? undefined : install(name);
      if (why !== undefined) missing.push({ name, why });
    }
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
  for (const { name, why } of missing) {
    process.stderr.write(
      `\n!!! test/api-map/packages/${name} is NOT TESTED: its packages could not be installed.\n!!! ${why}\n\n`,
    );
  }
  return { installed: names.filter((name) => !missing.some((each) => each.name === name)), missing };
}

/** Why it did not work, in one line. */
function install(name: string): string | undefined {
  const args = ['install', '--no-package-lock', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  try {
    execFileSync('npm', args, { cwd: packageFolder(name), encoding: 'utf8', stdio: 'pipe', timeout: 8 * 60_000 });
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    return stderr.split('\n').find((line) => line.includes('npm error')) ?? String(error).split('\n', 1)[0];
  }
  return isInstalled(name) ? undefined : '`npm install` left other versions than those pinned.';
}

function isInstalled(name: string): boolean {
  const folder = packageFolder(name);
  return Object.entries(dependenciesOf(folder)).every(([dependency, version]) => {
    const manifest = join(folder, 'node_modules', dependency, 'package.json');
    return existsSync(manifest) && (readJson(manifest) as { version: string }).version === version;
  });
}

function dependenciesOf(folder: string): Readonly<Record<string, string>> {
  return (readJson(join(folder, 'package.json')) as { dependencies: Record<string, string> }).dependencies;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function takeLock(): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    try {
      mkdirSync(lock);
      return;
    } catch {
      const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
      if (Date.now() - since > STALE_MS) rmSync(lock, { recursive: true, force: true });
      else Atomics.wait(pause, 0, 0, 500);
    }
  }
}
