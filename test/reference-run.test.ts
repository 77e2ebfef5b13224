import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChild } from '../src/reference/child.ts';
import { startLambdaApi, type LambdaApiProcess } from '../src/reference/lambda-process.ts';
import { lambdaScenarios } from '../src/reference/lambda-scenarios.ts';
import { parseScenario } from '../src/reference/parse-scenario.ts';
import { runLambda, type LambdaRun } from '../src/reference/run-lambda.ts';
import { runProgram } from '../src/reference/run-program.ts';
import type { LambdaScenario } from '../src/reference/scenario.ts';
import { eventsHandled } from '../src/reference/transcript.ts';

const folder = mkdtempSync(join(tmpdir(), 'unawait-test-'));
let api: LambdaApiProcess;

/** The smallest runtime there is: answers with what came, fails on `{"fail":…}`, leaves on 500. */
const RUNTIME = `
const base = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/';
if (process.env._HANDLER.startsWith('no-such')) {
  await fetch(base + 'init/error', { method: 'POST', body: '{}' });
  process.exit(1);
}
for (;;) {
  try {
    const next = await fetch(base + 'invocation/next');
    if (next.status === 500) process.exit(2);
    if (next.status !== 200) continue;
    const id = next.headers.get('lambda-runtime-aws-request-id');
    const body = await next.text();
    console.log('event ' + id + ' at ' + process.env.PLACE);
    const failed = body.includes('"fail"');
    const sent = await fetch(base + 'invocation/' + id + (failed ? '/error' : '/response'), { method: 'POST', body });
    if (sent.status === 500) process.exit(2);
  } catch (error) {
    if (error.cause?.code === 'ECONNREFUSED') process.exit(3);
  }
}
`;

beforeAll(() => {
  writeFileSync(join(folder, 'runtime.mjs'), RUNTIME);
  api = startLambdaApi();
});

afterAll(() => {
  api.close();
  rmSync(folder, { recursive: true });
});

function run(scenario: LambdaScenario, warmUp?: number): Promise<LambdaRun> {
  const program = {
    command: process.execPath,
    args: [join(folder, 'runtime.mjs')],
    cwd: folder,
    project: folder,
    taskRoot: folder,
    handler: 'index.handler',
    env: { PLACE: '{project}' },
  };
  return runLambda(program, scenario, api, warmUp);
}

describe('a runtime against the reference runtime', () => {
  test('goes through every built-in scenario as far as the scenario wants', async () => {
    const scenarios = lambdaScenarios({ failing: { json: { fail: true } } });
    expect(scenarios.flatMap((scenario) => scenario.events).length).toBeGreaterThanOrEqual(20);
    const summary: unknown[] = [];
    for (const scenario of scenarios) {
      const { transcript, exit } = await run(scenario);
      if (scenario.reach === 'init-error') expect(transcript.end).toBe('init-error');
      else expect(eventsHandled(transcript), scenario.name).toBeGreaterThanOrEqual(scenario.reach.events);
      summary.push([scenario.name, transcript.end, exit.by, exit.code ?? exit.signal]);
    }
    expect(summary).toEqual([
      ['payloads', 'idle', 'stop', 'SIGTERM'],
      ['refused responses', 'idle', 'stop', 'SIGTERM'],
      ['slow answers', 'idle', 'stop', 'SIGTERM'],
      ['cut connections', 'idle', 'stop', 'SIGTERM'],
      ['500 on the poll', 'container-error', 'itself', 2],
      ['500 on the response', 'container-error', 'itself', 2],
      ['the service goes away', 'shutdown', 'itself', 3],
      ['a handler that does not exist', 'init-error', 'itself', 1],
    ]);
  });

  test('is measured: pairs, CPU time, memory, cold start, and its output is kept', async () => {
    const events = Array.from({ length: 60 }, (_, n) => ({ payload: { json: n } }));
    const result = await run({ runtime: 'lambda', name: 'measured', events, reach: { events: 60 } }, 10);
    expect(result.transcript.pairMicros).toHaveLength(60);
    expect(Math.min(...result.transcript.pairMicros)).toBeGreaterThan(10);
    expect(result.coldStartMs).toBeGreaterThan(10);
    expect(result.stdout.split('\n').filter((line) => line.endsWith(` at ${folder}`))).toHaveLength(60);
    if (process.platform === 'linux') {
      expect(result.transcript.usage?.cpuMicrosPerEvent).toBeGreaterThan(10);
      expect(result.transcript.usage?.peakMemoryBytes).toBeGreaterThan(10_000_000);
    }
  });

  test('that never calls is cut off by the watchdog, with an empty transcript', async () => {
    const program = {
      command: process.execPath,
      args: ['-e', 'setInterval(() => {}, 1e6)'],
      cwd: folder,
      project: folder,
      taskRoot: folder,
      handler: '',
    };
    const scenario: LambdaScenario = {
      runtime: 'lambda',
      name: 'silent',
      events: [{ payload: { json: 1 } }],
      reach: { events: 1 },
      timeoutMs: 300,
    };
    const result = await runLambda(program, scenario, api);
    expect(result.exit).toEqual({ code: null, signal: 'SIGKILL', by: 'watchdog' });
    expect(result.transcript.exchanges).toEqual([]);
  });
});

