import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UsageError } from '../src/load/usage-error.ts';
import { loadWorkspace, typeErrors } from '../src/load/workspace.ts';
import type { FileChange } from '../src/model/edit.ts';
import { Interrupted, writeChanges } from '../src/write.ts';
import { temporaryProject } from './temporary-project.ts';

const BEFORE = 'export const a = await f();\n';
const AFTER = 'export const a = f();\n';

function change(file: string, before = BEFORE, after = AFTER): FileChange {
  return { file, before, after };
}

function git(root: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', [...identity, ...args], { cwd: root, encoding: 'utf8' });
}

function repository(files: Readonly<Record<string, string>>): string {
  const root = temporaryProject(files);
  git(root, 'init', '-q');
  git(root, 'add', '-A');
  git(root, 'commit', '-q', '-m', 'Start');
  return root;
}

/** Every file below a folder with its text, `.git` left out. */
function contents(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const paths = files.map((each) => join(each.parentPath, each.name)).filter((path) => !path.includes('/.git/'));
  return Object.fromEntries(paths.map((path) => [path.slice(root.length + 1), readFileSync(path, 'utf8')]));
}

test('in place, files are replaced with their mode, byte order mark and links kept', async () => {
  const root = temporaryProject({ 'src/a.ts': BEFORE, 'src/b.ts': `\uFEFF${BEFORE}`, 'real/c.ts': BEFORE });
  chmodSync(join(root, 'src/a.ts'), 0o755);
  symlinkSync('../real/c.ts', join(root, 'src/c.ts'));
  await writeChanges(
    root,
    [change('src/a.ts'), change('src/b.ts'), change('src/c.ts'), change('src/new.ts', '', 'export {};\n')],
    { allowDirty: true },
  );
  expect(contents(root)).toEqual({
    'src/a.ts': AFTER,
    'src/b.ts': `\uFEFF${AFTER}`,
    'real/c.ts': AFTER,
    'src/new.ts': 'export {};\n',
  });
  expect(statSync(join(root, 'src/a.ts')).mode & 0o777).toBe(0o755);
  expect(readlinkSync(join(root, 'src/c.ts'))).toBe('../real/c.ts');
});

test('a file that changed since it was read keeps every file as it is', async () => {
  const root = temporaryProject({ 'a.ts': BEFORE, 'b.ts': 'saved by an editor\n' });
  const files = contents(root);
  await expect(writeChanges(root, [change('a.ts'), change('b.ts')], { allowDirty: true })).rejects.toThrow(
    'b.ts was changed while it was being converted. Nothing was written; run again.',
  );
  expect(contents(root)).toEqual(files);
});

test('a failure in the middle puts back what was replaced and leaves no temporary file', async () => {
  const root = temporaryProject({ 'a.ts': BEFORE, 'z.ts': BEFORE });
  const files = contents(root);
  mkdirSync(join(root, `.z.ts.${process.pid}.unawait-old`));
  const failure = await writeChanges(root, [change('a.ts'), change('new.ts', '', 'x'), change('z.ts')], {
    allowDirty: true,
  }).catch((e: unknown) => e);
  expect(failure).toBeInstanceOf(UsageError);
  expect((failure as Error).message).toMatch(/^Nothing was changed: .*cannot be written/);
  expect(contents(root)).toEqual(files);
});

test.each([1, 3, 5])('an interruption at step %i puts everything back', async (steps) => {
  const root = temporaryProject({ 'a.ts': BEFORE, 'b.ts': BEFORE, 'c.ts': BEFORE });
  const files = contents(root);
  const listeners = process.listenerCount('SIGINT');
  let left = steps;
  const interrupt = (): void => {
    if (--left === 0) process.emit('SIGINT', 'SIGINT');
    else setImmediate(interrupt);
  };
  setImmediate(interrupt);
  const failure = await writeChanges(
    root,
    ['a.ts', 'b.ts', 'c.ts'].map((file) => change(file)),
    { allowDirty: true },
  ).catch((e: unknown) => e);
  process.exitCode = 0;
  expect(failure).toBeInstanceOf(Interrupted);
  expect(contents(root)).toEqual(files);
  expect(process.listenerCount('SIGINT')).toBe(listeners);
});

