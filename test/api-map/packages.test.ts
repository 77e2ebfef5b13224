import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectConverted, expectSame } from './compare.ts';
import { convertCases } from './convert-cases.ts';
import { installedPackages, packageFolder } from './installed-packages.ts';
import { type Servers, startServers } from './servers.ts';
import { typeDifferences } from './types.ts';

/** Folders whose rows name a twin: it has the awaited type. What other rows write out is typed by fixtures. */
const twins = ['current', 'older'];
const MINUTES = 60_000;

/** Rows of npm packages, against the packages themselves. */
const { installed, missing } = installedPackages();
let servers: Servers;

beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

it.skip.each(missing)('NOT TESTED: packages/$name, for $why', () => undefined);

it('has packages to compare with, unless there is no registry', () => {
  expect(installed.length + missing.length).toBeGreaterThanOrEqual(3);
});

for (const name of installed) {
  const cases = convertCases(packageFolder(name));
  const types = twins.includes(name) ? typeDifferences(cases) : undefined;
  describe.each([...cases.before.keys()])(`${name}/%s`, (file) => {
    it('converts every case', () => expectConverted(cases, file));
    it.skipIf(types === undefined)('has the awaited type', () => expect(types?.get(file)).toEqual([]));
    it('does the same as before', { timeout: 3 * MINUTES }, () => expectSame(cases, file, { env: servers.env }));
  });
}
