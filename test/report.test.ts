import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { applyPatch } from 'diff';
import { expect, test } from 'vitest';
import type { Report } from '../src/model/report.ts';
import { buildReport, unifiedDiff } from '../src/report/build.ts';
import { explain } from '../src/report/explain.ts';
import { reporters } from '../src/report/reporters.ts';
import { reportOf, type Sketch, sketched } from './report-facts.ts';

const PROJECT: Readonly<Record<string, Sketch>> = {
  main: { calls: ['serve', 'load'] },
  serve: { file: 'src/serve.ts', calls: ['tick'] },
  tick: { file: 'src/serve.ts', awaits: 'await once(timer, "tick")', refused: { unlocks: 'rewrite it with `sleep`' } },
  load: {
    file: 'src/load.ts',
    awaits: 'await readFile("<a>&b")',
    claimed: { note: 'Reads `a|b` <now>.', applicability: 'noted' },
    unit: { exported: true },
  },
};

const CHANGES = [
  {
    file: 'src/load.ts',
    before: 'async function load() { await readFile("<a>&b"); }\n',
    after: 'function load() { readFileSync("<a>&b"); }\n',
  },
];

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../schema/report-v1.json'), 'utf8')) as object;
const valid = new Ajv({ allErrors: true }).compile(schema);

function schemaErrors(report: unknown): unknown[] {
  valid(report);
  return (valid.errors ?? []).map((error) => [error.dataPath, error.message]);
}

test('a function that stays async is explained down to the refusal', () => {
  const report = reportOf(PROJECT);
  const finding = report.findings.find(({ name }) => name === 'main')!;
  expect(finding.chain.map(({ name, why }) => `${name} ${why}`)).toEqual([
    'main calls',
    'serve calls',
    'tick holds',
    'await once(timer, "tick") is refused',
  ]);
  expect(finding.chain.at(-1)!.place).toEqual({ file: 'src/serve.ts', line: 2, column: 25 });
  expect(finding).toMatchObject({
    kind: 'stays-async',
    place: { file: 'src/main.ts', line: 1, column: 1 },
    reason: 'refuse-loop/timer',
    message: '`tick` waits for a timer.',
    unlocks: 'rewrite it with `sleep`',
  });
});

test('counts add up and changes come in the order of places', () => {
  const { counts, changes } = reportOf(PROJECT, CHANGES);
  expect(counts).toEqual({
    files: 3,
    filesChanged: 1,
    functions: 4,
    asynchronous: 4,
    blocking: 1,
    staysAsync: 3,
    sites: 4,
    claims: 1,
    notes: 1,
    refusals: 1,
  });
  expect(changes).toMatchObject([
    { unit: 'src/load.ts#load', code: 'UA101', applicability: 'noted', note: 'Reads `a|b` <now>.' },
  ]);
});

test('what would unlock most comes first, and a refusal beside another frees nothing alone', () => {
  const { unlocks } = reportOf({
    a: { calls: ['b', 'c'] },
    b: { calls: ['slow'] },
    c: { calls: ['slow'] },
    slow: { refused: {} },
    both: { calls: ['left', 'right'] },
    left: { refused: {} },
    right: { refused: {} },
  });
  expect(unlocks.map(({ message, frees }) => [message, frees])).toEqual([
    ['`slow` waits for a timer.', 4],
    ['`left` waits for a timer.', 1],
    ['`right` waits for a timer.', 1],
  ]);
});

test('missing rows are ranked by what rows for all their calls would free', () => {
  const row = (api: string): Sketch => ({
    api,
    refused: { transform: 'swap-api', reason: 'swap-api/no-row', detail: `\`${api}\` has no row.` },
  });
  const { missingRows, unlocks } = reportOf({
    report: { calls: ['read', 'write'] },
    read: row('our-db#query'),
    write: row('our-db#query'),
    ping: row('our-net#ping'),
  });
  expect(missingRows).toEqual([
    { api: 'our-db#query', sites: 2, frees: 3, row: "{ api: 'our-db#query', sync: 'our-db#querySync' }" },
    { api: 'our-net#ping', sites: 1, frees: 1, row: "{ api: 'our-net#ping', sync: 'our-net#pingSync' }" },
  ]);
  expect(unlocks.every(({ frees }) => frees === 1)).toBe(true);
});

