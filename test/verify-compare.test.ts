import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Exchange } from '../src/reference/transcript.ts';
import { compareRuns } from '../src/verify/compare-runs.ts';
import { newErrors, parseCompilerOutput } from '../src/verify/compile.ts';
import { partingOfTexts } from '../src/verify/first-difference.ts';
import { compareSamples, median } from '../src/verify/measure.ts';
import { normaliseLambdaRun, type NormalRun } from '../src/verify/normal-run.ts';
import { normaliseDocument, normaliseErrors, normaliseOutput, type Moment } from '../src/verify/normalise.ts';

const NOW = Date.UTC(2026, 4, 17, 12);
const MOMENT: Moment = {
  from: NOW,
  to: NOW + 1000,
  folders: [
    ['/tmp/x/after/dist', '<taskRoot>'],
    ['/tmp/x/after', '<project>'],
  ],
};

describe('normalising', () => {
  test.each([
    ['a moment of the run', '{"timestamp":"2026-05-17T12:00:00.500Z","n":1}', '{"timestamp":"<now>","n":1}'],
    ['epoch milliseconds of the run', `{"at":${NOW + 5}}`, '{"at":"<now>"}'],
    [
      'another moment is data',
      '{"born":"1999-05-17T12:00:00Z","at":926942400000}',
      '{"born":"1999-05-17T12:00:00Z","at":926942400000}',
    ],
    [
      'a duration',
      '{"durationMs":12.5,"requestLatency":3,"timeoutMs":7}',
      '{"durationMs":"<durationMs>","requestLatency":"<requestLatency>","timeoutMs":7}',
    ],
    ['process id and port', '{"pid":7,"port":8,"ports":9}', '{"pid":"<pid>","port":"<port>","ports":9}'],
    ['an address', '{"e":"connect ECONNREFUSED 127.0.0.1:41233"}', '{"e":"connect ECONNREFUSED <local>"}'],
    ['folders', '"/tmp/x/after/dist/a.js and /tmp/x/after/b"', '"<taskRoot>/a.js and <project>/b"'],
    [
      'frames in a list',
      '{"stackTrace":["at f (/a.js:1:2)","at async g (file:///b.js:3:4)"]}',
      '{"stackTrace":["<frames>"]}',
    ],
    [
      'a message before frames',
      '{"stackTrace":["Error: no","    at f (/a.js:1:2)"]}',
      '{"stackTrace":["Error: no","<frames>"]}',
    ],
    ['an empty list of frames', '{"stackTrace":[]}', '{"stackTrace":[]}'],
    [
      'frames in a text',
      '{"stack":"Error: no\\n    at f (/a.js:1:2)\\n    at async g (/b.js:3:4)"}',
      '{"stack":"Error: no\\n<frames>"}',
    ],
  ])('%s', (_, text, normal) => {
    expect(normaliseDocument(text, MOMENT)).toBe(normal);
  });

  test('formatting is kept where nothing is taken out', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(4), (text, spaces) => {
        const spaced = JSON.stringify(JSON.parse(text), null, spaces);
        // Numbers and texts of the kinds above are not what this is about.
        fc.pre(!/\d{13}|127\.0\.0\.1|localhost|::1|\bat |"(pid|ppid|port)"/.test(spaced));
        expect(normaliseDocument(spaced, MOMENT)).toBe(spaced);
      }),
    );
  });

  test('lines of output: durations in plain text, JSON by its fields', () => {
    const text = 'done in 12.34 ms\n{"took":3,"message":"waited 40 ms"}\nplain\n';
    expect(normaliseOutput(text, MOMENT)).toEqual([
      'done in <duration>',
      '{"took":"<took>","message":"waited 40 ms"}',
      'plain',
    ]);
  });

  test('standard error loses warnings, the picture of a crash and its frames, and keeps the error', () => {
    const text = [
      '(node:123) ExperimentalWarning: x',
      '(Use `node --trace-warnings ...` to show where the warning was created)',
      'file:///tmp/x/after/dist/main.js:3',
      '  throw new Error("no");',
      '        ^',
      '',
      'Error: no',
      '    at main (file:///tmp/x/after/dist/main.js:3:9)',
      '    at async run (node:internal/main:1:2)',
      '',
      'Node.js v20.20.2',
      '',
    ].join('\n');
    expect(normaliseErrors(text, MOMENT).filter((line) => line !== '')).toEqual(['Error: no']);
  });
});

