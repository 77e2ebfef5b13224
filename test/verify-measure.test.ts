import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PayloadSpec } from '../src/reference/scenario.ts';
import { verify } from '../src/verify/verify.ts';

/** Answers with what came, and fails on `{"fail":…}`. */
const RUNTIME = `
const base = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/invocation/';
for (;;) {
  const next = await fetch(base + 'next');
  const body = await next.text();
  const end = body.includes('"fail"') ? '/error' : '/response';
  await fetch(base + next.headers.get('lambda-runtime-aws-request-id') + end, { method: 'POST', body });
}
`;

let folder: string;

beforeAll(() => {
  const parent = resolve(import.meta.dirname, '../tmp');
  mkdirSync(join(parent), { recursive: true });
  folder = mkdtempSync(join(parent, 'measure-'));
  mkdirSync(join(folder, 'handlers'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'p', type: 'module', bin: './main.js' }));
  writeFileSync(join(folder, 'main.js'), RUNTIME);
  writeFileSync(join(folder, 'handlers/echo.js'), 'export const handler = (event) => event;\n');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function measured(payload?: PayloadSpec) {
  const { measurements } = await verify({
    before: folder,
    after: folder,
    skip: ['types', 'second-run', 'tests', 'runs'],
    measure: { rounds: 1, events: 5, warmUp: 2, ...(payload !== undefined && { payload }) },
  });
  return measurements;
}

test('an event that the handler answers is timed on both sides', { timeout: 60_000 }, async () => {
  const { summary, eventPairMicros, coldStartMs } = await measured();
  expect(summary).toMatch(/^An event takes \d+\.\d\d × the source's time/);
  expect(eventPairMicros?.before).toBeGreaterThan(10);
  expect(eventPairMicros?.after).toBeGreaterThan(10);
  expect(coldStartMs?.after).toBeGreaterThan(10);
});

test('an event on which the handler fails is not: that says nothing about a runtime at work', async () => {
  const { summary, eventPairMicros, cpuMicrosPerEvent } = await measured({ json: { fail: true } });
  expect({ eventPairMicros, cpuMicrosPerEvent }).toEqual({ eventPairMicros: null, cpuMicrosPerEvent: null });
  expect(summary).toContain('The handler fails on the measured event, so that it is not timed.');
  expect(summary).toContain('--handler');
});
