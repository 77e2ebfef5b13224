import pc from 'picocolors';
import type {
  BundleSide,
  Check,
  Difference,
  Leftover,
  Measure,
  Measurements,
  ScenarioVerdict,
  TestDifference,
  Verdict,
} from '../../model/verdict.ts';

type Colours = ReturnType<typeof pc.createColors>;

const SHOWN = 10;

/** The verdict for people: a line for each check, details of what failed, and the measurements side by side. */
export function terminalVerdict(verdict: Verdict, colour: boolean = pc.isColorSupported): string {
  const c = pc.createColors(colour);
  const { newErrors, stable, runs, measurements } = verdict;
  const lines = [
    headline(c, 'types', newErrors),
    ...limited(
      newErrors.errors,
      ({ file, line, column, code, message }) => `${file ?? 'tsconfig'}:${line ?? 1}:${column ?? 1} ${code} ${message}`,
      c,
    ),
    headline(c, 'second run', stable),
    ...limited(stable.files, (file) => file, c),
    ...limited(stable.leftovers, describeLeftover, c),
    headline(c, 'tests', runs.tests),
    ...limited(runs.tests.broken, describeTest, c),
    ...limited(runs.tests.asyncOnly, (test) => `async-only: ${describeTest(test)}`, c),
    headline(c, 'runs', runs.differential),
    ...runs.differential.scenarios.flatMap((scenario) => scenarioLines(c, scenario)),
    headline(c, 'measured', measurements),
    ...table(c, measurements),
    '',
    verdict.ok ? c.green('✔ The result does the same as the source.') : c.red(conclusion(verdict)),
  ];
  return `${lines.join('\n')}\n`;
}

function conclusion({ newErrors, stable, runs, measurements }: Verdict): string {
  const failed = [newErrors, stable, runs.tests, runs.differential, measurements].some(
    (check) => check.status === 'failed',
  );
  return failed ? '✘ The result is not shown to do the same as the source.' : '✘ Nothing was run: nothing is shown.';
}

function headline(c: Colours, name: string, check: Check, indent = ''): string {
  const [first = '', ...rest] = check.summary.split('\n');
  const label = name.padEnd(indent === '' ? 12 : 34);
  const line = `${indent}${mark(c, check)} ${label} ${first}`;
  return [line, ...rest.map((each) => c.dim(`${indent}    ${each}`))].join('\n');
}

function mark(c: Colours, { status }: Check): string {
  if (status === 'passed') return c.green('✔');
  return status === 'failed' ? c.red('✘') : c.yellow('–');
}

function limited<T>(items: readonly T[], describe: (item: T) => string, c: Colours): string[] {
  const lines = items.slice(0, SHOWN).map((item) => `    ${describe(item).replaceAll('\n', '\n      ')}`);
  return items.length > SHOWN ? [...lines, c.dim(`    … and ${items.length - SHOWN} more`)] : lines;
}

export function describeLeftover({ file, line, column, message }: Leftover): string {
  return `${file}:${line}:${column} ${message}`;
}

export function describeTest({ file, name, before, after, message }: TestDifference): string {
  const first = message?.split('\n')[0];
  return `${file === '' ? '' : `${file} `}${name}: ${before} before, ${after} after${first === undefined ? '' : ` (${first})`}`;
}

function scenarioLines(c: Colours, scenario: ScenarioVerdict): string[] {
  const summary = scenario.difference === null ? scenario.summary : `differs: ${scenario.difference.field}`;
  const lines = [headline(c, scenario.name, { ...scenario, summary }, '  ')];
  if (scenario.difference !== null)
    lines.push(...describeDifference(scenario.difference).map((line) => `      ${line}`));
  if (scenario.difference !== null && !scenario.summary.startsWith(scenario.difference.field))
    lines.push(`      ${scenario.summary}`);
  if (scenario.output === null) return lines;
  for (const side of ['before', 'after'] as const) {
    const output = scenario.output[side] === '' ? ['(no output)'] : scenario.output[side].split('\n');
    lines.push(c.dim(`      ${side}, last output:`), ...output.map((line) => c.dim(`        ${line}`)));
  }
  return lines;
}

export function describeDifference(difference: Difference): string[] {
  const { event, about, field, before, after, sourceIsUnstable } = difference;
  const place = event === null ? field : `event ${event + 1}${about === null ? '' : ` (${about})`}, ${field}`;
  const lines = [`at     ${place}`, `before ${before}`, `after  ${after}`];
  return sourceIsUnstable ? [...lines, 'The source, run twice, differs from itself here.'] : lines;
}

function table(c: Colours, measurements: Measurements): string[] {
  const { eventPairMicros, cpuMicrosPerEvent, coldStartMs, peakMemoryMb, bundle, dependencies } = measurements;
  const rows = [
    measureRow('event pair, µs', eventPairMicros, 0),
    measureRow('CPU per event, µs', cpuMicrosPerEvent, 0),
    measureRow('cold start, ms', coldStartMs, 1),
    measureRow('peak memory, MB', peakMemoryMb, 1),
    ...(bundle === null ? [] : bundleRows(bundle)),
    dependencies && [
      'dependencies, direct',
      `${dependencies.before.direct.length}`,
      `${dependencies.after.direct.length}`,
      '',
    ],
    dependencies && ['dependencies, all', `${dependencies.before.total}`, `${dependencies.after.total}`, ''],
  ].filter((row) => row !== null);
  if (measurements.status === 'skipped' || rows.length === 0) return [];
  const line = ([name = '', before = '', after = '', ratio = '']: readonly string[]): string =>
    `    ${name.padEnd(28)}${before.padStart(10)}${after.padStart(10)}${ratio.padStart(10)}`.trimEnd();
  return [c.dim(line(['', 'before', 'after', 'ratio'])), ...rows.map(line)];
}

function measureRow(name: string, measure: Measure | null, digits: number): string[] | null {
  if (measure === null) return null;
  return [name, measure.before.toFixed(digits), measure.after.toFixed(digits), measure.ratio.toFixed(2)];
}

function bundleRows({ before, after }: { readonly before: BundleSide; readonly after: BundleSide }): string[][] {
  const kb = (bytes: number | undefined): string => (bytes === undefined ? '–' : (bytes / 1000).toFixed(1));
  const share = (side: BundleSide, from: string): number | undefined =>
    side.shares.find((each) => each.from === from)?.bytes;
  const packages = [...new Set([...before.shares, ...after.shares].map(({ from }) => from))];
  return [
    ['bundle, kB minified', kb(before.bytes), kb(after.bytes), (after.bytes / before.bytes).toFixed(2)],
    ...packages.map((from) => [`  ${from}`, kb(share(before, from)), kb(share(after, from)), '']),
  ];
}
