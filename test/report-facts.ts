import type { Claim, FileChange, Refusal } from '../src/model/edit.ts';
import type { Facts, Site, Unit } from '../src/model/facts.ts';
import type { Report } from '../src/model/report.ts';
import { buildReport, type ReportInput } from '../src/report/build.ts';
import { settle } from '../src/settle.ts';

/** A program written as its functions call each other: `calls` names callees, `awaits` is source text; `refused` a reason for it. */
export interface Sketch {
  readonly file?: string;
  readonly calls?: readonly string[];
  readonly awaits?: string;
  readonly refused?: Partial<Refusal>;
  readonly claimed?: Partial<Claim>;
  readonly api?: string;
  readonly unit?: Partial<Unit>;
}

/** Facts, plan and texts of a sketch; one line of source for each function. */
export function sketched(functions: Readonly<Record<string, Sketch>>): ReportInput {
  const texts = new Map<string, string>();
  const units: Unit[] = [];
  const sites: Site[] = [];
  const claims: Claim[] = [];
  const refusals: Refusal[] = [];
  for (const [name, sketch] of Object.entries(functions)) {
    const file = sketch.file ?? 'src/main.ts';
    const before = texts.get(file) ?? '';
    const text = `async function ${name}() { ${sketch.awaits ?? `await ${sketch.calls?.[0] ?? 'nothing'}()`}; }\n`;
    texts.set(file, before + text);
    const line = before.split('\n').length;
    units.push({
      id: `${file}#${name}`,
      kind: 'function',
      name,
      place: { file, line, column: 1 },
      span: { start: before.length, end: before.length + text.length - 1 },
      asynchronous: true,
      generator: false,
      test: false,
      exported: false,
      ...sketch.unit,
    });
    const offset = text.indexOf('{ ') + 2;
    const span = { start: before.length + offset, end: before.length + text.length - 4 };
    const base = { place: { file, line, column: offset + 1 }, span, inside: `${file}#${name}`, test: false, rank: 0 };
    const site: Site =
      sketch.api === undefined
        ? { ...base, id: `${file}:${span.start}-${span.end}:loop`, kind: 'loop', api: 'node:events#on' }
        : {
            ...base,
            id: `${file}:${span.start}-${span.end}:api-call`,
            kind: 'api-call',
            api: sketch.api,
            consumer: 'awaited',
          };
    sites.push(site);
    if (sketch.refused) {
      refusals.push({
        site: site.id,
        transform: 'refuse-loop',
        reason: 'refuse-loop/timer',
        detail: `\`${name}\` waits for a timer.`,
        ...sketch.refused,
      });
    } else {
      claims.push({
        transform: 'remove-await',
        code: 'UA101',
        site: site.id,
        template: { parts: ['x'], expression: true },
        imports: [],
        requires: [],
        applicability: 'safe',
        ...sketch.claimed,
      });
    }
  }
  const idOf = (name: string): string => units.find((unit) => unit.name === name)!.id;
  const requirements = [
    ...Object.entries(functions).flatMap(([name, { calls = [] }]) =>
      calls.map((callee) => ({ from: idOf(name), to: idOf(callee), why: 'calls' })),
    ),
    ...sites.map((site) => ({ from: site.inside, to: site.id, why: 'holds' })),
  ];
  const facts: Facts = { units, sites, requirements, calls: [], concurrency: [], steering: [] };
  const plan = settle(
    facts,
    { claims, refusals, shims: [] },
    { onlySafe: false, policies: [], include: [], exclude: [] },
  );
  return { project: 'sketch', version: '1.2.3', facts, plan, changes: [], texts };
}

export function reportOf(functions: Readonly<Record<string, Sketch>>, changes: readonly FileChange[] = []): Report {
  return buildReport({ ...sketched(functions), changes });
}
