import type { Row } from './row.ts';

const filter = 'a filter that returns a promise';

/** `node:fs/promises`, also written `fs.promises`. */
export const nodeFsPromises: readonly Row[] = [
  { api: 'node:fs/promises#access', sync: 'node:fs#accessSync' },
  { api: 'node:fs/promises#appendFile', sync: 'node:fs#appendFileSync' },
  { api: 'node:fs/promises#chmod', sync: 'node:fs#chmodSync' },
  { api: 'node:fs/promises#chown', sync: 'node:fs#chownSync' },
  { api: 'node:fs/promises#copyFile', sync: 'node:fs#copyFileSync' },
  { api: 'node:fs/promises#cp', sync: 'node:fs#cpSync', options: { at: 3, plain: { filter } } },
  {
    api: 'node:fs/promises#glob',
    sync: 'node:fs#globSync',
    note: 'All matches are collected before the first is used',
  },
  {
    api: 'node:fs/promises#lchmod',
    sync: 'node:fs#lchmodSync',
    note: 'Only macOS has `lchmodSync`; elsewhere the call throws a `TypeError` where it was `ERR_METHOD_NOT_IMPLEMENTED`',
  },
  { api: 'node:fs/promises#lchown', sync: 'node:fs#lchownSync' },
  { api: 'node:fs/promises#link', sync: 'node:fs#linkSync' },
  { api: 'node:fs/promises#lstat', sync: 'node:fs#lstatSync' },
  { api: 'node:fs/promises#lutimes', sync: 'node:fs#lutimesSync' },
  { api: 'node:fs/promises#mkdir', sync: 'node:fs#mkdirSync' },
  { api: 'node:fs/promises#mkdtemp', sync: 'node:fs#mkdtempSync' },
  { api: 'node:fs/promises#mkdtempDisposable', sync: 'node:fs#mkdtempDisposableSync' },
  {
    api: 'node:fs/promises#open',
    sync: '@unawait/std/fs#openSync',
    yields: 'node:fs/promises#FileHandle',
    example: ["const file = await open('a.txt');", "const file = openSync('a.txt');"],
  },
  {
    api: 'node:fs/promises#opendir',
    sync: '@unawait/std/fs#opendirSync',
    yields: 'node:fs#Dir',
    example: [
      'for await (const entry of await opendir(path)) use(entry);',
      'for (const entry of opendirSync(path)) use(entry);',
    ],
  },
  {
    api: 'node:fs/promises#readFile',
    sync: 'node:fs#readFileSync',
    example: ["await readFile('a.txt', 'utf8')", "readFileSync('a.txt', 'utf8')"],
  },
  {
    api: 'node:fs/promises#readdir',
    sync: 'node:fs#readdirSync',
    options: { at: 2, add: { text: "encoding: 'utf8'", unless: ['encoding', 'withFileTypes'] } },
  },
  { api: 'node:fs/promises#readlink', sync: 'node:fs#readlinkSync' },
  { api: 'node:fs/promises#realpath', sync: 'node:fs#realpathSync.native' },
  { api: 'node:fs/promises#rename', sync: 'node:fs#renameSync' },
  { api: 'node:fs/promises#rm', sync: 'node:fs#rmSync' },
  { api: 'node:fs/promises#rmdir', sync: 'node:fs#rmdirSync' },
  { api: 'node:fs/promises#stat', sync: 'node:fs#statSync' },
  { api: 'node:fs/promises#statfs', sync: 'node:fs#statfsSync' },
  { api: 'node:fs/promises#symlink', sync: 'node:fs#symlinkSync' },
  { api: 'node:fs/promises#truncate', sync: 'node:fs#truncateSync' },
  { api: 'node:fs/promises#unlink', sync: 'node:fs#unlinkSync' },
  { api: 'node:fs/promises#utimes', sync: 'node:fs#utimesSync' },
  { api: 'node:fs/promises#watch', refuse: 'file events arrive on the event loop' },
  { api: 'node:fs/promises#writeFile', sync: 'node:fs#writeFileSync' },
];

/** `FileHandle` becomes the handle of `@unawait/std/fs`, whose methods have the same names and results. */
export const nodeFileHandle: readonly Row[] = [
  {
    api: 'node:fs/promises#FileHandle',
    form: 'type',
    call: 'FileHandleSync',
    imports: { FileHandleSync: '@unawait/std/fs' },
  },
  { api: 'node:fs/promises#FileHandle.fd', form: 'member', same: true },
  { api: 'node:fs/promises#FileHandle.appendFile', same: true },
  { api: 'node:fs/promises#FileHandle.chmod', same: true },
  { api: 'node:fs/promises#FileHandle.chown', same: true },
  { api: 'node:fs/promises#FileHandle.close', same: true },
  { api: 'node:fs/promises#FileHandle.datasync', same: true },
  { api: 'node:fs/promises#FileHandle.read', same: true },
  { api: 'node:fs/promises#FileHandle.readFile', same: true },
  {
    api: 'node:fs/promises#FileHandle.readLines',
    same: true,
    example: [
      'for await (const line of file.readLines()) use(line);',
      'for (const line of file.readLines()) use(line);',
    ],
  },
  { api: 'node:fs/promises#FileHandle.readv', same: true },
  { api: 'node:fs/promises#FileHandle.stat', same: true },
  { api: 'node:fs/promises#FileHandle.sync', same: true },
  { api: 'node:fs/promises#FileHandle.truncate', same: true },
  { api: 'node:fs/promises#FileHandle.utimes', same: true },
  { api: 'node:fs/promises#FileHandle.write', same: true },
  { api: 'node:fs/promises#FileHandle.writeFile', same: true },
  { api: 'node:fs/promises#FileHandle.writev', same: true },
  {
    api: 'node:fs/promises#FileHandle.createReadStream',
    refuse: 'a read stream lives on the event loop; `readFile`, `readLines` and `read` have blocking forms',
  },
  {
    api: 'node:fs/promises#FileHandle.createWriteStream',
    refuse: 'a write stream lives on the event loop; `writeFile` and `write` have blocking forms',
  },
  { api: 'node:fs/promises#FileHandle.readableWebStream', refuse: 'a web stream lives on the event loop' },
  { api: 'node:fs/promises#FileHandle.on', refuse: "the handle's `close` event has no blocking form" },
  { api: 'node:fs/promises#FileHandle.once', refuse: "the handle's `close` event has no blocking form" },
];

/** `fs.Dir` becomes the `DirSync` of `@unawait/std/fs`, which `for … of` iterates. */
export const nodeDir: readonly Row[] = [
  { api: 'node:fs#Dir', form: 'type', call: 'DirSync', imports: { DirSync: '@unawait/std/fs' } },
  { api: 'node:fs#opendirSync', sync: '@unawait/std/fs#opendirSync', yields: 'node:fs#Dir' },
  { api: 'node:fs#Dir.close', same: true },
  { api: 'node:fs#Dir.read', same: true },
  { api: 'node:fs#Dir.closeSync', call: '$this.close()' },
  { api: 'node:fs#Dir.readSync', call: '$this.read()' },
  { api: 'node:fs#Dir.path', form: 'member', same: true },
];
