import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScenarioVerdict, Verdict } from '../src/model/verdict.ts';
import { lambdaScenarios } from '../src/reference/lambda-scenarios.ts';
import { parseScenario } from '../src/reference/parse-scenario.ts';
import type { Scenario } from '../src/reference/scenario.ts';
import type { VerifyOptions } from '../src/verify/options.ts';
import { verify } from '../src/verify/verify.ts';

const PROJECTS = resolve(import.meta.dirname, '../fixtures/projects');
const LAMBDA = join(PROJECTS, 'lambda-runtime');
const FETCH = join(PROJECTS, 'lambda-runtime-fetch');
const MINUTES = 60_000;

/** Below the repository, so that the projects find the packages installed here; git and the linters leave it alone. */
function mkdirTmp(): string {
  const folder = resolve(import.meta.dirname, '../tmp');
  mkdirSync(folder, { recursive: true });
  return folder;
}

let place: string;
let copies = 0;

beforeAll(() => {
  place = mkdtempSync(join(mkdirTmp(), 'verify-'));
});

afterAll(() => {
  rmSync(place, { recursive: true, force: true });
});

/** A copy of a project in which `wanted` texts of files are replaced; a text that is not there is an error. */
function plant(project: string, edits: readonly (readonly [file: string, wanted: string, planted: string])[]): string {
  const copy = join(place, String(copies++));
  cpSync(join(project, 'before'), copy, { recursive: true });
  for (const [file, wanted, planted] of edits) {
    const text = readFileSync(join(copy, file), 'utf8');
    expect(text.split(wanted).length, `${file} has ${wanted} once`).toBe(2);
    writeFileSync(
      join(copy, file),
      text.replace(wanted, () => planted),
    );
  }
  return copy;
}

async function compare(
  project: string,
  after: string,
  scenarios: readonly Scenario[] = [],
  more: Partial<VerifyOptions> = {},
): Promise<Verdict> {
  return verify({
    before: join(project, 'before'),
    after,
    scenarios,
    handler: project === LAMBDA ? 'handlers/pure.handler' : 'handlers/text.handler',
    skip: ['types', 'second-run', 'tests', 'measure'],
    ...more,
  });
}

/** The project's own scenarios: all, or the one in `file`. */
function scenariosOf(project: string, file?: string): Scenario[] {
  const folder = join(project, 'scenarios');
  const files = file === undefined ? readdirSync(folder) : [file];
  return files.map((each) => parseScenario(JSON.parse(readFileSync(join(folder, each), 'utf8')), each));
}

/** The built-in scenarios of these names alone. */
function only(...names: string[]): Partial<VerifyOptions> {
  const scenarios = lambdaScenarios().filter((scenario) => names.includes(scenario.name));
  expect(scenarios).toHaveLength(names.length);
  return { scenarios, onlyGiven: true };
}

function scenarioOf(verdict: Verdict, name: string): ScenarioVerdict {
  const found = verdict.runs.differential.scenarios.find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`There is no scenario ${name}: ${verdict.runs.differential.summary}`);
  return found;
}

describe('an unchanged copy', () => {
  test('runs the same in every scenario', { timeout: 2 * MINUTES }, async () => {
    const verdict = await compare(LAMBDA, plant(LAMBDA, []), scenariosOf(LAMBDA));
    expect(verdict.runs.differential.scenarios.filter((scenario) => scenario.status !== 'passed')).toEqual([]);
    expect(verdict).toMatchObject({ ok: true, runs: { differential: { status: 'passed', runtime: 'lambda' } } });
    const events = verdict.runs.differential.scenarios.reduce((sum, scenario) => sum + scenario.handled.after, 0);
    expect(events).toBeGreaterThanOrEqual(60);
  });

  test('calls made at the same time may come in either order', { timeout: 2 * MINUTES }, async () => {
    const sequential = plant(FETCH, [
      [
        'src/loop.ts',
        'await Promise.all([deliver(client, invocation, outcome), upload(logs, invocation, logger)]);',
        'await upload(logs, invocation, logger);\n      await deliver(client, invocation, outcome);',
      ],
    ]);
    const scenarios = scenariosOf(FETCH, 'log-uploads.json');
    const verdict = await compare(FETCH, sequential, scenarios, { onlyGiven: true });
    expect(verdict.runs.differential.scenarios[0]?.difference).toBeNull();
    expect(verdict.ok).toBe(true);
  });
});

