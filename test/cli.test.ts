import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Report } from '../src/model/report.ts';
import { temporaryProject } from './temporary-project.ts';
import { unawait } from './cli-terminal.ts';

const STORE = `import { readFile, writeFile } from 'node:fs/promises';

/** Lines of a file. */
export async function load(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8');
  return text.split('\\n');
}

export async function save(path: string, lines: string[]): Promise<void> {
  await writeFile(path, lines.join('\\n'));
}
`;
const WATCH = `import { EventEmitter, once } from 'node:events';

export async function nextChange(emitter: EventEmitter): Promise<unknown> {
  const [value] = (await once(emitter, 'change')) as unknown[];
  return value;
}

export async function follow(emitter: EventEmitter): Promise<string> {
  return String(await nextChange(emitter));
}
`;
const FILES = {
  'package.json': '{ "name": "notes", "type": "module" }\n',
  'tsconfig.json': '{ "compilerOptions": { "module": "nodenext", "strict": true }, "include": ["src"] }\n',
  'src/store.ts': STORE,
  'src/watch.ts': WATCH,
};

function committed(files: Readonly<Record<string, string>> = FILES): string {
  const root = temporaryProject(files);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args], { cwd: root });
  git('init', '-q');
  git('add', '-A');
  git('commit', '-qm', 'Start');
  return root;
}

