import { findRoot } from '@manypkg/find-root';
import { getPackages } from '@manypkg/get-packages';
import fg from 'fast-glob';
import { findDown, findUp, findUpMultiple } from 'find-up';
import { findUp as findUpSimple } from 'find-up-simple';
import { Glob, glob, globIterate } from 'glob';
import { generateGlobTasks, globby, isGitIgnored, isIgnoredByIgnoreFiles } from 'globby';
import { cosmiconfig } from 'cosmiconfig';
import walk from 'ignore-walk';
import { lilconfig } from 'lilconfig';
import { locatePath } from 'locate-path';
import { promisify } from 'node:util';
import { packageDirectory as packageFolder } from 'package-directory';
import { pathExists } from 'path-exists';
import { isDirectory, isFile, isSymlink } from 'path-type';
import { packageDirectory } from 'pkg-dir';
import { readPackageUp } from 'read-package-up';
import { readPackage } from 'read-pkg';
import resolve from 'resolve';
import { glob as tinyGlob } from 'tinyglobby';
import which from 'which';

export const up = async () => findUp('a.txt', { cwd: 'dir' });
export const upNothing = async () => findUp('no such file', { cwd: 'dir' });
export const upMany = async () => findUpMultiple(['a.txt', 'package.json'], { stopAt: '.' });
export const down = async () => findDown('c.txt', { depth: 2 });
export const upSimple = async () => findUpSimple('package.json', { cwd: 'dir' });
export const located = async () => locatePath(['missing', 'a.txt']);
export const locatedNothing = async () => locatePath(['missing']);
export const exists = async () => [await pathExists('a.txt'), await pathExists('missing')];
export const types = async () => [
  await isFile('a.txt'),
  await isDirectory('dir'),
  await isSymlink('link'),
  await isFile('missing'),
];
export const typeWrong = async () => isFile(/** @type {any} */ (5));
export const folder = async () => packageDirectory({ cwd: 'dir' });
export const folderAgain = async () => packageFolder({ cwd: 'dir' });
export const pack = async () => readPackage();
export const packMissing = async () => readPackage({ cwd: 'dir' });
export const packUp = async () => (await readPackageUp({ cwd: 'dir' }))?.packageJson.name;
export const globs = async () => (await globby(['*.txt', 'dir', '!empty.txt'])).sort();
export const globTasks = async () => (await generateGlobTasks(['*.txt'], { cwd: '.' })).length;
export const gitIgnored = async () => (await isGitIgnored())('a.txt');
export const ignored = async () => (await isIgnoredByIgnoreFiles('.ignore'))('a.txt');
export const fast = async () => (await fg('**/*.{txt,json}')).sort();
export const fastNamed = async () => [await fg.glob('dir/*'), await fg.async('dir/*')];
export const tiny = async () => (await tinyGlob('**/*', { ignore: ['big.bin'] })).sort();
export const whole = async () => (await glob('**/*.txt')).sort();
export const wholeWith = async () => (await glob('*', { withFileTypes: true })).length;
export const iterated = async () => {
  const names = [];
  for await (const name of globIterate('dir/*')) names.push(name);
  return names.sort();
};
export const walked = async () => (await new Glob('dir/*', {}).walk()).length;
export const program = async () => (await which('node')).endsWith('node');
export const programMissing = async () => which('no-such-program');
export const programQuiet = async () => which('no-such-program', { nothrow: true });
export const resolved = async () => promisify(resolve)('./dir/b.json', /** @type {any} */ ({ basedir: process.cwd() }));
export const resolvedMissing = async () =>
  promisify(resolve)('./missing', /** @type {any} */ ({ basedir: process.cwd() }));
export const config = async () => {
  const explorer = cosmiconfig('cases', { searchPlaces: ['.casesrc', 'dir/b.json'], stopDir: '.' });
  const found = await explorer.search();
  const loaded = await explorer.load('dir/b.json');
  explorer.clearCaches();
  return [found?.config, loaded?.config, loaded?.filepath];
};
export const configMissing = async () => cosmiconfig('cases').load('missing.json');
export const smallConfig = async () => {
  const searcher = lilconfig('cases', { searchPlaces: ['dir/b.json'], stopDir: process.cwd() });
  const found = await searcher.search();
  const loaded = await searcher.load('dir/b.json');
  return [found?.config, loaded?.config];
};
export const monorepo = async () => {
  const { packages, rootPackage, tool } = await getPackages('.');
  return [packages.length, rootPackage?.packageJson.name, tool.type];
};
export const monorepoMissing = async () => getPackages('/no/such/folder');
export const monorepoRoot = async () => (await findRoot('dir')).rootDir.length > 0;
export const monorepoRootMissing = async () => findRoot('/no/such/folder');
export const walkedFiles = async () => (await walk({ path: 'dir', ignoreFiles: ['.ignore'], follow: true })).sort();
export const walkedMissing = async () => walk({ path: 'missing' });
