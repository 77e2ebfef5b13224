import type { TestResult } from './test-report.ts';

/**
 * How a runner names its tests: ava in full on each line (`file › title`), node-tap by subtests one inside of the other, tape by a comment
 * above the assertions of a test.
 */
export type TapNames = 'plain' | 'subtests' | 'titles';

/** Reads TAP: `not ok 1 - title`, with the error as indented YAML below. It names no paths. */
export function readTap(text: string, names: TapNames): TestResult[] {
  const results: TestResult[] = [];
  const above: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const depth = line.search(/\S/) / 4;
    const title = /^\s*# (?:Subtest: )?(.*)$/.exec(line)?.[1];
    const [, not, name, directive] = /^\s*(not )?ok \d+ (?:- )?(.*?)(?: # (SKIP|TODO|time=)\b.*)?$/.exec(line) ?? [];
    const last = results.at(-1);
    if (name !== undefined && Number.isInteger(depth)) {
      const skipped = directive === 'SKIP' || directive === 'TODO';
      const status = skipped ? 'skipped' : not === undefined ? 'passed' : 'failed';
      const parents = names === 'plain' ? [] : above.slice(0, names === 'titles' ? 1 : depth);
      const own = name.replaceAll(' › ', ' > ');
      results.push({ file: '', name: [...parents, own].join(' > '), status, message: null });
    } else if (title !== undefined && names === 'titles') {
      above[0] = title;
    } else if (title !== undefined && names === 'subtests' && line.includes('# Subtest: ')) {
      above[depth] = title;
    } else if (last?.status === 'failed' && last.message === null) {
      const message = /^\s+message: (?!>|\|)['"]?(.*?)['"]?$/.exec(line)?.[1];
      if (message !== undefined) results[results.length - 1] = { ...last, message };
    }
  }
  return results;
}
