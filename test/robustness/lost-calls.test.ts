import { describe, expect, it } from 'vitest';
import { lostCalls } from '../../src/lost-calls.ts';
import type { Claim, TemplatePart } from '../../src/model/edit.ts';
import type { Facts, Site } from '../../src/model/facts.ts';
import type { Plan } from '../../src/model/plan.ts';

const before = `a();\nawait b(c());\nnew D();\ne\`x\`;\n`;

/** What is said against `after`, with claims on parts of `before`: their spans, and what is left of each as a child. */
function lost(after: string, ...claimed: readonly { text: string; child?: string; drops?: string }[]): string[] {
  const spanOf = (text: string) => ({ start: before.indexOf(text), end: before.indexOf(text) + text.length });
  const sites = claimed.map(
    ({ text }, i) => ({ id: `s${i}`, span: spanOf(text), place: { file: 'a.ts', line: 1, column: 1 } }) as Site,
  );
  const claims = claimed.map(({ child, drops }, i) => {
    const parts: TemplatePart[] = child === undefined ? ['other()'] : [{ child: spanOf(child), expression: true }];
    return {
      site: `s${i}`,
      template: { parts, expression: true },
      ...(drops !== undefined && { drops }),
    } as unknown as Claim;
  });
  const changes = [{ file: 'a.ts', before, after }];
  return lostCalls({ facts: { sites } as unknown as Facts, plan: { claims } as unknown as Plan, changes }).map(
    ({ line, column, message }) => `${line}:${column} ${/`(.*)`/.exec(message)![1]!}`,
  );
}

describe('calls that a result has lost', () => {
  it('are none where all are there, among others', () => {
    expect(
      lost(`import 'x';\na();\nx();\nb(c());\nnew D();\nvoid e\`x\`;\n`, { text: 'await b(c())', child: 'b(c())' }),
    ).toEqual([]);
  });

  it.each([
    ['a call', `b(c());\nnew D();\ne\`x\`;\n`, ['1:1 a']],
    ['an argument', `a();\nb();\nnew D();\ne\`x\`;\n`, ['2:9 c']],
    ['something made', `a();\nb(c());\ne\`x\`;\n`, ['3:1 D']],
    ['a template', `a();\nb(c());\nnew D();\n`, ['4:1 e']],
  ])('are named: %s', (_, after, expected) => {
    expect(lost(after, { text: 'await b(c())', child: 'b(c())' })).toEqual(expected);
  });

  it('are named where their order is another', () => {
    expect(lost(`b(c());\na();\nnew D();\ne\`x\`;\n`)).toEqual(['2:7 b', '2:9 c']);
  });

  it('are those that nobody speaks of: a claim on a call speaks of that call, not of its arguments', () => {
    const after = `a();\nother();\nnew D();\ne\`x\`;\n`;
    expect(lost(after, { text: 'b(c())' })).toEqual(['2:9 c']);
    expect(lost(after, { text: 'b(c())', drops: 'It is not needed.' })).toEqual([]);
  });

  it('are expected where a claim that declares a drop puts its children', () => {
    const swapped = `new D();\nb(c());\ne\`x\`;\na();\n`;
    const spanOf = (text: string) => ({ start: before.indexOf(text), end: before.indexOf(text) + text.length });
    const parts = ['new D()', 'b(c())'].map((text): TemplatePart => ({ child: spanOf(text), expression: true }));
    const site = {
      id: 's',
      span: spanOf(`await b(c());\nnew D();`),
      place: { file: 'a.ts', line: 1, column: 1 },
    } as Site;
    const said = (after: string, drops: Partial<Claim>) => {
      const claim = { site: 's', template: { parts, expression: true }, ...drops } as unknown as Claim;
      const changes = [{ file: 'a.ts', before, after }];
      const plan = { claims: [claim] } as unknown as Plan;
      return lostCalls({ facts: { sites: [site] } as unknown as Facts, plan, changes }).map(({ line }) => line);
    };
    const after = `a();\nnew D();\nb(c());\ne\`x\`;\n`;
    expect(said(after, { drops: 'They change places.' })).toEqual([]);
    expect(said(after, {})).toEqual([3]);
    expect(said(swapped, { drops: 'They change places.' })).not.toEqual([]);
  });
});
