import { createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { writeChunksSync } from '../src/fs.ts';

const folder = mkdtempSync(join(tmpdir(), 'unawait-chunks-'));
afterAll(() => rmSync(folder, { recursive: true }));
const descriptors = () => readdirSync('/proc/self/fd').length;

describe('writeChunksSync', () => {
  it('writes what is yielded, as a pipeline does', async () => {
    const [a, b] = [join(folder, 'piped'), join(folder, 'chunks')];
    const parts = ['ö', Buffer.from([0, 255]), '', 'end'];
    await pipeline(parts, createWriteStream(a, 'latin1'));
    writeChunksSync(b, parts, 'latin1');
    expect(readFileSync(b)).toEqual(readFileSync(a));
  });

  it('opens the file first, and closes it where the iterable throws', () => {
    const path = join(folder, 'partly');
    const before = descriptors();
    const parts = function* () {
      yield 'one';
      throw new Error('two');
    };
    expect(() => writeChunksSync(path, parts())).toThrow('two');
    expect([readFileSync(path, 'utf8'), descriptors()]).toEqual(['one', before]);
    expect(() => writeChunksSync(join(folder, 'none', 'a'), parts())).toThrow(/^ENOENT/);
  });
});
