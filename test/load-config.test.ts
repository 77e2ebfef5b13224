import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rows } from '../transforms/api-map/index.ts';
import { checkConfig } from '../src/load/config.ts';
import { loadConfig } from '../src/load/config-file.ts';
import { globMatcher } from '../src/load/glob.ts';
import { UsageError } from '../src/load/usage-error.ts';
import { temporaryProject } from './temporary-project.ts';

test('a project without a configuration file has an empty one', async () => {
  expect(await loadConfig(temporaryProject({}))).toEqual({ config: {}, file: null });
});

test('a TypeScript configuration may import its own modules, packages and Node, and know where it is', async () => {
  const root = temporaryProject({
    'unawait.config.ts': `import { defineConfig } from 'unawait';
import { basename } from 'node:path';
import os from 'os';
import { policies } from './settings/policies.js';
import { rows } from 'our-rows';
import type { Config } from 'unawait';
const config: Config = { policies, rows, include: [basename(import.meta.dirname) !== '' && os.EOL ? 'src/**' : ''] };
export default defineConfig(config satisfies Config);
`,
    'settings/policies.ts': `import { shim } from './names.ts';\nexport const policies: string[] = [shim, 'islands'];\n`,
    'settings/names.ts': `export const shim = 'shim-calls' as const;\n`,
    'node_modules/our-rows/package.json':
      '{ "name": "our-rows", "type": "module", "exports": { "import": "./index.js", "require": "./index.js" } }',
    'node_modules/our-rows/index.js': `export const rows = [{ api: 'our-db#query', call: 'querySync($1)', imports: { querySync: 'our-db/sync' } }];\n`,
  });
  const { config, file } = await loadConfig(root);
  expect(file).toBe(join(root, 'unawait.config.ts'));
  expect(config.policies).toEqual(['shim-calls', 'islands']);
  expect(config.include).toEqual(['src/**']);
  expect(config.rows?.[0]?.api).toBe('our-db#query');
});

test('JSON may have comments; CommonJS and ES module configurations load', async () => {
  const json = temporaryProject({ 'unawait.config.json': '{ // tests live here\n  "tests": ["checks/**"],\n}' });
  expect((await loadConfig(json)).config).toEqual({ tests: ['checks/**'] });
  const common = temporaryProject({ 'unawait.config.js': 'module.exports = { onlySafe: true };' });
  expect((await loadConfig(common)).config).toEqual({ onlySafe: true });
  const module = temporaryProject({ 'unawait.config.mjs': 'export default { format: "sarif" };' });
  expect((await loadConfig(module)).config).toEqual({ format: 'sarif' });
});

test('a named configuration file is read instead of the one in the folder', async () => {
  const root = temporaryProject({
    'unawait.config.json': '{"onlySafe": true}',
    'ci.json': '{"policies": ["islands"]}',
  });
  expect((await loadConfig(root, join(root, 'ci.json'))).config).toEqual({ policies: ['islands'] });
});

test.each([
  [
    'two files',
    { 'unawait.config.ts': '', 'unawait.config.json': '{}' },
    /unawait\.config\.ts and unawait\.config\.json both/,
  ],
  ['broken JSON', { 'unawait.config.json': '{ "include": [ }' }, /unawait\.config\.json could not be loaded/],
  ['broken TypeScript', { 'unawait.config.ts': 'export default {\n  include: [,;\n}' }, /unawait\.config\.ts:2/],
  ['no default export', { 'unawait.config.ts': 'export const config = {};' }, /no default export/],
  [
    'an import that is not there',
    { 'unawait.config.ts': "import './gone.ts'; export default {};" },
    /imports \.\/gone\.ts, which is not there/,
  ],
  [
    'an error thrown',
    { 'unawait.config.mjs': "throw new Error('no token'); export default {};" },
    /could not be loaded: no token/,
  ],
  [
    'a function instead of an object',
    { 'unawait.config.mjs': 'export default () => ({});' },
    /unawait\.config\.mjs: must be an object/,
  ],
])('%s is a usage error that says what is wrong', async (_, files, message) => {
  const failure = await loadConfig(temporaryProject(files)).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UsageError);
  expect((failure as Error).message).toMatch(message);
});

test('a missing named file is a usage error', async () => {
  await expect(loadConfig('.', 'nowhere.config.ts')).rejects.toThrow(
    'There is no configuration file nowhere.config.ts.',
  );
});

