import type { Finding, Unlock } from '../model/report.ts';

const REASONS: ReadonlySet<string> = new Set(['selection/generated', 'selection/compiled']);

/** A file that was left as it is, since a program wrote it, is one finding, whatever stands in it: at its first function, under the file's name. */
export function oneForEachFile(findings: readonly Finding[]): Finding[] {
  const byFile = new Map<string, Finding[]>();
  const others: Finding[] = [];
  for (const finding of findings) {
    const { file } = finding.place;
    const own =
      finding.kind === 'stays-async' && REASONS.has(finding.reason) && finding.chain.at(-1)?.place.file === file;
    if (!own) others.push(finding);
    else byFile.set(file, [...(byFile.get(file) ?? []), finding]);
  }
  const files = [...byFile].map(([file, all]): Finding => {
    const first = all.reduce((a, b) => (b.place.line < a.place.line ? b : a));
    const { line, column } = first.place;
    const place = { file, line, column };
    const step = { name: file, place, why: 'is refused' };
    const message = `${first.message} ${all.length === 1 ? 'Its asynchronous function stays as it is' : `Its ${all.length} asynchronous functions stay as they are`}.`;
    return { ...first, place, name: file, message, chain: [step] };
  });
  return [...others, ...files];
}

/** Of what would unlock most, a file that a program wrote is named once. */
export function oneUnlockForEachFile(unlocks: readonly Unlock[]): Unlock[] {
  const seen = new Set<string>();
  return unlocks.filter(({ reason, place }) => {
    if (!REASONS.has(reason)) return true;
    if (seen.has(place.file)) return false;
    seen.add(place.file);
    return true;
  });
}
