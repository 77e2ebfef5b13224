import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AsyncOnlyTest, TestCounts, TestDifference, TestsVerdict } from '../model/verdict.ts';
import { startChild } from '../reference/child.ts';
import { temporaryFolder } from '../reference/temporary-folder.ts';
import { isAsyncOnly } from './async-only.ts';
import { count } from './compile.ts';
import { tail, toolEnvironment } from './environment.ts';
import type { Sides } from './options.ts';
import { NODE_TEST_REPORTER, readTestReport, type TestResult } from './test-report.ts';
import type { TestCommand } from './test-runner.ts';

export interface TestRun {
  readonly results: readonly TestResult[];
  /** Why there are no results, with what was printed. */
  readonly failure: string | null;
}

/** Runs a staged project's tests in a process group of their own, which is killed when the time is over. */
export async function runTests(command: TestCommand, folder: string, timeoutMs: number): Promise<TestRun> {
  const place = temporaryFolder('tests');
  try {
    const report = join(place.path, 'report.json');
    const reporter = join(place.path, 'reporter.mjs');
    await writeFile(reporter, NODE_TEST_REPORTER);
    const fill = (text: string): string => text.replaceAll('{report}', report).replaceAll('{reporter}', reporter);
    const env = Object.fromEntries(Object.entries(command.env).map(([name, value]) => [name, fill(value)]));
    const child = startChild({
      command: 'sh',
      args: ['-c', fill(command.command)],
      cwd: folder,
      env: { ...toolEnvironment(folder), ...env },
      timeoutMs,
    });
    const run = await child.finished;
    const output = tail(`${run.stdout}\n${run.stderr}`, 30);
    if (run.exit.by === 'watchdog') {
      return { results: [], failure: `The tests hung: they were cut off after ${timeoutMs / 1000} s.\n${output}` };
    }
    const text = await readFile(report, 'utf8').catch(() => null);
    if (text === null) return { results: [], failure: `\`${command.command}\` left no report.\n${output}` };
    return { results: readTestReport(command.runner, text, folder), failure: null };
  } finally {
    place.remove();
  }
}

/** `listed`: tests that the plan lists as async-only. */
export function judgeTests(
  command: TestCommand,
  runs: Sides<TestRun>,
  listed: readonly AsyncOnlyTest[] = [],
): TestsVerdict {
  const { broken: differing, others } = compareTests(runs.before.results, runs.after.results);
  const asyncOnly = differing.filter((each) => isAsyncOnly(each, listed));
  const broken = differing.filter((each) => !asyncOnly.includes(each));
  const before = countTests(runs.before.results);
  const after = countTests(runs.after.results);
  const base = { runner: command.runner, before, after, broken, asyncOnly, others };
  const failed = (summary: string): TestsVerdict => ({ ...base, status: 'failed', summary });
  if (runs.before.failure !== null) return failed(`The tests of the source: ${runs.before.failure}`);
  if (runs.after.failure !== null) return failed(`The tests of the result: ${runs.after.failure}`);
  if (before.passed === 0) return failed('No test of the source passes: there is nothing to compare with.');
  const lost = broken.filter((each) => each.before === 'passed').length;
  const fresh = broken.length - lost;
  if (lost > 0)
    return failed(`${lost} of ${count(before.passed, 'test')} no longer ${lost === 1 ? 'passes' : 'pass'}.`);
  if (fresh > 0) return failed(`${count(fresh, 'failure')} in tests that the source has not, or in loading them.`);
  const still = others.filter((each) => each.before === 'failed' && each.after === 'failed').length;
  const aside = still > 0 ? `, ${still} that failed before aside` : '';
  const about = asyncOnly.length > 0 ? `, ${asyncOnly.length} about asynchrony itself no longer` : '';
  const left = before.passed - asyncOnly.length;
  const passing = `${count(left, 'test')} ${left === 1 ? 'passes' : 'pass'}`;
  return { ...base, status: 'passed', summary: `${passing} as before${aside}${about}.` };
}

export function compareTests(
  before: readonly TestResult[],
  after: readonly TestResult[],
): { readonly broken: TestDifference[]; readonly others: TestDifference[] } {
  const key = (result: TestResult): string => `${result.file}\n${result.name}`;
  const results = new Map(after.map((result) => [key(result), result]));
  const broken: TestDifference[] = [];
  const others: TestDifference[] = [];
  for (const was of before) {
    const now = results.get(key(was));
    results.delete(key(was));
    if (was.status === now?.status && was.status !== 'failed') continue;
    const difference: TestDifference = {
      file: was.file,
      name: was.name,
      before: was.status,
      after: now?.status ?? 'missing',
      message: now?.message ?? null,
    };
    (was.status === 'passed' ? broken : others).push(difference);
  }
  for (const { file, name, status, message } of results.values()) {
    // A test that only the result has, or a file of tests that no longer loads.
    (status === 'failed' ? broken : others).push({ file, name, before: 'missing', after: status, message });
  }
  return { broken, others };
}

function countTests(results: readonly TestResult[]): TestCounts {
  const of = (status: TestResult['status']): number => results.filter((result) => result.status === status).length;
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped') };
}
