import type { Finding, Report } from '../model/report.ts';
import { at, count, grouped, headline, type Reporter, stayingAsync } from './reporter.ts';
import { chainText } from './terminal.ts';

/** For pull requests and issues: GitHub's Markdown, complete. */
export const markdown: Reporter = (report, { written = false, diff = false } = {}) => {
  const bugs = report.findings.filter((finding) => finding.kind === 'bug');
  const breaking = report.findings.filter((finding) => finding.kind === 'breaking-change');
  const remarks = report.findings.filter((finding) => finding.kind === 'note');
  const sections = [
    `# unawait: ${escape(report.project)}`,
    headline(report, written),
    ...section(
      'Bugs of unawait',
      bugs.map((bug) => `- \`${at(bug.place)}\` ${escape(bug.message)} (\`${bug.reason}\`)`),
    ),
    ...(report.files.length === 0 ? [] : [`## ${written ? 'Changed' : 'Would change'}`, files(report)]),
    ...section('Notes', notes(report)),
    ...section(
      'Worth a look',
      remarks.map((each) => `- \`${at(each.place)}\` ${escape(each.message)} (\`${each.reason}\`)`),
    ),
    ...section(
      'Breaking for users of this package',
      breaking.map((each) => `- \`${at(each.place)}\` ${escape(each.message)}`),
    ),
    ...staying(report),
    ...unlocks(report),
    ...rows(report),
    ...(diff ? report.files.map(details) : []),
  ];
  return `${sections.join('\n\n')}\n`;
};

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, lines.join('\n')];
}

function files(report: Report): string {
  const byFile = grouped(report.changes, (change) => change.place.file);
  const rows = report.files.map(({ file }) => {
    const changes = byFile.get(file) ?? [];
    const notes = changes.filter((change) => change.note !== undefined).length;
    return `| \`${cell(file)}\` | ${changes.length} | ${notes} |`;
  });
  return ['| file | changes | notes |', '|---|---:|---:|', ...rows].join('\n');
}

function notes(report: Report): string[] {
  return report.changes.flatMap(({ place, note, code }) =>
    note === undefined ? [] : [`- \`${at(place)}\` ${escape(note)} (${code})`],
  );
}

function staying(report: Report): string[] {
  const { shown, unselected } = stayingAsync(report);
  const parts: string[] = [];
  for (const [file, each] of grouped(shown, (finding) => finding.place.file)) {
    parts.push(`### \`${file}\``, each.map(item).join('\n'));
  }
  if (unselected > 0) parts.push(`${count(unselected, 'function')} outside of the selection.`);
  return parts.length === 0 ? [] : ['## Stays async', ...parts];
}

function item(finding: Finding): string {
  const root = finding.chain.at(-1);
  const chain = finding.chain.length > 2 ? `${escape(chainText(finding))}. ` : '';
  const place = root === undefined ? '' : `\`${at(root.place)}\` `;
  const unlock = finding.unlocks === undefined ? '' : ` **Unlock:** ${escape(finding.unlocks)}`;
  return `- **${escape(finding.name)}** (line ${finding.place.line}): ${chain}${place}${escape(finding.message)} (\`${finding.reason}\`)${unlock}`;
}

function unlocks(report: Report): string[] {
  const best = report.unlocks.filter(({ frees }) => frees > 0).slice(0, 20);
  return section('Would unlock most', [
    ...best.map(({ place, message, frees }) => `- ${count(frees, 'function')}: \`${at(place)}\` ${escape(message)}`),
    ...report.policies.map(({ policy, frees }) => `- ${count(frees, 'function')}: \`--policy ${policy}\``),
  ]);
}

function rows(report: Report): string[] {
  if (report.missingRows.length === 0) return [];
  const lines = report.missingRows.map(({ api, sites, frees }) => `| \`${cell(api)}\` | ${sites} | ${frees} |`);
  return [
    '## Library calls without a blocking form',
    ['| API | calls | frees |', '|---|---:|---:|', ...lines].join('\n'),
    'Rows to begin with, for `rows` of `unawait.config.ts` (the blocking form is a guess):',
    ['```ts', ...report.missingRows.map(({ row }) => `${row},`), '```'].join('\n'),
  ];
}

function details({ file, diff }: Report['files'][number]): string {
  const longest = Math.max(2, ...[...diff.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `<details><summary><code>${escape(file)}</code></summary>\n\n${fence}diff\n${diff.trimEnd()}\n${fence}\n\n</details>`;
}

/** Text that Markdown and HTML show as it is, code in backticks kept as code. */
function escape(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replaceAll(/[\\*_[\]<>#|]/g, '\\$&')))
    .join('');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