test.each([
  [{ includes: [] }, 'c.ts: has no key `includes`; did you mean `include`?'],
  [{ zebra: 1 }, /has no key `zebra`; known are include, exclude/],
  [{ include: 'src' }, 'c.ts: include must be a list.'],
  [{ include: ['src', 3] }, 'c.ts: include[1] must be a non-empty string.'],
  [{ onlySafe: 'yes' }, 'c.ts: onlySafe must be true or false.'],
  [{ format: 'xml' }, /format must be one of terminal, json/],
  [{ rows: [{ api: 'readFile' }] }, /c\.ts: rows\[0\]\.api must read `module#name`/],
  [{ rows: [{ call: 'f()' }] }, 'c.ts: rows[0] needs the key `api`.'],
  [{ rows: [{ api: 'a#b' }] }, /rows\[0\] \(a#b\) says nothing of a blocking form: give `sync: 'module#name'`/],
  [{ rows: [{ api: 'a#b', sync: 'a#c', call: 'c($1)' }] }, 'rows[0] (a#b) says both `sync` and `call`'],
  [{ rows: [{ api: 'a#b', cal: 'c($1)' }] }, /rows\[0\] \(a#b\) has no key `cal`; known are api, form, sync, call/],
  [
    { rows: [{ api: 'a#b', sync: 'bSync($1)' }] },
    /rows\[0\] \(a#b\) needs `module#name` for `sync`.*text goes into `call`/,
  ],
  [
    {
      rows: [
        { api: 'a#b', same: true },
        { api: 'a#c', call: 'd()', imports: { e: 'x' } },
      ],
    },
    'rows[1] (a#c) imports `e`, which its text does not use.',
  ],
  [
    { rows: [{ api: 'a#b', call: 'd()', form: 'method' }] },
    'rows[0] (a#b) needs one of call, member, type, value, callback for `form`.',
  ],
  [
    { rows: [{ api: 'a#b', call: 'd()', when: { 1: '(' } }] },
    'rows[0] (a#b) has a `when` at 1 that is no regular expression',
  ],
  [{ rows: [{ api: 'a#b', call: 'd()', applicability: 'unsafe' }] }, "rows[0] (a#b) needs 'safe', 'noted'"],
  [{ rows: [{ api: 'a#b', call: 'd()', applicability: 'noted' }] }, 'rows[0] (a#b) is `noted` and has no `note`'],
  [
    { rows: [{ api: 'a#b', call: 'd()', applicability: { policy: 'magic' } }] },
    'names the policy `magic`, which there is not',
  ],
  [{ verify: { timeout: -1 } }, 'c.ts: verify.timeout must be a positive number.'],
  [{ verify: { runtime: 'browser' } }, /verify\.runtime must be one of lambda, program/],
  [null, 'c.ts: must be an object.'],
])('%j is refused by key', (value, message) => {
  expect(() => checkConfig(value, 'c.ts')).toThrow(message);
});

test.each([
  ['src/**', ['src/a.ts', 'src/b/c.ts'], ['lib/src/a.ts', 'src.ts']],
  ['src', ['src/a.ts'], ['src2/a.ts']],
  ['**/*.test.{ts,js}', ['a.test.ts', 'x/y/b.test.js'], ['a.test.tsx', 'test.ts']],
  ['src/*.ts', ['src/a.ts'], ['src/b/a.ts']],
  ['src/[ab]?.ts', ['src/a1.ts'], ['src/c1.ts', 'src/a.ts']],
  ['**/{test,e2e}/**', ['test/a.ts', 'p/e2e/x/y.ts'], ['contest/a.ts', 'test.ts']],
  ['src/db.ts#Pool.query', ['src/db.ts#Pool.query'], ['src/db.ts#Pool.queryx', 'src/dbxts#Pool.query']],
  ['./src/a+b(1).ts', ['src/a+b(1).ts'], ['src/aab1.ts']],
])('the glob %s fits what it should and nothing else', (glob, fits, others) => {
  const matches = globMatcher([glob]);
  expect(fits.filter((file) => !matches(file))).toEqual([]);
  expect(others.filter((file) => matches(file))).toEqual([]);
});

test('every built-in row would pass as a row of a project', () => {
  expect(checkConfig({ rows }, 'rows')).toEqual({ rows });
});
