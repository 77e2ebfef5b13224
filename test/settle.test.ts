import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Applicability, Claim, Refusal } from '../src/model/edit.ts';
import type { CallEdge, Concurrency, Facts, Requirement, Site, Steering, Unit } from '../src/model/facts.ts';
import { siteId } from '../src/model/ids.ts';
import type { Plan } from '../src/model/plan.ts';
import { settle, type Proposed } from '../src/settle.ts';

/** A program in a few words; lines are functions, and each function's sites stand in its span. */
interface Sketch {
  /** Sites of the function: refused, or claimed with an applicability; spans are relative to the function's. */
  readonly sites?: readonly {
    refused?: boolean;
    asks?: readonly Applicability[];
    span?: [number, number];
    drops?: boolean;
  }[];
  readonly calls?: readonly { callee: string; chained?: boolean }[];
  readonly joins?: readonly string[];
  readonly test?: boolean;
  readonly server?: boolean;
}

interface Input {
  readonly facts: Facts;
  readonly proposed: Proposed;
}

const choices = { onlySafe: false, policies: [] as string[] };
const idOf = (name: string): string => `a.ts#${name}`;

function sketch(functions: Readonly<Record<string, Sketch>>, steering: readonly Steering[] = []): Input {
  const units: Unit[] = [];
  const sites: Site[] = [];
  const requirements: Requirement[] = [];
  const calls: CallEdge[] = [];
  const concurrency: Concurrency[] = [];
  const claims: Claim[] = [];
  const refusals: Refusal[] = [];
  const shims: Claim[] = [];
  for (const [line, [name, each]] of Object.entries(functions).entries()) {
    const file = each.test ? 'a.test.ts' : 'a.ts';
    const place = { file, line: line + 1, column: 1 };
    const start = line * 1000;
    const inside = idOf(name);
    const test = each.test ?? false;
    units.push({
      id: inside,
      kind: 'function',
      name,
      place,
      span: { start, end: start + 999 },
      asynchronous: true,
      generator: false,
      test,
      exported: false,
    });
    const add = (
      facts: { kind: 'await'; callee?: string } | { kind: 'call'; callee: string },
      span: [number, number],
    ): Site => {
      const whole = { start: start + span[0], end: start + span[1] };
      const base = {
        id: siteId(file, whole, facts.kind),
        place,
        span: whole,
        inside,
        test,
        rank: facts.kind === 'await' ? 1 : 2,
      };
      const site: Site =
        facts.kind === 'await'
          ? {
              ...base,
              kind: 'await',
              operand: 'promise',
              concurrent: false,
              callees: facts.callee === undefined ? [] : [facts.callee],
              onlyCalls: facts.callee !== undefined,
            }
          : { ...base, kind: 'call', callee: facts.callee, consumer: 'stored' };
      sites.push(site);
      requirements.push({ from: inside, to: site.id, why: 'holds' });
      return site;
    };
    const claim = (site: Site, applicability: Applicability = 'safe', more: Partial<Claim> = {}): Claim => ({
      transform: 'made-up',
      code: typeof applicability === 'object' ? `UA-${applicability.policy}` : 'UA001',
      site: site.id,
      imports: [],
      requires: [],
      applicability,
      template: { parts: [{ child: site.span, expression: false }], expression: false },
      ...more,
    });
    for (const [
      i,
      { refused, asks = ['safe'] as Applicability[], span = [10 * i, 10 * i + 5] as [number, number], drops },
    ] of (each.sites ?? []).entries()) {
      const site = add({ kind: 'await' }, span);
      if (refused) refusals.push({ site: site.id, transform: 'made-up', reason: 'made-up/no', detail: 'No.' });
      else
        claims.push(
          ...asks.map((a) =>
            claim(site, a, drops ? { drops: 'It is gone.', template: { parts: ['x'], expression: true } } : {}),
          ),
        );
    }
    for (const [i, { callee, chained }] of (each.calls ?? []).entries()) {
      const site = add(chained ? { kind: 'call', callee: idOf(callee) } : { kind: 'await', callee: idOf(callee) }, [
        500 + 10 * i,
        505 + 10 * i,
      ]);
      claims.push(claim(site));
      calls.push({ caller: inside, callee: idOf(callee), site: site.id, tolerated: !chained });
      requirements.push({ from: inside, to: idOf(callee), why: 'calls' });
      if (chained) requirements.push({ from: idOf(callee), to: inside, why: 'is stored in' });
      if (chained) shims.push(claim(site, 'noted', { transform: 'shim-call' }));
    }
    for (const other of each.joins ?? [])
      requirements.push(
        { from: inside, to: idOf(other), why: 'overrides' },
        { from: idOf(other), to: inside, why: 'overrides' },
      );
    if (each.server) concurrency.push({ unit: inside, what: '`createServer`', place, site: refusals.at(-1)!.site });
  }
  return { facts: { units, sites, requirements, calls, concurrency, steering }, proposed: { claims, refusals, shims } };
}

