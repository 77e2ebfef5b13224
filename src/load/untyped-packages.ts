import { ts } from 'ts-morph';

/**
 * Packages that carry no types, and whose functions are known: what they export, and the major versions in which that holds. Where the types
 * of DefinitelyTyped are not installed, what is awaited of them would be of unknown type.
 */
interface Signatures {
  readonly from: number;
  /** The first major version in which it holds no more: it has other exports, or types of its own. */
  readonly until?: number;
  /** What stands in the body of `declare module`. */
  readonly text: string;
}

/** The package is one function that gives a promise, with its twin beside it. */
const promising = (...members: readonly string[]): string =>
  [
    'function promising(...given: any[]): Promise<any>;',
    `namespace promising { ${members.map((name) => `var ${name}: any;`).join(' ')} }`,
    'export = promising;',
  ].join('\n');

const functions = (...names: readonly string[]): string =>
  names.map((name) => `export function ${name}(...given: any[]): Promise<any>;`).join('\n');

const extra = [
  ...['copy', 'emptyDir', 'emptydir', 'createFile', 'ensureFile', 'createLink', 'ensureLink', 'createSymlink'],
  ...[
    'ensureSymlink',
    'readJson',
    'writeJson',
    'outputJson',
    'outputJSON',
    'writeJSON',
    'readJSON',
    'mkdirs',
    'mkdirp',
  ],
  ...['ensureDir', 'move', 'outputFile', 'pathExists', 'remove'],
  ...['access', 'appendFile', 'chmod', 'chown', 'close', 'copyFile', 'fchmod', 'fchown', 'fdatasync', 'fstat', 'fsync'],
  ...['ftruncate', 'futimes', 'lchown', 'link', 'lstat', 'mkdir', 'mkdtemp', 'open', 'readFile', 'readdir', 'readlink'],
  ...['realpath', 'rename', 'rm', 'rmdir', 'stat', 'symlink', 'truncate', 'unlink', 'utimes', 'writeFile'],
];

const retry = `function retry<T>(
  work: (bail: (error: Error) => void, attempt: number) => T | Promise<T>,
  options?: {
    retries?: number; factor?: number; minTimeout?: number; maxTimeout?: number; randomize?: boolean; forever?: boolean;
    unref?: boolean; maxRetryTime?: number; onRetry?: (error: Error, attempt: number) => any;
  },
): Promise<T>;
namespace retry {}
export = retry;`;

const packages: Readonly<Record<string, Signatures>> = {
  'async-retry': { from: 1, text: retry },
  bcrypt: { from: 2, text: functions('hash', 'compare', 'genSalt') },
  bcryptjs: { from: 2, until: 3, text: functions('hash', 'compare', 'genSalt') },
  del: { from: 2, until: 4, text: promising('sync') },
  'find-up': { from: 2, until: 4, text: promising('sync', 'exists') },
  'fs-extra': { from: 4, text: `export * from 'node:fs';\n${functions(...extra)}` },
  globby: { from: 3, until: 9, text: promising('sync', 'generateGlobTasks', 'hasMagic', 'gitignore', 'stream') },
  'graceful-fs': { from: 4, text: `export * from 'node:fs';\nexport function gracefulify<T>(fs: T): T;` },
  'ignore-walk': { from: 6, text: promising('sync', 'Walker', 'WalkerSync') },
  jsonfile: { from: 5, text: functions('readFile', 'writeFile') },
  'load-json-file': { from: 2, until: 6, text: promising('sync') },
  'locate-path': { from: 2, until: 4, text: promising('sync') },
  'make-dir': { from: 1, until: 3, text: promising('sync') },
  mkdirp: { from: 1, until: 2, text: promising('sync', 'native', 'nativeSync', 'manual', 'manualSync') },
  'path-exists': { from: 2, until: 4, text: promising('sync') },
  'pkg-dir': { from: 1, until: 4, text: promising('sync') },
  'proper-lockfile': { from: 3, text: functions('lock', 'unlock', 'check') },
  'read-pkg': { from: 1, until: 5, text: promising('sync') },
  'read-pkg-up': { from: 1, until: 5, text: promising('sync') },
  which: { from: 2, text: promising('sync') },
  'write-file-atomic': { from: 3, text: promising('sync') },
  'write-json-file': { from: 2, until: 4, text: promising('sync') },
};

const WRITTEN = new RegExp(`['"](${Object.keys(packages).join('|')})['"]`);

/** Packages of the table that `files` import and of which the program knows no types. `versionOf` tells what is installed. */
export function untypedPackages(
  program: ts.Program,
  files: readonly ts.SourceFile[],
  versionOf: (name: string) => string | undefined,
): string[] {
  const found = new Map<string, boolean>();
  for (const file of files) {
    if (!WRITTEN.test(file.text)) continue;
    for (const specifier of specifiers(file)) {
      const name = specifier.text;
      const signatures = Object.hasOwn(packages, name) ? packages[name] : undefined;
      if (!signatures || found.has(name)) continue;
      const major = Number.parseInt(versionOf(name) ?? '', 10);
      const holds = major >= signatures.from && major < (signatures.until ?? Infinity);
      found.set(name, holds && program.getTypeChecker().getSymbolAtLocation(specifier) === undefined);
    }
  }
  return [...found].flatMap(([name, isUntyped]) => (isUntyped ? [name] : [])).sort();
}

/** The text of a declaration file for packages of the table. */
export function packageSignatures(names: readonly string[]): string {
  return names.map((name) => `declare module '${name}' {\n${packages[name]!.text}\n}\n`).join('');
}

/** The modules that a file names in `import … from`, `export … from` and `require(…)`. */
function specifiers(file: ts.SourceFile): ts.StringLiteral[] {
  const found: ts.StringLiteral[] = [];
  const stack: ts.Node[] = [file];
  for (let node = stack.pop(); node; node = stack.pop()) {
    const named =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'require'
          ? node.arguments[0]
          : undefined;
    if (named && ts.isStringLiteral(named)) found.push(named);
    ts.forEachChild(node, (child) => {
      stack.push(child);
    });
  }
  return found;
}
