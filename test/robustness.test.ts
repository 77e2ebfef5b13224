import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadWorkspace, type Workspace } from '../src/load/workspace.ts';
import { plan } from '../src/pipeline.ts';
import { convert, convertFiles, esm, folder, moved, options, tsconfig, write } from './robustness/convert.ts';

const range = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join('');
const one = 'async function one(n: number): Promise<number> {\n  return n;\n}\n';

describe('large and deep', { timeout: 180_000 }, () => {
  it('converts 10,000 lines', async () => {
    const text = `import { readFile } from 'node:fs/promises';\n${range(2_000, (i) => `\nexport async function f${i}(file: string): Promise<number> {\n  const text = await readFile(file, 'utf8');\n  return text.length + ${i};\n}\n`)}`;
    const result = await convertFiles({ ...esm, 'a.ts': text });
    expect(result.text('a.ts').split('\n')).toHaveLength(text.split('\n').length);
    expect(result.text('a.ts')).not.toContain('await');
    expect(result.blocking).toHaveLength(2_000);
  });

  it.each([
    ['with return types', ': Promise<number>'],
    ['whose return types are inferred', ''],
  ])('converts a chain of 5,000 functions %s', async (_, type) => {
    const chain = range(
      5_000,
      (i) =>
        `export async function f${i}(n: number)${type} {\n  return ${i === 4_999 ? 'n' : `(await f${i + 1}(n)) + 1`};\n}\n`,
    );
    const result = await convertFiles({ ...esm, 'a.ts': chain });
    expect(result.blocking).toHaveLength(5_000);
    expect(result.text('a.ts')).toContain('return f4999(n) + 1;');
  });

  it('converts a chain of 200 files', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [
        `f${i}.ts`,
        i === 199
          ? 'export const f199 = async (n: number) => n;\n'
          : `import { f${i + 1} } from './f${i + 1}.js';\nexport const f${i} = async (n: number) => (await f${i + 1}(n)) + 1;\n`,
      ]),
    );
    expect((await convertFiles({ ...esm, ...files })).blocking).toHaveLength(200);
  });

  it.each([
    ['2,000 awaits on one value', `  return ${'await '.repeat(2_000)}one(1);`],
    ['1,000 awaits in a sum', `  return ${range(999, (i) => `(await one(${i})) + `)}(await one(1));`],
    [
      '500 branches',
      `  if (n === 0) return n;\n${range(500, (i) => `  else if (n === ${i + 1}) return await one(${i});\n`)}  return 0;`,
    ],
    ['100 calls in calls', `  return ${'await one('.repeat(100)}1${')'.repeat(100)};`],
    ['200 blocks in blocks', `  ${'{ '.repeat(200)}await one(1);${' }'.repeat(200)}\n  return 0;`],
    ['200 links in a chain', `  return one(1)${range(200, (i) => `\n    .then((x) => x + ${i})`)};`],
  ])('converts %s', async (_, body) => {
    const result = await convertFiles({
      ...esm,
      'a.ts': `${one}export async function f(n: number): Promise<number> {\n${body}\n}\n`,
    });
    expect(result.blocking).toHaveLength(2);
  });

  it.each([
    ['calls in calls', `  return ${'await one('.repeat(20_000)}1${')'.repeat(20_000)};`],
    ['links in a chain', `  return one(1)${range(20_000, () => `.then((x) => x)`)};`],
  ])('says where 20,000 %s are too deep for TypeScript', async (_, body) => {
    const files = { ...esm, 'a.ts': `${one}export async function f(): Promise<number> {\n${body}\n}\n` };
    await expect(convertFiles(files)).rejects.toThrow(
      /a\.ts:\d+ is nested (\d+ levels deep, too deep for TypeScript to check|too deeply for TypeScript to read)\. Split/,
    );
  });

  it('keeps strings of a megabyte', async () => {
    const long = 'x😀'.repeat(300_000);
    const result = await convertFiles({
      ...esm,
      'a.ts': `${one}export const long = '${long}';\nexport const main = async () => (await one(1)) + long.length;\n`,
    });
    expect(result.text('a.ts')).toContain(`'${long}';\nexport const main = () => one(1) + long.length;\n`);
  });
});

