import { expect, test } from 'vitest';
import { unawait } from './cli-terminal.ts';
import { temporaryProject } from './temporary-project.ts';

const SOURCE = `import { readFile } from 'node:fs/promises';

export async function load(path: string): Promise<string> {
  return await readFile(path, 'utf8');
}
`;

const project = (importing: string) => ({
  'package.json': '{ "name": "loader", "type": "module", "exports": "./dist/index.js" }',
  'tsconfig.json':
    '{ "compilerOptions": { "outDir": "dist", "rootDir": "src", "module": "nodenext", "target": "es2022", "strict": true }, "include": ["src"] }',
  'src/index.ts': SOURCE,
  'test/load.test.js': `import assert from 'node:assert';
import { test } from 'node:test';
import { load } from '${importing}';

test('loads', async () => {
  assert.ok(await load('package.json'));
});
`,
});

const BUILT = {
  'dist/index.js': SOURCE.replace(': string', '').replace(': Promise<string>', ''),
  'dist/index.d.ts': 'export declare function load(path: string): Promise<string>;\n',
};

test.each([
  ['that is there', '../dist/index.js', BUILT],
  ['that has not been built', '../dist/index.js', {}],
  ['that its own name leads to', 'loader', BUILT],
])('tests of build output %s turn blocking with the source', async (_, importing, built) => {
  const root = temporaryProject({ ...project(importing), ...built });
  const { out } = await unawait(['run', root, '--dry-run']);
  expect(out).toContain('2 of 2 asynchronous functions');
  expect(out).toContain("+  assert.ok(load('package.json'));");
  expect(out).toContain('+export function load(path: string): string {');
  expect(out).not.toContain('a/dist/');
});

test('a module that is a source itself, though it lies in a folder of that name, is what it is', async () => {
  const root = temporaryProject({
    'package.json': '{ "name": "loader", "type": "module", "private": true }',
    'src/index.ts': 'export const load = (path: string): number => path.length;\n',
    'lib/index.js': BUILT['dist/index.js'],
    'main.js': "import { load } from './lib/index.js';\n\nconsole.log(await load('package.json'));\n",
  });
  const { out } = await unawait(['run', root, '--dry-run']);
  expect(out).toContain("+console.log(load('package.json'));");
  expect(out).toContain('+export function load(path) {');
});