describe('a program in the sandbox', () => {
  test('its output, exit code and files are recorded', async () => {
    writeFileSync(
      join(folder, 'program.mjs'),
      `import fs from 'node:fs';
       fs.mkdirSync('out');
       fs.writeFileSync('out/copy', fs.readFileSync(0));
       fs.rmSync('given');
       console.log(process.argv.slice(2).join('+'), process.env.COLOUR, fs.readFileSync('kept', 'utf8'));
       console.error('to stderr');
       process.exitCode = 7;`,
    );
    const result = await runProgram(
      { command: process.execPath, args: [join(folder, 'program.mjs')] },
      {
        runtime: 'program',
        name: 'all',
        argv: ['a', 'b c'],
        stdin: { base64: '//79' },
        env: { COLOUR: 'red' },
        files: { given: { text: 'x' }, kept: { json: [1] } },
      },
    );
    expect(result.exit).toEqual({ code: 7, signal: null, by: 'itself' });
    expect(result.stdout).toBe('a+b c red [1]\n');
    expect(result.stderr).toBe('to stderr\n');
    expect(result.files).toEqual({ 'out/copy': { bytes: 3, base64: '//79' } });
    expect(result.removed).toEqual(['given']);
  });

  test('a program that is not there is a failure with a message, not a crash', async () => {
    const result = await runProgram(
      { command: join(folder, 'missing'), args: [] },
      { runtime: 'program', name: 'missing' },
    );
    expect(result.exit.code).toBeNull();
    expect(result.stderr).toContain('ENOENT');
  });
});

test('the watchdog kills grandchildren with the child', async () => {
  const mark = join(folder, 'pid');
  const script = `sleep 60 & echo $! > ${mark}; wait`;
  const child = startChild({
    command: 'sh',
    args: ['-c', script],
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '' },
    timeoutMs: 300,
  });
  expect((await child.finished).exit.by).toBe('watchdog');
  const pid = Number(readFileSync(mark, 'utf8'));
  await expect.poll(() => isRunning(pid)).toBe(false);
});

function isRunning(pid: number): boolean {
  try {
    // A killed process stays visible until its parent has asked for it: state Z.
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

describe('a scenario file', () => {
  const good = { runtime: 'lambda', name: 'x', events: [{ payload: { json: 1 } }], reach: { events: 1 } };

  test('is taken as it is when it is right', () => {
    expect(parseScenario(good, 'x.json')).toBe(good);
    expect(parseScenario({ runtime: 'program', name: 'x', argv: ['a'] }, 'x.json').name).toBe('x');
  });

  test.each([
    [{ ...good, runtime: 'perl' }, 'x.json: runtime must be "lambda" or "program".'],
    [{ ...good, events: [{ payload: 'x' }] }, 'x.json: events[0].payload must be an object.'],
    [
      { ...good, events: [{ payload: { json: 1 }, faults: [{ on: 'next', do: 'explode' }] }] },
      'events[0].faults[0].do must be one of',
    ],
    [
      { ...good, events: [{ payload: { json: 1 }, faults: [{ on: 'response', do: 'refuse', status: 404 }] }] },
      'faults[0].status',
    ],
    [{ ...good, reach: { events: 0 } }, 'x.json: reach.events must be a number from 1 to 1.'],
    [{ ...good, reach: undefined }, 'x.json: reach must be an object.'],
    [{ ...good, events: [{ payload: { fill: 'x', bytes: -1 } }] }, 'events[0].payload.bytes'],
  ])('is refused with its place: %j', (value, message) => {
    expect(() => parseScenario(value, 'x.json')).toThrow(message);
  });
});