describe('what files look like', () => {
  it('keeps byte order marks, CRLF, shebangs, comments, and files with nothing in them', async () => {
    const crlf = one.replaceAll('\n', '\r\n');
    const files = {
      ...esm,
      'crlf.ts': `\uFEFF${crlf}export const main = async () => await one(1);\r\n`,
      'run.ts': `#!/usr/bin/env -S node --import tsx\n// Runs.\nimport { readFile } from 'node:fs/promises';\nconsole.log(await readFile('a', 'utf8'));\n`,
      'empty.ts': '',
      'blank.ts': '\n\n  \n',
      'comment.ts': '// await nothing here\n/* async */',
      'end.ts': `${one}export const x = await one(1)`,
    };
    const result = await convertFiles(files);
    expect(result.text('crlf.ts')).toBe(
      'function one(n: number): number {\r\n  return n;\r\n}\r\nexport const main = () => one(1);\r\n',
    );
    expect(result.text('run.ts')).toBe(
      `#!/usr/bin/env -S node --import tsx\n// Runs.\nimport { readFileSync } from 'node:fs';\nconsole.log(readFileSync('a', 'utf8'));\n`,
    );
    for (const file of ['empty.ts', 'blank.ts', 'comment.ts'] as const) expect(result.text(file)).toBe(files[file]);
    expect(result.text('end.ts')).toMatch(/\nexport const x = one\(1\)$/);
  });

  it('counts astral characters and names in other scripts as the text does', async () => {
    const result = await convertFiles({
      ...esm,
      'a.ts': `const 旗 = '🏴󠁧󠁢󠁳󠁣󠁴󠁿👩‍👩‍👧'; const größe = async (ñ: string): Promise<number> => { /* 😀 */ return ñ.length; };\nexport const 総和 = async () => \`😀 \${await größe(旗)} 😀 \${(await größe('𝒳')) ** 2}\`;\n`,
    });
    expect(result.text('a.ts')).toBe(
      `const 旗 = '🏴󠁧󠁢󠁳󠁣󠁴󠁿👩‍👩‍👧'; const größe = (ñ: string): number => { /* 😀 */ return ñ.length; };\nexport const 総和 = () => \`😀 \${größe(旗)} 😀 \${größe('𝒳') ** 2}\`;\n`,
    );
  });

  it('leaves alone what a program wrote, and what needs it', async () => {
    const result = await convertFiles({
      ...esm,
      'api.ts': `// Code generated by a tool. DO NOT EDIT.\nexport async function get(): Promise<number> {\n  return 1;\n}\n`,
      'use.ts': `import { get } from './api.js';\n${one}export const main = async () => (await get()) + (await one(1));\n`,
    });
    expect(result.blocking).toEqual(['use.ts#one']);
  });

  it('stops at broken syntax of a file that counts, with its place', async () => {
    const files = { ...esm, 'good.ts': one, 'bad.ts': `export async function f() {\n  await (;\n}\n` };
    await expect(convertFiles(files)).rejects.toThrow(
      'bad.ts:2:10: Expression expected. Correct it, or leave the file out of the tsconfig.',
    );
  });

  it('leaves alone broken syntax of a file that no tsconfig includes', async () => {
    const result = await convertFiles({
      ...esm,
      'tsconfig.json': tsconfig({}, { include: ['src'] }),
      'src/good.ts': one,
      'templates/bad.ts': 'export {{name}};\n',
    });
    expect(result.workspace.warnings).toEqual(['templates/bad.ts:1:9: Identifier expected. The file is left alone.']);
  });
});

