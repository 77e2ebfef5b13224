/** A package whose sources are converted. */
export interface RealPackage {
  readonly name: string;
  /** Paths of sources inside the package, or folders of them. */
  readonly sources: readonly string[];
}

/** Call of an exported function: `files` are there before it; `$dir` in an argument is the folder they are in. */
export interface Call {
  readonly args: readonly unknown[];
  readonly files?: Readonly<Record<string, string>>;
}

export interface Run {
  /** Dotted paths of exports: `findDown`, `default.sync`. */
  readonly asynchronous: string;
  readonly twin: string;
  /** The declaration behind `asynchronous` where it has another name. */
  readonly declaration?: string;
  readonly calls: readonly Call[];
}

/** A package whose author maintains a blocking twin by hand. */
export interface TwinPackage extends RealPackage {
  /** The module that exports both. */
  readonly entry: string;
  /** Asynchronous function → its twin, by declaration, helpers included: their texts are compared. */
  readonly twins: Readonly<Record<string, string>>;
  /** Exports that are run, with their inputs. */
  readonly runs: readonly Run[];
}

const json = '{"name": "real", "version": "1.2.3", "list": [1, 2]}\n';
const tree = { 'a.txt': 'a', 'b/c.txt': 'c', 'b/d/e.txt': 'e' };

