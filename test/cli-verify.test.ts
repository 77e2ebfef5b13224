import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Verdict } from '../src/model/verdict.ts';
import * as unawaitLibrary from '../src/index.ts';
import { unawait } from './cli-terminal.ts';
import { temporaryProject } from './temporary-project.ts';

const MAIN = `import { readFile } from 'node:fs/promises';

async function lines(path) {
  return (await readFile(path, 'utf8')).split('\\n').length;
}

console.log(await lines(process.argv[2] ?? 'data.txt'));
`;
const FILES = {
  'package.json': '{ "name": "count", "type": "module" }\n',
  'main.js': MAIN,
  'scenario.json': JSON.stringify({
    runtime: 'program',
    name: 'own file',
    argv: ['data.txt'],
    files: { 'data.txt': { text: 'a\nb\nc' } },
  }),
};

test('verify converts a copy, runs both and says that they do the same', async () => {
  const root = temporaryProject(FILES);
  const args = [
    '--runtime',
    'program',
    '--entry',
    'main.js',
    '--scenario',
    'scenario.json',
    '--skip',
    'measure',
    'types',
  ];
  const { code, out, err } = await unawait(['verify', root, '--json', ...args]);
  const verdict = JSON.parse(out) as Verdict;
  expect(verdict.runs.differential, err).toMatchObject({ status: 'passed', runtime: 'program' });
  expect([verdict.ok, verdict.stable.status, code]).toEqual([true, 'passed', 0]);
  expect(readFileSync(join(root, 'main.js'), 'utf8')).toBe(MAIN);
});

test('verify of a result that does something else is exit 1 and shows where they part', async () => {
  const root = temporaryProject(FILES);
  const wrong = MAIN.replace("import { readFile } from 'node:fs/promises'", "import { readFileSync } from 'node:fs'")
    .replaceAll(/async |await /g, '')
    .replace('readFile(path', 'readFileSync(path')
    .replace('.length', '.length + 1');
  const result = temporaryProject({ ...FILES, 'main.js': wrong });
  const args = [
    '--runtime',
    'program',
    '--entry',
    'main.js',
    '--scenario',
    'scenario.json',
    '--skip',
    'measure',
    'types',
  ];
  const { code, out } = await unawait(['verify', root, '--result', result, ...args]);
  expect(code).toBe(1);
  expect(out).toMatch(/own file/);
  expect(out).toMatch(/stdout/);
});

test('a scenario that is none is a usage error', async () => {
  const root = temporaryProject({ ...FILES, 'scenario.json': '{ "runtime": "program" }' });
  const { code, err } = await unawait(['verify', root, '--scenario', 'scenario.json']);
  expect([code, err]).toEqual([
    2,
    expect.stringMatching(/^error: The scenario scenario\.json cannot be used: /) as string,
  ]);
});

test('the library gives what the command line prints', async () => {
  const root = temporaryProject(FILES);
  const printed = JSON.parse((await unawait(['report', root, '--json'])).out) as unknown;
  expect(await unawaitLibrary.report({ project: root })).toEqual(printed);
  const { report, changes } = await unawaitLibrary.run({ project: root, dryRun: true });
  expect(report).toEqual(printed);
  expect(changes.map(({ file, before }) => [file, before])).toEqual([['main.js', MAIN]]);
  expect(await unawaitLibrary.explain('lines', { project: root })).toBe(
    (await unawait(['explain', 'lines', root])).out,
  );
  await expect(unawaitLibrary.explain('nobody', { project: root })).rejects.toThrow(unawaitLibrary.UsageError);
  const out = join(temporaryProject({}), 'out');
  await unawaitLibrary.run({ project: root, out, config: { exclude: ['main.js'] } });
  expect(readFileSync(join(out, 'main.js'), 'utf8')).toBe(MAIN);
  await expect(unawaitLibrary.report({ project: root, config: { include: 'x' } as never })).rejects.toThrow(
    'config: include must be a list.',
  );
});
