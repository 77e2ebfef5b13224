import { opendir as opendirBack, opendirSync } from 'node:fs';
import type { Dir, Stats } from 'node:fs';
import { type FileHandle, open, opendir } from 'node:fs/promises';
import { promisify } from 'node:util';

async function withFile<T>(flags: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open('a.txt', flags);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

export const openMissing = async () => (await open('missing')).fd;
export const openExclusive = async () => (await open('a.txt', 'wx')).fd;
export const openWrongFlags = async () => (await open('a.txt', 'q')).fd;
export const openMade = async () => {
  const file = await open('made.txt', 'w', 0o600);
  const isOpen = file.fd > 2;
  await file.close();
  return [isOpen, file.fd];
};
export const closedRead = async () => {
  const file = await open('a.txt');
  await file.close();
  return file.readFile();
};
export const append = async () => withFile('a', (file) => file.appendFile('more'));
export const mode = async () => withFile('r', (file) => file.chmod(0o600));
export const owner = async () => withFile('r', (file) => file.chown(process.getuid!(), process.getgid!()));
export const flush = async () =>
  withFile('r+', async (file) => {
    await file.datasync();
    await file.sync();
  });
export const readInto = async () =>
  withFile('r', async (file) => {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(4), 1, 3, 2);
    return [bytesRead, buffer];
  });
export const readOptions = async () =>
  withFile('r', async (file) => {
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(2), position: 3 });
    return [bytesRead, buffer];
  });
export const readOn = async () =>
  withFile('r', async (file) => {
    const first = await file.read(Buffer.alloc(3));
    const second = await file.read(Buffer.alloc(30));
    const third = await file.read(Buffer.alloc(3));
    return [first.bytesRead, second.bytesRead, third.bytesRead];
  });
export const readTooFar = async () => withFile('r', async (file) => (await file.read(Buffer.alloc(2), 3, 1)).bytesRead);
export const readWhole = async () => withFile('r', (file) => file.readFile('utf8'));
export const readWholeBytes = async () => withFile('r', (file) => file.readFile());
export const readFromWriteOnly = async () => withFile('a', (file) => file.readFile());
export const readParts = async () =>
  withFile('r', async (file) => {
    const { bytesRead, buffers } = await file.readv([Buffer.alloc(2), Buffer.alloc(3)], 1);
    return [bytesRead, buffers];
  });
export const readEveryLine = async () => {
  const file = await open('lines.txt');
  const lines: string[] = [];
  for await (const line of file.readLines()) lines.push(line);
  return lines;
};
export const size = async () => withFile('r', async (file) => (await file.stat()).size);
export const wholeStat = async (): Promise<Stats> => withFile('r', (file) => file.stat());
export const bigStat = async () => withFile('r', (file) => file.stat({ bigint: true }));
export const shorter = async () => withFile('r+', (file) => file.truncate(2));
export const times = async () => withFile('r+', (file) => file.utimes(1, 2));
export const writeSome = async () =>
  withFile('r+', async (file) => {
    const { bytesWritten, buffer } = await file.write(Buffer.from('abcdef'), 1, 3, 2);
    return [bytesWritten, buffer];
  });
export const writeText = async () =>
  withFile('r+', async (file) => {
    const { bytesWritten, buffer } = await file.write('äbc', 1, 'utf8');
    return [bytesWritten, buffer];
  });
export const writeReadOnly = async () => withFile('r', async (file) => (await file.write('x')).bytesWritten);
export const writeParts = async () =>
  withFile('r+', async (file) => (await file.writev([Buffer.from('12'), Buffer.from('345')], 1)).bytesWritten);
export const writeWhole = async () => withFile('w', (file) => file.writeFile('anew'));

export const dirEntries = async () => {
  const names: string[] = [];
  for await (const entry of await opendir('dir')) names.push(entry.name);
  return names.sort();
};
export const dirRead = async () => {
  const dir: Dir = await opendir('none');
  const entry = await dir.read();
  const { path } = dir;
  await dir.close();
  return [entry, path];
};
export const dirMissing = async () => (await opendir('missing')).path;
export const dirOfFile = async () => (await opendir('a.txt')).path;
export const dirPromisified = async () => {
  const dir = await promisify(opendirBack)('none');
  const entry = dir.readSync();
  dir.closeSync();
  return entry;
};
export const dirBlockingAlready = async () => {
  const dir = opendirSync('none');
  const entry = await dir.read();
  dir.closeSync();
  return entry;
};