describe('kinds of code', () => {
  it('converts a project with type errors, and adds none', async () => {
    const result = await convertFiles({
      ...esm,
      'a.ts': `${one}export const bad: string = 1;\nexport async function f(): Promise<string> {\n  missing();\n  return (await one('x')) + absent.name;\n}\n`,
    });
    expect(result.blocking).toContain('a.ts#one');
  });

  it('refuses what is of no known type', async () => {
    const result = await convertFiles({
      ...esm,
      'a.ts': `export async function f(x: any): Promise<any> {\n  const y = await x.load();\n  y.then((z: any) => z);\n  for await (const k of x) await k;\n  return x;\n}\nexport const g = async (x: any) => { await f(x); };\n`,
      'b.js': `export const plain = async (n) => n + 1;\nexport const count = async (n) => Number(n);\nexport const all = async (xs) => await Promise.all(xs.map(plain));\n`,
    });
    expect(result.blocking).toEqual(['b.js#count']);
  });

  it('converts JSX, decorators, enums, namespaces, declaration merging and every extension', async () => {
    const result = await convertFiles({
      'package.json': '{ "name": "robust", "type": "module" }',
      'tsconfig.json': tsconfig({ jsx: 'preserve', allowJs: true, checkJs: false }),
      'view.tsx': `declare global {\n  namespace JSX {\n    interface IntrinsicElements { p: { title?: string; children?: unknown } }\n    type Element = object;\n  }\n}\n${one}export const View = async () => (\n  <p title={\`\${await one(1)}\`}>\n    {await one(2)} it&apos;s {/* kept */}\n  </p>\n);\n`,
      'decorated.ts': `${one}function seal(target: unknown, context: ClassDecoratorContext): void {\n  void [target, context];\n}\n@seal\nexport class Store {\n  async get(): Promise<number> {\n    return await one(1);\n  }\n}\n`,
      'kinds.ts': `${one}export enum Colour { Red = 1, Blue }\nexport namespace Shapes {\n  export async function area(c: Colour): Promise<number> {\n    return await one(c);\n  }\n  export namespace Inner {\n    export const twice = async () => (await area(Colour.Red)) * 2;\n  }\n}\nexport class Box { size = 1; }\nexport interface Box { load(): Promise<number>; }\nBox.prototype.load = async function () { return await one(this.size); };\nexport const sum = async () => (await Shapes.area(Colour.Blue)) + (await Shapes.Inner.twice());\n`,
      'm.mts': `${one}export const m = async () => await one(1);\n`,
      'c.cts': `${one}export = async function c() { return await one(1); };\n`,
      'j.mjs': `import { readFile } from 'node:fs/promises';\nexport const j = async () => await readFile('a', 'utf8');\n`,
      'k.cjs': `const { readFile } = require('node:fs/promises');\nexports.k = async () => await readFile('a', 'utf8');\n`,
    });
    expect(result.text('view.tsx')).toContain('<p title={`${one(1)}`}>\n    {one(2)} it&apos;s {/* kept */}\n');
    expect(result.text('decorated.ts')).toContain(
      '@seal\nexport class Store {\n  get(): number {\n    return one(1);\n',
    );
    expect(result.text('kinds.ts')).toContain('const twice = () => area(Colour.Red) * 2;');
    expect(result.text('m.mts')).toContain('export const m = () => one(1);');
    expect(result.text('c.cts')).toContain('export = function c() { return one(1); };');
    expect(result.text('j.mjs')).toBe(
      `import { readFileSync } from 'node:fs';\nexport const j = () => readFileSync('a', 'utf8');\n`,
    );
    expect(result.text('k.cjs')).toContain(`readFileSync('a', 'utf8');`);
  });

  it('converts a decorator of the old kind with what it wraps', async () => {
    const result = await convertFiles({
      ...esm,
      'tsconfig.json': tsconfig({ experimentalDecorators: true }),
      'a.ts': `function retry(_target: object, _key: string, descriptor: TypedPropertyDescriptor<() => Promise<number>>): void {\n  const old = descriptor.value!;\n  descriptor.value = () => old().catch(() => 0);\n}\nexport class A {\n  @retry\n  async load(): Promise<number> {\n    return 1;\n  }\n}\n`,
    });
    expect(result.text('a.ts')).toContain('TypedPropertyDescriptor<() => number>');
    expect(result.text('a.ts')).toContain('  @retry\n  load(): number {');
  });

  it('knows names that are not what they seem', async () => {
    const result = await convertFiles({
      ...esm,
      'own.ts': `export class Promise<T> {\n  constructor(readonly value: T) {}\n  then(): T {\n    return this.value;\n  }\n}\nwork();\nfunction work(): void {\n  new Promise(1).then();\n}\n`,
      'local.ts': `${one}type Wait = (f: (n: number) => void, n: number) => void;\nexport async function f(fetch: (n: number) => number, setTimeout: Wait): Promise<number> {\n  const Promise = { resolve: (n: number) => n * 2 };\n  setTimeout((n) => void n, 1);\n  return (await one(fetch(1))) + Promise.resolve(2);\n}\nexport const async = (of: number): number => of + 1;\nexport const of = async (1);\n`,
    });
    expect(result.text('own.ts')).toContain('new Promise(1).then();');
    expect(result.text('local.ts')).toContain('return one(fetch(1)) + Promise.resolve(2);');
    expect(result.text('local.ts')).toContain('setTimeout((n) => void n, 1);');
  });

  it('tells functions of the same name apart', async () => {
    const result = await convertFiles({
      ...esm,
      'a.ts': `${one}{\n  const f = async () => await one(1);\n  console.log(await f());\n}\n{\n  const f = async () => { void one(2); };\n  console.log(await f());\n}\nclass A { static async f() { return await one(1); } async f() { return await A.f(); } }\nexport default async function () { return await new A().f(); }\n`,
    });
    expect(new Set(result.planned.facts.units.map((u) => u.id)).size).toBe(result.planned.facts.units.length);
  });
});

