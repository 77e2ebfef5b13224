import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ts } from 'ts-morph';
import { describe, expect, it } from 'vitest';
import { afterPath, type Case, groupBy, isSkip, readCases, root } from './fixtures/cases.ts';
import { convert, type Converted, errorsOf, reportOf } from './fixtures/convert.ts';
import { traces } from './fixtures/trace.ts';

/** `UPDATE_FIXTURES=1` writes what comes out instead of comparing; read the diff before committing it. */
const update = process.env['UPDATE_FIXTURES'] === '1';
const only = process.env['FIXTURE'];

const cases = readCases().filter((one) => only === undefined || one.folder.includes(only));

/** Runs of all cases with the same options: source, source with CRLF, and result once more. */
interface Runs {
  readonly first: Converted;
  readonly crlf: Converted;
  readonly second: Converted;
}

const groups = groupBy(cases, ({ options }) =>
  JSON.stringify({ policies: options.policies, onlySafe: options.onlySafe }),
);
const runsOf = new Map([...groups].map(([key, group]) => [key, lazily(() => run(group))]));

function run(group: readonly Case[]): Runs {
  const { options } = group[0]!;
  const texts = new Map(group.flatMap(({ before }) => [...before]));
  const first = convert(texts, options);
  const crlf = convert(new Map([...texts].map(([path, text]) => [path, toCrlf(text)])), options);
  return { first, crlf, second: convert(first.texts, options) };
}

function runs({ options }: Case): Runs {
  return runsOf.get(JSON.stringify({ policies: options.policies, onlySafe: options.onlySafe }))!();
}

/** Makes it once, and fails in the same way each time when it cannot be made. */
function lazily<T>(make: () => T): () => T {
  let made: { value: T } | { error: unknown } | undefined;
  return () => {
    try {
      made ??= { value: make() };
    } catch (error) {
      made = { error };
    }
    if ('error' in made) throw made.error;
    return made.value;
  };
}

const toCrlf = (text: string): string => text.replaceAll(/\r?\n/g, '\r\n');
const expectedText = (one: Case, path: string): string => one.after.get(path) ?? one.before.get(path)!;

for (const [transform, group] of groupBy(cases, (one) => one.transform)) {
  describe(transform, () => {
    describe.each(group.map((one) => [one.name, one] as const))('%s', (_name, one) => {
      const paths = [...one.before.keys()];

      it.runIf(update)('is written', () => write(one, runs(one).first));

      it.skipIf(update)('becomes the expected text', () => {
        const { first } = runs(one);
        if (isSkip(one)) expect(one.after, 'a skip fixture has no after').toEqual(new Map());
        else expect(one.after.size, 'there is an after').toBeGreaterThan(0);
        for (const path of paths) expect(first.texts.get(path), path).toBe(expectedText(one, path));
        expect(reportOf(first, (path) => one.before.has(path))).toBe(one.report);
        if (isSkip(one)) expect(one.report, 'a skip fixture says why').not.toBe('');
      });

      it('has no bug of ours', () => {
        expect(reportOf(runs(one).first, (path) => one.before.has(path))).not.toMatch(/PROBLEM|\/crashed:|unclaimed\//);
      });

      it.skipIf(one.options.hasTypeErrors)('has no new type error', () => {
        const { first, second } = runs(one);
        for (const path of paths) {
          expect(errorsOf(first.program, path), `${path} before`).toEqual([]);
          expect(errorsOf(second.program, path), `${path} after`).toEqual([]);
        }
      });

      it('is finished after one run', () => {
        const { first, second } = runs(one);
        for (const path of paths) expect(second.texts.get(path), path).toBe(first.texts.get(path));
      });

      it('keeps every comment', () => {
        const { first } = runs(one);
        for (const path of paths) {
          const kept = commentsOf(first.texts.get(path)!);
          for (const comment of commentsOf(one.before.get(path)!)) expect(kept, path).toContain(comment);
        }
      });

      it('keeps Windows line ends', () => {
        const { first, crlf } = runs(one);
        for (const path of paths) expect(crlf.texts.get(path), path).toBe(toCrlf(first.texts.get(path)!));
      });
    });
  });
}

const runnable = cases.filter((one) => one.exec !== undefined && !isSkip(one));

describe.runIf(runnable.length > 0)('traces', () => {
  const taken = lazily(() =>
    traces(
      runnable.flatMap((one) =>
        [one.before, new Map([...one.before.keys()].map((path) => [path, runs(one).first.texts.get(path)!]))].map(
          (texts) => ({ exec: one.exec!, texts }),
        ),
      ),
    ),
  );
  it.each(runnable.map((one, index) => [one.folder, index] as const))('%s', async (_folder, index) => {
    const all = await taken();
    const [before, after] = [all[index * 2]!, all[index * 2 + 1]!];
    expect(before.length, 'the trace says something').toBeGreaterThan(0);
    expect(after).toEqual(before);
  });
});

/** Comments without their layout and without the types that are unwrapped in JSDoc. */
function commentsOf(text: string): string[] {
  const source = ts.createSourceFile('a.tsx', text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const found = new Map<number, string>();
  const stack: ts.Node[] = [source];
  while (stack.length > 0) {
    const node = stack.pop()!;
    const ranges = [
      ...(ts.getLeadingCommentRanges(text, node.pos) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.end) ?? []),
    ];
    if (!ts.isJsxText(node)) for (const { pos, end } of ranges) found.set(pos, text.slice(pos, end));
    stack.push(...node.getChildren(source));
  }
  return [...found.values()].map((comment) => comment.replaceAll(/\{[^}]*\}/g, '{}').replaceAll(/\s+\*?\s*/g, ' '));
}

function write(one: Case, converted: Converted): void {
  let changed = false;
  for (const [path, before] of one.before) {
    const target = join(root, afterPath(path));
    const after = converted.texts.get(path)!;
    rmSync(target, { force: true });
    if (after === before) continue;
    changed = true;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, after);
  }
  const report = reportOf(converted, (path) => one.before.has(path));
  const target = join(root, one.folder, 'report.txt');
  rmSync(target, { force: true });
  if (report !== '') writeFileSync(target, report);
  expect(changed, isSkip(one) ? 'it must not change' : 'it changes').toBe(!isSkip(one));
}
