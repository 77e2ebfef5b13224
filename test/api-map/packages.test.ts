import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { expectConverted, expectSame } from './compare.ts';
import { convertCases } from './convert-cases.ts';
import { type Servers, startServers } from './servers.ts';

/** Rows of npm packages; run `npm install` in `packages/current`, `packages/older` and `packages/concurrency` first. */
const installed = ['current', 'older', 'concurrency'].filter((name) =>
  existsSync(join(import.meta.dirname, 'packages', name, 'node_modules')),
);
let servers: Servers;

beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

it.skipIf(installed.length > 0)('needs `npm install` in test/api-map/packages/current and older');

for (const name of installed) {
  const cases = convertCases(join(import.meta.dirname, 'packages', name));
  describe.each([...cases.before.keys()])(`${name}/%s`, (file) => {
    it('converts every case', () => expectConverted(cases, file));
    it('does the same as before', () => expectSame(cases, file, { env: servers.env }));
  });
}