/** Every name is in `devDependencies`, with its exact version. */
export const twinPackages: readonly TwinPackage[] = [
  {
    name: 'make-dir',
    sources: ['index.js', 'index.d.ts'],
    entry: 'index.js',
    twins: { makeDirectory: 'makeDirectorySync' },
    runs: [
      {
        asynchronous: 'makeDirectory',
        twin: 'makeDirectorySync',
        calls: [
          { args: ['$dir/x/y/z'] },
          { args: ['$dir/x', { mode: 0o700 }] },
          { args: ['$dir'] },
          { args: ['$dir/a.txt/x'], files: tree },
          { args: ['$dir/a.txt'], files: tree },
          { args: ['$dir/\0'] },
        ],
      },
    ],
  },
  {
    name: 'load-json-file',
    sources: ['index.js', 'index.d.ts'],
    entry: 'index.js',
    twins: { loadJsonFile: 'loadJsonFileSync' },
    runs: [
      {
        asynchronous: 'loadJsonFile',
        twin: 'loadJsonFileSync',
        calls: [
          { args: ['$dir/a.json'], files: { 'a.json': json } },
          { args: ['$dir/a.json'], files: { 'a.json': `\uFEFF${json}` } },
          { args: ['$dir/a.json'], files: { 'a.json': '{"a": }' } },
          { args: ['$dir/none.json'] },
          { args: ['$dir'] },
          { args: [undefined] },
        ],
      },
    ],
  },
  {
    name: 'path-exists',
    sources: ['index.js', 'index.d.ts'],
    entry: 'index.js',
    twins: { pathExists: 'pathExistsSync' },
    runs: [
      {
        asynchronous: 'pathExists',
        twin: 'pathExistsSync',
        calls: [
          { args: ['$dir'] },
          { args: ['$dir/a.txt'], files: tree },
          { args: ['$dir/none'] },
          { args: [undefined] },
        ],
      },
    ],
  },
  {
    name: 'locate-path',
    sources: ['index.js', 'index.d.ts'],
    entry: 'index.js',
    twins: { locatePath: 'locatePathSync' },
    runs: [
      {
        asynchronous: 'locatePath',
        twin: 'locatePathSync',
        calls: [
          { args: [['none', 'b', 'a.txt'], { cwd: '$dir' }], files: tree },
          { args: [['none', 'b', 'a.txt'], { cwd: '$dir', type: 'directory' }], files: tree },
          { args: [['b', 'a.txt'], { cwd: '$dir', type: 'both', allowSymlinks: false }], files: tree },
          { args: [['none'], { cwd: '$dir' }] },
          { args: [['a.txt'], { cwd: '$dir', type: 'socket' }] },
        ],
      },
    ],
  },
  {
    name: 'find-up',
    sources: ['index.js', 'index.d.ts'],
    entry: 'index.js',
    twins: {
      findUp: 'findUpSync',
      findUpMultiple: 'findUpMultipleSync',
      findDown: 'findDownSync',
      findDownDepthFirst: 'findDownDepthFirstSync',
      findDownBreadthFirst: 'findDownBreadthFirstSync',
    },
    runs: [
      {
        asynchronous: 'findDown',
        twin: 'findDownSync',
        calls: [
          { args: ['e.txt', { cwd: '$dir', depth: 3 }], files: tree },
          { args: ['e.txt', { cwd: '$dir', depth: 3, strategy: 'depth' }], files: tree },
          { args: [['none', 'd'], { cwd: '$dir', depth: 2, type: 'directory', strategy: 'depth' }], files: tree },
          { args: ['e.txt', { cwd: '$dir' }], files: tree },
          { args: ['e.txt', { cwd: '$dir/none', depth: 2 }], files: tree },
        ],
      },
    ],
  },
  {
    name: 'path-type',
    sources: ['index.js', 'index.d.ts'],
    entry: 'index.js',
    twins: { isType: 'isTypeSync' },
    runs: [
      {
        asynchronous: 'isFile',
        twin: 'isFileSync',
        declaration: 'isType',
        calls: [{ args: ['$dir/a.txt'], files: tree }, { args: ['$dir'] }, { args: ['$dir/none'] }, { args: [1] }],
      },
    ],
  },
  {
    name: 'write-json-file',
    sources: ['index.js', 'index.d.ts'],
    entry: 'index.js',
    twins: { writeJsonFile: 'writeJsonFileSync', main: 'mainSync' },
    runs: [
      {
        asynchronous: 'writeJsonFile',
        twin: 'writeJsonFileSync',
        calls: [
          { args: ['$dir/x/a.json', { b: 1, a: [2] }] },
          {
            args: ['$dir/a.json', { b: 1, a: [2] }, { detectIndent: true, sortKeys: true }],
            files: { 'a.json': '{\n    "c": 1\n}\n' },
          },
          { args: ['$dir/a.json', undefined] },
          { args: [undefined, {}] },
        ],
      },
    ],
  },
  {
    name: 'del',
    sources: ['index.js', 'index.d.ts'],
    entry: 'index.js',
    twins: { deleteAsync: 'deleteSync' },
    runs: [
      {
        asynchronous: 'deleteAsync',
        twin: 'deleteSync',
        calls: [
          { args: [['b/**', '!b/d'], { cwd: '$dir' }], files: tree },
          { args: ['*.txt', { cwd: '$dir', dryRun: true }], files: tree },
          { args: ['none', { cwd: '$dir' }], files: tree },
          { args: ['$dir', { cwd: '$dir/b' }], files: tree },
        ],
      },
    ],
  },
  {
    name: 'move-file',
    sources: ['index.js', 'index.d.ts'],
    entry: 'index.js',
    twins: { moveFile: 'moveFileSync', _moveFile: '_moveFileSync', renameFile: 'renameFileSync' },
    runs: [
      {
        asynchronous: 'moveFile',
        twin: 'moveFileSync',
        calls: [
          { args: ['a.txt', 'x/y.txt', { cwd: '$dir' }], files: tree },
          { args: ['a.txt', 'b/c.txt', { cwd: '$dir', overwrite: false }], files: tree },
          { args: ['none', 'x', { cwd: '$dir' }] },
          { args: ['$dir/a.txt', '$dir/b'], files: tree },
          { args: ['', 'x'] },
        ],
      },
      {
        asynchronous: 'renameFile',
        twin: 'renameFileSync',
        calls: [
          { args: ['a.txt', 'z.txt', { cwd: '$dir' }], files: tree },
          { args: ['a.txt', 'b/z.txt', { cwd: '$dir' }], files: tree },
        ],
      },
    ],
  },
  {
    name: 'read-pkg',
    sources: ['index.js', 'index.d.ts'],
    entry: 'index.js',
    twins: { readPackage: 'readPackageSync' },
    runs: [
      {
        asynchronous: 'readPackage',
        twin: 'readPackageSync',
        calls: [
          { args: [{ cwd: '$dir' }], files: { 'package.json': json } },
          { args: [{ cwd: '$dir', normalize: false }], files: { 'package.json': json } },
          { args: [{ cwd: '$dir' }], files: { 'package.json': '{' } },
          { args: [{ cwd: '$dir/none' }] },
        ],
      },
    ],
  },
  {
    name: 'which',
    sources: ['lib/index.js'],
    entry: 'lib/index.js',
    twins: { which: 'whichSync' },
    runs: [
      {
        asynchronous: 'default',
        twin: 'default.sync',
        declaration: 'which',
        calls: [
          { args: ['node'] },
          { args: ['node', { all: true }] },
          { args: ['no-such-program', { path: '$dir' }] },
          { args: ['a.txt', { path: '$dir', nothrow: true }], files: tree },
        ],
      },
    ],
  },
  {
    name: 'isexe',
    sources: ['dist/esm/posix.js', 'dist/esm/posix.d.ts', 'dist/esm/package.json'],
    entry: 'dist/esm/posix.js',
    twins: { isexe: 'sync' },
    runs: [
      {
        asynchronous: 'isexe',
        twin: 'sync',
        calls: [
          { args: [process.execPath] },
          { args: ['$dir/a.txt'], files: tree },
          { args: ['$dir/none'] },
          { args: ['$dir/none', { ignoreErrors: true }] },
        ],
      },
    ],
  },
];

/** Packages of several hundred functions: they are converted, not run. */
export const largePackages: readonly RealPackage[] = [
  { name: 'fs-extra', sources: ['lib'] },
  { name: 'cacache', sources: ['lib'] },
  { name: 'globby', sources: ['index.js', 'ignore.js', 'utilities.js', 'index.d.ts'] },
  { name: 'execa', sources: ['index.js', 'lib', 'index.d.ts', 'types'] },
  { name: 'got', sources: ['dist/source'] },
  { name: 'koffi', sources: ['cnoke.cjs', 'index.js', 'index.cjs', 'indirect.js', 'indirect.cjs', 'lib'] },
];
