import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from './child.ts';
import { convertCases } from './convert-cases.ts';
import { differs } from './known-differences.ts';
import { runCases } from './run-cases.ts';
import { type Servers, startServers } from './servers.ts';

const cases = convertCases(join(import.meta.dirname, 'cases'));
const files = [...cases.before.keys()];
let servers: Servers;

beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

describe.each(files)('%s', (file) => {
  it('converts every case', () => {
    const refusals = cases.planned.plan.refusals.filter((refusal) => refusal.site.startsWith(`${file}:`));
    expect(refusals.map(({ site, detail }) => `${site} ${detail}`)).toEqual([]);
    expect(cases.planned.problems).toEqual([]);
    expect(cases.after.get(file)).not.toMatch(/\basync\b|\bawait\b/);
  });

  it.skipIf(file === 'stdin.ts')('does the same as before', async () => {
    const { before, after } = await both(file);
    const compared = Object.keys(before).filter((name) => !(`${file}#${name}` in differs));
    expect(compared.length).toBeGreaterThan(0);
    expect(pick(after, compared)).toEqual(pick(before, compared));
    for (const name of Object.keys(before)) {
      if (!compared.includes(name)) expect(after[name], `${name} differs no longer`).not.toEqual(before[name]);
    }
  });
});

it.each([
  ['text', 'größe\n'],
  ['text', ''],
  ['json', '{ "a": [1, null] }'],
  ['json', '{ "a": '],
  ['buffer', '\u0000\u0001'],
])('reads standard input as %s: %j', async (form, input) => {
  const { before, after } = await both('stdin.ts', { env: { CASES_STDIN: form }, input });
  expect(after).toEqual(before);
});

async function both(
  file: string,
  { env, input }: { env?: Record<string, string>; input?: string } = {},
): Promise<Record<'before' | 'after', Record<string, Outcome>>> {
  const options = { env: { ...servers.env, ...env }, ...(input !== undefined && { input }) };
  const run = (texts: ReadonlyMap<string, string>) => runCases(cases.folder, file, texts.get(file)!, options);
  const [before, after] = await Promise.all([run(cases.before), run(cases.after)]);
  return { before, after };
}

function pick<T>(all: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T | undefined> {
  return Object.fromEntries(names.map((name) => [name, all[name]]));
}