const plan = ({ facts, proposed }: Input, more: Partial<typeof choices> = {}): Plan =>
  settle(facts, proposed, { ...choices, ...more });
const names = (ids: readonly string[]): string[] => ids.map((id) => id.slice(id.indexOf('#') + 1));
const blocking = (input: Input, more: Partial<typeof choices> = {}): string[] => names(plan(input, more).blocking);

describe('what falls', () => {
  it('is what calls something refused, along the whole chain, with the reason at its root', () => {
    const input = sketch({
      a: { calls: [{ callee: 'b' }] },
      b: { calls: [{ callee: 'c' }] },
      c: { sites: [{ refused: true }] },
      d: {},
    });
    const { blocking: all, staysAsync, fallen } = plan(input);
    expect(names(all)).toEqual(['d']);
    expect(staysAsync.map(({ unit, because, why, root }) => [unit, because, why, root])).toEqual([
      ['a.ts#a', 'a.ts#b', 'calls', 'a.ts:2000-2005:await'],
      ['a.ts#b', 'a.ts#c', 'calls', 'a.ts:2000-2005:await'],
      ['a.ts#c', 'a.ts:2000-2005:await', 'holds', 'a.ts:2000-2005:await'],
    ]);
    expect(fallen.find(({ id }) => id === 'a.ts:2000-2005:await')).toMatchObject({
      because: 'a.ts:2000-2005:await',
      why: 'is refused',
    });
  });

  it('is nothing in a cycle without a refusal, and all of a cycle with one', () => {
    const cycle = { a: { calls: [{ callee: 'b' }] }, b: { calls: [{ callee: 'a' }] } };
    expect(blocking(sketch(cycle))).toEqual(['a', 'b']);
    expect(blocking(sketch({ ...cycle, b: { ...cycle.b, sites: [{ refused: true }] } }))).toEqual([]);
  });

  it('is a whole family', () => {
    expect(blocking(sketch({ a: { joins: ['b'] }, b: {}, c: { sites: [{ refused: true }], joins: ['b'] } }))).toEqual(
      [],
    );
  });

  it('is not a callee that is awaited by what falls; its await goes', () => {
    const { blocking: all, claims } = plan(
      sketch({ a: { sites: [{ refused: true }], calls: [{ callee: 'b' }] }, b: {} }),
    );
    expect(names(all)).toEqual(['b']);
    expect(claims.map((c) => c.site)).toEqual(['a.ts:500-505:await']);
  });

  it('is a callee whose promise is chained in what falls', () => {
    expect(
      blocking(sketch({ a: { sites: [{ refused: true }], calls: [{ callee: 'b', chained: true }] }, b: {} })),
    ).toEqual([]);
  });

  it('is not what a claim answers for', () => {
    const drops = { asks: ['safe'] as const, span: [0, 50] as [number, number], drops: true };
    const input = sketch({ a: { sites: [drops, { refused: true, span: [10, 20] }] } });
    expect(blocking(input)).toEqual(['a']);
    expect(plan(input).claims.map((c) => c.site)).toEqual(['a.ts:0-50:await']);
    expect(plan(input).refusals).toEqual([]);
  });
});