describe('the first difference', () => {
  test.each([
    ['{"a":{"b":[1,2]}}', '{"a":{"b":[1,3]}}', { path: 'a.b[1]', before: '2', after: '3' }],
    ['{"a":1}', '{}', { path: 'a', before: '1', after: 'nothing' }],
    ['[1]', '[1,2]', { path: '[1]', before: 'nothing', after: '2' }],
    ['plain', 'plane', { path: '', before: '"plain"', after: '"plane"' }],
    ['{"a":1}', '{"a": 1}', { path: '', before: '"{\\"a\\":1}"', after: '"{\\"a\\": 1}"' }],
  ])('%s and %s', (before, after, parting) => {
    expect(partingOfTexts(before, after)).toEqual(parting);
  });

  test('long texts are shown where they part', () => {
    const parting = partingOfTexts(`${'x'.repeat(1000)}a`, `${'x'.repeat(1000)}b`);
    expect(parting?.before).toMatch(/^…"x+a"$/);
    expect(parting?.before.length).toBeLessThan(60);
  });

  test('is null for equal texts only', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (a, b) => {
        expect(partingOfTexts(a, b) === null).toBe(a === b);
        expect(partingOfTexts(a, a)).toBeNull();
      }),
    );
  });
});

/** Requests by name, each open from its first to its second time. */
function run(...requests: readonly (readonly [path: string, from: number, to: number])[]): NormalRun {
  const exchanges: Exchange[] = requests.map(([path, from, to], index) => ({
    index,
    event: 0,
    connection: index,
    method: 'POST',
    path,
    version: 'HTTP/1.1',
    headers: [['Date', String(Math.random())]],
    body: { bytes: 0, text: '' },
    trailers: [],
    truncated: false,
    startedAt: from,
    receivedAt: from,
    answeredAt: to,
    answer: { kind: 'answered', status: 202, errorType: null },
  }));
  const transcript = {
    scenario: 's',
    exchanges,
    events: [],
    failed: 0,
    connections: 1,
    end: 'idle' as const,
    firstResponseAt: 0,
    pairMicros: [],
    usage: null,
  };
  return normaliseLambdaRun(
    { exit: { code: 0, signal: null, by: 'itself' }, stdout: '', stderr: '', ms: 1, transcript, coldStartMs: 1 },
    MOMENT,
  );
}