test('a call that would block a loop frees its callee, as freeing its caller does', () => {
  const input = sketched({ server: { awaits: 'await load()', refused: {} }, load: {} });
  const [server, load] = input.facts.units;
  const site = { ...input.facts.sites[0]!, id: 'src/main.ts:26-38:call', inside: server!.id };
  const facts = {
    ...input.facts,
    sites: [...input.facts.sites, site],
    calls: [{ caller: server!.id, callee: load!.id, site: site.id, tolerated: true }],
  };
  const root = input.plan.refusals[0]!;
  const plan = {
    ...input.plan,
    blocking: [],
    refusals: [
      root,
      {
        site: site.id,
        transform: 'settle',
        reason: 'settle/would-block-loop',
        detail: '`load` would hold up a server.',
        unlocks: '--policy islands',
      },
    ],
    staysAsync: [
      ...input.plan.staysAsync,
      { unit: load!.id, because: server!.id, why: 'would block the loop of', root: site.id },
    ],
    fallen: [
      ...input.plan.fallen,
      { id: load!.id, because: server!.id, why: 'would block the loop of', root: site.id },
    ],
  };
  const report = buildReport({ ...input, facts, plan });
  expect(report.unlocks.map(({ reason, frees }) => [reason, frees])).toEqual([
    ['refuse-loop/timer', 2],
    ['settle/would-block-loop', 1],
  ]);
  expect(report.findings.find(({ name }) => name === 'load')).toMatchObject({
    unlocks: '--policy islands',
    reason: 'settle/would-block-loop',
  });
});

test('a claim that leaves the text alone is told only when it has a note, and is no change', () => {
  const input = sketched({ quiet: {}, noted: {} });
  const whole = (name: string) => {
    const site = input.facts.sites.find(({ inside }) => inside.endsWith(name))!;
    return {
      ...input.plan.claims.find((claim) => claim.site === site.id)!,
      template: { parts: [{ child: site.span, expression: true }], expression: false },
    };
  };
  const plan = {
    ...input.plan,
    claims: [whole('quiet'), { ...whole('noted'), note: 'A promise would not be awaited here.' }],
  };
  const report = buildReport({ ...input, plan });
  expect(report.changes.map(({ unit }) => unit)).toEqual(['src/main.ts#noted']);
  expect(report.counts).toMatchObject({ claims: 0, notes: 1 });
  expect(reporters.terminal(report)).toContain(
    '  src/main.ts  as it is\n    2:26  note  A promise would not be awaited here. UA101\n',
  );
});

test('exported functions that turn blocking are breaking changes, those of tests are not', () => {
  const exported = { unit: { exported: true } };
  const report = reportOf({
    open: exported,
    inTest: { file: 'test/a.test.ts', unit: { exported: true, test: true } },
    hidden: {},
  });
  expect(report.findings.map(({ kind, name }) => [kind, name])).toEqual([['breaking-change', 'open']]);
  expect(report.findings[0]!.message).toContain('`open` is exported and turns blocking');
});

test('a crash of a transform and a file that could not be written are bugs with their place', () => {
  const input = sketched({
    f: {
      refused: {
        reason: 'remove-await/crashed',
        detail: 'The transform `remove-await` failed here: x is undefined',
        bug: 'TypeError: x is undefined',
      },
    },
  });
  const problems = [{ file: 'src/main.ts', transform: '', site: '', message: 'The result does not parse.' }];
  const { findings } = buildReport({ ...input, problems });
  expect(findings.filter(({ kind }) => kind === 'bug').map(({ reason, place }) => [reason, place.line])).toEqual([
    ['apply/failed', 1],
    ['remove-await/crashed', 1],
  ]);
});

