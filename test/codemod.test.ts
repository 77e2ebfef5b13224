import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleEngine, type Bundle } from '../scripts/bundle.ts';
import { unawait } from './cli-terminal.ts';
import { codemod, installCodemod } from './codemod/cli.ts';
import { temporaryProject } from './temporary-project.ts';

const ROOT = join(import.meta.dirname, '..');
const SOURCE = join(ROOT, 'fixtures/projects/lambda-runtime/before');
const MINUTES = 60_000;

let place: string;
let pack: string;
let bundle: Bundle;
let expected: Map<string, string>;

beforeAll(async () => {
  installCodemod();
  place = realpathSync(mkdtempSync(join(tmpdir(), 'unawait-codemod-')));
  pack = join(place, 'package');
  cpSync(join(ROOT, 'codemod'), pack, { recursive: true, filter: (path) => !path.endsWith('bundle') });
  bundle = await bundleEngine(join(pack, 'bundle'));
  const out = join(place, 'expected');
  const { code, err } = await unawait(['run', lambdaProject('source'), '--out', out, '--quiet']);
  expect(err).toBe('');
  expect(code).toBe(0);
  expected = textsOf(out);
}, 15 * MINUTES);

afterAll(() => rmSync(place, { recursive: true, force: true }));

/** A copy of the Lambda project, committed, beside the packages that it needs. */
function lambdaProject(name: string): string {
  const project = join(place, name);
  cpSync(SOURCE, project, { recursive: true, filter: (path) => !/[\\/](node_modules|dist)$/.test(path) });
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
  writeFileSync(join(project, '.gitignore'), 'node_modules\n');
  git(project, 'init', '-q');
  git(project, 'add', '-A');
  git(project, 'commit', '-qm', 'Start');
  return project;
}

function git(folder: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.org'];
  return execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8' });
}

function textsOf(folder: string): Map<string, string> {
  const texts = new Map<string, string>();
  const folders = [''];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    for (const entry of readdirSync(join(folder, at), { withFileTypes: true })) {
      if (entry.name === '.git' || entry.name === 'node_modules') continue;
      if (entry.isDirectory()) folders.push(`${at}${entry.name}/`);
      else texts.set(at + entry.name, readFileSync(join(folder, at, entry.name), 'utf8'));
    }
  }
  return new Map([...texts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Files whose text is not that of the commit. */
function changedFiles(folder: string): string[] {
  return git(folder, 'status', '--porcelain', '--untracked-files=all')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [line.slice(3)]));
}

test('the package has the version of unawait and is small enough to be published', () => {
  const version = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
  expect(readFileSync(join(pack, 'codemod.yaml'), 'utf8')).toContain(`\nversion: ${version}\n`);
  expect(bundle.bytes).toBeLessThan(50_000_000);
  expect(bundle.gzippedBytes).toBeLessThan(10_000_000);
});

test('both workflows are valid', async () => {
  const { code, out, err } = await codemod(place, 'workflow', 'validate', '-w', pack);
  expect(err).toBe('');
  expect(out.match(/Workflow definition is valid/g)).toHaveLength(2);
  expect(code).toBe(0);
});

test(
  'the workflow writes the same files and texts as `unawait run`',
  async () => {
    const project = lambdaProject('converted');
    const { code, err } = await codemod(place, 'workflow', 'run', '-w', pack, '-t', project, '--no-interactive');
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(textsOf(project)).toEqual(expected);
    expect(changedFiles(project).length).toBeGreaterThan(10);
  },
  5 * MINUTES,
);

test(
  'options of `unawait run` are handed on, and a mistake in them fails the run',
  async () => {
    const project = lambdaProject('partly');
    const args = ['workflow', 'run', '-w', pack, '-t', project, '--no-interactive'];
    const wrong = await codemod(place, ...args, '--param', 'options=--nonsense');
    expect(wrong.code).not.toBe(0);
    expect(changedFiles(project)).toEqual([]);
    const { code } = await codemod(place, ...args, '--param', 'options=--include src/event.ts --quiet');
    expect(code).toBe(0);
    const changed = changedFiles(project).filter((file) => file.startsWith('src/'));
    expect(changed.filter((file) => file !== 'src/event.ts')).toEqual([]);
  },
  5 * MINUTES,
);

test(
  'the preview names the same files and writes nothing in a dry run',
  async () => {
    const project = lambdaProject('previewed');
    const args = ['-w', pack, '--workflow-name', 'preview', '-t', project, '--no-interactive', '--allow-child-process'];
    const { code, out } = await codemod(place, 'workflow', 'run', ...args, '--dry-run', '--format', 'jsonl');
    expect(code).toBe(0);
    const named = [...out.matchAll(/Would modify file \(dry run\): ([^"]+)"/g)].map(([, path]) => path!);
    const source = textsOf(project);
    const changes = [...expected].flatMap(([file, text]) => (source.get(file) === text ? [] : [join(project, file)]));
    expect(named.sort()).toEqual(changes.sort());
    expect(changedFiles(project)).toEqual([]);
    const summary = await codemod(place, 'run', './package', '--workflow', 'preview', ...args.slice(4), '--dry-run');
    expect(summary.out + summary.err).toContain(`Would modify ${changes.length} files`);
    expect(summary.code).toBe(0);
  },
  5 * MINUTES,
);

test(
  'the preview without a dry run writes the same texts',
  async () => {
    const project = lambdaProject('bridged');
    const args = ['-w', pack, '--workflow-name', 'preview', '-t', project, '--no-interactive', '--allow-child-process'];
    const { code } = await codemod(place, 'workflow', 'run', ...args);
    expect(code).toBe(0);
    expect(textsOf(project)).toEqual(expected);
  },
  5 * MINUTES,
);

test(
  'uncommitted changes are refused by the git check of the CLI',
  async () => {
    const project = lambdaProject('dirty');
    writeFileSync(join(project, 'src/notes.ts'), 'export const note = 1;\n');
    const { code, err } = await codemod(place, 'workflow', 'run', '-w', pack, '-t', project, '--no-interactive');
    expect(code).not.toBe(0);
    expect(err).toContain('uncommitted changes');
    expect(changedFiles(project)).toEqual(['src/notes.ts']);
  },
  2 * MINUTES,
);

test(
  'the bundle knows the types of Node where the project has none',
  () => {
    const project = temporaryProject({
      'package.json': '{ "name": "bare", "type": "module" }\n',
      'tsconfig.json': '{ "compilerOptions": { "module": "nodenext", "strict": true }, "include": ["*.ts"] }\n',
      'main.ts': `import { readFile } from 'node:fs/promises';

export async function lines(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8')).split('\\n');
}

export async function page(url: string): Promise<string> {
  const response = await fetch(url);
  return response.text();
}
`,
    });
    const out = join(place, 'bare-out');
    execFileSync(process.execPath, [join(pack, 'bundle/unawait.mjs'), 'run', project, '--out', out, '--quiet']);
    expect(readFileSync(join(out, 'main.ts'), 'utf8')).not.toMatch(/\b(async|await|Promise)\b/);
  },
  2 * MINUTES,
);
