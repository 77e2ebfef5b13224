/* eslint @typescript-eslint/no-deprecated: off -- what is deprecated is used too */
import {
  access,
  appendFile,
  chmod,
  chown,
  constants,
  copyFile,
  cp,
  lchmod,
  lchown,
  link,
  lstat,
  lutimes,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  statfs,
  symlink,
  truncate,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';

export const accessThere = async () => access('a.txt');
export const accessMode = async () => access('a.txt', constants.R_OK | constants.X_OK);
export const accessMissing = async () => access('missing');
export const appendText = async () => appendFile('a.txt', 'more', 'utf8');
export const appendMissingFolder = async () => appendFile('missing/a.txt', 'more');
export const chmodFile = async () => chmod('a.txt', 0o600);
export const chmodMissing = async () => chmod('missing', 0o600);
export const chownSame = async () => chown('a.txt', process.getuid!(), process.getgid!());
export const chownMissing = async () => chown('missing', 1, 1);
export const copy = async () => copyFile('a.txt', 'copy.txt');
export const copyExclusive = async () => copyFile('a.txt', 'empty.txt', constants.COPYFILE_EXCL);
export const copyMissing = async () => copyFile('missing', 'copy.txt');
export const cpFolder = async () => cp('dir', 'copied', { recursive: true });
export const cpFolderFlat = async () => cp('dir', 'copied');
export const cpFilter = async () => cp('dir', 'copied', { recursive: true, filter: (from) => !from.endsWith('.json') });
export const cpMissing = async () => cp('missing', 'copied');
export const lchownSame = async () => lchown('link', process.getuid!(), process.getgid!());
export const linkFile = async () => link('a.txt', 'hard');
export const linkTaken = async () => link('a.txt', 'empty.txt');
export const lstatLink = async () => lstat('link');
export const lstatBig = async () => lstat('link', { bigint: true });
export const lstatMissing = async () => lstat('missing');
export const lutimesLink = async () => lutimes('link', 1, 2);
export const mkdirPlain = async () => mkdir('made');
export const mkdirDeep = async () => mkdir('made/deep/er', { recursive: true });
export const mkdirTaken = async () => mkdir('dir');
export const mkdtempHere = async () => (await mkdtemp('tmp-')).length;
export const mkdtempMissing = async () => mkdtemp('missing/tmp-');
export const readdirNames = async () => readdir('.');
export const readdirTypes = async () =>
  (await readdir('dir', { withFileTypes: true })).map((e) => [e.name, e.isFile()]);
export const readdirDeep = async () => (await readdir('.', { recursive: true })).sort();
export const readdirFile = async () => readdir('a.txt');
export const readBytes = async () => readFile('a.txt');
export const readText = async () => readFile('a.txt', 'utf8');
export const readOptions = async () => readFile('a.txt', { encoding: 'base64', flag: 'r' });
export const readEmpty = async () => readFile('empty.txt', 'utf8');
export const readBig = async () => (await readFile('big.bin')).length;
export const readMissing = async () => readFile('missing', 'utf8');
export const readFolder = async () => readFile('dir');
export const readUrl = async () => readFile(new URL(`file://${process.cwd()}/a.txt`), 'utf8');
export const readWrongPath = async () => readFile({} as string);
export const readNullByte = async () => readFile('a\0b');
export const readWrongEncoding = async () => readFile('a.txt', 'utf9' as 'utf8');
export const readlinkLink = async () => readlink('link');
export const readlinkFile = async () => readlink('a.txt');
export const realpathLink = async () => realpath('link');
export const realpathMissing = async () => realpath('missing');
export const renameFile = async () => rename('a.txt', 'b.txt');
export const renameMissing = async () => rename('missing', 'b.txt');
export const rmFile = async () => rm('a.txt');
export const rmFolder = async () => rm('dir', { recursive: true });
export const rmFolderFlat = async () => rm('dir');
export const rmMissing = async () => rm('missing');
export const rmForced = async () => rm('missing', { force: true });
export const rmdirFull = async () => rmdir('dir');
export const rmdirEmpty = async () => rmdir('none');
export const statFile = async () => stat('a.txt');
export const statFolder = async () => stat('dir');
export const statBig = async () => stat('a.txt', { bigint: true });
export const statMissing = async () => stat('missing');
export const statfsHere = async () => (await statfs('.')).type;
export const statfsMissing = async () => statfs('missing');
export const symlinkFile = async () => symlink('a.txt', 'soft', 'file');
export const symlinkTaken = async () => symlink('a.txt', 'empty.txt');
export const truncateFile = async () => truncate('a.txt', 2);
export const truncateMissing = async () => truncate('missing');
export const unlinkFile = async () => unlink('a.txt');
export const unlinkFolder = async () => unlink('dir');
export const utimesFile = async () => utimes('a.txt', 1, 2);
export const utimesMissing = async () => utimes('missing', 1, 2);
export const writeText = async () => writeFile('w.txt', 'written');
export const writeBytes = async () => writeFile('w.txt', new Uint8Array([1, 2, 3]), { mode: 0o600 });
export const writeAppend = async () => writeFile('a.txt', 'ü', { flag: 'a', encoding: 'latin1' });
export const writeExclusive = async () => writeFile('a.txt', 'x', { flag: 'wx' });
export const writeMissingFolder = async () => writeFile('missing/w.txt', 'x');
export const writeWrongData = async () => writeFile('w.txt', 5 as unknown as string);
export const lchmodAnywhere = async () => lchmod('a.txt', 0o600);
export const readAborted = async () => {
  const signal = AbortSignal.abort(new TypeError('stop'));
  try {
    return await readFile('a.txt', { signal });
  } catch (error) {
    return (error as Error).name !== '';
  }
};