function read(root: string, file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

test('report shows what would change and what stays, and writes nothing', async () => {
  const root = committed();
  const { code, out, err } = await unawait(['report', root]);
  expect(code).toBe(0);
  expect(out).toMatch(/^notes {2}2 of 4 asynchronous functions can turn blocking, 2 stay async\./);
  expect(out).toContain('src/store.ts');
  expect(out).toMatch(/3:1 {2}nextChange/);
  expect(out).toMatch(/calls nextChange/);
  expect(err).toBe('');
  expect(read(root, 'src/store.ts')).toBe(STORE);
});

test('--json is the report and nothing else, on standard output', async () => {
  const { code, out, err } = await unawait(['report', temporaryProject(FILES), '--json'], { tty: true });
  const report = JSON.parse(out) as Report;
  expect(code).toBe(0);
  expect(report.counts).toMatchObject({ asynchronous: 4, blocking: 2, staysAsync: 2, filesChanged: 1 });
  expect(report.files.map(({ file }) => file)).toContain('src/store.ts');
  expect(err.replaceAll(/\r\u001b\[2K[^\r]*/g, '')).toBe('');
});

test.each([
  ['markdown', /^# unawait: notes\n/],
  ['html', /^<!doctype html>/],
  ['sarif', /"version": "2\.1\.0"/],
])('--format %s goes to --output', async (format, text) => {
  const root = temporaryProject(FILES);
  const file = join(root, 'reports/out.txt');
  const { code, out } = await unawait(['report', root, '--format', format, '--output', file]);
  expect([code, out]).toEqual([0, '']);
  expect(readFileSync(file, 'utf8')).toMatch(text);
});

test('--fail-on refused is exit 1 when something stays async, else 0', async () => {
  expect((await unawait(['report', temporaryProject(FILES), '--fail-on', 'refused'])).code).toBe(1);
  const { 'src/watch.ts': _, ...blocking } = FILES;
  expect((await unawait(['report', temporaryProject(blocking), '--fail-on', 'refused'])).code).toBe(0);
});

test('run converts in place in a clean repository, and a second run has nothing to do', async () => {
  const root = committed();
  const first = await unawait(['run', root, '--report', join(root, 'report.json')]);
  expect(first.code).toBe(0);
  expect(first.out).toContain('2 of 4 asynchronous functions turned blocking');
  const store = read(root, 'src/store.ts');
  expect(store).not.toMatch(/async|await|Promise/);
  expect(store).toContain('/** Lines of a file. */');
  expect(read(root, 'src/watch.ts')).toBe(WATCH);
  expect((JSON.parse(read(root, 'report.json')) as Report).counts.blocking).toBe(2);
  const second = await unawait(['run', root, '--check']);
  expect([second.code, second.out]).toEqual([0, 'There is nothing to convert.\n']);
});

test('run refuses a dirty tree without --allow-dirty', async () => {
  const root = committed();
  writeFileSync(join(root, 'src/store.ts'), `// mine\n${STORE}`);
  const refused = await unawait(['run', root]);
  expect([refused.code, refused.out]).toEqual([2, '']);
  expect(refused.err).toBe(
    'error: The git tree has uncommitted changes (src/store.ts). Commit or stash them, or pass --allow-dirty.\n',
  );
  expect((await unawait(['run', root, '--allow-dirty'])).code).toBe(0);
  expect(read(root, 'src/store.ts')).toContain('// mine\n');
});

test('run --dry-run shows the diff and writes nothing', async () => {
  const root = temporaryProject(FILES);
  const { code, out } = await unawait(['run', root, '--dry-run']);
  expect(code).toBe(0);
  expect(out).toContain('--- a/src/store.ts\n+++ b/src/store.ts\n');
  expect(out).toContain('\n-export async function load(path: string): Promise<string[]> {\n');
  expect(out).toContain('\n+export function load(path: string): string[] {\n');
  expect(read(root, 'src/store.ts')).toBe(STORE);
});

test('run --out leaves the source alone, --check finds a stale copy', async () => {
  const root = temporaryProject(FILES);
  const out = join(temporaryProject({}), 'out');
  expect((await unawait(['run', root, '--out', out])).code).toBe(0);
  expect(read(root, 'src/store.ts')).toBe(STORE);
  expect(read(out, 'src/store.ts')).not.toContain('await');
  expect((await unawait(['run', root, '--out', out, '--check'])).code).toBe(0);
  writeFileSync(join(root, 'src/watch.ts'), `${WATCH}export const added = 1;\n`);
  const stale = await unawait(['run', root, '--out', out, '--check']);
  expect(stale.code).toBe(1);
  expect(stale.out).toBe(`These files of ${out} are stale:\n  src/watch.ts\n`);
  expect((await unawait(['run', root, '--out', out])).code).toBe(2);
  expect((await unawait(['run', root, '--out', out, '--force'])).code).toBe(0);
});

test('run --check names what would change and exits 1', async () => {
  const root = temporaryProject(FILES);
  const { code, out } = await unawait(['run', root, '--check']);
  expect(code).toBe(1);
  expect(out).toMatch(/^These files would change:\n(.|\n)* {2}src\/store\.ts\n/);
  expect(read(root, 'src/store.ts')).toBe(STORE);
});

test('--include and --exclude select files and functions; what selects nothing is said', async () => {
  const root = temporaryProject(FILES);
  const report = async (...args: string[]) =>
    JSON.parse((await unawait(['report', root, '--json', ...args])).out) as Report;
  expect((await report('--exclude', 'src/store.ts')).counts.blocking).toBe(0);
  expect((await report('--include', 'src/store.ts#load')).counts.blocking).toBe(1);
  const { err } = await unawait(['report', root, '--include', 'lib/**']);
  expect(err).toBe('warning: `lib/**` selects no file and no function.\n');
});

test('the configuration of the project counts, its own rows too', async () => {
  const root = temporaryProject({
    ...FILES,
    'unawait.config.ts': `import { defineConfig } from 'unawait';\nexport default defineConfig({ exclude: ['src/store.ts'], format: 'markdown' });\n`,
  });
  const { code, out } = await unawait(['report', root]);
  expect([code, out.split('\n')[2]]).toEqual([
    0,
    '0 of 4 asynchronous functions can turn blocking, 4 stay async. 0 changes in 0 files, 0 notes.',
  ]);
  writeFileSync(join(root, 'other.json'), '{ "polices": [] }');
  const wrong = await unawait(['report', root, '--config', join(root, 'other.json')]);
  expect([wrong.code, wrong.err]).toEqual([2, 'error: other.json: has no key `polices`; did you mean `policies`?\n']);
});

test('explain prints one chain, by place or by name', async () => {
  const root = temporaryProject(FILES);
  const byPlace = await unawait(['explain', 'src/watch.ts:8', root]);
  expect(byPlace.code).toBe(0);
  expect(byPlace.out).toMatch(
    /^follow \(src\/watch\.ts:8:1\) stays async, because it\n {2}calls nextChange \(src\/watch\.ts:3:1\)\n/,
  );
  const byName = await unawait(['explain', 'load', root]);
  expect(byName.out).toMatch(
    /^load \(src\/store\.ts:4:1\) turns blocking, because everything in it is claimed:\n(.|\n)*await readFile/,
  );
  const absolute = await unawait(['explain', `${join(root, 'src/watch.ts')}:8`, root]);
  expect(absolute.out).toBe(byPlace.out);
  const none = await unawait(['explain', 'nobody', root]);
  expect([none.code, none.out, none.err]).toEqual([
    2,
    '',
    'No function is called nobody. Name a place instead: src/db.ts:42.\n',
  ]);
});

test('swaps searches the API map', async () => {
  const found = await unawait(['swaps', 'fs/promises#readfile']);
  expect(found.code).toBe(0);
  expect(found.out).toMatch(/^node:fs\/promises#readFile\n {2}→ node:fs#readFileSync\n/);
  const json = JSON.parse((await unawait(['swaps', '--json', 'readFileSync'])).out) as { api: string }[];
  expect(json.map(({ api }) => api)).toContain('node:fs/promises#readFile');
  expect((await unawait(['swaps', 'no-such-api-anywhere'])).code).toBe(1);
});

test('init writes a configuration that loads and changes nothing, once', async () => {
  const root = temporaryProject(FILES);
  const plain = (await unawait(['report', root])).out;
  expect((await unawait(['init', root])).code).toBe(0);
  expect((await unawait(['report', root])).out).toBe(plain);
  const again = await unawait(['init', root]);
  expect([again.code, again.err]).toEqual([2, `error: ${join(root, 'unawait.config.ts')} is there already.\n`]);
});

test.each([
  [['reprot'], /unknown command 'reprot'\n\(Did you mean report\?\)/],
  [['report', '--fromat', 'json'], /unknown option '--fromat'/],
  [['report', '--format', 'xml'], /Allowed choices are terminal, json, markdown, html, sarif/],
  [['report', 'a', 'b'], /too many arguments/],
  [['report', 'nowhere-at-all'], /^error: There is no nowhere-at-all\. Name a folder or a tsconfig\.\n$/],
  [['verify', '--timeout', 'soon'], /It must be a positive number/],
  [['explain'], /missing required argument/],
])('%j is a usage error', async (args, message) => {
  const { code, out, err } = await unawait(args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(message);
});

test('help is no error, and every command has examples', async () => {
  const help = await unawait(['--help']);
  expect([help.code, help.err]).toEqual([0, '']);
  for (const command of ['report', 'run', 'verify', 'explain', 'swaps']) {
    expect((await unawait([command, '--help'])).out).toMatch(/\nExamples:\n {2}\$ unawait /);
  }
  expect((await unawait(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('colour and progress are for terminals, and NO_COLOR is honoured', async () => {
  const root = temporaryProject(FILES);
  const terminal = await unawait(['report', root], { tty: true });
  expect(terminal.out).toContain('\u001b[1m');
  expect(terminal.err).toMatch(/\r\u001b\[2KAnalysing 2 files…[\s\S]*\r\u001b\[2K$/);
  const plain = await unawait(['report', root], { tty: true, env: { NO_COLOR: '1' } });
  expect(plain.out).not.toContain('\u001b');
  const piped = await unawait(['report', root]);
  expect([piped.out.includes('\u001b'), piped.err]).toEqual([false, '']);
  const quiet = await unawait(['report', root, '--quiet'], { tty: true, env: { NO_COLOR: '1' } });
  expect(quiet).toEqual({ code: 0, out: expect.stringMatching(/^2 of 4 .*\n$/) as string, err: '' });
});

test('--types warns of type errors of the source', async () => {
  const root = temporaryProject({ ...FILES, 'src/wrong.ts': 'export const n: number = "1";\n' });
  const { err } = await unawait(['report', root, '--types']);
  expect(err).toBe(
    "warning: The source has 1 type errors, first src/wrong.ts:1:14: Type 'string' is not assignable to type 'number'.\n",
  );
});

const CLI = [
  process.execPath,
  '--import',
  import.meta.resolve('tsx'),
  join(import.meta.dirname, '../src/cli.ts'),
] as const;

test('as a process: exit codes, and a reader that stops early is no failure', () => {
  const root = temporaryProject(FILES);
  const [node, ...args] = CLI;
  const run = (...more: string[]) => spawnSync(node, [...args, ...more], { encoding: 'utf8' });
  expect(run('report', root, '--fail-on', 'refused').status).toBe(1);
  expect(run('report', join(root, 'gone')).status).toBe(2);
  const command = [...CLI, 'report', root, '--json'].map((each) => `'${each}'`).join(' ');
  const piped = spawnSync('bash', ['-c', `set -o pipefail; ${command} | head -c 10`], { encoding: 'utf8' });
  expect([piped.status, piped.stdout, piped.stderr]).toEqual([0, '{\n  "versi', '']);
});

test('as a process: an interrupted run leaves the project as it was', async () => {
  const many = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`src/s${i}.ts`, STORE]));
  const root = temporaryProject({ ...FILES, ...many });
  const [node, ...args] = CLI;
  const child = spawn(node, [...args, 'run', root, '--allow-dirty'], { stdio: 'ignore' });
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.on('exit', (code, signal) => resolve([code, signal]));
  });
  const temporary = join(root, 'src', `.s0.ts.${child.pid!}.unawait-new`);
  while (!existsSync(temporary) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 1));
  child.kill('SIGINT');
  const [code] = await ended;
  expect(code).toBe(130);
  const left = execFileSync('find', [root, '-name', '*.unawait*'], { encoding: 'utf8' });
  expect(left).toBe('');
  expect(Object.keys(many).filter((file) => read(root, file) !== STORE)).toEqual([]);
});