describe('islands', () => {
  const island = sketch({
    serve: { sites: [{ refused: true }], server: true, calls: [{ callee: 'load' }] },
    load: { calls: [{ callee: 'read' }] },
    read: {},
  });

  it('do not convert beside something concurrent', () => {
    const { blocking: all, refusals, staysAsync } = plan(island);
    // What only `load` awaits is held back with it, round by round.
    expect(names(all)).toEqual([]);
    expect(refusals.filter((r) => r.reason === 'settle/would-block-loop').map((r) => r.detail)).toEqual([
      '`read` could convert, but `load` stays async and would be held up while `createServer` runs beside it.',
      '`load` could convert, but `serve` stays async and would be held up while `createServer` runs beside it.',
    ]);
    expect(staysAsync.find((s) => s.unit === 'a.ts#load')).toMatchObject({
      because: 'a.ts#serve',
      why: 'would block the loop of',
    });
  });

  it('convert where nothing concurrent is in reach', () => {
    expect(
      blocking(
        sketch({
          a: { sites: [{ refused: true }], calls: [{ callee: 'b' }] },
          b: {},
          other: { sites: [{ refused: true }], server: true },
        }),
      ),
    ).toEqual(['b']);
  });

  it('convert by policy', () => {
    expect(blocking(island, { policies: ['islands'] })).toEqual(['load', 'read']);
  });
});

describe('calls from what stays async', () => {
  const chained = (test: boolean): Input =>
    sketch({ a: { test, sites: [{ refused: true }], calls: [{ callee: 'b', chained: true }] }, b: {} });

  it('are wrapped in tests', () => {
    const { blocking: all, claims } = plan(chained(true));
    expect(names(all)).toEqual(['b']);
    expect(claims.map((c) => c.transform)).toEqual(['shim-call']);
  });

  it('hold production code back, unless by policy', () => {
    expect(blocking(chained(false))).toEqual([]);
    const { blocking: all, claims } = plan(chained(false), { policies: ['shim-calls'] });
    expect(names(all)).toEqual(['b']);
    expect(claims.map((c) => c.transform)).toEqual(['shim-call']);
  });

  it('are all wrapped or the callee stays', () => {
    const { facts, proposed } = sketch({
      a: {
        sites: [{ refused: true }],
        calls: [
          { callee: 'b', chained: true },
          { callee: 'b', chained: true },
        ],
      },
      b: {},
    });
    const one = { ...proposed, shims: proposed.shims.slice(1) };
    expect(names(settle(facts, one, { ...choices, policies: ['shim-calls'] }).blocking)).toEqual([]);
  });
});

describe('choices', () => {
  const asking = sketch({
    a: { sites: [{ asks: [{ policy: 'float-inline' }, { policy: 'float-log' }] }] },
    b: { sites: [{ asks: ['noted'] }] },
    c: {},
  });

  it('refuse what needs a policy, and name every policy that would do', () => {
    const { blocking: all, refusals } = plan(asking);
    expect(names(all)).toEqual(['b', 'c']);
    expect(refusals).toMatchObject([
      { reason: 'made-up/needs-policy', unlocks: '--policy float-inline or --policy float-log' },
    ]);
  });

  it.each(['float-inline', 'float-log'])('apply the claim of the policy %s', (policy) => {
    const { blocking: all, claims } = plan(asking, { policies: [policy] });
    expect(names(all)).toEqual(['a', 'b', 'c']);
    expect(claims.find((c) => c.site === 'a.ts:0-5:await')?.applicability).toEqual({ policy });
  });

  it('leave out what carries a note', () => {
    expect(blocking(asking, { onlySafe: true })).toEqual(['c']);
  });

  it('select by site', () => {
    const { facts, proposed } = sketch({ a: { calls: [{ callee: 'b' }] }, b: { sites: [{}] } });
    const selected = settle(facts, proposed, choices, (site) => site.inside === 'a.ts#a');
    expect(selected.blocking).toEqual([]);
    expect(selected.refusals.map((r) => r.reason)).toEqual(['selection/outside']);
  });
});

