import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { run } from '../src/index.ts';
import type { Verdict } from '../src/model/verdict.ts';
import { lambdaScenarios } from '../src/reference/lambda-scenarios.ts';
import { verify } from '../src/verify/verify.ts';

const BEFORE = resolve(import.meta.dirname, '../fixtures/projects/lambda-runtime/before');
const NAMES = ['payloads', 'cut connections', '500 on the response'];
const folder = resolve(import.meta.dirname, '../tmp');
mkdirSync(folder, { recursive: true });
const place = mkdtempSync(join(folder, 'converted-'));

afterAll(() => rmSync(place, { recursive: true, force: true }));

function compare(after: string): Promise<Verdict> {
  return verify({
    before: BEFORE,
    after,
    handler: 'handlers/pure.handler',
    scenarios: lambdaScenarios().filter(({ name }) => NAMES.includes(name)),
    onlyGiven: true,
    skip: ['types', 'second-run', 'tests', 'measure'],
  });
}

test(
  'the converted Lambda runtime runs the same; with an error swallowed in it, it does not',
  { timeout: 240_000 },
  async () => {
    const out = join(place, 'lambda-runtime');
    await run({ project: BEFORE, out });
    const whole = await compare(out);
    expect(whole.runs.differential.scenarios.map(({ name, difference }) => [name, difference])).toEqual(
      NAMES.map((name) => [name, null]),
    );
    expect(whole.ok).toBe(true);

    const bootstrap = join(out, 'src/bootstrap.ts');
    const text = readFileSync(bootstrap, 'utf8');
    const posting = 'runtime.postError(invocation, error);';
    expect(text.split(posting)).toHaveLength(2);
    writeFileSync(bootstrap, text.replace(posting, "runtime.postResponse(invocation, 'null');"));
    const wrong = await compare(out);
    const scenarios = new Map(wrong.runs.differential.scenarios.map((scenario) => [scenario.name, scenario]));
    expect(scenarios.get('payloads')?.difference).toMatchObject({ event: 9, about: 'a byte order mark' });
    expect(scenarios.get('500 on the response')?.status).toBe('passed');
    expect(wrong.ok).toBe(false);
  },
);
