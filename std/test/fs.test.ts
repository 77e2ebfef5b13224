import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  type PathLike,
} from 'node:fs';
import { open, opendir, type FileHandle } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { FileHandleSync, FileWriterSync, opendirSync, openSync, readChunksSync, readLinesSync } from '../src/fs.ts';
import { settled } from '../src/outcome.ts';
import { bundled } from './process-bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'unawait-fs-'));
const descriptors = () => readdirSync('/proc/self/fd').length;
const file = (content: string | Buffer, name = 'file'): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const asyncLines = async (path: string, options: { highWaterMark?: number; encoding?: BufferEncoding } = {}) => {
  const lines: string[] = [];
  const input = createReadStream(path, options);
  for await (const line of createInterface({ input, crlfDelay: Infinity })) lines.push(line);
  return lines;
};

describe('readLinesSync', () => {
  it.each(['', '\n', 'a', 'a\n', 'a\n\n', '\r\n', 'a\rb\r\nc\n\rd', '\uFEFFa\nb', 'ä\u2028b\u2029c', 'a\r'])(
    'splits %j as readline does',
    async (content) => {
      const path = file(content);
      expect([...readLinesSync(path)]).toEqual(await asyncLines(path));
    },
  );

  it('splits anything as readline does, wherever the chunks end', async () => {
    const piece = fc.constantFrom('a', 'bc', '\n', '\r', '\r\n', 'ä', '€', '😀', '\u2028', '');
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        async (pieces, highWaterMark) => {
          const path = file(pieces.join(''));
          expect([...readLinesSync(path, { highWaterMark })]).toEqual(await asyncLines(path, { highWaterMark }));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('reads from descriptors, URLs, handles and in encodings', () => {
    const path = file('é\nb', 'latin');
    writeFileSync(path, 'é\nb', 'latin1');
    expect([...readLinesSync(path, 'latin1')]).toEqual(['é', 'b']);
    expect([...readLinesSync(pathToFileURL(path), 'latin1')]).toEqual(['é', 'b']);
    expect([...readLinesSync(Buffer.from(path), { encoding: 'latin1', start: 2 })]).toEqual(['b']);
    using handle = openSync(path);
    expect([...readLinesSync(handle.fd, 'latin1')]).toEqual(['é', 'b']);
    expect([...readLinesSync(handle)]).toEqual([]);
    expect(handle.stat().size).toBe(3);
  });

  it('closes what it opened, however the loop ends, and nothing else', () => {
    const path = file('a\nb\n'.repeat(100_000));
    using handle = openSync(path);
    const before = descriptors();
    for (const line of readLinesSync(path)) if (line === 'b') break;
    expect(() => {
      for (const line of readLinesSync(path)) throw new Error(line);
    }).toThrow('a');
    expect([...readLinesSync(path)]).toHaveLength(200_000);
    expect(() => [...readLinesSync(folder)]).toThrow();
    expect(() => [...readChunksSync(folder)]).toThrow();
    for (const line of readLinesSync(handle)) if (line === 'b') break;
    for (const line of openSync(path).readLines()) if (line === 'b') break;
    expect(descriptors()).toBe(before);
  });

  it('stays quick on one long line', () => {
    const path = file('x'.repeat(8 << 20));
    const start = performance.now();
    expect([...readLinesSync(path)][0]).toHaveLength(8 << 20);
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  it('throws at the first step', () => {
    const lines = readLinesSync(join(folder, 'missing'));
    expect(() => lines.next()).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(() => [...readLinesSync(folder)]).toThrow(expect.objectContaining({ code: 'EISDIR' }));
  });
});

describe('readChunksSync', () => {
  const asyncChunks = async (path: string, options: object) => {
    const chunks: unknown[] = [];
    for await (const chunk of createReadStream(path, options)) chunks.push(chunk);
    return chunks;
  };

  it.each([
    {},
    { start: 3 },
    { end: 4 },
    { start: 2, end: 6 },
    { start: 2, end: 2 },
    { start: 99 },
    { highWaterMark: 3 },
    { highWaterMark: 4, start: 1, end: 8 },
    { encoding: 'utf8' as const, highWaterMark: 2 },
  ])('yields what createReadStream yields: %j', async (options) => {
    const path = file('0123ä56789€');
    expect([...readChunksSync(path, options)]).toEqual(await asyncChunks(path, options));
  });

  it.each([{ start: -1 }, { start: 3, end: 1 }, { end: 1.5 }, { start: 'x' }])('refuses %j alike', (options) => {
    const path = file('abc');
    const code = (fn: () => unknown) => {
      const result = settled(fn);
      return result.status === 'rejected' ? (result.reason as { code: string }).code : 'none';
    };
    expect(code(() => readChunksSync(path, options as never))).toBe(
      code(() => createReadStream(path, options as never)),
    );
  });

  it('hands out chunks that later ones do not overwrite', () => {
    const chunks = [...readChunksSync(file('abcdef'), { highWaterMark: 2 })];
    expect(chunks.map(String)).toEqual(['ab', 'cd', 'ef']);
    expect(() => readChunksSync(file('a'), { highWaterMark: 0 })).toThrow(RangeError);
  });

  it.each(['blocking', 'non-blocking'])('waits for a slow writer on a %s standard input', async (kind) => {
    const library = bundled(new URL('../src/fs.ts', import.meta.url));
    const child = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `const { readLinesSync } = await import(${JSON.stringify(library)});
       ${kind === 'non-blocking' ? 'process.stdin;' : ''}
       for (const line of readLinesSync(0)) console.log('[' + line + ']');`,
    ]);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    for (const part of ['one', '\ntw', 'o\n']) {
      await sleep(150);
      child.stdin.write(part);
    }
    child.stdin.end('three');
    await once(child, 'close');
    expect(output).toBe('[one]\n[two]\n[three]\n');
  });
});

/** One step on a file, for both kinds of handle. */
const steps: [string, string, (handle: FileHandle) => unknown][] = [
  ['read into a new buffer', 'r', (h) => h.read()],
  ['read with arguments', 'r', (h) => h.read(Buffer.alloc(6), 1, 3, 2)],
  ['read with options', 'r', (h) => h.read(Buffer.alloc(4), { offset: 1, position: 5 })],
  ['read to a typed array', 'r', (h) => h.read(new Uint8Array(4), null, null, null)],
  ['read nothing', 'r', (h) => h.read(Buffer.alloc(4), 0, 0)],
  ['read out of range', 'r', (h) => h.read(Buffer.alloc(4), 2, 9)],
  ['read at the end', 'r', (h) => h.read(Buffer.alloc(4), 0, 4, 100)],
  ['readv', 'r', (h) => h.readv([Buffer.alloc(2), Buffer.alloc(3)])],
  ['readv at a position', 'r', (h) => h.readv([Buffer.alloc(2)], 4)],
  ['readFile', 'r', (h) => h.readFile()],
  ['readFile as text', 'r', (h) => h.readFile('utf8')],
  ['readFile with options', 'r', (h) => h.readFile({ encoding: 'hex' })],
  ['write to a file open for reading', 'r', (h) => h.write('x')],
  ['write text', 'r+', (h) => h.write('äb')],
  ['write text at a position, encoded', 'r+', (h) => h.write('ff00', 3, 'hex')],
  ['write bytes', 'r+', (h) => h.write(Buffer.from('abc'))],
  ['write part of bytes', 'r+', (h) => h.write(Buffer.from('abcdef'), 2, 3, 1)],
  ['write bytes with options', 'r+', (h) => h.write(Buffer.from('abcdef'), { offset: 4, position: 0 } as never)],
  ['write nothing', 'r+', (h) => h.write(Buffer.alloc(0))],
  ['write out of range', 'r+', (h) => h.write(Buffer.from('abc'), 1, 9)],
  ['write a non-string', 'r+', (h) => h.write(5 as never)],
  ['writev', 'r+', (h) => h.writev([Buffer.from('ab'), Buffer.from('c')])],
  ['writev at a position', 'r+', (h) => h.writev([Buffer.from('ab')], 4)],
  ['writev nothing', 'r+', (h) => h.writev([])],
  ['writeFile', 'r+', (h) => h.writeFile('xy')],
  ['writeFile, truncating', 'w', (h) => h.writeFile(Buffer.from('xy'))],
  ['writeFile encoded', 'r+', (h) => h.writeFile('6162', 'hex')],
  ['writeFile from an iterable', 'r+', (h) => h.writeFile(['a', Buffer.from('b')] as never, { encoding: 'utf8' })],
  ['writeFile of a number', 'r+', (h) => h.writeFile([5] as never)],
  ['appendFile', 'a', (h) => h.appendFile('xy')],
  ['truncate', 'r+', (h) => h.truncate(3)],
  ['truncate to nothing', 'r+', (h) => h.truncate()],
  ['grow', 'r+', (h) => h.truncate(20)],
  ['sync', 'r+', (h) => h.sync()],
  ['datasync', 'r+', (h) => h.datasync()],
  ['utimes', 'r+', (h) => h.utimes(1, new Date(2000))],
  ['chmod', 'r+', (h) => h.chmod(0o600)],
  ['chown', 'r+', (h) => h.chown(process.getuid!(), process.getgid!())],
  ['close twice', 'r+', (h) => h.close()],
];

describe('FileHandleSync does what FileHandle does', () => {
  const settle = async (fn: () => unknown) => (await Promise.allSettled([Promise.resolve().then(fn)]))[0];
  const stateOf = (path: PathLike) => {
    using handle = openSync(path);
    const { size, mode } = handle.stat();
    return { content: readFileSync(path, 'latin1'), size, mode };
  };
  /** An outcome without what differs by nature: the error's stack and the words before the system call. */
  const comparable = (result: PromiseSettledResult<unknown>): unknown => {
    if (result.status === 'fulfilled') return result;
    const { name, code } = result.reason as NodeJS.ErrnoException;
    return { status: 'rejected', name, code };
  };

  it.each(steps)('%s', async (_name, flags, step) => {
    const path = file('0123456789', 'async');
    const handle = await open(path, flags);
    // Twice, to see where the file stands after the first.
    const first = await settle(() => step(handle));
    const second = await settle(() => step(handle));
    await handle.close();
    const expected = [comparable(first), comparable(second), stateOf(path)];

    const twin = file('0123456789', 'sync');
    const blocking = openSync(twin, flags);
    const same = blocking as unknown as FileHandle;
    const results = [settled(() => step(same)), settled(() => step(same))];
    blocking.close();
    expect([...results.map(comparable), stateOf(twin)]).toEqual(expected);
  });

  it('after it was closed', async () => {
    const handle = await open(file('x'));
    await handle.close();
    const blocking = openSync(file('x'));
    blocking.close();
    expect([blocking.fd, handle.fd]).toEqual([-1, -1]);
    const same = blocking as unknown as FileHandle;
    const calls: ((handle: FileHandle) => unknown)[] = [
      (h) => h.read(),
      (h) => h.readFile(),
      (h) => h.stat(),
      (h) => h.sync(),
      (h) => h.truncate(),
    ];
    for (const call of calls) {
      const expected = await settle(() => call(handle));
      const { message, code } = (expected as PromiseRejectedResult).reason as NodeJS.ErrnoException;
      expect(() => call(same)).toThrow(expect.objectContaining({ message, code }));
    }
  });

  it('with lines, chunks, statistics and disposal', () => {
    const path = file('a\nb\n');
    const handle = openSync(path);
    expect(handle.read(Buffer.alloc(1), { position: 2n }).buffer.toString()).toBe('b');
    expect([...handle.readLines()]).toEqual(['a', 'b']);
    expect(handle.fd).toBe(-1);
    const kept = openSync(path);
    expect([...kept.readChunks({ autoClose: false, start: 2 })]).toEqual([Buffer.from('b\n')]);
    expect(kept.stat({ bigint: true }).size).toBe(4n);
    expect(kept.readFile('utf8')).toBe('a\nb\n');
    expect(kept.readFile('utf8')).toBe('');
    kept[Symbol.dispose]();
    expect(kept.fd).toBe(-1);
    expectTypeOf<ReturnType<FileHandleSync['stat']>>().toHaveProperty('mtime');
    expect(() => openSync(join(folder, 'missing'))).toThrow(
      expect.objectContaining({ code: 'ENOENT', syscall: 'open' }),
    );
    using made = openSync(join(folder, 'made'), 'wx', 0o600);
    expect(made.stat().mode & 0o777).toBe(0o600);
    expect(new FileHandleSync(made.fd).fd).toBe(made.fd);
  });
});

describe('opendirSync', () => {
  const names = async (entries: Iterable<{ name: string }> | AsyncIterable<{ name: string }>) => {
    const found: string[] = [];
    for await (const { name } of entries) found.push(name);
    return found.sort();
  };

  it('iterates as opendir does, and closes', async () => {
    const root = join(folder, 'tree');
    mkdirSync(join(root, 'a', 'b'), { recursive: true });
    writeFileSync(join(root, 'c'), '');
    expect(await names(opendirSync(root))).toEqual(await names(await opendir(root)));
    expect(await names(opendirSync(pathToFileURL(root), { recursive: true }))).toEqual(['a', 'b', 'c']);
    for (const entry of opendirSync(root)) {
      expect(entry.name.length).toBe(1);
      break;
    }
    const dir = opendirSync(root);
    expect(dir.path).toBe(root);
    expect(dir.read()?.name).toMatch(/[ac]/);
    dir.close();
    expect(() => dir.read()).toThrow(expect.objectContaining({ code: 'ERR_DIR_CLOSED' }));
    expect(() => dir.close()).toThrow(expect.objectContaining({ code: 'ERR_DIR_CLOSED' }));
    expect(() => opendirSync(join(folder, 'missing'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });
});

describe('readInputSync', () => {
  it('waits for a pipe that has become non-blocking', async () => {
    const module = new URL('../src/fs/input.ts', import.meta.url).href;
    const script = `process.stdin.isTTY; const { readInputSync } = await import(${JSON.stringify(module)}); process.stdout.write(readInputSync('utf8'));`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
    child.stdin.write('first ');
    setTimeout(() => child.stdin.end('last'), 800);
    let output = '';
    for await (const chunk of child.stdout) output += String(chunk);
    expect(output).toBe('first last');
  });
});

describe('FileWriterSync', () => {
  it.each([
    ['text', undefined, ['größe', 'x']],
    ['bytes', { flags: 'a' }, [Buffer.from([1, 2]), new Uint16Array([3])]],
    ['another encoding', 'latin1', ['ö', 'ß']],
    ['from a place on', { start: 3 }, ['ab', 'c']],
    ['over what is there', { start: 3, flags: 'r+' }, ['ab', 'c']],
  ] as const)('writes %s as the stream does', async (_what, options, chunks) => {
    const [a, b] = [join(folder, 'stream'), join(folder, 'writer')];
    for (const path of [a, b]) writeFileSync(path, '123456789');
    const stream = createWriteStream(a, options);
    const writer = new FileWriterSync(b, options);
    for (const chunk of chunks) expect([writer.write(chunk), stream.write(chunk)]).toEqual([true, true]);
    stream.end('end');
    await once(stream, 'close');
    expect(writer.end('end')).toBe(writer);
    expect(writer.bytesWritten).toBe(stream.bytesWritten);
    expect(readFileSync(b)).toEqual(readFileSync(a));
  });

  it('fails as the stream does: where there is no folder, and after its end', () => {
    expect(() => new FileWriterSync(join(folder, 'none', 'a'))).toThrow(/^ENOENT: no such file or directory, open /);
    const writer = new FileWriterSync(join(folder, 'ended'));
    writer.end().end();
    expect(() => writer.write('x')).toThrow(expect.objectContaining({ code: 'ERR_STREAM_WRITE_AFTER_END' }));
  });
});

describe('DialogueSync', () => {
  /** What the script prints, and what it asks, of a dialogue over these lines. */
  async function talk(script: string, ...input: string[]): Promise<string> {
    const module = new URL('../src/fs/dialogue.ts', import.meta.url).href;
    const open = `const { DialogueSync } = await import(${JSON.stringify(module)}); const open = () => new DialogueSync({ input: process.stdin, output: process.stdout });`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', `${open}${script}`]);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    for (const part of input) {
      await sleep(100);
      child.stdin.write(part);
    }
    child.stdin.end();
    await once(child, 'close');
    return output;
  }

  it('asks, waits for a line, and keeps what came with it for the next question, of another dialogue too', async () => {
    const script = `const one = open(); console.log([one.question('A? '), one.question('B? ')]); one.close(); console.log(open().question('C? '));`;
    expect(await talk(script, '1', '\r\n2\n3')).toBe("A? B? [ '1', '2' ]\nC? 3\n");
  });

  it('gives the lines that are left', async () => {
    const script = `const one = open(); one.question(''); for (const line of one) { console.log(line); if (line === 'b') break; } console.log([...one]);`;
    expect(await talk(script, 'x\na\nb\nc\n')).toBe("a\nb\n[ 'c' ]\n");
  });

  it.each([
    ['is closed', "one.question(''); one.close();"],
    ['has no further line', "one.question('');"],
  ])('answers no question when it %s', async (_when, first) => {
    const script = `const one = open(); ${first} try { one.question('? '); } catch (error) { console.log(error.code, error.message); }`;
    expect((await talk(script, 'x\n')).replace('? ', '')).toBe('ERR_USE_AFTER_CLOSE readline was closed\n');
  });
});
