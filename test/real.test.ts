import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exported, sameLines, see } from './real/compare.ts';
import { convertPackage, type Converted } from './real/convert.ts';
import { largePackages, twinPackages } from './real/packages.ts';

/** Nothing crashed, every file is whole, and every finding names a place and a reason. */
function expectSound({ planned }: Converted): void {
  const { facts, plan, problems } = planned;
  expect(problems).toEqual([]);
  expect(plan.refusals.filter((each) => each.bug !== undefined)).toEqual([]);
  const places = new Map(facts.sites.map((site) => [site.id, site.place]));
  for (const { site, reason, detail } of plan.refusals) {
    const place = places.get(site);
    expect(place?.file).toMatch(/./);
    expect(place!.line).toBeGreaterThan(0);
    expect(reason).toMatch(/^[a-z-]+\/[a-z-]+$/);
    expect(detail).toMatch(/\w/);
  }
  // Each function that stays async says which of them keeps it so.
  const refused = new Set(plan.refusals.map((each) => each.site));
  expect(plan.staysAsync.filter((each) => !refused.has(each.root))).toEqual([]);
}

/** What is committed about a package: figures, not its text. */
function counts({ planned, version }: Converted): Record<string, unknown> {
  const { facts, plan } = planned;
  const reasons: Record<string, number> = {};
  for (const { reason } of plan.refusals) reasons[reason] = (reasons[reason] ?? 0) + 1;
  return {
    version,
    functions: facts.units.filter((each) => each.kind === 'function').length,
    asynchronous: facts.units.filter((each) => each.asynchronous).length,
    blocking: plan.blocking.length,
    refusals: Object.fromEntries(Object.entries(reasons).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))),
  };
}

describe.each(twinPackages)('$name, which has a blocking twin', (each) => {
  it('does the same as the twin where it turns blocking', async () => {
    const converted = convertPackage(each);
    expectSound(converted);
    const texts = [converted.to, converted.from].map((folder) => readFileSync(join(folder, each.entry), 'utf8')) as [
      string,
      string,
    ];
    expect({ ...counts(converted), twin: sameLines(...texts, each.twins) }).toMatchSnapshot();
    const [after, before] = [converted.to, converted.from].map((folder) => join(folder, each.entry)) as [
      string,
      string,
    ];
    for (const { asynchronous, declaration = asynchronous, twin, calls } of each.runs) {
      const stays = converted.planned.plan.staysAsync.some(({ unit }) => unit.endsWith(`#${declaration}`));
      for (const call of calls) {
        const was = await see(exported(before, asynchronous), call);
        const is = await see(exported(after, asynchronous), call);
        const { promise, ...wanted } = await see(exported(before, twin), call);
        expect(promise).toBe(false);
        expect(is).toEqual({ ...was, promise: is.promise });
        expect(is).toEqual({ ...wanted, promise: stays });
      }
    }
  });
});

describe.each(largePackages)('$name', (each) => {
  it('is converted without a crash', () => {
    const converted = convertPackage(each);
    expectSound(converted);
    expect(counts(converted)).toMatchSnapshot();
  });
});
