import type { Row } from './row.ts';

const deletion = { at: 2, refuse: { onProgress: 'the blocking form never calls it' } } as const;

/** Functions of `fs-extra` beside those of `node:fs`. */
const extra = [
  ...[
    'copy',
    'emptyDir',
    'emptydir',
    'createFile',
    'ensureFile',
    'createLink',
    'ensureLink',
    'createSymlink',
    'ensureSymlink',
  ],
  ...[
    'readJson',
    'writeJson',
    'outputJson',
    'outputJSON',
    'writeJSON',
    'readJSON',
    'mkdirs',
    'mkdirp',
    'ensureDir',
    'move',
  ],
  ...['outputFile', 'pathExists', 'remove'],
];

/** Functions of `node:fs` that `fs-extra` and `graceful-fs` hand on. */
const ofNode = [
  ...[
    'access',
    'appendFile',
    'chmod',
    'chown',
    'close',
    'copyFile',
    'fchmod',
    'fchown',
    'fdatasync',
    'fstat',
    'fsync',
    'ftruncate',
  ],
  ...[
    'futimes',
    'lchown',
    'link',
    'lstat',
    'mkdir',
    'mkdtemp',
    'open',
    'readFile',
    'readdir',
    'readlink',
    'realpath',
    'rename',
  ],
  ...['rm', 'rmdir', 'stat', 'symlink', 'truncate', 'unlink', 'utimes', 'writeFile'],
];

/** Functions of both lists with more than one argument, by the first position where a callback may stand. */
const arguments3 = [
  ...['copy', 'createLink', 'ensureLink', 'createSymlink', 'ensureSymlink', 'writeJson', 'outputJson', 'outputJSON'],
  ...['writeJSON', 'move', 'outputFile', 'appendFile', 'chmod', 'copyFile', 'fchmod', 'link', 'rename', 'symlink'],
  ...['writeFile'],
];
const arguments4 = ['chown', 'fchown', 'lchown', 'futimes', 'utimes'];
const callbackFrom = (name: string): number => (arguments4.includes(name) ? 4 : arguments3.includes(name) ? 3 : 2);

/** Those of them that `graceful-fs` is used for. */
const graceful = [
  ...[
    'access',
    'appendFile',
    'chmod',
    'copyFile',
    'lstat',
    'mkdir',
    'readFile',
    'readdir',
    'readlink',
    'realpath',
    'rename',
  ],
  ...['rm', 'rmdir', 'stat', 'symlink', 'truncate', 'unlink', 'writeFile'],
];

const jsonErrors = 'The message of an error in reading the file begins with its name';
const filter = 'a filter that returns a promise';

