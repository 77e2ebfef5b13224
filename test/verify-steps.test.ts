import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scenario } from '../src/reference/scenario.ts';
import { measureBundle } from '../src/verify/bundle.ts';
import { countDependencies } from '../src/verify/dependencies.ts';
import { planProgram } from '../src/verify/prepare-program.ts';
import { compareTests } from '../src/verify/run-tests.ts';
import { stageProject } from '../src/verify/stage.ts';
import { readTestReport } from '../src/verify/test-report.ts';
import { findTestCommand } from '../src/verify/test-runner.ts';
import type { SecondRun } from '../src/model/verdict.ts';
import { terminalVerdict } from '../src/verify/report/terminal.ts';
import { verify } from '../src/verify/verify.ts';

const MINUTES = 60_000;
/** Below the repository, so that the projects find the packages installed here; git and the linters leave it alone. */
function mkdirTmp(): string {
  const folder = resolve(import.meta.dirname, '../tmp');
  mkdirSync(folder, { recursive: true });
  return folder;
}

let place: string;
let projects = 0;

beforeAll(() => {
  place = mkdtempSync(join(mkdirTmp(), 'verify-'));
});

afterAll(() => {
  rmSync(place, { recursive: true, force: true });
});

function project(files: Readonly<Record<string, string | object>>): string {
  const folder = join(place, String(projects++));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

describe('finding the test runner', () => {
  test.each([
    [
      { scripts: { test: 'vitest run --coverage' } },
      'vitest',
      'vitest run --coverage --watch=false --reporter=json --outputFile="{report}"',
    ],
    [
      { scripts: { test: 'eslint . && tsc -p . && NODE_ENV=test jest' } },
      'jest',
      'tsc -p . && NODE_ENV=test jest --json --outputFile="{report}"',
    ],
    [
      { scripts: { test: 'npm run lint && npm run test:unit', 'test:unit': 'mocha -r x' } },
      'mocha',
      'mocha -r x --reporter json --reporter-option output="{report}"',
    ],
    [
      { scripts: { pretest: 'npm run lint && npm run build', test: 'tape test/*.js' } },
      'tape',
      'npm run build && tape test/*.js > "{report}"',
    ],
    [{ devDependencies: { tap: '21' } }, 'tap', 'tap --reporter=tap > "{report}"'],
    [{ scripts: { test: 'node --import tsx --test test/*.ts' } }, 'node:test', 'node --import tsx --test test/*.ts'],
    [
      { devDependencies: { vitest: '4' } },
      'vitest',
      'vitest run --watch=false --reporter=json --outputFile="{report}"',
    ],
    [{ scripts: { test: 'echo none && exit 1' } }, 'node:test', 'node --test'],
  ])('%j', (packageJson, runner, command) => {
    expect(findTestCommand(packageJson, true)).toMatchObject({ runner, command });
  });

  test('a project without tests has none', () => {
    expect(findTestCommand({ scripts: { start: 'node .' } }, false)).toBeNull();
  });
});

describe('reading test reports', () => {
  test('ava prints TAP', () => {
    const text =
      "TAP version 13\nnot ok 1 - index › throws\n  ---\n    name: AssertionError\n    message: 'No way'\n  ...\nok 2 - index › reads\nok 3 - later # SKIP\nnot ok 4 - some day # TODO\n\n1..4\n";
    expect(readTestReport('ava', text, '/p').map(({ name, status, message }) => [name, status, message])).toEqual([
      ['index > throws', 'failed', 'No way'],
      ['index > reads', 'passed', null],
      ['later', 'skipped', null],
      ['some day', 'skipped', null],
    ]);
  });

  test('tape names a test above its assertions, node-tap has tests within tests', () => {
    const read = (runner: 'tape' | 'tap', text: string) =>
      readTestReport(runner, text, '/p').map(({ name, status, message }) => [name, status, message]);
    const tape =
      'TAP version 13\n# reads\nok 1 should be equal\nnot ok 2 should be equal\n  ---\n    operator: equal\n  ...\n# later # SKIP\n\n1..2\n# tests 2\n';
    expect(read('tape', tape)).toEqual([
      ['reads > should be equal', 'passed', null],
      ['reads > should be equal (2)', 'failed', null],
    ]);
    const tap =
      'TAP version 14\n# Subtest: test/a.js\n    # Subtest: reads\n        ok 1 - is a string\n        1..1\n    ok 1 - reads # time=1.5ms\n    not ok 2 - later # TODO\n    1..2\nok 1 - test/a.js # time=9ms\n1..1\n';
    expect(read('tap', tap)).toEqual([
      ['test/a.js > reads > is a string', 'passed', null],
      ['test/a.js > reads', 'passed', null],
      ['test/a.js > later', 'skipped', null],
      ['test/a.js', 'passed', null],
    ]);
  });

  test('vitest and jest: nested names, twins, and a file that does not load', () => {
    const report = {
      testResults: [
        {
          name: '/p/test/a.test.ts',
          status: 'passed',
          assertionResults: [
            { ancestorTitles: ['', 'outer'], title: 'works', status: 'passed', failureMessages: [] },
            { ancestorTitles: ['outer'], title: 'works', status: 'failed', failureMessages: ['no'] },
            { ancestorTitles: [], title: 'later', status: 'todo' },
          ],
        },
        { name: '/p/test/b.test.ts', status: 'failed', message: 'cannot load', assertionResults: [] },
      ],
    };
    expect(readTestReport('vitest', JSON.stringify(report), '/p')).toEqual([
      { file: 'test/a.test.ts', name: 'outer > works', status: 'passed', message: null },
      { file: 'test/a.test.ts', name: 'outer > works (2)', status: 'failed', message: 'no' },
      { file: 'test/a.test.ts', name: 'later', status: 'skipped', message: null },
      { file: 'test/b.test.ts', name: '(the file itself)', status: 'failed', message: 'cannot load' },
    ]);
  });

  test('mocha', () => {
    const report = {
      passes: [{ fullTitle: 'a b', file: '/p/t.js', err: {} }],
      failures: [{ fullTitle: 'a c', file: '/p/t.js', err: { message: 'no' } }],
      pending: [{ fullTitle: 'a d', file: '/p/t.js', err: {} }],
    };
    expect(
      readTestReport('mocha', JSON.stringify(report), '/p').map(({ name, status, message }) => [name, status, message]),
    ).toEqual([
      ['a b', 'passed', null],
      ['a c', 'failed', 'no'],
      ['a d', 'skipped', null],
    ]);
  });

  test('what passed must pass; what failed may; what is new must not fail', () => {
    const result = (name: string, status: 'passed' | 'failed' | 'skipped') => ({
      file: 'f',
      name,
      status,
      message: null,
    });
    const { broken, others } = compareTests(
      [
        result('same', 'passed'),
        result('worse', 'passed'),
        result('gone', 'passed'),
        result('bad', 'failed'),
        result('off', 'skipped'),
      ],
      [
        result('same', 'passed'),
        result('worse', 'failed'),
        result('bad', 'failed'),
        result('off', 'skipped'),
        result('new', 'passed'),
        result('new bad', 'failed'),
      ],
    );
    expect(broken.map(({ name, before, after }) => [name, before, after])).toEqual([
      ['worse', 'passed', 'failed'],
      ['gone', 'passed', 'missing'],
      ['new bad', 'missing', 'failed'],
    ]);
    expect(others.map(({ name }) => name)).toEqual(['bad', 'new']);
  });
});

const PACKAGE = { name: 'p', type: 'module', scripts: { test: 'node --test' } };
const TESTS = `import { describe, test } from 'node:test';
import assert from 'node:assert';
import { sum } from '../sum.js';
describe('sum', () => {
  test('adds', () => assert.equal(sum(1, 2), 3));
  describe('of none', () => test('is zero', () => assert.equal(sum(), 0)));
  test('later', { skip: true }, () => {});
});
`;
const SUM = 'export const sum = (...numbers) => numbers.reduce((a, b) => a + b, 0);';

describe('the tests of both sides', () => {
  const tests = (sum: string) => project({ 'package.json': PACKAGE, 'sum.js': sum, 'test/sum.test.js': TESTS });
  const skip = ['types', 'runs', 'measure'] as const;

  test('the same results pass', { timeout: MINUTES }, async () => {
    const verdict = await verify({ before: tests(SUM), after: tests(`${SUM}\n`), skip });
    expect(verdict.runs.tests).toMatchObject({
      status: 'passed',
      runner: 'node:test',
      before: { passed: 2, failed: 0, skipped: 1 },
    });
    expect(verdict.ok).toBe(true);
  });

  test('a broken one is named with its suites', { timeout: MINUTES }, async () => {
    const verdict = await verify({ before: tests(SUM), after: tests(SUM.replace(', 0)', ', 1)')), skip });
    expect(verdict.runs.tests.broken.map(({ name }) => name)).toEqual(['sum > adds', 'sum > of none > is zero']);
    expect(verdict.ok).toBe(false);
  });

  test('tests that hang are cut off', { timeout: MINUTES }, async () => {
    const verdict = await verify({ before: tests(SUM), after: tests(`${SUM} for (;;);`), skip, timeout: 5 });
    expect(verdict.runs.tests.summary).toContain('they were cut off after 5 s');
    expect(verdict.ok).toBe(false);
  });

  test('two sides without one passing test prove nothing', { timeout: MINUTES }, async () => {
    const verdict = await verify({ before: tests('!'), after: tests('!'), skip });
    expect(verdict.runs.tests).toMatchObject({ status: 'failed' });
    expect(verdict.ok).toBe(false);
  });
});

describe('type errors and the second run', () => {
  const TSCONFIG = { compilerOptions: { strict: true, target: 'es2022', module: 'nodenext', types: [], noEmit: true } };
  const typed = (text: string) => project({ 'package.json': PACKAGE, 'tsconfig.json': TSCONFIG, 'a.ts': text });
  const OLD = "export const old: number = 'x';\n";

  test(
    'an error of the result that the source had not fails, an old one elsewhere does not',
    { timeout: MINUTES },
    async () => {
      const skip = ['tests', 'runs', 'measure'] as const;
      const same = await verify({ before: typed(OLD), after: typed(`\n\n${OLD}`), skip });
      expect(same.newErrors).toMatchObject({ status: 'passed', before: 1, after: 1, errors: [] });
      const worse = await verify({ before: typed(OLD), after: typed(`${OLD}export const added: string = 1;\n`), skip });
      expect(worse.newErrors.errors).toMatchObject([{ file: 'a.ts', line: 2, code: 'TS2322' }]);
      expect(worse.ok).toBe(false);
    },
  );

  test(
    'the second run sees a folder with its packages, and what it would change fails',
    { timeout: MINUTES },
    async () => {
      const folder = typed(OLD);
      const seen: boolean[] = [];
      const secondRun = (copy: string): Promise<SecondRun> => {
        seen.push(copy !== folder, existsSync(join(copy, 'node_modules', 'typescript')));
        return Promise.resolve({
          files: ['a.ts'],
          leftovers: [{ file: 'a.ts', line: 1, column: 2, message: 'A promise is left.' }],
        });
      };
      const verdict = await verify({
        before: folder,
        after: folder,
        secondRun,
        skip: ['types', 'tests', 'runs', 'measure'],
      });
      expect(seen).toEqual([true, true]);
      expect(verdict.stable).toMatchObject({
        status: 'failed',
        files: ['a.ts'],
        summary: 'A second run would change 1 file and finds 1 place that should not be so.',
      });
      expect(terminalVerdict(verdict, false)).toContain('    a.ts:1:2 A promise is left.\n');
      const broke = await verify({
        before: folder,
        after: folder,
        secondRun: () => Promise.reject(new Error('ouch')),
        skip: ['types', 'tests', 'runs', 'measure'],
      });
      expect(broke.stable.summary).toBe('The second run broke: ouch');
    },
  );
});

describe('plain programs', () => {
  const main = (text: string) =>
    project({ 'package.json': { name: 'p', type: 'module', bin: './main.ts' }, 'main.ts': text });
  const scenarios: Scenario[] = [{ runtime: 'program', name: 'copies', stdin: { text: 'abc' } }];
  const COPY =
    "import { readFileSync, writeFileSync } from 'node:fs';\nconst text: string = readFileSync(0, 'utf8');\nwriteFileSync('out', text);\n";

  test('are transpiled, run and measured', { timeout: MINUTES }, async () => {
    const verdict = await verify({
      before: main(COPY),
      after: main(COPY),
      scenarios,
      skip: ['types', 'tests'],
      measure: { rounds: 2 },
    });
    expect(verdict.runs.differential).toMatchObject({ status: 'passed', runtime: 'program' });
    expect(verdict.measurements).toMatchObject({
      status: 'passed',
      rounds: 2,
      eventPairMicros: null,
      dependencies: { after: { direct: [], total: 0 } },
    });
    expect(verdict.measurements.coldStartMs?.before).toBeGreaterThan(5);
    expect(verdict.measurements.bundle?.after.bytes).toBeGreaterThan(20);
  });

  test('a file with other content is the difference', { timeout: MINUTES }, async () => {
    const verdict = await verify({
      before: main(COPY),
      after: main(COPY.replace("'out', text", "'out', text.trim() + '!'")),
      scenarios,
      skip: ['types', 'tests', 'measure'],
    });
    expect(verdict.runs.differential.scenarios[0]?.difference).toMatchObject({
      field: 'file out',
      before: '"abc"',
      after: '"abc!"',
    });
  });

  test('what is missing is said', async () => {
    expect(await planProgram(project({ 'package.json': { name: 'p' } }), { before: '', after: '' })).toHaveProperty(
      'missing',
    );
    const verdict = await verify({
      before: main(COPY),
      after: main(COPY),
      build: 'false',
      entry: 'dist/x.js',
      skip: ['types', 'tests'],
    });
    expect(verdict.runs.differential.summary).toContain('The source was not built. The build leaves no dist/x.js.');
  });
});

test('a staged copy has the packages of the folders above and the standard library', async () => {
  const folder = project({
    'package.json': PACKAGE,
    'main.js': "import pc from 'picocolors'; console.log(pc.red('x'));",
    'node_modules/own/package.json': '{}',
  });
  const copy = join(place, 'staged');
  stageProject(folder, copy, folder);
  expect(existsSync(join(copy, 'node_modules/own/package.json'))).toBe(true);
  expect(existsSync(join(copy, 'node_modules/.bin/tsc'))).toBe(true);
  expect(JSON.parse(readFileSync(join(copy, 'node_modules/@unawait/std/package.json'), 'utf8'))).toMatchObject({
    name: '@unawait/std',
  });
  const { bytes, shares } = await measureBundle({
    project: copy,
    entry: join(copy, 'main.js'),
    handler: '',
    taskRoot: copy,
  });
  expect(shares.map(({ from }) => from)).toEqual(['picocolors', '(project)']);
  expect(bytes).toBeGreaterThan(500);
});

test('dependencies are counted with what they need themselves', () => {
  const folder = project({
    'package.json': { dependencies: { a: '1', lost: '1' }, devDependencies: { c: '1' } },
    'node_modules/a/package.json': { dependencies: { b: '1' }, optionalDependencies: { never: '1' } },
    'node_modules/b/package.json': { dependencies: { a: '1' } },
    'node_modules/c/package.json': {},
  });
  expect(countDependencies(folder)).toEqual({ direct: ['a', 'lost'], total: 3 });
});
