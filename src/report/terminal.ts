import pc from 'picocolors';
import type { Finding, Report, ReportChange } from '../model/report.ts';
import { at, count, grouped, headline, type Reporter, stayingAsync } from './reporter.ts';

type Colors = ReturnType<typeof pc.createColors>;

/** For people at a terminal: the result, what changes in each file, what stays async and why, what would help most. */
export const terminal: Reporter = (report, { color = false, limit = 40, written = false, diff = false } = {}) => {
  const colors = pc.createColors(color);
  const sections = [
    `${colors.bold(report.project)}  ${headline(report, written)}`,
    ...bugs(report, colors),
    ...changes(report, colors, written, limit),
    ...(diff ? report.files.map((file) => coloredDiff(file.diff, colors)) : []),
    ...remarks(report, colors, limit),
    ...breaking(report, colors, limit),
    ...staying(report, colors, limit),
    ...unlocks(report, colors),
    ...rows(report, colors),
  ];
  return `${sections.join('\n\n')}\n`;
};

function bugs(report: Report, colors: Colors): string[] {
  const found = report.findings.filter((finding) => finding.kind === 'bug');
  if (found.length === 0) return [];
  const lines = found.map((bug) => `  ${at(bug.place)}  ${bug.message} ${colors.dim(bug.reason)}`);
  return [[colors.red(colors.bold('Bugs of unawait')), ...lines].join('\n')];
}

function changes(report: Report, colors: Colors, written: boolean, limit: number): string[] {
  const notes = report.changes.filter((change) => change.note !== undefined);
  if (report.files.length === 0 && notes.length === 0) return [];
  const shown = new Set(notes.slice(0, limit));
  const byFile = grouped(report.changes, (change) => change.place.file);
  const changed = new Set(report.files.map(({ file }) => file));
  const files = [...new Set([...changed, ...notes.map(({ place }) => place.file)])].sort();
  const width = Math.max(...files.map((file) => file.length));
  const lines = files.flatMap((file) => {
    const all = byFile.get(file) ?? [];
    const what = !changed.has(file) ? 'as it is' : all.length === 0 ? 'edited' : summary(all);
    const remarks = all.filter((change) => shown.has(change));
    return [
      `  ${file.padEnd(width)}  ${colors.dim(what)}`,
      ...remarks.map(
        (change) => `    ${where(change)}  ${colors.yellow('note')}  ${change.note ?? ''} ${colors.dim(change.code)}`,
      ),
    ];
  });
  if (notes.length > shown.size) lines.push(colors.dim(`    ${more(notes.length - shown.size, 'note')}`));
  return [[colors.bold(written ? 'Changed' : 'Would change'), ...lines].join('\n')];
}

function summary(all: readonly ReportChange[]): string {
  const kinds = [...grouped(all, (change) => change.transform)].sort((a, b) => b[1].length - a[1].length);
  return kinds.map(([transform, each]) => `${transform} ×${each.length}`).join(', ');
}

function where({ place }: { readonly place: Finding['place'] }): string {
  return `${place.line}:${place.column}`;
}

function remarks(report: Report, colors: Colors, limit: number): string[] {
  const found = report.findings.filter((finding) => finding.kind === 'note');
  if (found.length === 0) return [];
  const lines = found.slice(0, limit).map((each) => `  ${at(each.place)}  ${each.message} ${colors.dim(each.reason)}`);
  if (found.length > limit) lines.push(colors.dim(`  ${more(found.length - limit, 'remark')}`));
  return [[colors.yellow(colors.bold('Worth a look')), ...lines].join('\n')];
}

function breaking(report: Report, colors: Colors, limit: number): string[] {
  const found = report.findings.filter((finding) => finding.kind === 'breaking-change');
  if (found.length === 0) return [];
  const lines = found.slice(0, limit).map((each) => `  ${at(each.place)}  ${each.name}`);
  if (found.length > limit) lines.push(colors.dim(`  ${more(found.length - limit, 'function')}`));
  const title = 'Breaking for users of this package (exported, and no longer a promise)';
  return [[colors.yellow(colors.bold(title)), ...lines].join('\n')];
}

function staying(report: Report, colors: Colors, limit: number): string[] {
  const { shown: found, unselected } = stayingAsync(report);
  if (found.length + unselected === 0) return [];
  const lines: string[] = [];
  for (const [file, each] of grouped(found.slice(0, limit), (finding) => finding.place.file)) {
    lines.push(`  ${file}`, ...each.flatMap((finding) => reasons(finding, colors)));
  }
  if (found.length > limit) lines.push(colors.dim(`  ${more(found.length - limit, 'function')}`));
  if (unselected > 0) lines.push(colors.dim(`  ${count(unselected, 'function')} outside of the selection`));
  return [[colors.bold('Stays async'), ...lines].join('\n')];
}

function reasons(finding: Finding, colors: Colors): string[] {
  const root = finding.chain.at(-1);
  const lines = [`    ${where(finding)}  ${finding.name}  ${colors.dim(finding.reason)}`];
  if (finding.chain.length > 2) lines.push(colors.dim(`      ${chainText(finding)}`));
  lines.push(`      ${root === undefined ? '' : `${at(root.place)}  `}${finding.message}`);
  if (finding.unlocks !== undefined) lines.push(colors.cyan(`      unlock: ${finding.unlocks}`));
  return lines;
}

/** `a calls b, which holds c`, without the last step, which has a line of its own. */
export function chainText({ chain }: Finding): string {
  const steps = chain.slice(0, -1).map(({ why }, i) => `${i === 0 ? '' : 'which '}${why} ${chain[i + 1]!.name}`);
  return steps.join(', ');
}

function unlocks(report: Report, colors: Colors): string[] {
  const best = report.unlocks.filter(({ frees }) => frees > 0).slice(0, 5);
  const policies = report.policies.map(
    ({ policy, frees }) => `  frees ${String(frees).padStart(3)}  --policy ${policy}`,
  );
  if (best.length + policies.length === 0) return [];
  const lines = best.map(
    ({ place, message, frees }) => `  frees ${String(frees).padStart(3)}  ${at(place)}  ${message}`,
  );
  return [[colors.bold('Would unlock most'), ...lines, ...policies].join('\n')];
}

function rows(report: Report, colors: Colors): string[] {
  const wanted = report.missingRows.slice(0, 10);
  if (wanted.length === 0) return [];
  const lines = wanted.flatMap(({ api, sites, frees, row }) => [
    `  frees ${String(frees).padStart(3)}  ${api} ${colors.dim(`(${count(sites, 'call')})`)}`,
    colors.dim(`             ${row}`),
  ]);
  if (report.missingRows.length > wanted.length)
    lines.push(colors.dim(`  ${more(report.missingRows.length - wanted.length, 'API')}`));
  lines.push(colors.cyan('  unlock: add a row to `rows` of unawait.config.ts, where a blocking form exists'));
  return [[colors.bold('Library calls without a blocking form in the API map'), ...lines].join('\n')];
}

function more(n: number, what: string): string {
  return `… and ${count(n, `more ${what}`)}; --format markdown or json has them all.`;
}

/** A unified diff as git colours it. */
function coloredDiff(diff: string, colors: Colors): string {
  return diff
    .trimEnd()
    .split('\n')
    .map((line) => {
      if (line.startsWith('+++') || line.startsWith('---')) return colors.bold(line);
      if (line.startsWith('@@')) return colors.cyan(line);
      if (line.startsWith('+')) return colors.green(line);
      return line.startsWith('-') ? colors.red(line) : line;
    })
    .join('\n');
}