/** Packages that read, write, move and remove files. */
export const npmFiles: readonly Row[] = [
  ...extra.map((name): Row => ({
    api: `fs-extra#${name}`,
    sync: `fs-extra#${name}Sync`,
    callbackFrom: callbackFrom(name),
    ...(/^readJson$/i.test(name) && { note: jsonErrors }),
    ...((name === 'copy' || name === 'move') && { options: { at: 3, plain: { filter } } }),
  })),
  ...ofNode.map((name): Row => ({
    api: `fs-extra#${name}`,
    sync: `fs-extra#${name}Sync`,
    callbackFrom: callbackFrom(name),
  })),
  ...graceful.map((name): Row => ({ api: `graceful-fs#${name}`, form: 'callback', sync: `graceful-fs#${name}Sync` })),
  {
    api: 'jsonfile#readFile',
    sync: 'jsonfile#readFileSync',
    callbackFrom: 2,
    note: jsonErrors,
  },
  { api: 'jsonfile#writeFile', sync: 'jsonfile#writeFileSync', callbackFrom: 3 },
  { api: 'load-json-file#loadJsonFile', sync: 'load-json-file#loadJsonFileSync', versions: '>=7' },
  { api: 'load-json-file#default', sync: 'load-json-file#sync', versions: '<7' },
  { api: 'write-json-file#writeJsonFile', sync: 'write-json-file#writeJsonFileSync', versions: '>=5' },
  { api: 'write-json-file#default', sync: 'write-json-file#sync', versions: '<5' },
  { api: 'write-file-atomic#default', sync: 'write-file-atomic#sync', callbackFrom: 3 },
  { api: 'move-file#moveFile', sync: 'move-file#moveFileSync', versions: '>=3' },
  { api: 'move-file#renameFile', sync: 'move-file#renameFileSync', versions: '>=3' },
  { api: 'move-file#default', sync: 'move-file#sync', versions: '<3' },
  { api: 'rimraf#rimraf', sync: 'rimraf#rimrafSync', versions: '>=4' },
  { api: 'rimraf#native', sync: 'rimraf#nativeSync', versions: '>=4' },
  { api: 'rimraf#manual', sync: 'rimraf#manualSync', versions: '>=4' },
  { api: 'rimraf#posix', sync: 'rimraf#posixSync', versions: '>=4' },
  { api: 'rimraf#windows', sync: 'rimraf#windowsSync', versions: '>=4' },
  { api: 'rimraf#moveRemove', sync: 'rimraf#moveRemoveSync', versions: '>=4' },
  { api: 'rimraf#default', form: 'callback', sync: 'rimraf#sync', versions: '<4' },
  { api: 'del#deleteAsync', sync: 'del#deleteSync', versions: '>=7', options: deletion },
  { api: 'del#default', sync: 'del#sync', versions: '<7', options: deletion },
  { api: 'mkdirp#mkdirp', sync: 'mkdirp#mkdirpSync', versions: '>=2' },
  { api: 'mkdirp#mkdirpNative', sync: 'mkdirp#mkdirpNativeSync', versions: '>=2' },
  { api: 'mkdirp#mkdirpManual', sync: 'mkdirp#mkdirpManualSync', versions: '>=2' },
  { api: 'mkdirp#native', sync: 'mkdirp#nativeSync', versions: '>=2' },
  { api: 'mkdirp#manual', sync: 'mkdirp#manualSync', versions: '>=2' },
  { api: 'mkdirp#default', sync: 'mkdirp#sync', versions: '<2' },
  { api: 'make-dir#makeDirectory', sync: 'make-dir#makeDirectorySync', versions: '>=4' },
  { api: 'make-dir#default', sync: 'make-dir#sync', versions: '<4' },
  { api: 'tempy#temporaryWrite', sync: 'tempy#temporaryWriteSync', versions: '>=2', when: { 1: '^(?!.*Stream)' } },
  { api: 'tempy#temporaryFileTask', refuse: 'the task may return a promise', versions: '>=2' },
  { api: 'tempy#temporaryDirectoryTask', refuse: 'the task may return a promise', versions: '>=2' },
  { api: 'tempy#default.write', sync: 'tempy#writeSync', versions: '<2', when: { 1: '^(?!.*Stream)' } },
  {
    api: 'proper-lockfile#lock',
    refuse: 'a lock that is kept fresh by a timer would go stale while the thread blocks',
  },
  { api: 'proper-lockfile#check', sync: 'proper-lockfile#checkSync' },
  { api: 'proper-lockfile#unlock', sync: 'proper-lockfile#unlockSync' },
  { api: 'read-chunk#readChunk', sync: 'read-chunk#readChunkSync' },
  { api: 'isbinaryfile#isBinaryFile', sync: 'isbinaryfile#isBinaryFileSync' },
  { api: 'gzip-size#gzipSize', sync: 'gzip-size#gzipSizeSync' },
  { api: 'gzip-size#gzipSizeFromFile', sync: 'gzip-size#gzipSizeFromFileSync' },
  { api: 'hasha#hash', sync: 'hasha#hashSync', versions: '>=6', when: { 1: '^(?!.*Stream)' } },
  { api: 'hasha#hashFile', sync: 'hasha#hashFileSync', versions: '>=6' },
  { api: 'hasha#default.fromFile', sync: 'hasha#fromFileSync', versions: '<6' },
  { api: 'tmp-promise#file', refuse: 'the blocking `fileSync` gives another object: `name` and `removeCallback`' },
  { api: 'tmp-promise#dir', refuse: 'the blocking `dirSync` gives another object: `name` and `removeCallback`' },
  { api: 'tmp-promise#tmpName', sync: 'tmp-promise#tmpNameSync' },
  { api: 'tmp#tmpName', form: 'callback', sync: 'tmp#tmpNameSync' },
];
