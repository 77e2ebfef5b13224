import { CONTENDERS } from './contenders.ts';
import { type Findings, type Goal, met } from './goals.ts';
import { type Measured, ratio } from './rounds.ts';

/** Everything as text for a terminal: one table an input, the shares, the goals. */
export function table(findings: Findings, goals: readonly Goal[]): string {
  const inputs = [...findings.inputs, ...findings.long].map(inputTable);
  return [...inputs, shareTable(findings), goalTable(goals)].join('\n');
}

function inputTable(measured: Measured): string {
  const { input, rounds, of } = measured;
  const rows = CONTENDERS.flatMap((each) => {
    const usage = of[each];
    if (usage === undefined) return [];
    const against = (under: 'tsc7' | 'tsc6', pick: 'wallMs' | 'cpuMs' | 'peakMb'): string =>
      figure(ratio(measured, each, under, pick));
    return [
      [
        each,
        seconds(usage.wallMs),
        seconds(usage.cpuMs),
        usage.peakMb === null ? '–' : usage.peakMb.toFixed(0),
        against('tsc7', 'wallMs'),
        against('tsc7', 'cpuMs'),
        against('tsc7', 'peakMb'),
        against('tsc6', 'wallMs'),
        against('tsc6', 'cpuMs'),
      ],
    ];
  });
  const head = [
    '',
    'wall s',
    'cpu s',
    'peak MB',
    'wall ÷ tsc7',
    'cpu ÷ tsc7',
    'MB ÷ tsc7',
    'wall ÷ tsc6',
    'cpu ÷ tsc6',
  ];
  const rounded = rounds === 1 ? 'one round' : `medians of ${rounds} interleaved rounds`;
  return `${input.name}: ${input.files} files, ${rounded}\n${columns([head, ...rows])}`;
}

function shareTable({ shares }: Findings): string {
  const [first] = shares.values();
  if (first === undefined) return '';
  const phases = Object.keys(first) as (keyof typeof first)[];
  const rows = [...shares].map(([name, of]) => [name, ...phases.map((phase) => percent(of[phase]))]);
  return `Where the time of a run goes\n${columns([['', ...phases], ...rows])}`;
}

function goalTable(goals: readonly Goal[]): string {
  const rows = goals.map((goal) => {
    const done = met(goal);
    const verdict = done === null ? '–' : done ? 'met' : `${figure(goal.measured! / goal.limit)} × the limit`;
    return [goal.goal, figure(goal.limit), figure(goal.measured), verdict, goal.on];
  });
  return `Goals\n${columns([['', 'limit', 'measured', '', 'on'], ...rows], [0, 3, 4])}`;
}

function figure(value: number | null): string {
  return value === null ? '–' : value.toFixed(2);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** Text in columns; those of `left` start at the same place, the others end there. */
function columns(rows: readonly (readonly string[])[], left: readonly number[] = [0]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => {
      const cells = row.map((cell, i) => (left.includes(i) ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)));
      return `  ${cells.join('  ').trimEnd()}\n`;
    })
    .join('');
}
