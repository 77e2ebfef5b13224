import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Step } from '../src/verify/options.ts';
import { verify } from '../src/verify/verify.ts';
import { temporaryProject } from './temporary-project.ts';

const only = (step: Step): Step[] =>
  (['types', 'second-run', 'tests', 'runs', 'measure'] as const).filter((each) => each !== step);

/** A folder of files with links in it, as a package manager makes them for a workspace. */
function workspace(files: Readonly<Record<string, string>>, links: Readonly<Record<string, string>> = {}): string {
  const root = temporaryProject(files);
  for (const [link, target] of Object.entries(links)) {
    mkdirSync(dirname(join(root, link)), { recursive: true });
    symlinkSync(join(root, target), join(root, link));
  }
  return root;
}

function app(lib: string): Record<string, string> {
  return {
    'package.json':
      '{ "name": "w", "type": "module", "workspaces": ["packages/*"], "scripts": { "test": "node --test" } }',
    'packages/lib/package.json': '{ "name": "@acme/lib", "type": "module", "exports": "./index.js" }',
    'packages/lib/index.js': lib,
    'packages/app/package.json': '{ "name": "app", "type": "module" }',
    'packages/app/test/a.test.js':
      "import test from 'node:test';\nimport assert from 'node:assert';\nimport { load } from '@acme/lib';\ntest('loads', async () => assert.equal(await load(), 1));\n",
  };
}

test('packages of a workspace meet the copies of one another, not the source', { timeout: 120_000 }, async () => {
  const links = { 'node_modules/@acme/lib': 'packages/lib' };
  const before = workspace(app('export async function load() { return 1; }\n'), links);
  const good = workspace(app('export function load() { return 1; }\n'));
  const bad = workspace(app('export function load() { return 2; }\n'));
  expect(await verify({ before, after: good, skip: only('tests') })).toMatchObject({ ok: true });
  const { runs } = await verify({ before, after: bad, skip: only('tests') });
  expect(runs.tests).toMatchObject({ status: 'failed', summary: '1 of 1 test no longer passes.' });
  expect(runs.tests.broken).toMatchObject([{ file: 'packages/app/test/a.test.js', name: 'loads', after: 'failed' }]);
});

test(
  'where the scripts of a workspace leave the tests to its packages, each runs its own',
  { timeout: 120_000 },
  async () => {
    const files = (value: number, script = 'node --test'): Record<string, string> => ({
      'package.json': '{ "workspaces": ["packages/*"], "scripts": { "test": "turbo run test" } }',
      'packages/a/package.json': JSON.stringify({ type: 'module', scripts: { test: script } }),
      'packages/a/test/a.test.js': "import test from 'node:test';\ntest('a', () => {});\n",
      'packages/b/package.json': '{ "type": "module", "scripts": { "test": "node --test" } }',
      'packages/b/test/b.test.js': `import test from 'node:test';\ntest('b', () => { if (${value} !== 1) throw new Error('no'); });\n`,
      'packages/c/package.json': '{ "name": "no-tests" }',
    });
    const before = temporaryProject(files(1));
    const good = await verify({ before, after: temporaryProject(files(1)), skip: only('tests') });
    expect(good.runs.tests.summary).toBe('2 tests pass as before.');
    const bad = await verify({ before, after: temporaryProject(files(2)), skip: only('tests') });
    expect(bad.runs.tests.broken).toMatchObject([
      { file: 'packages/b/test/b.test.js', name: 'b', before: 'passed', after: 'failed' },
    ]);
    const without = temporaryProject(files(1, 'jest'));
    const aside = await verify({ before: without, after: temporaryProject(files(1, 'jest')), skip: only('tests') });
    expect(aside.runs.tests).toMatchObject({
      status: 'passed',
      summary: '1 test passes as before, 1 that failed before aside.',
    });
  },
);

test('packages of a workspace keep the dependencies that they have for themselves', { timeout: 120_000 }, async () => {
  const files = app("export { one as load } from 'one';\n");
  const links = { 'node_modules/@acme/lib': 'packages/lib', 'packages/lib/node_modules/one': 'store/node_modules/one' };
  const store = {
    'store/node_modules/one/package.json': '{ "name": "one", "exports": "./index.cjs" }',
    'store/node_modules/one/index.cjs': 'exports.one = () => 1;\n',
  };
  const before = workspace({ ...files, ...store }, links);
  const { runs } = await verify({ before, after: temporaryProject(files), skip: only('tests') });
  expect(runs.tests.summary).toBe('1 test passes as before.');
});

test(
  'tests of built code are held against what the result builds, never what the source had built',
  { timeout: 120_000 },
  async () => {
    const files = (value: number): Record<string, string> => ({
      'package.json': JSON.stringify({
        type: 'module',
        scripts: { build: `node -e "fs.cpSync('src', 'compiled', { recursive: true })"`, test: 'node --test test/' },
      }),
      'src/a.js': `export const a = ${value};\n`,
      'test/a.test.js':
        "import test from 'node:test';\nimport assert from 'node:assert';\nimport { a } from '../compiled/a.js';\ntest('a', () => assert.equal(a, 1));\n",
    });
    const stale = { 'compiled/a.js': 'export const a = 1;\n' };
    const before = temporaryProject({ ...files(1), ...stale });
    const after = temporaryProject({ ...files(2), ...stale });
    const { runs } = await verify({ before, after, outputs: ['compiled'], skip: only('tests') });
    expect(runs.tests.broken).toMatchObject([{ name: 'a', before: 'passed', after: 'failed' }]);
  },
);

test('every project behind references is compiled', { timeout: 120_000 }, async () => {
  const files = (text: string): Record<string, string> => ({
    'package.json': '{ "name": "w" }',
    'tsconfig.json': '{ "files": [], "references": [{ "path": "lib" }, { "path": "app" }] }',
    'lib/tsconfig.json': '{ "compilerOptions": { "composite": true, "outDir": "out", "rootDir": ".", "types": [] } }',
    'lib/lib.ts': 'export const one: number = 1;\n',
    'app/tsconfig.json':
      '{ "compilerOptions": { "composite": true, "outDir": "out", "rootDir": ".", "types": [] }, "references": [{ "path": "../lib" }] }',
    'app/app.ts': text,
  });
  const before = temporaryProject(files("import { one } from '../lib/lib.js';\nexport const two: number = one;\n"));
  const after = temporaryProject(files("import { one } from '../lib/lib.js';\nexport const two: string = one;\n"));
  const { newErrors } = await verify({ before, after, skip: only('types') });
  expect(newErrors).toMatchObject({
    status: 'failed',
    before: 0,
    errors: [{ file: 'app/app.ts', line: 2, code: 'TS2322' }],
  });
});

test('a library that does nothing when it is loaded has no runs to compare', { timeout: 120_000 }, async () => {
  const files = { 'package.json': '{ "type": "module", "main": "./a.ts" }', 'a.ts': 'export const a: number = 1;\n' };
  const config = {
    'tsconfig.json': '{ "compilerOptions": { "noEmit": true, "types": [], "module": "nodenext" }, "include": ["."] }',
  };
  const root = temporaryProject({ ...files, ...config });
  const { runs } = await verify({ before: root, after: root, skip: only('runs') });
  expect(runs.differential).toMatchObject({
    status: 'skipped',
    summary:
      '`a.ts` without arguments prints nothing and writes nothing. Describe starts of the program in scenarios (docs/scenarios.md).',
  });
});
