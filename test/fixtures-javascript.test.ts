import { ts } from 'ts-morph';
import { describe, expect, it } from 'vitest';
import { lostCalls } from '../src/lost-calls.ts';
import { residual } from '../src/recheck.ts';
import { type Case, groupBy, isSkip, readCases } from './fixtures/cases.ts';
import { convert, createFixtureProgram, reportOf } from './fixtures/convert.ts';
import { toJavaScript } from './fixtures/javascript.ts';
import { traces } from './fixtures/trace.ts';

/** The fixtures in TypeScript once more, as JavaScript with JSDoc: the same comes out, or what is refused for want of types does the same. */

const only = process.env['FIXTURE'];

interface Subject {
  readonly one: Case;
  readonly before: ReadonlyMap<string, string>;
  /** Undefined where the result cannot be said in JavaScript. */
  readonly wanted: ReadonlyMap<string, string> | undefined;
}

const subjects = readCases()
  .filter((one) => (only === undefined || one.folder.includes(only)) && [...one.before.keys()].some(isTypeScript))
  .flatMap((one): Subject[] => {
    const before = translate(one.before);
    const after = new Map([...one.before].map(([path, text]) => [path, one.after.get(path) ?? text]));
    return before === undefined ? [] : [{ one, before, wanted: translate(after) }];
  });

const first = createFixtureProgram(new Map(subjects.flatMap(({ before }) => [...before])));
const converted = new Map(subjects.map(({ one, before }) => [one, convert(first, before, one.options)]));
const second = createFixtureProgram(new Map([...converted.values()].flatMap(({ texts }) => [...texts])));

function isTypeScript(path: string): boolean {
  return /\.[cm]?ts$/.test(path) && !/\.d\.[cm]?ts$/.test(path);
}

function translate(texts: ReadonlyMap<string, string>): ReadonlyMap<string, string> | undefined {
  const result = new Map<string, string>();
  for (const [path, text] of texts) {
    const translated = isTypeScript(path) ? toJavaScript(text) : text;
    if (translated === undefined) return undefined;
    result.set(isTypeScript(path) ? path.replace(/ts$/, 'js') : path, translated);
  }
  return result;
}

/** Code without comments, layout and parentheses, which casts in JSDoc want. */
function bare(text: string): string {
  const printed = ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.Preserve, removeComments: true },
    fileName: 'a.js',
  }).outputText;
  return printed.replaceAll(/[\s()]+/g, '');
}

describe.each(subjects.map((subject) => [subject.one.folder, subject] as const))('%s', (_folder, { one, wanted }) => {
  it('is converted in the same way', () => {
    const { texts } = converted.get(one)!;
    const report = reportOf(converted.get(one)!);
    expect(report).not.toMatch(/PROBLEM|\/crashed:|unclaimed\//);
    for (const [path, text] of texts) {
      if (path.endsWith('.d.ts')) continue;
      expect(ts.transpileModule(text, { fileName: 'a.js', reportDiagnostics: true }).diagnostics, path).toEqual([]);
      if (one.options.javascript === undefined) expect(bare(text), `${path}\n${report}`).toBe(bare(wanted!.get(path)!));
    }
  });

  it('is finished after one run, loses no call, and leaves no promise in what was converted', () => {
    const { planned, texts } = converted.get(one)!;
    const again = convert(second, texts, one.options);
    if (one.options.javascript !== undefined) return;
    for (const [path, text] of texts) expect(again.texts.get(path), path).toBe(text);
    expect(lostCalls(planned)).toEqual([]);
    expect(residual(planned, again.planned)).toEqual([]);
  });
});

const runnable = subjects.filter(
  ({ one }) => one.exec !== undefined && !isSkip(one) && one.options.javascriptTrace !== false,
);

describe.runIf(runnable.length > 0)('traces', () => {
  it.each([...groupBy(runnable, ({ one }) => one.transform)])('%s', async (_transform, group) => {
    const sides = group.flatMap(({ one }) => {
      // What imports the files asks for them by their own names.
      const names = new Map(
        [...one.before.keys()].map((path) => [isTypeScript(path) ? path.replace(/ts$/, 'js') : path, path]),
      );
      const texts = new Map([...converted.get(one)!.texts].map(([path, text]) => [names.get(path)!, text]));
      return [
        { exec: one.exec!, texts: one.before },
        { exec: one.exec!, texts },
      ];
    });
    const all = await traces(sides);
    for (const [index, { one }] of group.entries()) expect(all[index * 2 + 1], one.folder).toEqual(all[index * 2]);
  });
});
