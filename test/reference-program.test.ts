import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseScenario } from '../src/reference/parse-scenario.ts';
import { runProgram, type ProgramRun } from '../src/reference/run-program.ts';
import type { ProgramScenario } from '../src/reference/scenario.ts';
import { verify } from '../src/verify/verify.ts';
import { temporaryProject } from './temporary-project.ts';

function run(text: string, scenario: Partial<ProgramScenario>): Promise<ProgramRun> {
  const project = temporaryProject({ 'main.mjs': text });
  const program = { command: process.execPath, args: [join(project, 'main.mjs')], project };
  return runProgram(program, { runtime: 'program', name: 'x', ...scenario });
}

describe('a program in its folder', () => {
  test('sees files with modes and times, and what it does to them is seen', async () => {
    const { files, marks, removed } = await run(
      `import fs from 'node:fs';
       fs.chmodSync('kept.txt', 0o600);
       fs.utimesSync('kept.txt', 0, 0);
       fs.symlinkSync('kept.txt', 'link');
       fs.mkdirSync('made/empty', { recursive: true });
       fs.rmdirSync('was-empty');
       fs.writeFileSync('chance.log', String(Math.random()));
       fs.writeFileSync('facts', [fs.statSync('run').mode & 0o777, fs.statSync('run').mtime.toJSON(), fs.readFileSync('z').length].join());`,
      {
        files: {
          'kept.txt': { text: 'x', mode: '644' },
          run: { text: '', mode: '755', modified: '2020-01-01T00:00:00.000Z' },
          'was-empty/': {} as never,
          z: { gzip: { fill: 'a', bytes: 1000 } },
        },
        ignore: ['*.log'],
      },
    );
    expect(files['facts']).toMatchObject({
      text: expect.stringMatching(/^493,2020-01-01T00:00:00\.000Z,\d\d$/) as string,
    });
    expect(Object.keys(files)).toEqual(['facts']);
    expect(marks).toMatchObject({
      'kept.txt': 'mode 600, modified 1970-01-01T00:00:00.000Z',
      link: 'link to kept.txt',
      'made/empty': 'empty folder',
    });
    expect(removed).toEqual(['was-empty']);
  });

  test('is started again in the same folder, with places filled in', async () => {
    const { starts, stdout, folder } = await run(
      "import fs from 'node:fs'; fs.appendFileSync('log', process.argv[2] + '\\n'); console.log(fs.readFileSync('log', 'utf8').length); process.exitCode = Number(process.env.CODE ?? 0);",
      { argv: ['{folder}'], then: [{ argv: ['b', '{unknown}'], env: { CODE: '3' } }] },
    );
    expect(starts.map(({ exit }) => exit.code)).toEqual([0, 3]);
    expect(stdout).toBe(`${folder.length + 1}\n${folder.length + 3}\n`);
  });
});

describe('peers', () => {
  test('over HTTP: routes in order, spent ones, other paths, what was received', async () => {
    const { stdout, peers } = await run(
      `const url = process.argv[2];
       for (const path of ['/a', '/a', '/a', '/b/c?q=1', '/none']) {
         const response = await fetch(url + path, { method: path === '/none' ? 'POST' : 'GET', body: path === '/none' ? 'body' : undefined });
         console.log(response.status, await response.text());
       }
       await fetch(url + '/cut').catch((error) => console.log(error.cause.code));`,
      {
        argv: ['http://{peers.api}'],
        peers: {
          api: {
            speaks: 'http',
            routes: [
              { method: 'GET', path: '/a', status: 503, times: 2 },
              {
                method: 'GET',
                path: '/a',
                status: 200,
                body: { text: 'from {peers.api}' },
                faults: [{ do: 'chunked', bytes: 3 }],
              },
              { method: 'GET', path: '/b/*', status: 200, body: { json: [1] }, faults: [{ do: 'fragment', bytes: 5 }] },
              { method: 'GET', path: '/cut', status: 200, faults: [{ do: 'drop', when: 'before-answer' }] },
            ],
          },
        },
      },
    );
    expect(stdout).toMatch(
      /^503 \n503 \n200 from 127\.0\.0\.1:\d+\n200 \[1\]\n404 404 page not found\n\nUND_ERR_SOCKET\n$/,
    );
    const [api] = peers;
    expect(
      api?.speaks === 'http' && api.exchanges.map(({ method, path, answer }) => [method, path, answer.kind]),
    ).toEqual([
      ['GET', '/a', 'answered'],
      ['GET', '/a', 'answered'],
      ['GET', '/a', 'answered'],
      ['GET', '/b/c?q=1', 'answered'],
      ['POST', '/none', 'answered'],
      ['GET', '/cut', 'dropped'],
    ]);
  });

  test('of bytes: a greeting, a script for each connection, messages cut where they end', async () => {
    const { stdout, peers } = await run(
      `import { connect } from 'node:net';
       const [host, port] = process.argv[2].split(':');
       for (const name of ['one', 'two', 'three']) {
         await new Promise((done) => {
           const socket = connect(Number(port), host);
           let text = '';
           socket.on('data', (chunk) => {
             if (text === '') socket.write('HELO ' + name + '\\r\\nMORE');
             text += chunk;
           });
           socket.on('error', (error) => done(console.log(name, error.code)));
           socket.on('end', () => done(console.log(name, JSON.stringify(text))));
         });
       }`,
      {
        argv: ['{peers.smtp}'],
        peers: {
          smtp: {
            speaks: 'bytes',
            connections: [
              [
                { send: { text: '220 hi\r\n' } },
                { until: '\r\n', send: { text: '250 ok\r\n' }, pieces: 2, then: 'close' },
              ],
              [{ send: { text: '220\r\n' } }, { until: '\r\n', then: 'reset' }],
            ],
          },
        },
      },
    );
    expect(stdout).toBe('one "220 hi\\r\\n250 ok\\r\\n"\ntwo ECONNRESET\nthree ECONNRESET\n');
    const [smtp] = peers;
    expect(smtp?.speaks === 'bytes' && smtp.conversations[0]).toMatchObject({
      messages: [{ text: 'HELO one\r\n' }, { text: 'MORE' }],
      played: 2,
      steps: 2,
    });
    expect(smtp?.speaks === 'bytes' && smtp.conversations).toHaveLength(3);
  });
});

