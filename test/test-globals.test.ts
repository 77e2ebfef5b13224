import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadWorkspace } from '../src/load/workspace.ts';
import { converted } from './converted.ts';
import { temporaryProject } from './temporary-project.ts';

/** The type of `c`, which a module exports, in a project of these files. */
function typeOfC(file: string, files: Readonly<Record<string, string>>): string {
  const { root, programs } = loadWorkspace(temporaryProject(files));
  const [{ program }] = programs as [(typeof programs)[number]];
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(join(root, file))!)!;
  const symbol = checker.getExportsOfModule(module).find((each) => each.name === 'c')!;
  return checker.typeToString(checker.getTypeOfSymbol(symbol));
}

test("what a test runner puts into its files is declared where nobody does, and left to the project's own declarations", () => {
  const source = "describe('a', () => { it.only('b', async () => {}); });\nbefore(() => {});\nexport const c = it;";
  const declared = (files: Record<string, string>): string =>
    typeOfC('test/a.test.ts', { 'tsconfig.json': '{}', 'test/a.test.ts': source, ...files });
  expect(declared({})).toBe('Test');
  expect(declared({ 'test/globals.d.ts': 'declare const it: string;' })).toBe('string');
  expect(declared({ 'test/setup.ts': 'declare global { var it: number; }\nexport {};' })).toBe('number');
  const types = {
    'node_modules/@types/mocha/index.d.ts':
      'declare var it: boolean; declare var describe: any; declare var before: any;',
    'node_modules/@types/mocha/package.json': '{ "name": "@types/mocha", "types": "index.d.ts" }',
  };
  expect(declared(types)).toBe('boolean');
});

test('code that is no test, of a project that names no runner, calls functions that nobody knows', () => {
  const files = { 'src/a.ts': "it('b', () => {});\nexport const c = it;" };
  const shown = (rest: Record<string, string>): string => typeOfC('src/a.ts', { ...files, ...rest });
  expect(shown({})).toBe('any');
  expect(shown({ 'package.json': '{ "devDependencies": { "mocha": "^11.0.0" } }' })).toBe('Test');
  expect(shown({ '.mocharc.yml': '' })).toBe('Test');
});

test('tests and hooks of a runner without types turn, its tables, titles and timeouts with them', () => {
  const source = `const { stat } = require('fs/promises');
describe('stat', function () {
  before('all', async () => { await stat('.'); });
  beforeEach(async function () { this.timeout(10); await stat('.'); });
  it('finds', async () => { await stat('.'); }).timeout(100);
  it.each([1, 2])('finds %i', async (n) => { await stat(String(n)); });
  test('late', { retry: 2 }, async () => { await stat('.'); });
});
`;
  expect(converted({ 'test/a.js': source })).toBe(`test/a.js
const { statSync } = require('fs');
describe('stat', function () {
  before('all', () => { statSync('.'); });
  beforeEach(function () { this.timeout(10); statSync('.'); });
  it('finds', () => { statSync('.'); }).timeout(100);
  it.each([1, 2])('finds %i', (n) => { statSync(String(n)); });
  test('late', { retry: 2 }, () => { statSync('.'); });
});
`);
});

test('what a mock of a runner without types stands for is unknown: it gives what it gave', () => {
  const source = `const { stat } = require('fs/promises');
const size = jest.fn(async (path) => (await stat(path)).size);
test('done', async (done) => { await stat('.'); done(); });
`;
  expect(converted({ '__tests__/a.js': source })).toBe(`__tests__/a.js
const { stat } = require('fs/promises');
const { statSync } = require('fs');
const size = jest.fn(async (path) => (await stat(path)).size);
test('done', (done) => { statSync('.'); done(); });
`);
});

test('a function that a runner without types mocks with its module returns what it resolved with', () => {
  const load = "const { stat } = require('fs/promises');\nexports.load = async () => (await stat('.')).size;\n";
  const source = `const { load } = require('../load.js');
jest.mock('../load.js');
test('load', async () => {
  load.mockResolvedValue(1);
  expect(await load()).toBe(1);
});
`;
  expect(converted({ 'load.js': load, '__tests__/a.js': source })).toContain(`test('load', () => {
  load.mockReturnValue(1);
  expect(load()).toBe(1);
});
`);
});
