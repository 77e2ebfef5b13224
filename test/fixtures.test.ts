import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ts } from 'ts-morph';
import { describe, expect, it } from 'vitest';
import { lostCalls } from '../src/lost-calls.ts';
import { residual } from '../src/recheck.ts';
import { writeChanges } from '../src/write.ts';
import { afterPath, type Case, groupBy, isSkip, readCases, root } from './fixtures/cases.ts';
import { convert, type Converted, createFixtureProgram, errorsOf, reportOf } from './fixtures/convert.ts';
import { traces } from './fixtures/trace.ts';

/** `UPDATE_FIXTURES=1` writes what comes out instead of comparing; read the diff before committing it. */
const update = process.env['UPDATE_FIXTURES'] === '1';
const only = process.env['FIXTURE'];

const cases = readCases().filter((one) => only === undefined || one.folder.includes(only));

/** All cases in one state of their texts: one program for all, one run of the corridor for each. */
interface State {
  readonly program: ts.Program;
  /** Throws what the run threw. */
  of(one: Case): Converted;
}

function stateOf(textsOf: (one: Case) => ReadonlyMap<string, string>): State {
  const program = createFixtureProgram(new Map(cases.flatMap((one) => [...textsOf(one)])));
  const runs = new Map(cases.map((one) => [one, lazily(() => convert(program, textsOf(one), one.options))]));
  return { program, of: (one) => runs.get(one)!() };
}

const first = lazily(() => stateOf(({ before }) => before));
const crlf = lazily(() => stateOf(({ before }) => new Map([...before].map(([path, text]) => [path, toCrlf(text)]))));
const second = lazily(() => stateOf(resultOf));

/** What comes out of a case; its source where the run failed. */
function resultOf(one: Case): ReadonlyMap<string, string> {
  try {
    return first().of(one).texts;
  } catch {
    return one.before;
  }
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

      it.runIf(update)('is written', () => write(one, first().of(one)));

      it.skipIf(update)('becomes the expected text', () => {
        const { planned, texts } = first().of(one);
        if (isSkip(one)) expect(one.after, 'a skip fixture has no after').toEqual(new Map());
        else expect(one.after.size, 'there is an after').toBeGreaterThan(0);
        for (const path of paths) expect(texts.get(path), path).toBe(expectedText(one, path));
        expect(reportOf({ planned, texts })).toBe(one.report);
        if (isSkip(one)) expect(one.report, 'a skip fixture says why').not.toBe('');
      });

      it('has no bug of ours', () => {
        expect(reportOf(first().of(one))).not.toMatch(/PROBLEM|\/crashed:|unclaimed\//);
      });

      it.skipIf(one.options.hasTypeErrors)('has no new type error', () => {
        for (const path of paths) {
          expect(errorsOf(first().program, path), `${path} before`).toEqual([]);
          expect(errorsOf(second().program, path), `${path} after`).toEqual([]);
        }
      });

      it('is finished after one run', () => {
        const { texts } = first().of(one);
        for (const path of paths) expect(second().of(one).texts.get(path), path).toBe(texts.get(path));
      });

      it('loses no call, and leaves no promise in what was converted', () => {
        const { planned } = first().of(one);
        expect(lostCalls(planned)).toEqual([]);
        expect(residual(planned, second().of(one).planned)).toEqual([]);
      });

      it('keeps every comment', () => {
        const { texts } = first().of(one);
        for (const path of paths) {
          const kept = commentsOf(texts.get(path)!);
          for (const comment of commentsOf(one.before.get(path)!)) expect(kept, path).toContain(comment);
        }
      });

      it.skipIf(isSkip(one))('keeps its byte order mark', async () => {
        const { planned } = first().of(one);
        const folder = mkdtempSync(join(tmpdir(), 'unawait-mark-'));
        try {
          for (const { file, before } of planned.changes) {
            mkdirSync(dirname(join(folder, file)), { recursive: true });
            writeFileSync(join(folder, file), `\uFEFF${before}`);
          }
          await writeChanges(folder, planned.changes, { allowDirty: true });
          for (const { file, after } of planned.changes)
            expect(readFileSync(join(folder, file), 'utf8'), file).toBe(`\uFEFF${after}`);
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      });

      it('keeps Windows line ends', () => {
        const { texts } = first().of(one);
        for (const path of paths) expect(crlf().of(one).texts.get(path), path).toBe(toCrlf(texts.get(path)!));
      });
    });
  });
}

const runnable = cases.filter((one) => one.exec !== undefined && !isSkip(one));

describe.runIf(runnable.length > 0)('traces', () => {
  describe.each([...groupBy(runnable, (one) => one.transform)])('%s', (_transform, group) => {
    const subjects = (one: Case) => [one.before, resultOf(one)].map((texts) => ({ exec: one.exec!, texts }));
    const taken = lazily(() => traces(group.flatMap(subjects)));
    it.each(group.map((one, index) => [one.name, index] as const))('%s', async (_name, index) => {
      const all = await taken();
      const [before, after] = [all[index * 2]!, all[index * 2 + 1]!];
      expect(before.length, 'the trace says something').toBeGreaterThan(0);
      expect(after).toEqual(before);
    });
  });
});

/** Comments without their layout, the types that are unwrapped in JSDoc and the tag `@async`. */
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
  return [...found.values()].map((comment) =>
    comment
      .replaceAll(/\{[^}]*\}/g, '{}')
      .replaceAll(/\n[ \t]*\*[ \t]*@async\b/g, '')
      .replaceAll(/\s+\*?\s*/g, ' '),
  );
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
  const report = reportOf(converted);
  const target = join(root, one.folder, 'report.txt');
  rmSync(target, { force: true });
  if (report !== '') writeFileSync(target, report);
  expect(changed, isSkip(one) ? 'it must not change' : 'it changes').toBe(!isSkip(one));
}