test('long chains are shortened in the middle, so that a report stays small', () => {
  const depth = 400;
  const functions = Object.fromEntries(
    Array.from({ length: depth }, (_, i) => [`f${i}`, i + 1 < depth ? { calls: [`f${i + 1}`] } : { refused: {} }]),
  );
  const report = reportOf(functions);
  const { chain } = report.findings.find(({ name }) => name === 'f0')!;
  expect(chain).toHaveLength(12);
  expect(chain[8]).toMatchObject({ name: `(${depth + 1 - 11} more)` });
  expect(chain.at(-1)!.why).toBe('is refused');
  expect(schemaErrors(report)).toEqual([]);
});

test('the report is what its schema says, and the schema says no to anything else', () => {
  const report = reportOf(PROJECT, CHANGES);
  expect(schemaErrors(JSON.parse(reporters.json(report)))).toEqual([]);
  const { unlocks: _, ...incomplete } = report;
  expect(schemaErrors(incomplete)).toEqual([['', "should have required property 'unlocks'"]]);
  expect(schemaErrors({ ...report, version: 2 })).not.toEqual([]);
  expect(schemaErrors({ ...report, counts: { ...report.counts, blocking: -1 } })).not.toEqual([]);
  expect(schemaErrors({ ...report, extra: true })).not.toEqual([]);
});

test('the same program in another order gives the same report', () => {
  const shuffled = Object.fromEntries(Object.entries(PROJECT).toReversed());
  const places = ({ findings }: Report) => findings.map(({ name, chain }) => [name, chain.map((step) => step.name)]);
  expect(new Map(places(reportOf(shuffled)) as [string, string[]][])).toEqual(
    new Map(places(reportOf(PROJECT)) as [string, string[]][]),
  );
});

test.each([
  ['a change at the end of a file without a newline', 'a\nawait f()', 'a\nf()'],
  ['Windows line ends', 'a\r\nawait f()\r\nb\r\n', 'a\r\nf()\r\nb\r\n'],
  ['two places far apart', `await a()\n${'x\n'.repeat(30)}await b()\n`, `a()\n${'x\n'.repeat(30)}b()\n`],
])('the diff of %s applies', (_, before, after) => {
  const diff = unifiedDiff('src/a b.ts', before, after);
  expect(diff.startsWith('--- a/src/a b.ts\n+++ b/src/a b.ts\n@@ ')).toBe(true);
  expect(applyPatch(before, diff, { autoConvertLineEndings: false })).toBe(after);
});

test('the terminal tells what changes, what stays, why, and what would help', () => {
  const text = reporters.terminal(reportOf(PROJECT, CHANGES));
  expect(text).toBe(`sketch  1 of 4 asynchronous functions can turn blocking, 3 stay async. 1 change in 1 file, 1 note.

Would change
  src/load.ts  remove-await ×1
    1:25  note  Reads \`a|b\` <now>. UA101

Breaking for users of this package (exported, and no longer a promise)
  src/load.ts:1:1  load

Stays async
  src/main.ts
    1:1  main  refuse-loop/timer
      calls serve, which calls tick, which holds await once(timer, "tick")
      src/serve.ts:2:25  \`tick\` waits for a timer.
      unlock: rewrite it with \`sleep\`
  src/serve.ts
    1:1  serve  refuse-loop/timer
      calls tick, which holds await once(timer, "tick")
      src/serve.ts:2:25  \`tick\` waits for a timer.
      unlock: rewrite it with \`sleep\`
    2:1  tick  refuse-loop/timer
      src/serve.ts:2:25  \`tick\` waits for a timer.
      unlock: rewrite it with \`sleep\`

Would unlock most
  frees   3  src/serve.ts:2:25  \`tick\` waits for a timer.
`);
});

test('the terminal is coloured on request only, and a long list is cut with a way to the rest', () => {
  const report = reportOf(PROJECT, CHANGES);
  expect(reporters.terminal(report)).not.toContain('\u001b');
  expect(reporters.terminal(report, { color: true, diff: true })).toContain('\u001b[32m+function load()');
  const cut = reporters.terminal(report, { limit: 1 });
  expect(cut).toContain('… and 2 more functions; --format markdown or json has them all.');
  expect(cut).not.toContain('src/serve.ts\n');
});

test('an empty project is not an error', () => {
  const report = reportOf({});
  expect(reporters.terminal(report)).toBe('sketch  Nothing here is asynchronous.\n');
  expect(schemaErrors(report)).toEqual([]);
  for (const reporter of Object.values(reporters)) expect(reporter(report)).toMatch(/\n$/);
});

