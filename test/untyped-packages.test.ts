import { expect, test } from 'vitest';
import { converted, planned } from './converted.ts';

/** A package as it is installed, without types. */
function untyped(name: string, version: string): Record<string, string> {
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, version, main: 'index.js' }),
    [`node_modules/${name}/index.js`]: 'module.exports = () => {};',
  };
}

test('a package without types gives what is known of it, by every form of import', () => {
  const files = {
    ...untyped('which', '4.0.0'),
    ...untyped('fs-extra', '11.0.0'),
    'a.js': `const which = require('which');
const { pathExists } = require('fs-extra');
exports.find = async (name) => {
  const found = await which(name);
  return (await pathExists(found)) ? found : undefined;
};
exports.both = () => Promise.all(['a', 'b'].map((name) => which(name)));
`,
    'b.mjs': `import which from 'which';
import fse from 'fs-extra';
export const load = (name) => which(name).then((path) => fse.readJson(path));
`,
  };
  expect(converted(files)).toBe(`a.js
const which = require('which');
const { pathExistsSync } = require('fs-extra');
exports.find = (name) => {
  const found = which.sync(name);
  return pathExistsSync(found) ? found : undefined;
};
exports.both = () => ['a', 'b'].map((name) => which.sync(name));

b.mjs
import which from 'which';
import fse from 'fs-extra';
import { chain } from '@unawait/std/outcome';
export const load = (name) => chain(() => which.sync(name)).then((path) => fse.readJsonSync(path)).value();
`);
});

test('what is promisified of a package that hands on `node:fs` is taken from that package', () => {
  const files = {
    ...untyped('graceful-fs', '4.2.11'),
    'a.js': `const { promisify } = require('util');
const gfs = require('graceful-fs');
const { stat } = require('graceful-fs');
const readFile = promisify(gfs.readFile);
const statOf = promisify(stat);
exports.load = async (file) => ((await statOf(file)).size > 0 ? await readFile(file, 'utf8') : '');
exports.again = async (file) => await promisify(gfs.readFile)(file, 'utf8');
`,
  };
  expect(converted(files)).toBe(`a.js
const gfs = require('graceful-fs');
const { statSync } = require('graceful-fs');
exports.load = (file) => (statSync(file).size > 0 ? gfs.readFileSync(file, 'utf8') : '');
exports.again = (file) => gfs.readFileSync(file, 'utf8');
`);
});

test('a package of another version, or one that is not installed, is unknown', () => {
  const source = { 'a.js': "const which = require('which');\nexports.find = async (name) => await which(name);\n" };
  expect(converted({ ...source, ...untyped('which', '1.3.1') })).toBe('');
  expect(converted(source)).toBe('');
});

test('an argument that may be a callback keeps the call where nothing waits for its result', () => {
  const files = {
    ...untyped('fs-extra', '11.0.0'),
    'a.js': `const fse = require('fs-extra');
exports.load = (file, done) => fse.readJson(file, done);
exports.read = async (file, options) => fse.readJson(file, options);
exports.save = (file, text) => fse.outputFile(file, text);
`,
  };
  const { plan, changes } = planned(files);
  expect(plan.refusals.map(({ reason, detail }) => [reason, detail])).toEqual([
    ['swap-api/callback-argument', '\`done\` may be a callback: its type does not say.'],
  ]);
  expect(changes[0]?.after).toBe(`const fse = require('fs-extra');
exports.load = (file, done) => fse.readJson(file, done);
exports.read = (file, options) => fse.readJsonSync(file, options);
exports.save = (file, text) => fse.outputFileSync(file, text);
`);
});

test('a function of Node that a package hands on comes from that package still', () => {
  const files = {
    ...untyped('graceful-fs', '4.2.0'),
    'a.js': `const fs = require('graceful-fs');
exports.size = async (file) => (await fs.promises.stat(file)).size;
`,
    'b.js': `const fs = require('graceful-fs').promises;
exports.remove = async (file) => { await fs.rm(file, { force: true }); };
`,
  };
  expect(converted(files)).toBe(`a.js
const fs = require('graceful-fs');
exports.size = (file) => fs.statSync(file).size;

b.js
const { rmSync } = require('graceful-fs');
exports.remove = (file) => { rmSync(file, { force: true }); };
`);
});