describe('two sides that do the same prove nothing', () => {
  const verdictOf = async (text: string, scenario: Partial<ProgramScenario>) => {
    const folder = temporaryProject({ 'package.json': '{"type":"module","main":"main.js"}', 'main.js': text });
    mkdirSync(join(folder, 'empty'), { recursive: true });
    writeFileSync(join(folder, 'empty/.keep'), '');
    const scenarios: ProgramScenario[] = [{ runtime: 'program', name: 'x', ...scenario }];
    const options = { before: folder, after: folder, runtime: 'program' as const, scenarios };
    const { runs } = await verify({ ...options, skip: ['types', 'second-run', 'tests', 'measure'] });
    return runs.differential.scenarios[0]!;
  };

  test.each([
    ["console.log('x'); process.exitCode = 2;", { exit: 0 }, /ended with code 2, where the scenario says 0/],
    ["console.log('x');", { exit: 0, then: [{ exit: 1 }] }, /ended with code 0 at start 2, where the scenario says 1/],
    [
      "console.log('x');",
      { reach: { requests: 1 }, peers: { a: { speaks: 'nothing' } } },
      /made 0 of at least 1 request/,
    ],
    ["throw new Error('no');", { exit: 1 }, /crashed with an error that nobody caught/],
    ['', {}, /printed nothing and wrote nothing/],
  ] satisfies [string, Partial<ProgramScenario>, RegExp][])('%s with %j', async (text, scenario, problem) => {
    expect(await verdictOf(text, scenario)).toMatchObject({
      status: 'failed',
      difference: null,
      summary: expect.stringMatching(problem) as string,
    });
  });

  test('unless the scenario says so', async () => {
    expect((await verdictOf("throw new Error('no');", { exit: 1, crashes: true })).status).toBe('passed');
  });
});

test.each([
  [{ args: ['a'] }, 'there is no field `args` here. Known are: runtime, name'],
  [{ then: [{ files: {} }] }, 's.json: then[0]: there is no field `files` here'],
  [{ exit: -1 }, 's.json.exit must be a whole number from 0'],
  [{ files: { '../a': { text: '' } } }, 'files["../a"] must be a path inside of the working folder'],
  [{ files: { a: { text: '', mode: 'rwx' } } }, 'files["a"].mode must be octal text such as "755"'],
  [{ files: { a: { gzip: { txt: '' } } } }, 'files["a"].gzip must be an object with json, text, base64, gzip or fill'],
  [{ peers: { a: { speaks: 'smtp' } } }, 'peers.a.speaks must be one of http, bytes, nothing'],
  [
    { peers: { a: { speaks: 'http', routes: [{ method: 'GET', path: '/', status: 200, faults: [{ do: 'nap' }] }] } } },
    'faults[0].do must be one of drop',
  ],
  [{ peers: { a: { speaks: 'bytes', connections: [] } } }, 'peers.a.connections must be a list with a script'],
  [
    { peers: { a: { speaks: 'bytes', connections: [[{ until: '' }]] } } },
    'connections[0][0].until must be a text that is not empty',
  ],
  [{ reach: { requests: 0 } }, 'requests must be a whole number from 1'],
])('%j is refused by its place', (fields, message) => {
  expect(() => parseScenario({ runtime: 'program', name: 'x', ...fields }, 's.json')).toThrow(message);
});
