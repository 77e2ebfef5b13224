import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { expectConverted, expectSame } from './compare.ts';
import { convertCases } from './convert-cases.ts';
import { type Servers, startServers } from './servers.ts';

/** Rows of HTTP clients against the clients themselves; run `npm install` in `packages/clients` first. */
const folder = join(import.meta.dirname, 'packages/clients');
const installed = existsSync(join(folder, 'node_modules'));
let servers: Servers;

beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

it.skipIf(installed)('needs `npm install` in test/api-map/packages/clients');

if (installed) {
  const cases = convertCases(folder);
  describe.each([...cases.before.keys()])('%s', (file) => {
    it('converts every case', () => expectConverted(cases, file));
    it('does the same as before', () => expectSame(cases, file, { env: servers.env }), 60_000);
  });
}
