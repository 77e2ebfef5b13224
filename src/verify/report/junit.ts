import type { Check, Verdict } from '../../model/verdict.ts';
import { describeDifference, describeLeftover, describeTest } from './terminal.ts';

interface Case extends Check {
  readonly name: string;
  readonly details: readonly string[];
}

/** The verdict in the format of JUnit, which CI servers read: a suite of checks, one of scenarios. */
export function junitVerdict(verdict: Verdict): string {
  const { newErrors, stable, runs, measurements } = verdict;
  const checks: Case[] = [
    {
      ...newErrors,
      name: 'types',
      details: newErrors.errors.map(
        ({ file, line, code, message }) => `${file ?? 'tsconfig'}:${line ?? 1} ${code} ${message}`,
      ),
    },
    { ...stable, name: 'second run', details: [...stable.files, ...stable.leftovers.map(describeLeftover)] },
    { ...runs.tests, name: 'tests', details: runs.tests.broken.map(describeTest) },
    { ...runs.differential, name: 'runs', details: [] },
    { ...measurements, name: 'measurements', details: [] },
  ];
  const scenarios = runs.differential.scenarios.map((scenario) => ({
    ...scenario,
    details: scenario.difference === null ? [] : describeDifference(scenario.difference),
  }));
  const suites = [suite('unawait verify', checks), ...(scenarios.length > 0 ? [suite('scenarios', scenarios)] : [])];
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}</testsuites>\n`;
}

function suite(name: string, cases: readonly Case[]): string {
  const failures = cases.filter((each) => each.status === 'failed').length;
  const skipped = cases.filter((each) => each.status === 'skipped').length;
  const head = `  <testsuite name="${escape(name)}" tests="${cases.length}" failures="${failures}" skipped="${skipped}">\n`;
  return `${head}${cases.map((each) => testCase(name, each)).join('')}  </testsuite>\n`;
}

function testCase(suiteName: string, { name, status, summary, details }: Case): string {
  const head = `    <testcase classname="${escape(suiteName)}" name="${escape(name)}"`;
  if (status === 'passed') return `${head}/>\n`;
  const message = escape(summary.split('\n')[0] ?? '');
  if (status === 'skipped') return `${head}><skipped message="${message}"/></testcase>\n`;
  return `${head}><failure message="${message}">${escape([summary, ...details].join('\n'))}</failure></testcase>\n`;
}

function escape(text: string): string {
  const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  // XML 1.0 knows no control characters, not even escaped.

  return text
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, '\u{FFFD}')
    .replace(/[&<>"]/g, (character) => named[character] ?? character);
}
