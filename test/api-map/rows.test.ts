import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadWorkspace } from '../../src/load/workspace.ts';
import { findRows, promisified, type Row, rows, rowsByApi, swappedTypes } from '../../transforms/api-map/index.ts';
import { parseRowText } from '../../transforms/api-map/row-text.ts';
import { satisfies } from '../../transforms/api-map/version-range.ts';
import { installedPackages, packageFolder } from './installed-packages.ts';
import { declaredApis, seenApis } from './seen-apis.ts';
import { groupsWithoutCase, withoutCase } from './without-case.ts';

const cases = loadWorkspace(join(import.meta.dirname, 'cases'));
const { installed, missing: lacking } = installedPackages();
const packages = installed.map(packageFolder);

/** Names that the types of Node 20 do not have, or have elsewhere. */
const newerOrAlias = [
  /#(glob|mkdtempDisposable|resolveTlsa|zstd\w+|argon2)$/,
  /^node:events#/,
  /^node:stream#/,
  /^node:(net#|tls#TLS)Socket\./,
  /^node:timers#/,
  /^node:readline\/promises#Interface\./,
  /MockTimers|TestContext\.test$/,
  /FileHandle\.on/,
];

describe('the rows', () => {
  it('are at least 300', () => expect(rows.length).toBeGreaterThanOrEqual(300));

  it.each(rows.map((row) => [row.api, row] as const))('%s is well-formed', (api, row) => {
    expect(api).toMatch(/^[^#\s]+#[^#\s]+(#[^#\s]+\))?$/);
    expect(
      ['sync', 'call', 'same', 'refuse'].filter((key) => key in row),
      'one of',
    ).toHaveLength(1);
    for (const sentence of [row.refuse, row.note, row.unlocks]) expect(sentence ?? '').not.toMatch(/\.$/);
    expect(row.refuse ?? 'a').not.toMatch(/^[A-Z][a-z]/);
    expect(row.note ?? 'A').toMatch(/^[A-Z`]/);
    for (const text of [row.call, ...Object.values(row.byArity ?? {})]) {
      if (text !== undefined)
        expect(namesIn(text, row), text).toEqual(row.byArity ? expect.anything() : Object.keys(row.imports ?? {}));
    }
    for (const pattern of Object.values(row.when ?? {})) expect(() => new RegExp(pattern)).not.toThrow();
  });

  it('do not say two things of one use', () => {
    const uses = rows.map((row) => JSON.stringify([row.api, row.form ?? 'call', row.when, row.versions]));
    expect(uses.filter((use, i) => uses.indexOf(use) !== i)).toEqual([]);
  });

  it('name what Node declares', () => {
    const declared = declaredApis(cases);
    const unknown = rows
      .map((row) => row.api)
      .filter((api) => api.startsWith('node:') && !api.includes('(') && !api.endsWith('.constructor'))
      .filter((api) => !declared.has(api) && !newerOrAlias.some((pattern) => pattern.test(api)));
    expect(unknown).toEqual([]);
  });

  it('each have a case, or say why not', () => {
    const seen = new Set(
      [cases, ...packages.map((folder) => loadWorkspace(folder))].flatMap((each) => [...seenApis(each)]),
    );
    const covered = ({ api }: Row): boolean =>
      [api, api.replace('#', '#default.')].some((name) => seen.has(name) || seen.has(promisified(name)));
    const checked = rows.filter(
      (row) => row.refuse === undefined && (lacking.length === 0 || /^(node:|global#)/.test(row.api)),
    );
    const missing = checked.filter((row) => !covered(row)).map((row) => row.api);
    const grouped = (api: string): boolean => groupsWithoutCase.some(([group]) => group.test(api));
    expect(missing.filter((api) => !(api in withoutCase) && !grouped(api))).toEqual([]);
    const stale = Object.keys(withoutCase).filter((api) => checked.some((row) => row.api === api && covered(row)));
    expect(stale).toEqual([]);
  });

  it('give types that are swapped a row of their own for each member that has a promise', () => {
    for (const type of ['node:fs/promises#FileHandle', 'global#Response']) {
      expect(swappedTypes.has(type)).toBe(true);
      expect(rows.filter((row) => row.api.startsWith(`${type}.`)).length).toBeGreaterThan(5);
    }
  });
});

describe('rowsByApi', () => {
  const own: Row = { api: 'node:fs/promises#readFile', call: 'read($1)', imports: { read: './disk.js' } };

  it('asks a project first', () => {
    expect(findRows(rowsByApi([own]), own.api, 'call')[0]).toBe(own);
    expect(findRows(rowsByApi(), own.api, 'call')[0]).not.toBe(own);
  });

  it('leaves out rows of other versions', () => {
    const at = (version: string): (string | undefined)[] =>
      findRows(
        rowsByApi([], () => version),
        'tinyexec#x',
        'call',
      ).map((row) => row.sync);
    expect(at('1.3.1')).toEqual(['tinyexec#xSync']);
    expect(at('0.3.2')).toEqual([undefined]);
  });

  it('knows packages by their default import, and callbacks promisified', () => {
    const map = rowsByApi();
    expect(findRows(map, 'fs-extra#default.readJson', 'call')[0]?.sync).toBe('fs-extra#readJsonSync');
    expect(findRows(map, 'node:util#promisify(node:zlib#gzip)', 'call')[0]?.sync).toBe('node:zlib#gzipSync');
  });
});

it.each([
  ['1.2.3', '^1', true],
  ['2.0.0', '^1.2', false],
  ['9.6.1', '>=6', true],
  ['5.1.1', '>=6 <9', false],
  ['0.9.9', '<1 || >=3', true],
  ['3.0.0-beta.1', '<1 || >=3', true],
  ['6.4.0', '6', true],
  ['16.0.0', '6', false],
])('%s in %s: %s', (version, range, holds) => expect(satisfies(version, range)).toBe(holds));

function namesIn(text: string, row: Row): string[] {
  return parseRowText(text, Object.keys(row.imports ?? {})).flatMap((part) =>
    typeof part === 'object' && 'imported' in part ? [part.imported] : [],
  );
}