describe('a wrong conversion is found where it is wrong', () => {
  test('an await that mattered was dropped', { timeout: 2 * MINUTES }, async () => {
    const after = plant(LAMBDA, [
      [
        'src/bootstrap.ts',
        'await runtime.postResponse(invocation, result);',
        'void runtime.postResponse(invocation, result).catch(() => {});',
      ],
    ]);
    const verdict = await compare(LAMBDA, after, [], only('payloads'));
    expect(verdict.ok).toBe(false);
    const { difference, status } = scenarioOf(verdict, 'payloads');
    expect(status).toBe('failed');
    expect(difference).toMatchObject({
      field: 'request 3',
      before: 'sent after the answer to request 2',
      sourceIsUnstable: false,
    });
    expect(difference?.after).toContain('/invocation/next sent before the answer to request 2');
  });

  test('an error was swallowed', { timeout: 2 * MINUTES }, async () => {
    const after = plant(LAMBDA, [
      ['src/bootstrap.ts', 'await runtime.postError(invocation, error);\n    return;', "result = 'null';"],
    ]);
    const verdict = await compare(LAMBDA, after, [], only('payloads', 'slow answers'));
    const { difference } = scenarioOf(verdict, 'payloads');
    expect(difference).toMatchObject({ event: 9, about: 'a byte order mark' });
    expect(difference?.before).toContain('/error');
    expect(difference?.after).toContain('/response');
    expect(scenarioOf(verdict, 'slow answers').status).toBe('passed');
  });

  test('an error after which the loop went on now ends it', { timeout: 2 * MINUTES }, async () => {
    const after = plant(LAMBDA, [
      ['src/bootstrap.ts', "requestLogger.error('The outcome was not accepted', { error });", 'throw error;'],
    ]);
    const verdict = await compare(LAMBDA, after, [], only('refused responses', '500 on the response'));
    const failed = scenarioOf(verdict, 'refused responses');
    expect(failed.summary).toContain('The result crashed with an error that nobody caught');
    expect(failed.difference).toMatchObject({ event: 2, field: 'request 5', after: 'nothing' });
    expect(failed.output?.after).toContain('RuntimeApiError');
    expect(scenarioOf(verdict, '500 on the response').status).toBe('passed');
  });

  test('a request was reordered', { timeout: 2 * MINUTES }, async () => {
    const after = plant(FETCH, [
      ['src/loop.ts', 'type Outcome =', 'let late: (() => Promise<void>) | undefined;\n\ntype Outcome ='],
      [
        'src/loop.ts',
        'await Promise.all([deliver(client, invocation, outcome), upload(logs, invocation, logger)]);',
        'await late?.();\n      late = () => upload(logs, invocation, logger);\n      await deliver(client, invocation, outcome);',
      ],
    ]);
    const scenarios = scenariosOf(FETCH, 'log-uploads.json');
    const verdict = await compare(FETCH, after, scenarios, { onlyGiven: true });
    const { difference } = scenarioOf(verdict, 'responses and log uploads at the same time');
    expect(difference?.field).toBe('request 3');
    expect(difference?.before).toContain('/logs/');
    expect(difference?.after).toContain('/invocation/next');
  });

  test('a value was lost: the promise itself was sent', { timeout: 2 * MINUTES }, async () => {
    const after = plant(LAMBDA, [['src/bootstrap.ts', 'serialiseResult(await handler(', 'serialiseResult(handler(']]);
    const { difference } = scenarioOf(await compare(LAMBDA, after, [], only('payloads')), 'payloads');
    expect(difference).toMatchObject({
      event: 0,
      about: 'an object',
      field: 'request 2 body.about',
      before: '"an object"',
      after: 'nothing',
    });
  });

  test('a header has another value, or is new', { timeout: 2 * MINUTES }, async () => {
    const line = "'Content-Length': String(bytes.length),";
    const other = plant(LAMBDA, [['src/runtime.ts', "? 'application/json'", "? 'text/plain'"]]);
    const { difference } = scenarioOf(await compare(LAMBDA, other, [], only('slow answers')), 'slow answers');
    expect(difference).toMatchObject({ event: 0, field: 'request 2 headers.content-type', after: '"text/plain"' });
    const more = plant(LAMBDA, [['src/http-client.ts', line, `${line} 'X-More': 'yes',`]]);
    expect(scenarioOf(await compare(LAMBDA, more, [], only('slow answers')), 'slow answers').difference).toMatchObject({
      field: 'request 2 headers.x-more',
      before: 'nothing',
      after: '"yes"',
    });
  });

  test('only what was logged, or the exit code, is different', { timeout: 2 * MINUTES }, async () => {
    const after = plant(LAMBDA, [
      ['src/bootstrap.ts', "logger.info('Invocation succeeded');", "logger.info('Invocation done');"],
      ['src/bootstrap.ts', 'containerError: 2', 'containerError: 1'],
    ]);
    const verdict = await compare(LAMBDA, after, [], only('slow answers', '500 on the poll'));
    expect(scenarioOf(verdict, 'slow answers').difference).toMatchObject({
      field: 'stdout line 1 message',
      before: '"Invocation succeeded"',
      after: '"Invocation done"',
    });
    expect(scenarioOf(verdict, '500 on the poll').difference).toMatchObject({
      field: 'exit',
      before: '"code 2"',
      after: '"code 1"',
    });
  });
});

