import { expect, test } from 'vitest';
import { convert } from '../src/convert.ts';
import { temporaryProject } from './temporary-project.ts';

const tsconfig = JSON.stringify({
  compilerOptions: {
    module: 'NodeNext',
    target: 'ES2023',
    strict: true,
    types: ['node'],
    rootDir: 'src',
    outDir: 'dist',
  },
  include: ['src'],
});

const reading = (name: string): string => `import { readFile } from 'node:fs/promises';

export async function ${name}(path: string): Promise<string> {
  return await readFile(path, 'utf8');
}
`;

/** Names of the functions that are listed as breaking changes. */
async function breaking(manifest: object, files: Readonly<Record<string, string>>): Promise<string[]> {
  const project = temporaryProject({ 'package.json': JSON.stringify(manifest), 'tsconfig.json': tsconfig, ...files });
  const { report } = await convert({ project });
  return report.findings
    .filter(({ kind }) => kind === 'breaking-change')
    .map(({ name }) => name)
    .sort();
}

const two = { 'src/index.ts': reading('open'), 'src/inner.ts': reading('inner'), 'src/other.ts': reading('other') };

test.each<[string, object, readonly string[]]>([
  ['main in the build output', { main: 'dist/index.js' }, ['open']],
  ['main without an extension', { main: './dist' }, ['open']],
  ['types alone', { types: './dist/index.d.ts', private: true }, ['open']],
  ['a source', { exports: './src/inner.ts' }, ['inner']],
  ['conditions', { exports: { types: './dist/index.d.ts', require: './dist/other.cjs' } }, ['open', 'other']],
  ['subpaths', { exports: { '.': './dist/index.js', './inner': { import: ['./dist/inner.js'] } } }, ['inner', 'open']],
  ['a pattern', { exports: { './*': './dist/*.js' } }, ['inner', 'open', 'other']],
  ['a pattern with a hole', { exports: { './*': './dist/*.js', './in*': null } }, ['other']],
  ['a pattern with a subpath out', { exports: { './*': './dist/*.js', './inner': null } }, ['open', 'other']],
  ['a command', { bin: './dist/index.js' }, []],
  ['an application', { private: true }, []],
  ['nothing that can be found', { main: './bundle.js' }, ['inner', 'open', 'other']],
  ['nothing at all', {}, ['inner', 'open', 'other']],
])('%s', async (_what, manifest, names) => {
  expect(await breaking({ name: 'p', type: 'module', ...manifest }, two)).toEqual(names);
});

test('re-exports are followed, and the types that show', async () => {
  const names = await breaking(
    { name: 'p', type: 'module', exports: './dist/index.js' },
    {
      'src/index.ts': `export { first as one } from './first.js';
export * from './star.js';
export * as ns from './ns.js';
export { make } from './make.js';
`,
      'src/first.ts': `${reading('first')}${reading('hidden').split('\n').slice(1).join('\n')}`,
      'src/star.ts': reading('star'),
      'src/ns.ts': reading('inNamespace'),
      'src/make.ts': `import { readFile } from 'node:fs/promises';

class Store {
  async get(path: string): Promise<string> {
    return await readFile(path, 'utf8');
  }

  private async hidden(path: string): Promise<string> {
    return await this.get(path);
  }

  async both(path: string): Promise<string> {
    return await this.hidden(path);
  }
}

class Unseen {
  async get(path: string): Promise<string> {
    return await readFile(path, 'utf8');
  }
}

export function make(): Store {
  new Unseen();
  return new Store();
}
`,
    },
  );
  expect(names).toEqual(['Store.both', 'Store.get', 'first', 'inNamespace', 'star']);
});

test('CommonJS hands on what it requires', async () => {
  const js = (name: string): string => `const { readFile } = require('node:fs/promises');

async function ${name}(path) {
  return await readFile(path, 'utf8');
}
module.exports = { ${name} };
`;
  const project = temporaryProject({
    'package.json': '{ "name": "p", "main": "lib/index.js" }',
    'lib/index.js': "const { two } = require('./two');\nmodule.exports = { ...require('./one'), two };\n",
    'lib/one.js': js('one'),
    'lib/two.js': js('two'),
    'lib/three.js': js('three'),
  });
  const { report } = await convert({ project });
  const found = report.findings.filter(({ kind }) => kind === 'breaking-change').map(({ name }) => name);
  expect(found.sort()).toEqual(['one', 'two']);
});