test('Markdown shows names as they are and keeps tables and fences whole', () => {
  const report = reportOf({ ...PROJECT, $_a_b: { refused: { detail: 'A <script> and a | and [a](b) wait.' } } }, [
    { file: 'src/load.ts', before: '````\n', after: '```\n' },
  ]);
  const text = reporters.markdown(report, { diff: true });
  expect(text).toContain('- **$\\_a\\_b** (line 2): `src/main.ts:2:26` A \\<script\\> and a \\| and \\[a\\](b) wait.');
  expect(text).toContain('- `src/load.ts:1:25` Reads `a|b` \\<now\\>. (UA101)');
  expect(text).toContain('\n`````diff\n');
  expect(text).toContain('| `src/load.ts` | 1 | 1 |');
});

test('HTML loads nothing, escapes everything and can be filtered by reason', () => {
  const nasty = '"><script>alert(1)</script>';
  const report = {
    ...reportOf({ ...PROJECT, evil: { refused: { detail: nasty, unlocks: nasty } } }, CHANGES),
    project: nasty,
  };
  const text = reporters.html(report);
  expect(text).not.toContain('<script>alert');
  expect(text.match(/<script>/g)).toHaveLength(1);
  expect(text).not.toMatch(/src=|href="(?!#)/);
  expect(text).toContain('<option value="refuse-loop/timer">refuse-loop/timer (4)</option>');
  expect(text).toContain(
    '<span class="del">-async function load() { await readFile(&quot;&lt;a&gt;&amp;b&quot;); }</span>',
  );
  const items = text.match(/<li class="[\w-]+" data-reason=/g);
  expect(items).toHaveLength(report.findings.filter(({ kind }) => kind !== 'breaking-change').length);
});

test('HTML shows breaking changes apart, and leads from a place to the diff of its file', () => {
  const report = reportOf(PROJECT, CHANGES);
  const breaking = report.findings.filter(({ kind }) => kind === 'breaking-change');
  expect(breaking).toHaveLength(1);
  const { place, name } = breaking[0]!;
  const id = `file-${report.files.findIndex(({ file }) => file === place.file)}`;
  const text = reporters.html(report);
  const [, section = ''] = /<h2>Breaking changes \(1\)<\/h2>\n<ul>(.*)<\/ul>/.exec(text) ?? [];
  expect(section).toContain(
    `<a href="#${id}"><code>${place.file}:${place.line}:${place.column}</code></a> <b>${name}</b>`,
  );
  expect(text).toContain(`<details id="${id}"><summary><code>${place.file}</code>`);
});

interface SarifLog {
  readonly version: string;
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly level: string;
        readonly partialFingerprints: Readonly<Record<string, string>>;
        readonly relatedLocations?: readonly unknown[];
        readonly locations: readonly [
          {
            readonly physicalLocation: {
              readonly artifactLocation: { readonly uri: string };
              readonly region: { readonly startLine: number };
            };
          },
        ];
      }[];
    },
  ];
}

test('SARIF names a rule for each result, escapes paths, and its fingerprints do not move with the lines', () => {
  const moved: Readonly<Record<string, Sketch>> = { ...PROJECT, late: { file: 'src/a b#c.ts', refused: {} } };
  const log = JSON.parse(reporters.sarif(reportOf(moved, CHANGES))) as SarifLog;
  const [{ tool, results }] = log.runs;
  expect(log.version).toBe('2.1.0');
  for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  expect(results.map(({ level }) => level).sort()).toEqual([
    'note',
    'warning',
    'warning',
    'warning',
    'warning',
    'warning',
  ]);
  expect(results.map(({ locations }) => locations[0].physicalLocation.artifactLocation.uri)).toContain(
    'src/a%20b%23c.ts',
  );
  expect(results.find(({ relatedLocations }) => relatedLocations?.length === 4)).toBeDefined();
  const shifted = { first: {}, ...PROJECT };
  const fingerprints = (sketch: Readonly<Record<string, Sketch>>) => {
    const [{ results: all }] = (JSON.parse(reporters.sarif(reportOf(sketch))) as SarifLog).runs;
    return all
      .filter(({ ruleId }) => ruleId === 'refuse-loop/timer')
      .map((each) => each.partialFingerprints['unawait/v1']);
  };
  expect(fingerprints(shifted)).toEqual(fingerprints(PROJECT));
});

