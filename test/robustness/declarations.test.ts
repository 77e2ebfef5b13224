import { join } from 'node:path';
import { expect, it } from 'vitest';
import { convert, folder, write } from './convert.ts';

const load = `import { readFile } from 'node:fs/promises';
export async function load(path) { return (await readFile(path, 'utf8')).length; }
export async function wait(emitter) { await new Promise((go) => emitter.once('go', go)); }
`;

it('turns declarations that package.json names with the JavaScript that it names beside them', async () => {
  const root = join(folder(), 'project');
  write(root, {
    'package.json': `{ "name": "robust", "type": "module", "exports": {
      ".": { "types": "./types/index.d.ts", "default": "./lib/index.js" },
      "./parts/*": { "types": "./types/parts/*.d.ts", "import": "./lib/parts/*.js" }
    } }`,
    'lib/load.js': load,
    'lib/index.js': "export { load as default, wait } from './load.js';\nexport * as all from './load.js';\n",
    'lib/parts/one.js': 'export class One { async get() { return 1; } static async make() { return new One(); } }\n',
    'types/index.d.ts': "export { default, wait } from './load.js';\nexport * as all from './all.js';\n",
    'types/load.d.ts': `export default function load(path: string): Promise<number>;
export function wait(emitter: NodeJS.EventEmitter): Promise<void>;
`,
    'types/all.d.ts': "export { default as load, wait } from './load.js';\n",
    'types/parts/one.d.ts': `export class One { get(): Promise<number>; static make(): Promise<One> }\n`,
  });
  const { blocking, text } = await convert(root);
  expect(blocking).toContain('lib/load.js#load');
  expect(blocking).toContain('lib/parts/one.js#One.make');
  expect(text('types/load.d.ts')).toBe(`export default function load(path: string): number;
export function wait(emitter: NodeJS.EventEmitter): Promise<void>;
`);
  expect(text('types/parts/one.d.ts')).toBe(`export class One { get(): number; static make(): One }\n`);
});

it('turns declarations of CommonJS that hands on what another file defines', async () => {
  const root = join(folder(), 'project');
  write(root, {
    'package.json': '{ "name": "robust", "main": "index.js", "types": "types.d.ts" }',
    'index.js': "module.exports = require('./lib/count');\nmodule.exports.both = require('./lib/both').both;\n",
    'lib/count.js': 'module.exports = async function count(text) { return text.length; };\n',
    'lib/both.js': 'exports.both = async (a) => a.length;\n',
    'types.d.ts': `declare const count: {
  (text: string): Promise<number>;
  both(text: string): Promise<number>;
};
export = count;
`,
  });
  const { refused, text } = await convert(root);
  expect(text('lib/count.js')).toBe('module.exports = function count(text) { return text.length; };\n');
  expect(text('types.d.ts')).toBe(`declare const count: {
  (text: string): number;
  both(text: string): Promise<number>;
};
export = count;
`);
  // What is set on the function of another file is not followed: the declaration stays, and with it what may be meant.
  expect(refused).toEqual(['types.d.ts refuse-escape/declared']);
  expect(text('lib/both.js')).toContain('async');
});

it('holds all back that a declared function may stand for, however far away it is defined', async () => {
  const root = join(folder(), 'project');
  write(root, {
    'package.json': '{ "name": "robust", "type": "module", "main": "lib/index.js", "types": "types/index.d.ts" }',
    'lib/index.js':
      "import * as parts from './parts.js';\nexport const api = build(parts);\nfunction build(all) { return all; }\n",
    'lib/parts.js': 'export async function run() { return 1; }\n',
    'lib/free.js': 'export async function free() { return 1; }\n',
    'types/index.d.ts': 'export const api: { go(): Promise<number> };\nexport function other(): Promise<void>;\n',
  });
  const { blocking, refused, text } = await convert(root);
  expect(blocking).toEqual(['lib/free.js#free']);
  expect(refused).toEqual(['types/index.d.ts refuse-escape/declared', 'types/index.d.ts refuse-escape/declared']);
  expect(text('types/index.d.ts')).toContain('Promise<number>');
});