describe('comparing requests', () => {
  test('one after the other keeps its order', () => {
    const before = run(['/a', 0, 1], ['/b', 2, 3]);
    expect(compareRuns(before, run(['/a', 5, 6], ['/b', 7, 8]))).toBeNull();
    expect(compareRuns(before, run(['/b', 5, 6], ['/a', 7, 8]))).toMatchObject({
      field: 'request 1',
      before: '"POST /a"',
      after: '"POST /b"',
    });
  });

  test('what was open at the same time may come in any order, between what was not', () => {
    const before = run(['/a', 0, 1], ['/b', 2, 9], ['/c', 3, 8], ['/d', 10, 11]);
    expect(compareRuns(before, run(['/a', 0, 1], ['/c', 2, 3], ['/b', 4, 5], ['/d', 6, 7]))).toBeNull();
    expect(compareRuns(before, run(['/a', 0, 1], ['/c', 2, 3], ['/d', 4, 5], ['/b', 6, 7]))).toMatchObject({
      field: 'request 3',
      before: '"POST /b"',
      after: '"POST /d"',
    });
    expect(compareRuns(before, run(['/b', 0, 1], ['/a', 2, 3], ['/c', 4, 5], ['/d', 6, 7]))?.field).toBe('request 1');
  });

  test('a request that no longer waits for the one before is found, though the order is the same', () => {
    const before = run(['/a', 0, 1], ['/b', 2, 3]);
    expect(compareRuns(before, run(['/a', 0, 3], ['/b', 1, 2]))).toMatchObject({
      field: 'request 2',
      before: 'sent after the answer to request 1',
    });
  });

  test('one too few, one too many', () => {
    const two = run(['/a', 0, 1], ['/b', 2, 3]);
    const one = run(['/a', 0, 1]);
    expect(compareRuns(two, one)).toMatchObject({ field: 'request 2', before: '"POST /b"', after: 'nothing' });
    expect(compareRuns(one, two)).toMatchObject({ field: 'request 2', before: 'nothing', after: '"POST /b"' });
  });

  test('exit, files and output come after the requests', () => {
    const plain = run(['/a', 0, 1]);
    expect(compareRuns(plain, { ...plain, exit: 'code 1', stdout: ['x'] })?.field).toBe('exit');
    expect(compareRuns(plain, { ...plain, files: { 'a.txt': 'x' }, stdout: ['x'] })).toMatchObject({
      field: 'file a.txt',
      before: 'nothing',
    });
    expect(compareRuns({ ...plain, stdout: ['{"a":1}'] }, { ...plain, stdout: ['{"a":2}'] })?.field).toBe(
      'stdout line 1 a',
    );
    expect(compareRuns(plain, { ...plain, stderr: ['x'] })?.field).toBe('stderr line 1');
  });
});

describe('compiler errors', () => {
  const output = [
    "src/a.ts(3,5): error TS2322: Type 'x' is not assignable to type 'y'.",
    "  Types of property 'z' are incompatible.",
    "error TS2688: Cannot find type definition file for 'node'.",
    'Found 2 errors.',
  ].join('\n');

  test('are read with their place and all of their lines', () => {
    expect(parseCompilerOutput(output, '/p')).toEqual([
      {
        file: 'src/a.ts',
        line: 3,
        column: 5,
        code: 'TS2322',
        message: "Type 'x' is not assignable to type 'y'.\n  Types of property 'z' are incompatible.",
      },
      { file: null, line: null, column: null, code: 'TS2688', message: "Cannot find type definition file for 'node'." },
    ]);
  });

  test('are new where the source has not as many of the same, wherever they stand', () => {
    const [error] = parseCompilerOutput(output, '/p');
    const moved = { ...error!, line: 99 };
    expect(newErrors([error!], [moved])).toEqual([]);
    expect(newErrors([error!], [moved, moved])).toEqual([moved]);
    expect(newErrors([], [moved])).toEqual([moved]);
    expect(newErrors([error!], [{ ...moved, file: 'src/b.ts' }])).toHaveLength(1);
    const unknown = (name: string) => ({
      ...moved,
      code: 'TS2591',
      message: `Cannot find name '${name}'. Install types.`,
    });
    expect(newErrors([unknown('node:fs/promises')], [unknown('node:fs')])).toEqual([]);
    expect(newErrors([unknown('node:fs/promises')], [unknown('fsx')])).toHaveLength(1);
  });
});

test('measures are medians, and the ratio is the one of the rounds', () => {
  expect(median([])).toBeNull();
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(
    compareSamples([
      [10, 5],
      [100, 60],
      [20, 8],
    ]),
  ).toEqual({ before: 20, after: 8, ratio: 0.5 });
  expect(
    compareSamples([
      [10, 5],
      [null, 1],
    ]),
  ).toEqual({ before: 10, after: 5, ratio: 0.5 });
  expect(compareSamples([[null, null]])).toBeNull();
});
