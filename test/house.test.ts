import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ts } from 'ts-morph';
import { describe, expect, it } from 'vitest';
import { semantics } from '../scripts/semantics/index.ts';
import { everyTransform, generatedFiles, root, strayPages } from '../scripts/generated-files.ts';
import { policies } from '../src/model/policies.ts';
import { readCases } from './fixtures/cases.ts';

/** Declared reasons that no `skip-*` fixture shows yet. A line here that is no longer true fails. */
const reasonsWithoutFixture: readonly string[] = [];

/** Transforms without an example or a skip fixture yet; the same holds. */
const transformsWithoutFixture: readonly string[] = [];

const sources = ['src', 'transforms', 'std/src', 'scripts'].flatMap((folder) => files(folder));
const transforms = await everyTransform();
const cases = readCases();
const reports = cases.filter(({ name }) => name.startsWith('skip-')).map(({ report }) => report);

function files(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.parentPath.includes('node_modules'))
    .map((entry) => posix.join(entry.parentPath.slice(root.length), entry.name))
    .filter((path) => !path.includes('/dist/'))
    .sort();
}

/** What a file imports: own files as paths from the root, others as written. */
function imports(path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8');
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) =>
      fileName.startsWith('.') ? posix.join(posix.dirname(path), fileName) : fileName,
    );
}