describe('two sides that fail alike prove nothing', () => {
  const program = (text: string): string => {
    const folder = join(place, String(copies++));
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{"type":"module","main":"main.js"}');
    writeFileSync(join(folder, 'main.js'), text);
    return folder;
  };

  test.each([
    [
      "// AWS_LAMBDA_RUNTIME_API\nthrow new Error('at the first line');",
      'crashed with an error that nobody caught',
      'at the first line',
    ],
    ["console.log('done with AWS_LAMBDA_RUNTIME_API');", 'never called the Runtime API', 'done with'],
    ["// AWS_LAMBDA_RUNTIME_API\nimport './not-there.js';", 'crashed with an error that nobody caught', 'not-there.js'],
  ])('%j', async (text, problem, output) => {
    const folder = program(text);
    const verdict = await verify({
      before: folder,
      after: folder,
      handler: 'main.handler',
      skip: ['types', 'tests', 'measure'],
    });
    expect(verdict.ok).toBe(false);
    for (const scenario of verdict.runs.differential.scenarios) {
      expect(scenario).toMatchObject({ status: 'failed', difference: null });
      expect(scenario.summary).toContain('Both sides prove nothing');
      expect(scenario.summary).toContain(problem);
      expect(scenario.output?.before).toContain(output);
    }
  });

  test('a source that differs from itself is named as such', async () => {
    const folder = program('console.log(Math.random(), process.argv[2]);');
    const scenarios: Scenario[] = [{ runtime: 'program', name: 'chance', argv: ['x'] }];
    const verdict = await verify({
      before: folder,
      after: folder,
      scenarios,
      runtime: 'program',
      skip: ['types', 'tests', 'measure'],
    });
    expect(verdict.runs.differential.scenarios[0]?.difference).toMatchObject({
      field: 'stdout line 1',
      sourceIsUnstable: true,
    });
  });

  test('with everything left out, the verdict is not ok', async () => {
    const folder = program('');
    const verdict = await verify({
      before: folder,
      after: folder,
      skip: ['types', 'second-run', 'tests', 'runs', 'measure'],
    });
    expect(verdict.ok).toBe(false);
  });
});
