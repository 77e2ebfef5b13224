import type { Finding, Report } from '../model/report.ts';

export interface ReporterOptions {
  /** ANSI colours; only the terminal reporter has any. */
  readonly color?: boolean;
  /** Findings shown by the terminal reporter, 40 by default. */
  readonly limit?: number;
  /** The changes are or will be written, so the text speaks of them as done. */
  readonly written?: boolean;
  /** Show the diff of each file. */
  readonly diff?: boolean;
}

/** Makes text of a report; pure. */
export type Reporter = (report: Report, options?: ReporterOptions) => string;

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;
}

export function at({
  file,
  line,
  column,
}: {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}): string {
  return `${file}:${line}:${column}`;
}

/** Items by key, in the order in which keys first appear. */
export function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** Functions that stay async for a reason of their own, and how many only because nobody selected them: those need no line each. */
export function stayingAsync({ findings }: Report): {
  readonly shown: readonly Finding[];
  readonly unselected: number;
} {
  const all = findings.filter(({ kind }) => kind === 'stays-async');
  const shown = all.filter(
    ({ reason, unit, message }) => !(reason === 'selection/outside' && message.includes(`\`${unit}\``)),
  );
  return { shown, unselected: all.length - shown.length };
}

/** The one-line result: what converts, what does not. */
export function headline({ counts }: Report, written: boolean): string {
  if (counts.asynchronous === 0) return 'Nothing here is asynchronous.';
  const blocking = `${counts.blocking.toLocaleString('en-US')} of ${count(counts.asynchronous, 'asynchronous function')} ${written ? 'turned' : 'can turn'} blocking`;
  const rest =
    counts.staysAsync === 0 ? '' : `, ${counts.staysAsync === 1 ? '1 stays' : `${counts.staysAsync} stay`} async`;
  return `${blocking}${rest}. ${count(counts.claims, 'change')} in ${count(counts.filesChanged, 'file')}, ${count(counts.notes, 'note')}.`;
}