const namespaces = spawnSync('unshare', ['-rm', 'true']).status === 0;
test.skipIf(!namespaces)('a full disk changes nothing', () => {
  const root = temporaryProject({ 'disk/.keep': '' });
  const script = `
    import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
    import { writeChanges } from ${JSON.stringify(join(import.meta.dirname, '../src/write.ts'))};
    const root = ${JSON.stringify(join(root, 'disk'))};
    writeFileSync(root + '/a.ts', 'a');
    writeFileSync(root + '/b.ts', 'b');
    const changes = [{ file: 'a.ts', before: 'a', after: 'A' }, { file: 'b.ts', before: 'b', after: 'B'.repeat(1 << 20) }];
    const failure = await writeChanges(root, changes, { allowDirty: true }).catch((error) => error);
    console.log(JSON.stringify([failure.message, readdirSync(root), readFileSync(root + '/a.ts', 'utf8')]));
  `;
  writeFileSync(join(root, 'full.mts'), script);
  const tsx = import.meta.resolve('tsx');
  const command = `mount -t tmpfs -o size=64k none disk && exec "${process.execPath}" --import "${tsx}" full.mts`;
  const { stdout, stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', command], { cwd: root, encoding: 'utf8' });
  expect(stdout, stderr).not.toBe('');
  expect(JSON.parse(stdout)).toEqual([
    'The disk is full. Nothing was changed; make room and run again.',
    ['a.ts', 'b.ts'],
    'a',
  ]);
});

test('in a clean repository changes are written in place', async () => {
  const root = repository({ 'src/a.ts': BEFORE });
  await writeChanges(root, [change('src/a.ts')]);
  expect(git(root, 'status', '--porcelain')).toBe(' M src/a.ts\n');
});

test('uncommitted changes refuse, those outside of the project folder do not', async () => {
  const root = repository({ 'app/a.ts': BEFORE, 'other/x.ts': 'x' });
  writeFileSync(join(root, 'other/x.ts'), 'y');
  writeFileSync(join(root, 'app/notes.txt'), 'not tracked and not ours');
  await writeChanges(join(root, 'app'), [change('a.ts')]);
  expect(readFileSync(join(root, 'app/a.ts'), 'utf8')).toBe(AFTER);
  await expect(writeChanges(join(root, 'app'), [change('a.ts', AFTER, BEFORE)])).rejects.toThrow(
    'The git tree has uncommitted changes (app/a.ts). Commit or stash them, or pass --allow-dirty.',
  );
  await writeChanges(join(root, 'app'), [change('a.ts', AFTER, BEFORE)], { allowDirty: true });
  expect(readFileSync(join(root, 'app/a.ts'), 'utf8')).toBe(BEFORE);
});

test('what git does not track is not written over', async () => {
  const root = repository({ 'a.ts': BEFORE, '.gitignore': 'local' });
  mkdirSync(join(root, 'local'));
  writeFileSync(join(root, 'local/b.ts'), BEFORE);
  await expect(writeChanges(root, [change('a.ts'), change('local/b.ts')])).rejects.toThrow(
    /^Git does not track local\/b\.ts/,
  );
  expect(readFileSync(join(root, 'a.ts'), 'utf8')).toBe(BEFORE);
});

test('outside of a repository --out or --allow-dirty is asked for', async () => {
  await expect(writeChanges(temporaryProject({ 'a.ts': BEFORE }), [change('a.ts')])).rejects.toThrow(
    /not in a git repository.*--out DIR/,
  );
});

test('--out copies the whole project, the source stays', async () => {
  const root = temporaryProject({
    'src/a.ts': `\uFEFF${BEFORE}`,
    'src/data.bin': Uint8Array.of(0, 255, 254),
    'bin/run': '#!/bin/sh\n',
    'node_modules/x/index.js': '',
    'dist/a.js': '',
    '.git/HEAD': '',
    '.env': 'A=1',
    'empty/.keep': '',
  });
  chmodSync(join(root, 'bin/run'), 0o755);
  symlinkSync('src/a.ts', join(root, 'inside.ts'));
  symlinkSync('../outside', join(root, 'outside'));
  const out = join(temporaryProject({}), 'deep/out');
  await writeChanges(root, [change('src/a.ts')], { out });
  expect(Object.keys(contents(out)).sort()).toEqual(['.env', 'bin/run', 'empty/.keep', 'src/a.ts', 'src/data.bin']);
  expect(readFileSync(join(out, 'src/a.ts'), 'utf8')).toBe(`\uFEFF${AFTER}`);
  expect([...readFileSync(join(out, 'src/data.bin'))]).toEqual([0, 255, 254]);
  expect(statSync(join(out, 'bin/run')).mode & 0o777).toBe(0o755);
  expect(readlinkSync(join(out, 'inside.ts'))).toBe('src/a.ts');
  expect(readlinkSync(join(out, 'outside'))).toBe(join(root, '../outside'));
  expect(readFileSync(join(root, 'src/a.ts'), 'utf8')).toBe(`\uFEFF${BEFORE}`);
  expect(readdirSync(join(out, '..'))).toEqual(['out']);
});

test('a project published as dist comes along', async () => {
  const root = temporaryProject({ 'p/dist/a.js': BEFORE, 'p/dist/b.js': 'b' });
  await writeChanges(join(root, 'p'), [change('dist/a.js')], { out: join(root, 'converted') });
  expect(contents(join(root, 'converted'))).toEqual({ 'dist/a.js': AFTER, 'dist/b.js': 'b' });
});

test('sources in dist come along though nothing in them changes', async () => {
  const root = temporaryProject({ 'p/dist/a.js': BEFORE, 'p/dist/b.js': 'b' });
  const options = { out: join(root, 'converted'), needed: ['dist/a.js'] };
  await writeChanges(join(root, 'p'), [], options);
  expect(contents(join(root, 'converted'))).toEqual({ 'dist/a.js': BEFORE, 'dist/b.js': 'b' });
});

test('--out inside of the project is refused, but where git ignores it; it does not copy itself', async () => {
  const root = repository({ 'src/a.ts': BEFORE, '.gitignore': 'converted/\n' });
  const run = (out: string) => writeChanges(root, [change('src/a.ts')], { out: join(root, out), force: true });
  await expect(run('blocking')).rejects.toThrow(/lies in the project.*beside it/);
  await expect(run('src/blocking')).rejects.toThrow(/lies in the project/);
  expect(existsSync(join(root, 'blocking'))).toBe(false);
  await run('converted');
  await run('converted');
  expect(contents(join(root, 'converted'))).toEqual({ 'src/a.ts': AFTER, '.gitignore': 'converted/\n' });
  const bare = temporaryProject({ 'a.ts': BEFORE });
  await expect(writeChanges(bare, [change('a.ts')], { out: join(bare, 'out') })).rejects.toThrow(/lies in the project/);
});

test('--out leaves out folders that git ignores, unless the program needs them', async () => {
  const root = repository({ 'src/a.ts': BEFORE, '.gitignore': 'cache/\ngenerated/\n.env\n*.log\n' });
  for (const [file, text] of Object.entries({
    'cache/large.bin': 'x',
    'src/generated/client.ts': 'export {};',
    'src/generated/deep/query.ts': 'export {};',
    '.env': 'A=1',
    'debug.log': 'y',
  })) {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  const place = temporaryProject({});
  const run = (out: string, needed: readonly string[] | 'everything') =>
    writeChanges(root, [change('src/a.ts')], { out: join(place, out), needed });
  expect(await run('some', ['src/a.ts', 'src/generated/client.ts'])).toEqual(['cache']);
  expect(Object.keys(contents(join(place, 'some'))).sort()).toEqual([
    '.env',
    '.gitignore',
    'debug.log',
    'src/a.ts',
    'src/generated/client.ts',
    'src/generated/deep/query.ts',
  ]);
  expect(await run('all', 'everything')).toEqual([]);
  expect(existsSync(join(place, 'all/cache/large.bin'))).toBe(true);
  // A project in a folder that git ignores as a whole is copied as it is.
  mkdirSync(join(root, 'cache/p/src'), { recursive: true });
  writeFileSync(join(root, 'cache/p/src/a.ts'), BEFORE);
  writeFileSync(join(root, 'cache/p/data.txt'), 'd');
  expect(await writeChanges(join(root, 'cache/p'), [change('src/a.ts')], { out: join(place, 'p') })).toEqual([]);
  expect(existsSync(join(place, 'p/data.txt'))).toBe(true);
});

test('a copied tsconfig still finds its base outside of the project', async () => {
  const root = temporaryProject({
    'tsconfig.base.json': '{ "compilerOptions": { "strict": true, "module": "nodenext" } }',
    'packages/a/tsconfig.json':
      '{\n  // The house rules\n  "extends": "../../tsconfig.base.json",\n  "include": ["./src"]\n}\n',
    'packages/a/src/a.ts': 'export const a: number = null;\n',
  });
  const out = join(temporaryProject({}), 'converted/a');
  await writeChanges(join(root, 'packages/a'), [], { out });
  expect(readFileSync(join(out, 'tsconfig.json'), 'utf8')).toContain('// The house rules');
  expect(typeErrors(loadWorkspace(out))?.count).toBe(1);
});

test('--out refuses what would be lost', async () => {
  const root = temporaryProject({ 'p/a.ts': BEFORE, 'full/x': 'x', file: '' });
  const project = join(root, 'p');
  const refused = (out: string, force = false) => writeChanges(project, [change('a.ts')], { out, force });
  await expect(refused(join(root, 'full'))).rejects.toThrow(/is not empty.*--force/);
  await expect(refused(join(root, 'file'))).rejects.toThrow(/is a file/);
  await expect(refused(project, true)).rejects.toThrow(/names the project itself/);
  await expect(refused(root, true)).rejects.toThrow(/holds the project/);
  symlinkSync(project, join(root, 'link'));
  await expect(refused(join(root, 'link'), true)).rejects.toThrow(/names the project itself/);
  await refused(join(root, 'full'), true);
  expect(contents(join(root, 'full'))).toEqual({ x: 'x', 'a.ts': AFTER });
});

test('an interrupted --out leaves nothing behind', async () => {
  const root = temporaryProject(Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`src/${i}.ts`, BEFORE])));
  const out = join(temporaryProject({}), 'out');
  setImmediate(() => process.emit('SIGTERM', 'SIGTERM'));
  await expect(writeChanges(root, [change('src/1.ts')], { out })).rejects.toBeInstanceOf(Interrupted);
  process.exitCode = 0;
  expect(existsSync(out)).toBe(false);
  expect(readdirSync(join(out, '..'))).toEqual([]);
});
