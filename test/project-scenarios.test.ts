import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { DifferentialVerdict, ScenarioVerdict } from '../src/model/verdict.ts';
import { parseScenario } from '../src/reference/parse-scenario.ts';
import type { Scenario } from '../src/reference/scenario.ts';
import { verify } from '../src/verify/verify.ts';

const projects = resolve(import.meta.dirname, '../fixtures/projects');
/** Below the repository, so that the projects find the packages installed here. */
const tmp = resolve(import.meta.dirname, '../tmp');
mkdirSync(tmp, { recursive: true });
const place = mkdtempSync(join(tmp, 'scenarios-'));

afterAll(() => rmSync(place, { recursive: true, force: true }));

function scenariosOf(project: string): Scenario[] {
  const folder = join(projects, project, 'scenarios');
  return readdirSync(folder).map((file) =>
    parseScenario(JSON.parse(readFileSync(join(folder, file), 'utf8')), `${project}/${file}`),
  );
}

async function compare(
  project: string,
  scenarios: readonly Scenario[],
  after = join(projects, project, 'after'),
): Promise<DifferentialVerdict> {
  const before = join(projects, project, 'before');
  const skip = ['types', 'second-run', 'tests', 'measure'] as const;
  const { runs } = await verify({ before, after, scenarios, onlyGiven: true, skip });
  return runs.differential;
}

/** The result with `wanted`, which is there once, replaced in one file: a wrong conversion. */
function plant(project: string, file: string, wanted: string, planted: string): string {
  const copy = join(place, `${project}-${readdirSync(place).length}`);
  cpSync(join(projects, project, 'after'), copy, { recursive: true });
  const text = readFileSync(join(copy, file), 'utf8');
  expect(text.split(wanted), `${file} has ${wanted} once`).toHaveLength(2);
  writeFileSync(
    join(copy, file),
    text.replace(wanted, () => planted),
  );
  return copy;
}

function failures({ scenarios }: DifferentialVerdict): Record<string, ScenarioVerdict['difference']> {
  const failed = scenarios.filter(({ status }) => status !== 'passed');
  return Object.fromEntries(failed.map(({ name, difference }) => [name, difference]));
}

describe.each(['archive-cli', 'line-protocol-client'])('%s', (project) => {
  const scenarios = scenariosOf(project);

  test('runs the same in all of its scenarios', { timeout: 240_000 }, async () => {
    expect(scenarios.length).toBeGreaterThanOrEqual(8);
    const verdict = await compare(project, scenarios);
    expect(failures(verdict)).toEqual({});
    expect(verdict.status).toBe('passed');
    expect(verdict.scenarios).toHaveLength(scenarios.length);
  });
});

describe('a wrong conversion', () => {
  const only = (project: string, ...names: RegExp[]): Scenario[] =>
    scenariosOf(project).filter(({ name }) => names.some((wanted) => wanted.test(name)));

  test('that takes every content for known is seen in the files', { timeout: 120_000 }, async () => {
    const after = plant('archive-cli', 'src/object-store.ts', 'if (this.has(hash)) return', 'if (this.has) return');
    const verdict = await compare('archive-cli', only('archive-cli', /^packs/, /^command lines/), after);
    expect(verdict.status).toBe('failed');
    expect(failures(verdict)).toMatchObject({
      'packs, lists, checks and restores a folder': {
        before: '"code 0, then code 0, then code 0, then code 0, then code 0, then code 0"',
        field: 'exit',
      },
    });
    expect(verdict.scenarios.find(({ name }) => name.startsWith('command lines'))?.status).toBe('passed');
  });

  test('that sends another body is seen in the request', { timeout: 120_000 }, async () => {
    const after = plant(
      'archive-cli',
      'src/remote.ts',
      'api.putObject(hash, archive.store.read(hash));',
      "api.putObject(hash, Buffer.from('{}'));",
    );
    const found = failures(await compare('archive-cli', only('archive-cli', /^publishes/), after));
    const difference = Object.values(found)[0];
    expect(difference?.field).toMatch(/^request \d body$/);
    expect(difference?.after).toBe('"{}"');
  });

  test('that loses permissions is seen at the file', { timeout: 120_000 }, async () => {
    const after = plant('archive-cli', 'src/archive.ts', 'chmodSync(absolute, mode);', '');
    const found = failures(await compare('archive-cli', only('archive-cli', /^packs/), after));
    expect(Object.values(found)[0]).toMatchObject({ field: 'file back/a.txt (permissions and time)' });
  });

  test('that hangs up without a goodbye is seen in the conversation', { timeout: 120_000 }, async () => {
    const project = 'line-protocol-client';
    const after = plant(project, 'src/client.ts', "if (this.state === 'ready') this.command('QUIT');", '');
    const verdict = await compare(project, only(project, /^one command/, /^nobody/), after);
    expect(failures(verdict)).toMatchObject({
      'one command, every kind of reply': { field: 'request 2', before: '"kv: connection 1, message 2"' },
    });
    expect(verdict.scenarios.find(({ name }) => name.startsWith('nobody'))?.status).toBe('passed');
  });
});