test.each([
  [
    'main',
    'main (src/main.ts:1:1) stays async, because it\n  calls serve (src/serve.ts:1:1)\n  which calls tick (src/serve.ts:2:1)\n  which holds await once(timer, "tick") (src/serve.ts:2:25)\n  src/serve.ts:2:25: `tick` waits for a timer. [refuse-loop/timer]\n  To unlock: rewrite it with `sleep`\n',
  ],
  ['src/serve.ts#serve', 'serve (src/serve.ts:1:1) stays async'],
  ['src/serve.ts:2', 'tick (src/serve.ts:2:1) stays async'],
  ['src/serve.ts:2:30', 'tick (src/serve.ts:2:1) stays async'],
  [
    'load',
    'load (src/load.ts:1:1) turns blocking, because everything in it is claimed:\n  1:25  UA101 remove-await  await readFile("<a>&b")\n      note: Reads `a|b` <now>.\n',
  ],
])('explain %s', (query, text) => {
  const answer = explain({ ...sketched(PROJECT), query });
  expect(answer.found).toBe(true);
  expect(answer.text.startsWith(text)).toBe(true);
});

test.each([
  ['lo', 'No function is called lo.\nLike it are:\n  src/load.ts:1:1  load\n'],
  ['src/gone.ts:3', 'src/gone.ts is no source of this project.\n'],
  ['src/load.ts:77', 'src/load.ts has 2 lines; there is no line 77.\n'],
])('explain %s says what is there instead', (query, text) => {
  expect(explain({ ...sketched(PROJECT), query })).toEqual({ found: false, text });
});

test('explain asks back when a name is not enough', () => {
  const input = sketched({ 'A.load': { file: 'a.ts' }, 'B.load': { file: 'b.ts' } });
  expect(explain({ ...input, query: 'load' })).toEqual({
    found: false,
    text: 'Several functions are called load; name one by its place:\n  a.ts:1:1  A.load\n  b.ts:1:1  B.load\n',
  });
});

test('a file that a program wrote is one finding, and what uses it has findings of its own', () => {
  const refused = { reason: 'selection/compiled', detail: '`lib/c.cjs` is compiled.', unlocks: 'Convert its source' };
  const report = reportOf({
    main: { calls: ['step'] },
    step: { file: 'lib/c.cjs', awaits: 'await __async(this)', refused },
    other: { file: 'lib/c.cjs', awaits: 'await __async(that)', refused },
  });
  expect(report.findings.map(({ name, place, message }) => [name, place.file, place.line, message])).toEqual([
    ['lib/c.cjs', 'lib/c.cjs', 1, '`lib/c.cjs` is compiled. Its 2 asynchronous functions stay as they are.'],
    ['main', 'src/main.ts', 1, '`lib/c.cjs` is compiled.'],
  ]);
  expect(report.unlocks.map(({ place, frees }) => [place.file, frees])).toEqual([['lib/c.cjs', 2]]);
});

test('what nobody selected is a number, and not a line for each function', () => {
  const outside = (unit: string) => ({
    reason: 'selection/outside',
    detail: `\`${unit}\` is outside of the selection.`,
  });
  const report = reportOf({
    main: { calls: ['step'] },
    step: { awaits: 'await far()', refused: outside('src/main.ts#step') },
    other: { awaits: 'await near()', refused: outside('src/main.ts#other') },
  });
  expect(report.findings).toHaveLength(3);
  const text = reporters.terminal(report);
  expect(text).toContain('\n  2 functions outside of the selection\n');
  expect(text).toMatch(/Stays async\n {2}src\/main\.ts\n {4}\S+ {2}main {2}selection\/outside\n/);
  expect(text).not.toMatch(/ {4}\S+ {2}(step|other) {2}/);
  expect(reporters.markdown(report)).toContain('\n2 functions outside of the selection.\n');
});
