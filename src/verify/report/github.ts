import type { Verdict } from '../../model/verdict.ts';
import { describeDifference, describeTest } from './terminal.ts';

/** The verdict as workflow commands of GitHub Actions: an annotation for each failure, and one notice at the end. */
export function githubVerdict(verdict: Verdict): string {
  const { newErrors, stable, runs, measurements } = verdict;
  const lines: string[] = [];
  const error = (message: string, properties: Readonly<Record<string, string | number | null>> = {}): void => {
    lines.push(command('error', message, properties));
  };
  for (const { file, line, column, code, message } of newErrors.errors)
    error(`${code} ${message}`, { file, line, col: column });
  for (const file of stable.files) error('A second run would change this file.', { file });
  for (const { file, line, column, message } of stable.leftovers) error(message, { file, line, col: column });
  for (const test of runs.tests.broken) error(describeTest(test), { file: test.file });
  for (const test of runs.tests.asyncOnly)
    lines.push(command('warning', `Async-only: ${describeTest(test)}`, { file: test.file }));
  for (const scenario of runs.differential.scenarios.filter((each) => each.status === 'failed')) {
    const details =
      scenario.difference === null
        ? [scenario.summary]
        : [scenario.summary, ...describeDifference(scenario.difference)];
    error(details.join('\n'), { title: `Scenario: ${scenario.name}` });
  }
  for (const check of [newErrors, stable, runs.tests, runs.differential, measurements]) {
    if (check.status === 'failed') error(check.summary);
  }
  const summary = verdict.ok
    ? `The result does the same as the source. ${measurements.summary}`
    : 'The result is not shown to do the same as the source.';
  lines.push(command('notice', summary, {}));
  return `${lines.join('\n')}\n`;
}

function command(name: string, message: string, properties: Readonly<Record<string, string | number | null>>): string {
  const given = Object.entries(properties).filter((entry) => entry[1] !== null);
  const text = given.map(([key, value]) => `${key}=${escapeProperty(String(value))}`).join(',');
  return `::${name}${text === '' ? '' : ` ${text}`}::${escapeMessage(message)}`;
}

function escapeMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
