/** Samples by subject and kind. */
export type Measured = Map<string, Map<string, number[]>>;

interface Machine {
  node: string;
  platform: string;
  cpu: string;
  rounds: number;
}

/** What a run found: the samples of each subject by kind, and the sizes of bundles in bytes. */
export interface Run {
  machine: Machine;
  bundle: Record<string, number>;
  results: { subject: string; samples: Record<string, number[]> }[];
}

const columns: [kind: string, title: string][] = [
  ['echo64', 'echo 64 B µs'],
  ['echo64k', 'echo 64 KiB µs'],
  ['pair', 'event pair µs'],
  ['cpu', 'CPU µs/pair'],
  ['pairNew', 'pair, new connections µs'],
  ['big', '64 MiB MB/s'],
  ['cold', 'cold start ms'],
];

const titles: Record<string, string> = {
  C: 'C, the floor',
  node: 'node:net, node:http',
  synckit: 'synckit + undici',
};

const median = (samples: number[] | undefined): number | undefined =>
  samples === undefined ? undefined : [...samples].sort((a, b) => a - b)[Math.floor(samples.length / 2)];

/** The result as a Markdown table, and below it what became of the goals. Cold start is over an empty script. */
export function table({ machine, bundle, results }: Run): string {
  const measured: Measured = new Map(
    results.map(({ subject, samples }) => [subject, new Map(Object.entries(samples))]),
  );
  const empty = median(measured.get('empty')?.get('cold')) ?? 0;
  const value = (subject: string, kind: string): number | undefined => {
    const found = median(measured.get(subject)?.get(kind));
    if (found === undefined) return undefined;
    if (kind === 'big') return (64 * 1024 * 1024) / found;
    return kind === 'cold' ? found - empty : found;
  };
  const shown = (number: number | undefined): string =>
    number === undefined ? '' : number < 100 ? number.toFixed(1) : String(Math.round(number));
  const subjects = [...measured.keys()].filter((name) => name !== 'empty');
  const cells = [
    ['client', ...columns.map(([, title]) => title)],
    ...subjects.map((name) => [titles[name] ?? name, ...columns.map(([kind]) => shown(value(name, kind)))]),
  ];
  const ratio = (subject: string, kind: string, to: string): string => {
    const [a, b] = [value(subject, kind), value(to, kind)];
    return a === undefined || b === undefined ? '?' : (a / b).toFixed(2);
  };
  const ours = subjects.filter((name) => name.startsWith('std '));
  const goals = ours.map(
    (name) =>
      `- ${name}: event pair ${ratio(name, 'pair', 'node')} × node:http (wanted ≤ 0.5), ` +
      `CPU ${ratio(name, 'cpu', 'node')} × (≤ 0.25), ${ratio(name, 'pair', 'C')} × C (≤ 1.3), ` +
      `cold start ${shown(value(name, 'cold'))} ms against ${shown(value('node', 'cold'))} ms`,
  );
  return [
    `Node ${machine.node}, ${machine.platform}, ${machine.cpu}; client and server on one CPU. The lower quartile of batches of 5 ms, median of ${machine.rounds} interleaved rounds; cold start is the fastest of each round.`,
    '',
    ...aligned(cells),
    '',
    ...goals,
    `- bundled, minified and gzipped: ${Object.entries(bundle)
      .map(([name, size]) => `${name} ${(size / 1024).toFixed(1)} KB`)
      .join(', ')} (wanted ≤ 8)`,
  ].join('\n');
}

/** The lines of a Markdown table, as Prettier sets them: the first column to the left, numbers to the right. */
function aligned(cells: string[][]): string[] {
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const line = (row: string[]): string => `| ${row.join(' | ')} |`;
  const [head, ...rows] = cells.map((row) =>
    line(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))),
  );
  const rule = line(widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)));
  return [head!, rule, ...rows];
}
