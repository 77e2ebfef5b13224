import { describe, expect, test } from 'vitest';
import type { Verdict } from '../src/model/verdict.ts';
import { githubVerdict } from '../src/verify/report/github.ts';
import { jsonVerdict } from '../src/verify/report/json.ts';
import { junitVerdict } from '../src/verify/report/junit.ts';
import { VERDICT_FORMATS, VERDICT_REPORTERS } from '../src/verify/report/reporters.ts';
import { terminalVerdict } from '../src/verify/report/terminal.ts';

const counts = { passed: 3, failed: 0, skipped: 0 };

const GOOD: Verdict = {
  version: 1,
  ok: true,
  newErrors: {
    status: 'passed',
    summary: 'Compiles with TypeScript 6.0.2.',
    typescript: '6.0.2',
    before: 0,
    after: 0,
    errors: [],
  },
  stable: { status: 'skipped', summary: 'No second run was asked for.', files: [], leftovers: [] },
  runs: {
    tests: {
      status: 'passed',
      summary: '3 tests pass as before.',
      runner: 'vitest',
      before: counts,
      after: counts,
      broken: [],
      asyncOnly: [],
      others: [],
    },
    differential: {
      status: 'passed',
      summary: '1 scenario with 2 events run the same.',
      runtime: 'lambda',
      scenarios: [
        {
          status: 'passed',
          summary: '2 events, 5 requests.',
          name: 'payloads',
          handled: { before: 2, after: 2 },
          requests: { before: 5, after: 5 },
          difference: null,
          output: null,
        },
      ],
    },
  },
  measurements: {
    status: 'passed',
    summary: "An event takes 0.50 × the source's time.",
    rounds: 5,
    events: 300,
    oneCpu: true,
    eventPairMicros: { before: 600.4, after: 300.2, ratio: 0.5 },
    cpuMicrosPerEvent: null,
    coldStartMs: { before: 50, after: 40, ratio: 0.8 },
    peakMemoryMb: { before: 60, after: 45, ratio: 0.75 },
    bundle: {
      before: { bytes: 10_000, shares: [{ from: '(project)', bytes: 9_900 }] },
      after: {
        bytes: 14_000,
        shares: [
          { from: '(project)', bytes: 8_000 },
          { from: '@unawait/std', bytes: 5_900 },
        ],
      },
    },
    dependencies: { before: { direct: [], total: 0 }, after: { direct: ['@unawait/std'], total: 1 } },
  },
};

const BAD: Verdict = {
  ...GOOD,
  ok: false,
  newErrors: {
    ...GOOD.newErrors,
    status: 'failed',
    summary: '1 error that the source had not.',
    errors: [{ file: 'src/a.ts', line: 3, column: 5, code: 'TS2322', message: 'Type "x" <is>\nnot y.' }],
  },
  runs: {
    tests: {
      ...GOOD.runs.tests,
      status: 'failed',
      summary: '1 test of 3 no longer pass.',
      broken: [{ file: 'test/a.test.ts', name: 'a > b', before: 'passed', after: 'failed', message: 'no\nreally' }],
    },
    differential: {
      ...GOOD.runs.differential,
      status: 'failed',
      summary: '1 of 1 scenario differ or prove nothing.',
      scenarios: [
        {
          ...GOOD.runs.differential.scenarios[0]!,
          status: 'failed',
          summary: 'request 3 differs.',
          difference: {
            event: 1,
            about: 'an error',
            field: 'request 3',
            before: '"POST /a"',
            after: 'nothing',
            sourceIsUnstable: true,
          },
          output: { before: 'fine', after: '' },
        },
      ],
    },
  },
};

describe('on the terminal', () => {
  test('each check has its line, and the measurements stand side by side', () => {
    const text = terminalVerdict(GOOD, false);
    expect(text).toMatchInlineSnapshot(`
      "✔ types        Compiles with TypeScript 6.0.2.
      – second run   No second run was asked for.
      ✔ tests        3 tests pass as before.
      ✔ runs         1 scenario with 2 events run the same.
        ✔ payloads                           2 events, 5 requests.
      ✔ measured     An event takes 0.50 × the source's time.
                                          before     after     ratio
          event pair, µs                     600       300      0.50
          cold start, ms                    50.0      40.0      0.80
          peak memory, MB                   60.0      45.0      0.75
          bundle, kB minified               10.0      14.0      1.40
            (project)                        9.9       8.0
            @unawait/std                       –       5.9
          dependencies, direct                 0         1
          dependencies, all                    0         1

      ✔ The result does the same as the source.
      "
    `);
  });

  test('what failed is shown with its place and what both sides printed', () => {
    const text = terminalVerdict(BAD, false);
    for (const part of [
      '✘ types        1 error that the source had not.',
      'src/a.ts:3:5 TS2322 Type "x" <is>',
      'test/a.test.ts a > b: passed before, failed after (no)',
      'at     event 2 (an error), request 3',
      'before "POST /a"',
      'after  nothing',
      'The source, run twice, differs from itself here.',
      '(no output)',
      '✘ The result is not shown to do the same as the source.',
    ]) {
      expect(text).toContain(part);
    }
  });

  test('green and red only where colour is wanted', () => {
    expect(terminalVerdict(GOOD, true)).toContain('\u001b[32m✔');
    expect(terminalVerdict(BAD, true)).toContain('\u001b[31m✘');
    expect(terminalVerdict(BAD, false)).not.toContain('\u001b[');
  });

  test('a verdict on nothing says so', () => {
    const skipped = { status: 'skipped', summary: '' } as const;
    const verdict: Verdict = {
      ...GOOD,
      ok: false,
      newErrors: { ...GOOD.newErrors, ...skipped },
      runs: {
        tests: { ...GOOD.runs.tests, ...skipped },
        differential: { ...GOOD.runs.differential, ...skipped, scenarios: [] },
      },
      measurements: { ...GOOD.measurements, ...skipped },
    };
    expect(terminalVerdict(verdict, false)).toContain('Nothing was run');
  });
});

test('as JSON it is the verdict itself', () => {
  expect(JSON.parse(jsonVerdict(BAD))).toEqual(BAD);
});

test('as JUnit it is well-formed, with a case for each check and scenario', () => {
  const xml = junitVerdict(BAD);
  expect(xml).toContain('<testsuite name="unawait verify" tests="5" failures="3" skipped="1">');
  expect(xml).toContain('<testsuite name="scenarios" tests="1" failures="1" skipped="0">');
  expect(xml).toContain('Type &quot;x&quot; &lt;is&gt;');
  const tags = [...xml.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)].filter((tag) => tag[3] === '');
  const open: string[] = [];
  for (const [, closing, name = ''] of tags) {
    if (closing === '/') expect(open.pop()).toBe(name);
    else open.push(name);
  }
  expect(open).toEqual([]);
});

test('as annotations it escapes what would end a line or a property', () => {
  const lines = githubVerdict(BAD).trimEnd().split('\n');
  expect(lines).toContain('::error file=src/a.ts,line=3,col=5::TS2322 Type "x" <is>%0Anot y.');
  expect(lines.find((line) => line.includes('Scenario'))).toMatch(
    /^::error title=Scenario%3A payloads::request 3 differs\.%0Aat/,
  );
  expect(lines.at(-1)).toBe('::notice::The result is not shown to do the same as the source.');
  expect(githubVerdict(GOOD).split('\n')).toHaveLength(2);
});

test('each format has a reporter', () => {
  for (const format of VERDICT_FORMATS) expect(VERDICT_REPORTERS[format](GOOD)).toMatch(/\n$/);
});