describe('who imports whom', () => {
  const laws: readonly (readonly [who: RegExp, may: RegExp])[] = [
    [/^src\/model\//, /^src\/model\//],
    [/^src\/transform\.ts$/, /^(src\/model\/|ts-morph$)/],
    [/^src\/settle(\.ts|\/)/, /^src\/(model|settle)\//],
    [/^src\/report\//, /^(src\/(model|report)\/|node:(path|crypto)$|picocolors$|diff$)/],
    [/^src\/checker\//, /^(src\/(model|checker)\/|ts-morph$|node:module$)/],
    [/^src\/analyse\//, /^(src\/(model|checker|analyse)\/|ts-morph$)/],
    [/^src\/edit\//, /^(src\/(model|edit)\/|src\/transform\.ts$|ts-morph$|magic-string$|node:module$)/],
    // The transform of package.json edits JSON, not TypeScript.
    [
      /^transforms\/(?!index\.ts$|package-json\.ts$)[^/]+\.ts$/,
      /^(src\/model\/|src\/transform\.ts$|transforms\/[^/]+\/|ts-morph$)/,
    ],
    [/^transforms\/[^/]+\//, /^(src\/model\/|src\/transform\.ts$|transforms\/[^/]+\/|ts-morph$)/],
    [/^std\/src\//, /^(std\/src\/|node:|koffi$|undici$|synckit$|sync-fetch$|esbuild$)/],
  ];

  it.each(laws)('%s imports only %s', (who, may) => {
    const guarded = sources.filter((path) => who.test(path));
    expect(guarded.length).toBeGreaterThan(0);
    const broken = guarded.flatMap((path) =>
      imports(path)
        .filter((each) => !may.test(each))
        .map((each) => `${path} → ${each}`),
    );
    expect(broken).toEqual([]);
  });
});

describe('sources', () => {
  it('are short', () => {
    const long = sources.filter((path) => readFileSync(join(root, path), 'utf8').split('\n').length > 401);
    expect(long).toEqual([]);
  });

  it('have one name each, and not a vague one', () => {
    expect(sources.filter((path) => /(^|[/-])(utils?|helpers?|managers?|misc|common)(-|\.ts$|\/)/.test(path))).toEqual(
      [],
    );
  });
});

describe.each(transforms.map((transform) => [transform.id, transform] as const))('%s', (id, transform) => {
  const own = cases.filter((one) => one.transform === id);
  const reasons = Object.entries(transform.reasons);

  it('is called as its file', () => {
    expect(existsSync(join(root, 'transforms', `${id}.ts`))).toBe(true);
    expect(transform.code).toMatch(/^UA\d{3}$/);
    expect(transforms.filter(({ code }) => code === transform.code)).toHaveLength(1);
  });

  it('speaks in sentences', () => {
    expect(transform.summary).toMatch(/^\p{Lu}.*[^.]$/u);
    for (const [name, { short, extra }] of reasons) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(short, name).toMatch(/^[\p{Lu}`]/u);
      expect(extra, name).toMatch(/^[\p{Lu}`][\s\S]*[.!?]$/u);
    }
  });

  it('has an example, and a fixture for what it refuses', () => {
    const shown =
      own.some(({ name }) => name === 'example') ||
      (reasons.length > 0 && own.length > 0 && own.every(({ name }) => name.startsWith('skip-')));
    const complete = shown && (reasons.length === 0 || own.some(({ name }) => name.startsWith('skip-')));
    expect(complete).toBe(!transformsWithoutFixture.includes(id));
  });

  it.each(reasons.map(([name]) => `${id}/${name}`))('shows %s', (reason) => {
    expect(reports.some((report) => report.includes(` ${reason}: `))).toBe(!reasonsWithoutFixture.includes(reason));
  });

  it('names only policies that exist', () => {
    const text = readFileSync(join(root, 'transforms', `${id}.ts`), 'utf8');
    const named = [...text.matchAll(/policy: '([\w-]+)'|--policy ([\w-]+)/g)].map(([, a, b]) => a ?? b!);
    for (const name of named) expect(Object.keys(policies)).toContain(name);
  });
});

describe('fixtures', () => {
  it('are of transforms that exist', () => {
    const ids = new Set(transforms.map(({ id }) => id));
    expect([...new Set(cases.map(({ transform }) => transform))].filter((name) => !ids.has(name))).toEqual([]);
  });

  it('say what must not change nearly as often as what must', () => {
    expect(reports.length / cases.length).toBeGreaterThan(0.3);
  });

  it('report in sentences that name their place', () => {
    for (const { folder, report } of cases) {
      for (const line of report.split('\n').slice(0, -1)) {
        expect(line, folder).toMatch(/^[\w./-]+:\d+:\d+ [\w-]+(\/[\w-]+)?: [\p{Lu}`“].*$/u);
      }
    }
  });
});

describe('the semantic contract', () => {
  const rows = semantics.flatMap(({ rows: each }) => each);
  const convertsFrom = (name: string): boolean => !/^test\//.test(name) && !/\/skip-/.test(name);

  it.each(rows.map((row) => [row.construct, row] as const))('%s is shown', (_construct, { answers, shown }) => {
    expect(shown.length).toBeGreaterThan(0);
    const missing = shown.filter((name) => !existsSync(join(root, name.startsWith('test/') ? '.' : 'fixtures', name)));
    expect(missing).toEqual([]);
    // What is only refused is shown by what must not change; what converts, by what does.
    const fixtures = shown.filter((name) => !name.startsWith('test/'));
    if (answers.join() === 'R') expect(fixtures.some((name) => name.includes('/skip-'))).toBe(true);
    else if (fixtures.length > 0) expect(fixtures.some(convertsFrom)).toBe(true);
  });

  it.each(rows.map((row) => [row.construct, row] as const))(
    '%s shows each answer',
    (_construct, { answers, shown }) => {
      // What tests and whole programs show is not said line by line.
      if (shown.some((name) => /^(test|projects)\//.test(name))) return;
      const seen = new Set(shown.flatMap((name) => answersOf(name)));
      expect(answers.filter((answer) => !seen.has(answer))).toEqual([]);
    },
  );

  it('has each construct once', () => {
    expect(new Set(rows.map(({ construct }) => construct)).size).toBe(rows.length);
  });
});

/** The answers that a fixture shows: by its name, its policies, and the lines of its report, where a reason is one of a refusal. */
function answersOf(name: string): string[] {
  const read = (file: string): string => {
    const path = join(root, 'fixtures', name, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  const lines = read('report.txt').split('\n');
  const remark = /^\S+ (lint|steering)\/|^\S+ settle\/blocks-caller:/;
  const found = name.includes('/skip-') ? [] : ['C'];
  if (/"policies"/.test(read('options.json')) || lines.some((line) => line.includes('/needs-policy:'))) found.push('P');
  if (lines.some((line) => /^\S+ [\w-]+: /.test(line) || remark.test(line))) found.push('N');
  if (lines.some((line) => /^\S+ [\w-]+\/[\w-]+: /.test(line) && !remark.test(line))) found.push('R');
  return found;
}

describe('generated files', () => {
  it('are fresh', async () => {
    const wanted = await generatedFiles();
    const stale = [...wanted].filter(
      ([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text,
    );
    expect(
      stale.map(([path]) => path),
      'run `npm run generate`',
    ).toEqual([]);
    expect(strayPages(wanted)).toEqual([]);
  });
});