describe('shapes of projects', () => {
  const cycle = {
    'src/a.ts': `import { even } from './b.js';\nexport async function odd(n: number): Promise<boolean> {\n  return n === 0 ? false : await even(n - 1);\n}\n`,
    'src/b.ts': `import { odd } from './a.js';\nexport async function even(n: number): Promise<boolean> {\n  return n === 0 ? true : await odd(n - 1);\n}\nexport * from './a.js';\n`,
  };

  it('converts modules that import one another', async () => {
    expect((await convertFiles({ ...esm, ...cycle })).blocking).toEqual(['src/a.ts#odd', 'src/b.ts#even']);
  });

  it('follows paths, references and workspaces', async () => {
    const result = await convertFiles({
      'package.json': '{ "name": "root", "private": true, "workspaces": ["packages/*"] }',
      'tsconfig.json': JSON.stringify({ files: [], references: [{ path: 'packages/core' }, { path: 'packages/app' }] }),
      'packages/core/package.json': '{ "name": "@x/core", "type": "module", "exports": "./dist/index.js" }',
      'packages/core/tsconfig.json': tsconfig(
        { composite: true, noEmit: false, outDir: 'dist', rootDir: 'src' },
        { include: ['src'] },
      ),
      'packages/core/src/index.ts': `export ${one}`,
      'packages/app/package.json': '{ "name": "@x/app", "type": "module", "dependencies": { "@x/core": "*" } }',
      'packages/app/tsconfig.json': tsconfig(
        { paths: { '#lib/*': ['./lib/*'] } },
        { include: ['src', 'lib'], references: [{ path: '../core' }] },
      ),
      'packages/app/lib/two.ts': `import { one } from '@x/core';\nexport const two = async () => (await one(1)) * 2;\n`,
      'packages/app/src/main.ts': `import { two } from '#lib/two.js';\nconsole.log(await two());\n`,
    });
    expect(result.text('packages/app/lib/two.ts')).toContain('export const two = () => one(1) * 2;');
    expect(result.text('packages/app/src/main.ts')).toContain('console.log(two());');
    expect(result.text('packages/core/src/index.ts')).toBe(
      'export function one(n: number): number {\n  return n;\n}\n',
    );
  });

  it('converts a file of two tsconfigs once', async () => {
    const result = await convertFiles({
      ...esm,
      'tsconfig.json': tsconfig({}, { include: ['src'] }),
      'tsconfig.test.json': tsconfig({ types: [] }, { include: ['src', 'more'] }),
      'src/a.ts': `export ${one}`,
      'more/b.ts': `import { one } from '../src/a.js';\nexport const b = async () => await one(1);\n`,
    });
    expect(result.blocking).toEqual(['more/b.ts#b', 'src/a.ts#one']);
    expect(result.text('src/a.ts')).toBe('export function one(n: number): number {\n  return n;\n}\n');
  });

  it('turns what crosses tsconfigs together, and keeps promises that cross them', async () => {
    const result = await convertFiles({
      ...esm,
      'tsconfig.json': tsconfig({}, { include: ['src'] }),
      'more/tsconfig.json': tsconfig({}, { include: ['.'] }),
      'src/a.ts': `export ${one}export async function two(): Promise<number> {\n  return 2;\n}\nexport const kept = { three: two() };\nexport interface Source {\n  read(): Promise<number>;\n}\n`,
      'more/b.ts': `import { kept, one, type Source } from '../src/a.js';\nexport const b = () => one(1).then((n) => n + 1);\nexport const c = async () => await kept.three;\nexport class Later implements Source {\n  read(): Promise<number> {\n    return new Promise((resolve) => process.once('message', resolve));\n  }\n}\n`,
    });
    expect(result.text('more/b.ts')).toContain(
      'export const b = () => chain(() => one(1)).then((n) => n + 1).value();',
    );
    expect(result.blocking).toEqual(['more/b.ts#b', 'src/a.ts#one']);
    expect(result.refused).toContain('more/b.ts selection/other-program');
  });

  it('writes a file behind a link once, and never outside', () => {
    const outside = folder();
    write(outside, { 'far.ts': `export ${one}` });
    const root = join(folder(), 'project');
    write(root, { ...esm, ...cycle });
    symlinkSync(join(root, 'src'), join(root, 'linked'), 'dir');
    symlinkSync(join(root, 'src', 'a.ts'), join(root, 'again.ts'));
    symlinkSync(outside, join(root, 'outside'), 'dir');
    symlinkSync(root, join(root, 'src', 'loop'), 'dir');
    const planned = plan(loadWorkspace(root), options);
    expect(planned.changes.map((change) => change.file)).toEqual(['src/a.ts', 'src/b.ts']);
  });

  it('converts a folder without package.json and tsconfig', async () => {
    const result = await convertFiles({
      'a.js': `const fs = require('fs');\nasync function load() {\n  return await fs.promises.readFile('a', 'utf8');\n}\nmodule.exports = { load };\n`,
    });
    expect(result.text('a.js')).toContain(`return fs.readFileSync('a', 'utf8');`);
  });
});

