import { expect, test } from 'vitest';
import { judgeTests, type TestRun } from '../src/verify/run-tests.ts';

const command = { runner: 'vitest', command: 'vitest run', env: {} } as const;
const run = (...failed: string[]): TestRun => ({
  failure: null,
  results: ['group > keeps order', 'group > pings', 'waits for 1', 'waits for 2', 'waits'].map((name) => ({
    file: 'a.test.ts',
    name,
    status: failed.includes(name) ? 'failed' : 'passed',
    message: failed.includes(name) ? 'no' : null,
  })),
});

test('a test about asynchrony that breaks is listed, and not held against the result', () => {
  const listed = [
    { file: 'a.test.ts', title: 'group > keeps order', exact: true },
    { file: 'a.test.ts', title: 'waits for %i', exact: false },
  ];
  const verdict = judgeTests(command, { before: run(), after: run('group > keeps order', 'waits for 2') }, listed);
  expect(verdict.status).toBe('passed');
  expect(verdict.broken).toEqual([]);
  expect(verdict.asyncOnly.map(({ name }) => name)).toEqual(['group > keeps order', 'waits for 2']);
  expect(verdict.summary).toBe('3 tests pass as before, 2 about asynchrony itself no longer.');
});

test('no other test is excused', () => {
  const listed = [{ file: 'a.test.ts', title: 'waits for %i', exact: false }];
  const verdict = judgeTests(command, { before: run(), after: run('waits', 'group > pings') }, listed);
  expect(verdict.status).toBe('failed');
  expect(verdict.broken.map(({ name }) => name)).toEqual(['group > pings', 'waits']);
  const elsewhere = judgeTests(command, { before: run(), after: run('waits for 1') }, [
    { file: 'b.test.ts', title: 'waits for 1', exact: true },
  ]);
  expect(elsewhere.status).toBe('failed');
});
