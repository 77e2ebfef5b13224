import { expect } from 'vitest';
import type { Outcome } from './child.ts';
import type { ConvertedCases } from './convert-cases.ts';
import { differs } from './known-differences.ts';
import { type RunOptions, runCases } from './run-cases.ts';

/** Every case of the file was converted, and nothing asynchronous is left in its text. */
export function expectConverted(cases: ConvertedCases, file: string): void {
  const refusals = cases.planned.plan.refusals.filter((refusal) => refusal.site.startsWith(`${file}:`));
  expect(refusals.map(({ site, detail }) => `${site} ${detail}`)).toEqual([]);
  expect(cases.planned.problems).toEqual([]);
  expect(cases.after.get(file)).not.toMatch(/\basync\b|\bawait\b/);
}

/** The file's cases give the same values, errors and files as before, but for the known differences, which must still be there. */
export async function expectSame(cases: ConvertedCases, file: string, options: RunOptions = {}): Promise<void> {
  const run = (texts: ReadonlyMap<string, string>) => runCases(cases.folder, file, texts.get(file)!, options);
  const [before, after] = await Promise.all([run(cases.before), run(cases.after)]);
  const names = Object.keys(before);
  const compared = names.filter((name) => !(`${file}#${name}` in differs));
  expect(compared.length).toBeGreaterThan(0);
  expect(pick(after, compared)).toEqual(pick(before, compared));
  for (const name of names.filter((each) => !compared.includes(each))) {
    expect(after[name], `${name} differs no longer`).not.toEqual(before[name]);
  }
}

function pick(all: Readonly<Record<string, Outcome>>, names: readonly string[]): Record<string, Outcome | undefined> {
  return Object.fromEntries(names.map((name) => [name, all[name]]));
}
