import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unawait } from './cli-terminal.ts';
import { temporaryProject } from './temporary-project.ts';

const ASYNC = 'export async function f(): Promise<number> {\n  return 1;\n}\n';
const PROJECT = { 'package.json': '{ "name": "p", "type": "module" }', 'src/a.ts': ASYNC };

/** Root may read everything: then there is nothing to see. */
const isRoot = process.getuid?.() === 0;

test.skipIf(isRoot)(
  'a file or folder that cannot be read is named, for code that nobody read cannot be judged',
  async () => {
    const root = temporaryProject({ ...PROJECT, 'src/b.ts': ASYNC });
    chmodSync(join(root, 'src/b.ts'), 0);
    expect(await unawait(['report', root])).toEqual({
      code: 2,
      out: '',
      err: 'error: src/b.ts cannot be read: you have no right to read it. Mend that, and run again.\n',
    });
    chmodSync(join(root, 'src/b.ts'), 0o644);
    mkdirSync(join(root, 'src/c'));
    chmodSync(join(root, 'src/c'), 0);
    const { code, err } = await unawait(['report', root]);
    chmodSync(join(root, 'src/c'), 0o755);
    expect([code, err]).toEqual([
      2,
      'error: src/c/ cannot be read: you have no right to read it. Mend that, and run again.\n',
    ]);
  },
);

test.skipIf(isRoot)('folders that cannot be written to are named, and nothing is changed', async () => {
  const root = temporaryProject(PROJECT);
  chmodSync(join(root, 'src'), 0o555);
  const inPlace = await unawait(['run', root, '--allow-dirty']);
  chmodSync(join(root, 'src'), 0o755);
  expect(inPlace.code).toBe(2);
  expect(inPlace.err).toBe(
    'error: Nothing was changed: the folder src cannot be written to (EACCES). Make it writable, or use --out DIR.\n',
  );
  const locked = temporaryProject({});
  chmodSync(locked, 0o555);
  const out = await unawait(['run', root, '--out', join(locked, 'out')]);
  chmodSync(locked, 0o755);
  expect(out.err).toContain('cannot be written (EACCES). Choose a folder that you may write to.');
  expect(out.code).toBe(2);
});

test('a package.json that is no JSON and a tsconfig with a wrong value are named', async () => {
  const broken = await unawait([
    'report',
    temporaryProject({ ...PROJECT, 'package.json': '{ "name": ' }),
    '--quiet',
    '--json',
  ]);
  expect(broken.code).toBe(0);
  const loud = await unawait(['report', temporaryProject({ ...PROJECT, 'package.json': '{ "name": ' })]);
  expect(loud.err).toMatch(/^warning: package\.json is passed over: .*What it exports and depends on is unknown\.\n$/);
  const tsconfig = await unawait([
    'report',
    temporaryProject({ ...PROJECT, 'tsconfig.json': '{ "compilerOptions": { "strict": tru } }' }),
  ]);
  expect(tsconfig.err).toBe(
    "warning: tsconfig.json:1:34: Compiler option 'strict' requires a value of type boolean.\n",
  );
});

test('in place without git says that git is what is missing', async () => {
  const root = temporaryProject(PROJECT);
  execFileSync('git', ['init', '-q'], { cwd: root });
  const { PATH } = process.env;
  process.env['PATH'] = '/nowhere';
  const { code, err } = await unawait(['run', root]);
  process.env['PATH'] = PATH;
  expect([code, err]).toEqual([
    2,
    'error: `git` was not found, so changes in place could not be undone. Install it, or use --out DIR, or --allow-dirty to write all the same.\n',
  ]);
});

test('verify names a result, a scenario or a policy that is not there', async () => {
  const root = temporaryProject({ ...PROJECT, 'unawait.config.json': '{ "policies": ["float-inlin"] }' });
  const config = join(temporaryProject({ 'c.json': '{}' }), 'c.json');
  expect(await unawait(['report', root])).toMatchObject({
    code: 2,
    err: 'error: unawait.config.json: there is no policy `float-inlin`; did you mean `float-inline`?\n',
  });
  expect(await unawait(['verify', root, '--config', config, '--result', 'nope'])).toMatchObject({
    code: 2,
    err: 'error: There is no folder nope. Write it with `unawait run --out nope`.\n',
  });
  expect(existsSync('nope')).toBe(false);
  expect(await unawait(['verify', root, '--config', config, '--scenario', 'nope.json'])).toMatchObject({
    code: 2,
    err: 'error: There is no scenario nope.json in the project. Paths start at its folder.\n',
  });
});

test('explain says what to ask instead', async () => {
  const root = temporaryProject(PROJECT);
  const ask = async (query: string): Promise<string> => (await unawait(['explain', query, root])).err;
  expect(await ask('nobody')).toBe('No function is called nobody. Name a place instead: src/db.ts:42.\n');
  expect(await ask(`${root}/lib/a.ts:1`)).toBe('lib/a.ts is no source of this project. Did you mean src/a.ts?\n');
  expect(await ask('src/a.ts:99')).toBe('src/a.ts has 4 lines; there is no line 99.\n');
});

test.runIf(process.platform === 'linux')(
  'a folder that the system will not have is named, not tried for ever',
  async () => {
    const root = temporaryProject(PROJECT);
    const out = await unawait(['run', root, '--out', '/proc/converted']);
    expect([out.code, out.err]).toEqual([
      2,
      'error: /proc/converted cannot be written (ENOENT). Choose a folder that you may write to.\n',
    ]);
    const report = await unawait(['report', root, '--output', '/proc/reports/report.html', '--quiet']);
    expect(report.err).toBe(
      'error: /proc/reports/report.html cannot be written (ENOENT). Choose a folder that you may write to.\n',
    );
  },
);

test('a command that is not known is answered with those that are', async () => {
  const { code, err } = await unawait(['convert']);
  expect(code).toBe(2);
  expect(err).toContain("error: unknown command 'convert'\nCommands are report, run, verify, ");
});
