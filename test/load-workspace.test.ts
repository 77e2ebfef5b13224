import { symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ts } from 'ts-morph';
import { expect, test } from 'vitest';
import type { Config } from '../src/load/config.ts';
import { loadWorkspace, typeErrors, type Workspace } from '../src/load/workspace.ts';
import { UsageError } from '../src/load/usage-error.ts';
import { temporaryProject } from './temporary-project.ts';

const TSCONFIG = JSON.stringify({ compilerOptions: { module: 'nodenext', strict: true }, include: ['src'] });

function layout(workspace: Workspace): Record<string, readonly string[]> {
  return Object.fromEntries(workspace.programs.map(({ tsconfig, files }) => [tsconfig ?? '(plain)', files]));
}

/** The type of a module's exported variable, as the checker of its program sees it. */
function typeOf(workspace: Workspace, file: string, name: string): string {
  const { program } = workspace.programs.find((each) => each.files.includes(file))!;
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(workspace.root, file))!;
  const symbol = checker.getExportsOfModule(checker.getSymbolAtLocation(source)!).find((each) => each.name === name)!;
  return checker.typeToString(checker.getTypeOfSymbol(symbol));
}

function failure(project: string, config?: Config): string {
  try {
    loadWorkspace(project, config);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('The workspace loaded.');
}

test('sources that no tsconfig includes join the nearest program; output, dependencies and declarations do not', () => {
  const root = temporaryProject({
    'tsconfig.json': JSON.stringify({ compilerOptions: { module: 'nodenext', outDir: 'compiled' }, include: ['src'] }),
    'src/a.ts': 'export const a = 1;',
    'src/types.d.ts': 'declare const injected: string;',
    'test/a.test.ts': "import { a } from '../src/a.js';\nexport const b = a + injected.length;",
    'scripts/release.mjs': 'export const c = 1;',
    'compiled/a.js': 'export const a = 1;',
    'dist/a.js': 'export const a = 1;',
    'coverage/x.js': '',
    '.hidden/x.ts': '',
    'node_modules/x/index.ts': 'export {}',
    'src/min.min.js': '',
    'unawait.config.ts': 'export default {};',
  });
  const workspace = loadWorkspace(root);
  expect(layout(workspace)).toEqual({ 'tsconfig.json': ['scripts/release.mjs', 'src/a.ts', 'test/a.test.ts'] });
  expect(typeErrors(workspace)).toBeUndefined();
  expect([...workspace.texts.keys()].filter((file) => workspace.isTest(file))).toEqual(['test/a.test.ts']);
});

test('without a tsconfig the declarations of what is global are read, those of modules are not', () => {
  const root = temporaryProject({
    'globals.d.ts': 'declare const injected: string;',
    'types/more.d.ts': 'export {};\ndeclare global { const deep: number; }',
    'module.d.ts': 'export declare const named: string;',
    'beside.d.ts': 'declare const beside: string;',
    'beside.js': 'module.exports = 1;',
    'a.js': 'export const a = 1;',
    'b.js': 'export const b = injected;',
    'c.js': 'export const c = deep;',
  });
  const workspace = loadWorkspace(root);
  expect(layout(workspace)).toEqual({ '(plain)': ['a.js', 'b.js', 'beside.d.ts', 'beside.js', 'c.js'] });
  expect([typeOf(workspace, 'b.js', 'b'), typeOf(workspace, 'c.js', 'c')]).toEqual(['string', 'number']);
  const roots = workspace.programs[0]!.program.getRootFileNames().map((path) => basename(path));
  expect(roots).not.toContain('module.d.ts');
});

test('each file has one program: of several tsconfigs that include it the nearest, tsconfig.json before its variants', () => {
  const root = temporaryProject({
    'tsconfig.base.json': '{ "compilerOptions": { "strict": true, "module": "nodenext" } }',
    'tsconfig.build.json': '{ "extends": "./tsconfig.base.json", "include": ["src"] }',
    'tsconfig.json': '{ "extends": "./tsconfig.base.json", "include": ["src", "packages/*/src"] }',
    'src/a.ts': 'export const a: string | undefined = undefined;',
    'packages/b/tsconfig.json': '{ "extends": "../../tsconfig.base.json" }',
    'packages/b/src/b.ts': 'export const b = 1;',
    'e2e/tsconfig.json': '{ "extends": "../tsconfig.base.json", "include": [".", "../src"] }',
    'e2e/run.ts': 'export const c = 1;',
  });
  expect(layout(loadWorkspace(root))).toEqual({
    'e2e/tsconfig.json': ['e2e/run.ts'],
    'packages/b/tsconfig.json': ['packages/b/src/b.ts'],
    'tsconfig.json': ['src/a.ts'],
  });
});

test('references are followed from a solution tsconfig, and from a tsconfig named on the command line', () => {
  const root = temporaryProject({
    'tsconfig.json': '{ "files": [], "references": [{ "path": "./app" }, { "path": "./tsconfig.node.json" }] }',
    'tsconfig.node.json': '{ "compilerOptions": { "composite": true }, "include": ["vite.config.ts"] }',
    'vite.config.ts': 'export default {};',
    'app/tsconfig.json': '{ "compilerOptions": { "composite": true }, "include": ["."] }',
    'app/main.ts': 'export const main = 1;',
    'stray.ts': 'export {};',
  });
  expect(layout(loadWorkspace(join(root, 'tsconfig.json')))).toEqual({
    'app/tsconfig.json': ['app/main.ts'],
    'tsconfig.node.json': ['vite.config.ts'],
  });
  expect(layout(loadWorkspace(root))['tsconfig.json']).toEqual(['stray.ts']);
});

test('a package of a workspace is read from its sources, not from the declarations it was built to', () => {
  const root = temporaryProject({
    'package.json': '{ "workspaces": ["packages/*"] }',
    'packages/core/package.json': JSON.stringify({
      name: '@acme/core',
      type: 'module',
      exports: { '.': { types: './dist/index.d.ts', import: './dist/index.js' }, './io': './dist/io.js' },
    }),
    'packages/core/tsconfig.json':
      '{ "compilerOptions": { "module": "nodenext", "outDir": "dist", "rootDir": "src" }, "include": ["src"] }',
    'packages/core/src/index.ts': 'export async function load(): Promise<number> { return 1; }',
    'packages/core/src/io.ts': 'export const limit = 5 as const;',
    'packages/app/package.json': '{ "name": "@acme/app", "type": "module", "dependencies": { "@acme/core": "*" } }',
    'packages/app/tsconfig.json':
      '{ "compilerOptions": { "module": "nodenext", "paths": { "~/*": ["./src/*"] } }, "include": ["src"] }',
    'packages/app/src/settings.ts': "export const mode = 'fast' as const;",
    'packages/app/src/main.ts':
      "import { load } from '@acme/core';\nimport { limit } from '@acme/core/io';\nimport { mode } from '~/settings.js';\nexport const result = load();\nexport const both = [limit, mode] as const;",
  });
  symlinkSync(join(root, 'packages'), join(root, 'linked'));
  const workspace = loadWorkspace(root);
  expect(Object.keys(layout(workspace))).toEqual(['packages/app/tsconfig.json', 'packages/core/tsconfig.json']);
  expect(typeOf(workspace, 'packages/app/src/main.ts', 'result')).toBe('Promise<number>');
  expect(typeOf(workspace, 'packages/app/src/main.ts', 'both')).toBe('readonly [5, "fast"]');
  expect(workspace.warnings).toEqual([]);
  const { program } = workspace.programs[0]!;
  expect(program.getSourceFiles().some((file) => file.fileName === join(root, 'packages/core/src/index.ts'))).toBe(
    true,
  );
});

test('plain JavaScript has the types of its JSDoc and of Node, though nothing is installed', () => {
  const root = temporaryProject({
    'package.json': '{ "type": "module" }',
    'index.js': `import { readFile } from 'node:fs/promises';
/** @returns {Promise<number>} */
export async function size() { return (await readFile('x', 'utf8')).length; }
export const sized = size();
export const raw = readFile('x', 'utf8');
const untyped = (anything) => anything.whatever;
export { untyped };
`,
    'common.cjs': "const fs = require('fs/promises');\nmodule.exports.read = () => fs.readFile('x', 'utf8');\n",
    'view.jsx': 'export const view = <b>1</b>;',
  });
  const workspace = loadWorkspace(root);
  expect(layout(workspace)).toEqual({ '(plain)': ['common.cjs', 'index.js', 'view.jsx'] });
  expect(typeOf(workspace, 'index.js', 'sized')).toBe('Promise<number>');
  expect(typeOf(workspace, 'index.js', 'raw')).toBe('Promise<string>');
  expect(typeErrors(workspace)).toBeUndefined();
});

test('a package as published is read from its output, a project with sources of its own is not', () => {
  const published = {
    'package.json': '{ "main": "./dist/index.js" }',
    'dist/index.js': 'exports.a = 1;',
    'bin/run.js': '',
  };
  expect(layout(loadWorkspace(temporaryProject(published)))).toEqual({ '(plain)': ['bin/run.js', 'dist/index.js'] });
  const built = temporaryProject({ ...published, 'src/index.js': 'exports.a = 1;' });
  expect(layout(loadWorkspace(built))).toEqual({ '(plain)': ['bin/run.js', 'src/index.js'] });
});

test('ES modules and CommonJS are told apart, so that each resolves its own half of a dual package', () => {
  const root = temporaryProject({
    'package.json': '{ "type": "module" }',
    'tsconfig.json': TSCONFIG,
    'src/module.ts': "export { kind } from 'dual';",
    'src/common.cts': "export { kind } from 'dual';",
    'node_modules/dual/package.json': JSON.stringify({
      name: 'dual',
      exports: { import: { types: './esm.d.mts' }, require: { types: './common.d.cts' } },
    }),
    'node_modules/dual/esm.d.mts': "export declare const kind: 'esm';",
    'node_modules/dual/common.d.cts': "export declare const kind: 'common';",
  });
  const workspace = loadWorkspace(root);
  expect(typeOf(workspace, 'src/module.ts', 'kind')).toBe('"esm"');
  expect(typeOf(workspace, 'src/common.cts', 'kind')).toBe('"common"');
});

test('texts are as compiled, the byte order mark apart; what is not UTF-8 is left alone', () => {
  const root = temporaryProject({
    'tsconfig.json': TSCONFIG,
    'src/marked.ts': '\uFEFFexport const a = 1;\r\n',
    'src/plain.ts': "export const replacement = '\uFFFD';\n",
    'src/latin.ts': Buffer.from("export const e = '\xe9';\n", 'latin1'),
    'src/wide.ts': Buffer.from('\uFEFFexport const w = 1;\n', 'utf16le'),
  });
  const workspace = loadWorkspace(root);
  expect(workspace.texts.get('src/marked.ts')).toEqual({ text: 'export const a = 1;\r\n', bom: true });
  expect(workspace.texts.get('src/plain.ts')?.bom).toBe(false);
  expect(layout(workspace)['tsconfig.json']).toEqual(['src/marked.ts', 'src/plain.ts']);
  expect(workspace.warnings).toEqual([
    'src/latin.ts is left alone: it is not UTF-8.',
    'src/wide.ts is left alone: it is not UTF-8.',
  ]);
});

test('generated files are known by name or by a mark in their first comment, not by a mention of the word', () => {
  const root = temporaryProject({
    'tsconfig.json': TSCONFIG,
    'src/api.gen.ts': 'export {};',
    'src/marked.ts': '#!/usr/bin/env node\n// Copyright\n/* @generated by a tool */\nexport {};',
    'src/go.ts': '// Code generated by protoc. DO NOT EDIT.\nexport {};',
    'src/mention.ts': "// Lists generated files.\nexport const mark = '@generated';\n// @generated",
  });
  const workspace = loadWorkspace(root);
  expect([...workspace.texts.keys()].filter((file) => workspace.isGenerated(file))).toEqual([
    'src/api.gen.ts',
    'src/go.ts',
    'src/marked.ts',
  ]);
});

test('files that were compiled from asynchronous code are known by the helpers that they use, not by a mention of them', () => {
  const root = temporaryProject({
    'esbuild.cjs': "const { __async } = require('./lib');\nexports.f = () => __async(this, null, function* () {});",
    'tslib.js': "exports.f = () => (0, require('tslib').__awaiter)(void 0, void 0, void 0, function* () {});",
    'babel.js': 'function _asyncToGenerator(fn) { return fn; }',
    'mention.js': "// __awaiter(this)\nexport const helper = '__awaiter(this)';",
  });
  const workspace = loadWorkspace(root);
  expect([...workspace.texts.keys()].map((file) => [file, workspace.compiledHelper(file)])).toEqual([
    ['babel.js', '_asyncToGenerator'],
    ['esbuild.cjs', '__async'],
    ['mention.js', undefined],
    ['tslib.js', '__awaiter'],
  ]);
});

test('links are not sources of their own', () => {
  const outside = temporaryProject({ 'shared.ts': 'export const s = 1;' });
  const root = temporaryProject({ 'tsconfig.json': TSCONFIG, 'src/a.ts': 'export {};' });
  symlinkSync(outside, join(root, 'src/outside'));
  symlinkSync(join(root, 'src/a.ts'), join(root, 'src/b.ts'));
  symlinkSync(root, join(root, 'src/loop'));
  expect(layout(loadWorkspace(root))).toEqual({ 'tsconfig.json': ['src/a.ts'] });
});

test('a project reached through a link has the same relative paths', () => {
  const root = temporaryProject({ 'tsconfig.json': TSCONFIG, 'src/a.ts': 'export {};' });
  const elsewhere = temporaryProject({});
  symlinkSync(root, join(elsewhere, 'link'));
  expect(loadWorkspace(join(elsewhere, 'link')).root).toBe(root);
});

test('defaults that changed in TypeScript 6 stay as an older project knew them', () => {
  const files = {
    'tsconfig.json': '{ "compilerOptions": { "module": "nodenext" } }',
    'a.ts': 'export let n: number = null;',
  };
  expect(typeErrors(loadWorkspace(temporaryProject(files)))).toBeUndefined();
  const newer = temporaryProject({
    ...files,
    'package.json': '{}',
    'node_modules/typescript/package.json': '{ "version": "6.0.2" }',
  });
  expect(typeErrors(loadWorkspace(newer))).toEqual({
    count: 1,
    first: "a.ts:1:12: Type 'null' is not assignable to type 'number'.",
  });
});

test('type errors are counted, syntax errors end the run with their place', () => {
  const root = temporaryProject({
    'tsconfig.json': TSCONFIG,
    'src/a.ts': 'export const a: string = 1;\nexport const b: string = 2;\n',
  });
  expect(typeErrors(loadWorkspace(root))).toEqual({
    count: 2,
    first: "src/a.ts:1:14: Type 'number' is not assignable to type 'string'.",
  });
  const broken = temporaryProject({ 'tsconfig.json': TSCONFIG, 'src/b.ts': 'export {};\n  const = 1;\n' });
  expect(failure(broken)).toMatch(/^src\/b\.ts:2:9: /);
});

test('broken syntax in a file that merely lies there is a warning', () => {
  const root = temporaryProject({
    'tsconfig.json': TSCONFIG,
    'src/a.ts': 'export {};',
    'test/cases/broken.ts': 'if (',
  });
  const workspace = loadWorkspace(root);
  expect(workspace.warnings.join()).toMatch(/^test\/cases\/broken\.ts:1:5: .* The file is left alone\.$/);
  expect([...workspace.texts.keys()]).toEqual(['src/a.ts']);
});

test('dependencies that are not installed are named once', () => {
  const root = temporaryProject({
    'package.json': '{ "dependencies": { "left": "1", "right": "1" }, "devDependencies": { "there": "1" } }',
    'node_modules/there/index.js': '',
    'a.js': '',
  });
  expect(loadWorkspace(root).warnings).toEqual([
    '2 dependencies are not installed (left, right): what they return is unknown. Install them first.',
  ]);
});

test.each<[string, Record<string, string>, string, RegExp, Config?]>([
  ['a missing path', {}, 'nowhere', /^There is no .*nowhere\. Name a folder or a tsconfig\.$/],
  ['an empty folder', {}, '.', /^No TypeScript or JavaScript sources were found in /],
  ['a source file', { 'a.ts': '' }, 'a.ts', /neither a folder nor a tsconfig.*--include/],
  ['a tsconfig without sources', { 'tsconfig.json': TSCONFIG }, 'tsconfig.json', /^tsconfig\.json includes no sources/],
  [
    'broken JSON',
    { 'tsconfig.json': '{\n  "include": [\n', 'a.ts': '' },
    '.',
    /^tsconfig\.json cannot be used: tsconfig\.json:3:1: /,
  ],
  [
    'a missing base',
    { 'tsconfig.json': '{ "extends": "./gone.json" }', 'a.ts': '' },
    '.',
    /^tsconfig\.json cannot be used: .*gone\.json/,
  ],
  [
    'a circle of bases',
    { 'tsconfig.json': '{ "extends": "./b.json" }', 'b.json': '{ "extends": "./tsconfig.json" }', 'a.ts': '' },
    '.',
    /Circularity/,
  ],
  [
    'a configured tsconfig that is not there',
    { 'a.ts': '' },
    '.',
    /^There is no tsconfig x\.json in /,
    { tsconfigs: ['x.json'] },
  ],
])('%s is a usage error', (_, files, project, message, config) => {
  expect(failure(join(temporaryProject(files), project), config)).toMatch(message);
});

test('a broken tsconfig elsewhere in the tree does not end the run', () => {
  const root = temporaryProject({ 'a.js': '', 'templates/tsconfig.json': '{ "extends": "@acme/base" }' });
  const { warnings, programs } = loadWorkspace(root);
  expect(warnings.join()).toMatch(/^templates\/tsconfig\.json is left out: /);
  expect(programs.map((each) => each.program.getRootFileNames().some((file) => file.endsWith('/a.js')))).toEqual([
    true,
  ]);
  expect(ts.version).toMatch(/^6\./);
});
