import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Runs the library's tests on several versions of Node, each from its npm package.
 *
 *     npm run test:matrix -w std [-- 22 26] [-- --filter net]
 */
const root = fileURLToPath(new URL('../../', import.meta.url));
const words = process.argv.slice(2);
const filterAt = words.indexOf('--filter');
const filter = filterAt === -1 ? 'std/test/' : `std/test/${words[filterAt + 1] ?? ''}`;
const named = words.filter((word) => /^\d+$/.test(word));
const versions = named.length > 0 ? named : ['20', '22', '24', '26'];

/** The binary of a version: this process's own, or one that npm brings into a folder of its own. */
function binary(version: string): string {
  if (process.versions.node.startsWith(`${version}.`)) return process.execPath;
  const folder = join(tmpdir(), 'unawait-node-matrix', version);
  const path = join(folder, 'node_modules/node/bin/node');
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  // Some versions put their binary in place by a script, others carry it as a dependency.
  const install = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--foreground-scripts', `node@${version}`], {
    cwd: folder,
    stdio: 'inherit',
  });
  if (install.status !== 0 || !existsSync(path)) throw new Error(`npm could not bring Node ${version}`);
  return path;
}

const failed: string[] = [];
for (const version of versions) {
  const node = binary(version);
  const exact = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  console.log(`\n== Node ${exact}`);
  const run = spawnSync(node, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', filter], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  if (run.status !== 0) failed.push(exact);
}
console.log(failed.length === 0 ? '\nAll versions passed.' : `\nFailed on ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
