import { isAbsolute, relative, sep } from 'node:path';
import type { TestStatus } from '../model/verdict.ts';
import { readTap } from './tap-report.ts';
import type { RunnerName } from './test-runner.ts';

export interface TestResult {
  /** Project-relative, with `/`. */
  readonly file: string;
  /** Names of the suites and the test, joined by ` > `. */
  readonly name: string;
  readonly status: TestStatus;
  readonly message: string | null;
}

/** Name of the entry that stands for a test file which could not be loaded. */
const FILE_ITSELF = '(the file itself)';

const READERS: Readonly<Record<RunnerName, (text: string, folder: string) => TestResult[]>> = {
  vitest: readJest,
  jest: readJest,
  mocha: readMocha,
  'node:test': readLines,
  ava: (text) => readTap(text, 'plain'),
  tap: (text) => readTap(text, 'subtests'),
  tape: (text) => readTap(text, 'titles'),
};

/** Reads what a runner reported; throws where it is not the runner's format. */
export function readTestReport(runner: RunnerName, text: string, folder: string): TestResult[] {
  return numberTwins(READERS[runner](text, folder));
}

interface JestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

/** The format of jest, which vitest speaks too. */
function readJest(text: string, folder: string): TestResult[] {
  const report = JSON.parse(text) as JestReport;
  return report.testResults.flatMap((suite) => {
    const file = projectPath(suite.name, folder);
    const results: TestResult[] = suite.assertionResults.map((test) => ({
      file,
      name: [...test.ancestorTitles, test.title].filter((part) => part !== '').join(' > '),
      status: test.status === 'passed' || test.status === 'failed' ? test.status : 'skipped',
      message: test.failureMessages?.[0] ?? null,
    }));
    const failedAsAWhole = suite.status === 'failed' && !results.some((result) => result.status === 'failed');
    return failedAsAWhole
      ? [...results, { file, name: FILE_ITSELF, status: 'failed', message: suite.message ?? null }]
      : results;
  });
}

interface MochaTest {
  readonly fullTitle: string;
  readonly file?: string;
  readonly err?: { readonly message?: string };
}

function readMocha(text: string, folder: string): TestResult[] {
  const report = JSON.parse(text) as Readonly<Record<'passes' | 'failures' | 'pending', readonly MochaTest[]>>;
  const read = (tests: readonly MochaTest[], status: TestStatus): TestResult[] =>
    tests.map((test) => ({
      file: projectPath(test.file ?? '', folder),
      name: test.fullTitle,
      status,
      message: test.err?.message ?? null,
    }));
  return [...read(report.passes, 'passed'), ...read(report.failures, 'failed'), ...read(report.pending, 'skipped')];
}

/** Source of a reporter for `node --test`: a line of JSON for each test. The built-in ones lose the suites' names or the files. */
export const NODE_TEST_REPORTER = `export default async function* (events) {
  const names = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') {
      names.length = data.nesting;
      names[data.nesting] = data.name;
    } else if (type === 'test:pass' || type === 'test:fail') {
      const { error, type: kind } = data.details ?? {};
      if (kind === 'suite' && error?.failureType !== 'hookFailed') continue;
      const status = data.skip !== undefined || data.todo !== undefined ? 'skipped' : type === 'test:pass' ? 'passed' : 'failed';
      const message = error === undefined ? null : String(error.cause?.message ?? error.message ?? error);
      const name = [...names.slice(0, data.nesting), data.name].join(' > ');
      if (message === null || error.failureType !== 'subtestsFailed') yield JSON.stringify({ file: data.file ?? '', name, status, message }) + '\\n';
    }
  }
}
`;

function readLines(text: string, folder: string): TestResult[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const result = JSON.parse(line) as TestResult;
      const name = result.name === result.file ? FILE_ITSELF : result.name;
      return { ...result, name, file: projectPath(result.file, folder) };
    });
}

function projectPath(file: string, folder: string): string {
  return (isAbsolute(file) ? relative(folder, file) : file).split(sep).join('/');
}

/** Tests of one name in one file are told apart by their order. */
function numberTwins(results: readonly TestResult[]): TestResult[] {
  const seen = new Map<string, number>();
  return results.map((result) => {
    const key = `${result.file}\n${result.name}`;
    const number = (seen.get(key) ?? 0) + 1;
    seen.set(key, number);
    return number === 1 ? result : { ...result, name: `${result.name} (${number})` };
  });
}