describe('the same plan', () => {
  const files = {
    ...esm,
    'src/types.ts': `export interface Store { get(key: string): Promise<string | undefined>; }\n`,
    'src/memory.ts': `import type { Store } from './types.js';\nexport class Memory implements Store {\n  cache = new Map<string, Promise<string>>();\n  async get(key: string) {\n    return await this.cache.get(key);\n  }\n}\n`,
    'src/disk.ts': `import { readFile } from 'node:fs/promises';\nimport type { Store } from './types.js';\nexport class Disk implements Store {\n  get = async (key: string) => await readFile(key, 'utf8');\n}\n`,
    'src/main.ts': `import { Disk } from './disk.js';\nimport { Memory } from './memory.js';\nexport const all = async () => await Promise.all([new Disk(), new Memory()].map(async (store) => await store.get('k')));\nexport const wait = () => new Promise((resolve) => process.on('exit', resolve));\n`,
    'src/server.ts': `import { createServer } from 'node:http';\nimport { all } from './main.js';\ncreateServer(async (_, response) => void response.end(String(await all()))).listen(0);\n`,
  };
  const root = (): string => {
    const path = join(folder(), 'project');
    write(path, files);
    return path;
  };

  it('comes from another folder', () => {
    const here = root();
    expect(plan(loadWorkspace(moved(here)), options)).toEqual(plan(loadWorkspace(here), options));
  });

  it('comes from files in another order', () => {
    const workspace = loadWorkspace(root());
    const shuffled: Workspace = {
      ...workspace,
      programs: workspace.programs.map((each) => ({
        ...each,
        files: each.files.toReversed(),
        program: { ...each.program, getSourceFiles: () => each.program.getSourceFiles().toReversed() },
      })),
      texts: new Map([...workspace.texts].reverse()),
    };
    const [a, b] = [plan(workspace, options), plan(shuffled, options)];
    expect(b.plan).toEqual(a.plan);
    expect(b.changes).toEqual(a.changes);
    expect(b.facts).toEqual(a.facts);
  });

  it('comes twice', async () => {
    const here = root();
    const first = await convert(here);
    expect(JSON.stringify(plan(loadWorkspace(here), options))).toBe(JSON.stringify(first.planned));
  });
});
