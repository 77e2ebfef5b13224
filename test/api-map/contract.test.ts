import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectConverted, expectSame } from './compare.ts';
import { convertCases } from './convert-cases.ts';
import { type Servers, startServers } from './servers.ts';
import { typeDifferences } from './types.ts';

const cases = convertCases(join(import.meta.dirname, 'cases'));
const types = typeDifferences(cases);
let servers: Servers;

beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

describe.each([...cases.before.keys()])('%s', (file) => {
  it('converts every case', () => expectConverted(cases, file));

  it('has the awaited type', () => expect(types.get(file)).toEqual([]));

  it.skipIf(file === 'stdin.ts')('does the same as before', () => expectSame(cases, file, { env: servers.env }));
});

it.each([
  ['text', 'größe\n'],
  ['text', ''],
  ['text', '\uFEFFmarked'],
  ['json', '{ "a": [1, null] }'],
  ['json', '{ "a": '],
  ['buffer', '\u0000\u0001'],
  ['question', 'größe\r\n'],
  ['positions', '\n'],
  ['callback', 'Jo\nlater\n'],
  ['callback positions', 'Jo\n'],
])('reads standard input as %s: %j', (form, input) =>
  expectSame(cases, 'stdin.ts', { env: { CASES_STDIN: form }, input }),
);
