import { chmod, lstat, mkdir, readFile, readdir, readlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { filledPayload, type Places } from './payload.ts';
import type { FileSpec } from './scenario.ts';
import { recordBody, type RecordedBody } from './transcript.ts';

/** An entry of the working folder. */
export interface Entry {
  readonly is: 'file' | 'folder' | 'link';
  /** Of a file, or the target of a link. */
  readonly bytes: Buffer;
  /** Permission bits. */
  readonly mode: number;
  /** Epoch milliseconds. */
  readonly modified: number;
}

export interface Changes {
  /** Files that were made or whose content changed, by relative path with `/`. */
  readonly files: Readonly<Record<string, RecordedBody>>;
  /** What else is to be seen of new or changed entries: links, empty folders, permissions, times set by hand. */
  readonly marks: Readonly<Record<string, string>>;
  /** Names of entries that were there before and are gone. */
  readonly removed: readonly string[];
}

/** Clocks of file systems are coarse. */
const SLACK_MS = 60_000;

/** Puts a scenario's files into `folder`. */
export async function placeFiles(
  folder: string,
  files: Readonly<Record<string, FileSpec>>,
  places: Places,
): Promise<void> {
  for (const [name, spec] of Object.entries(files)) {
    const path = join(folder, name);
    if (name.endsWith('/')) {
      await mkdir(path, { recursive: true });
      continue;
    }
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, filledPayload(spec, places));
    if (spec.mode !== undefined) await chmod(path, Number.parseInt(spec.mode, 8));
    if (spec.modified !== undefined) await utimes(path, new Date(spec.modified), new Date(spec.modified));
  }
}

/** All that is below `folder`, by relative path with `/`, in order. Folders are there when they are empty. */
export async function entriesBelow(folder: string): Promise<Map<string, Entry>> {
  const found = new Map<string, Entry>();
  const filled = new Set<string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).split(sep).join('/');
    filled.add(relative(folder, entry.parentPath).split(sep).join('/'));
    const { mode, mtimeMs: modified } = await lstat(path);
    const facts = { mode: mode & 0o777, modified };
    if (entry.isFile()) found.set(name, { ...facts, is: 'file', bytes: await readFile(path) });
    else if (entry.isSymbolicLink())
      found.set(name, { ...facts, is: 'link', bytes: Buffer.from(await readlink(path)) });
    else if (entry.isDirectory()) found.set(name, { ...facts, is: 'folder', bytes: Buffer.alloc(0) });
  }
  for (const name of filled) found.delete(name);
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a program did to its folder. `ignore` names paths that are left to chance, `startedAt` is in epoch milliseconds. */
export function changesBetween(
  before: ReadonlyMap<string, Entry>,
  after: ReadonlyMap<string, Entry>,
  startedAt: number,
  ignore: readonly string[] = [],
): Changes {
  const isIgnored = ignored(ignore);
  const files: Record<string, RecordedBody> = {};
  const marks: Record<string, string> = {};
  for (const [name, entry] of after) {
    if (isIgnored(name)) continue;
    const was = before.get(name);
    const same = was?.is === entry.is && was.bytes.equals(entry.bytes);
    if (entry.is === 'file' && !same) files[name] = recordBody(entry.bytes);
    const mark = markOf(entry, was, startedAt);
    if (mark !== '') marks[name] = mark;
  }
  const removed = [...before.keys()].filter((name) => !after.has(name) && !isIgnored(name)).sort();
  return { files, marks, removed };
}

function markOf(entry: Entry, was: Entry | undefined, startedAt: number): string {
  if (entry.is === 'link')
    return was?.is === 'link' && was.bytes.equals(entry.bytes) ? '' : `link to ${entry.bytes.toString()}`;
  if (entry.is === 'folder') return was?.is === 'folder' ? '' : 'empty folder';
  const marks: string[] = [];
  if (was === undefined || was.mode !== entry.mode) marks.push(`mode ${entry.mode.toString(8)}`);
  const byHand = Math.abs(entry.modified - startedAt) > SLACK_MS && entry.modified !== was?.modified;
  if (byHand) marks.push(`modified ${new Date(entry.modified).toISOString()}`);
  return marks.join(', ');
}

function ignored(patterns: readonly string[]): (name: string) => boolean {
  const tests = patterns.map((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`);
  });
  return (name) => tests.some((test) => test.test(name));
}