describe('comments', () => {
  const at = (word: string, text: string, line: number): Steering => ({
    word,
    text,
    unit: 'a.ts#(module)',
    place: { file: 'a.ts', line: line + 1, column: 1 },
    span: { start: line * 1000, end: line * 1000 + 999 },
  });

  it('keep what they stand at, with the reason of the user', () => {
    const {
      blocking: all,
      refusals,
      remarks,
    } = plan(sketch({ a: { sites: [{}] }, b: { sites: [{}] } }, [at('keep', 'It is called by hand.', 0)]));
    expect(names(all)).toEqual(['b']);
    expect(refusals).toMatchObject([
      { reason: 'settle/kept', detail: 'A comment at line 1 keeps this async: It is called by hand.' },
    ]);
    expect(remarks).toEqual([]);
  });

  it('allow a policy for one place', () => {
    const each = { sites: [{ asks: [{ policy: 'float-inline' }] }] };
    expect(blocking(sketch({ a: each, b: each }, [at('policy', 'float-inline', 1)]))).toEqual(['b']);
  });

  it('are told when they steer nothing', () => {
    const { remarks } = plan(
      sketch({ a: { sites: [{}] }, b: {} }, [
        at('policy', 'islands', 0),
        at('keep', 'For a reason.', 1),
        at('policy', 'float-inlin', 0),
        at('kep', '', 0),
      ]),
    );
    expect(remarks.map((r) => r.message)).toEqual([
      '`unawait-policy islands` allows nothing here: nothing that it stands at asks for this policy.',
      '`unawait-keep` keeps nothing here: nothing that it stands at is asynchronous.',
      'There is no policy `float-inlin`; did you mean `float-inline`?',
      '`unawait-kep` means nothing; there are `unawait-keep` and `unawait-policy`.',
    ]);
  });
});

describe('any program', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const site = fc.record(
    { refused: fc.boolean().filter((b) => b), asks: fc.constant(['safe'] as const) },
    { requiredKeys: [] },
  );
  const asked = fc.constantFrom<{ asks: Applicability[] }>(
    { asks: [{ policy: 'float-log' }, { policy: 'float-inline' }] },
    { asks: ['noted'] },
    { asks: ['safe'] },
  );
  const body = fc.record({
    sites: fc.array(fc.oneof({ weight: 1, arbitrary: site }, { weight: 3, arbitrary: asked }), { maxLength: 2 }),
    calls: fc.array(fc.record({ callee: name, chained: fc.boolean() }), { maxLength: 3 }),
    joins: fc.array(name, { maxLength: 1 }),
    test: fc.boolean(),
  });
  const program = fc.record({ a: body, b: body, c: body, d: body, e: body, f: body });

  it('is settled the same whatever the order of input', () => {
    fc.assert(
      fc.property(
        program,
        fc.subarray(['islands', 'shim-calls', 'float-log']),
        fc.infiniteStream(fc.nat()),
        (functions, policies, random) => {
          const { facts, proposed } = sketch(functions);
          const shuffled = <T>(all: readonly T[]): T[] =>
            all
              .map((value) => ({ value, key: random.next().value as number }))
              .sort((a, b) => a.key - b.key)
              .map(({ value }) => value);
          const mixed: Facts = {
            units: shuffled(facts.units),
            sites: shuffled(facts.sites),
            requirements: shuffled(facts.requirements),
            calls: shuffled(facts.calls),
            concurrency: shuffled(facts.concurrency),
            steering: [],
          };
          const other = {
            claims: shuffled(proposed.claims),
            refusals: shuffled(proposed.refusals),
            shims: shuffled(proposed.shims),
          };
          expect(settle(mixed, other, { ...choices, policies })).toEqual(
            settle(facts, proposed, { ...choices, policies }),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is the greatest plan in which everything required is there', () => {
    fc.assert(
      fc.property(program, (functions) => {
        const { facts, proposed } = sketch(
          Object.fromEntries(Object.entries(functions).map(([key, each]) => [key, { ...each, test: false }])),
        );
        const { blocking: all, fallen } = settle(facts, proposed, choices);
        const down = new Set(fallen.map((f) => f.id));
        for (const { from, to } of facts.requirements) if (down.has(to)) expect(down).toContain(from);
        for (const { because, id } of fallen) if (because !== id) expect(down).toContain(because);
        expect(all.every((id) => !down.has(id))).toBe(true);
        // Whatever fell leads to a refusal of its own.
        for (const { root } of fallen) expect(down).toContain(root);
      }),
      { numRuns: 200 },
    );
  });
});

it('follows a chain of 5,000 calls without recursion', () => {
  const functions = Object.fromEntries(
    Array.from({ length: 5_000 }, (_, i): [string, Sketch] => [
      `f${i}`,
      i === 4_999 ? { sites: [{ refused: true }] } : { calls: [{ callee: `f${i + 1}` }] },
    ]),
  );
  const { staysAsync } = plan(sketch(functions));
  expect(staysAsync).toHaveLength(5_000);
  expect(new Set(staysAsync.map((s) => s.root)).size).toBe(1);
});
