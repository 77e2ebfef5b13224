import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { createRequestReader, type WireRequest } from '../src/reference/http-wire.ts';
import { judge, RESPONSE_LIMIT, type Call, type Phase } from '../src/reference/invocation-state.ts';
import { startLambdaServer } from '../src/reference/lambda-server.ts';
import type { LambdaServer } from '../src/reference/local-server.ts';
import { payloadBytes } from '../src/reference/payload.ts';
import type { Fault, LambdaScenario, ScenarioEvent } from '../src/reference/scenario.ts';
import type { ScenarioEnd } from '../src/reference/transcript.ts';

const BASE = '/2018-06-01/runtime';
const FIRST = '00000000-0000-4000-8000-000000000001';
const SECOND = '00000000-0000-4000-8000-000000000002';

interface Reply {
  readonly status: number | null;
  readonly head: string;
  readonly body: string;
}

const open: LambdaServer[] = [];
const ends: ScenarioEnd[] = [];

afterEach(() => {
  for (const server of open.splice(0)) server.finish();
  ends.length = 0;
});

async function serve(
  events: readonly Partial<ScenarioEvent>[],
  more: Partial<LambdaScenario> = {},
): Promise<LambdaServer> {
  const server = await startLambdaServer(
    {
      runtime: 'lambda',
      name: 'test',
      events: events.map((event) => ({ payload: { json: {} }, ...event })),
      reach: { events: 1 },
      ...more,
    },
    (end) => ends.push(end),
  );
  open.push(server);
  return server;
}

/** Sends bytes on a connection of its own and reads until the server closes it. `half` ends the sending side at once. */
function exchange(server: LambdaServer, bytes: string | Buffer, half = false): Promise<Reply> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket: Socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true }, () => {
      if (half) socket.end(bytes);
      else socket.write(bytes);
    });
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      const text = Buffer.concat(chunks).toString('latin1');
      const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s);
      const status = /^HTTP\/1\.1 (\d+)/.exec(head)?.[1];
      resolve({ status: status === undefined ? null : Number(status), head, body });
    });
  });
}

function get(server: LambdaServer, path: string): Promise<Reply> {
  return exchange(server, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
}

function post(server: LambdaServer, path: string, body = '{}', headers = ''): Promise<Reply> {
  const length = Buffer.byteLength(body);
  return exchange(
    server,
    `POST ${path} HTTP/1.1\r\nConnection: close\r\nContent-Length: ${length}\r\n${headers}\r\n${body}`,
  );
}

const next = (server: LambdaServer): Promise<Reply> => get(server, `${BASE}/invocation/next`);
const respond = (server: LambdaServer, id = FIRST, body = '{}', headers = ''): Promise<Reply> =>
  post(server, `${BASE}/invocation/${id}/response`, body, headers);
const report = (server: LambdaServer, id = FIRST): Promise<Reply> => post(server, `${BASE}/invocation/${id}/error`);

describe('the order of calls', () => {
  test('next, response, next, error: 200, 202, 200, 202, with the headers of the event', async () => {
    const server = await serve([{ payload: { json: { n: 1 } } }, {}]);
    const first = await next(server);
    expect(first).toMatchObject({ status: 200, body: '{"n":1}' });
    expect(first.head).toContain(`Lambda-Runtime-Aws-Request-Id: ${FIRST}`);
    for (const name of ['Deadline-Ms', 'Invoked-Function-Arn', 'Trace-Id', 'Invocation-Id']) {
      expect(first.head).toContain(`Lambda-Runtime-${name}: `);
    }
    expect(await respond(server)).toMatchObject({ status: 202, body: '{"status":"OK"}' });
    expect((await next(server)).head).toContain(SECOND);
    expect((await report(server, SECOND)).status).toBe(202);
    const transcript = server.finish();
    expect(transcript.events.map((event) => event.outcome)).toEqual(['response', 'error']);
    expect(transcript.exchanges.map((each) => [each.method, each.event, each.answer.status])).toEqual([
      ['GET', 0, 200],
      ['POST', 0, 202],
      ['GET', 1, 200],
      ['POST', 1, 202],
    ]);
  });

  test.each<[string, (server: LambdaServer) => Promise<Reply>, number, string]>([
    ['a poll while an event is out', next, 403, 'InvalidStateTransition'],
    ['another id', (server) => respond(server, SECOND), 400, 'InvalidRequestID'],
    ['an error with another id', (server) => report(server, 'x'), 400, 'InvalidRequestID'],
    ['an init error', (server) => post(server, `${BASE}/init/error`), 403, 'InvalidStateTransition'],
    [
      'an unknown mode',
      (server) => respond(server, FIRST, '{}', 'Lambda-Runtime-Function-Response-Mode: odd\r\n'),
      400,
      'InvalidFunctionResponseMode',
    ],
    [
      'a response that is too large',
      (server) => respond(server, FIRST, 'x'.repeat(RESPONSE_LIMIT + 1)),
      413,
      'RequestEntityTooLarge',
    ],
  ])('%s is refused', async (_, call, status, errorType) => {
    const server = await serve([{}, {}]);
    await next(server);
    const reply = await call(server);
    expect(reply.status).toBe(status);
    expect(JSON.parse(reply.body)).toMatchObject({ errorType, errorMessage: expect.any(String) as string });
  });

  test('a response of exactly the limit is taken', async () => {
    const server = await serve([{}]);
    await next(server);
    expect((await respond(server, FIRST, 'x'.repeat(RESPONSE_LIMIT))).status).toBe(202);
  });

  test('a second response is refused with 403, and the loop goes on', async () => {
    const server = await serve([{}, {}]);
    await next(server);
    await respond(server);
    expect((await respond(server)).status).toBe(403);
    expect((await report(server)).status).toBe(403);
    expect((await next(server)).status).toBe(200);
  });

  test('a response before the first event has no id that could be right', async () => {
    expect((await respond(await serve([{}]))).status).toBe(400);
  });

  test('the init error ends the scenario; a poll after it is refused', async () => {
    const server = await serve([{}]);
    expect((await post(server, `${BASE}/init/error`)).status).toBe(202);
    expect(ends).toEqual(['init-error']);
    expect((await next(server)).status).toBe(403);
  });

  test('an unknown path is 404, a wrong method 405', async () => {
    const server = await serve([{}]);
    expect((await get(server, '/2018-06-01/runtime/other')).status).toBe(404);
    expect((await post(server, `${BASE}/invocation/next`)).status).toBe(405);
  });

  test('the last poll stays open and ends the scenario', async () => {
    const server = await serve([{}]);
    await next(server);
    await respond(server);
    const poll = next(server);
    await expect.poll(() => ends).toEqual(['idle']);
    const transcript = server.finish();
    expect((await poll).status).toBeNull();
    expect(transcript.exchanges.at(-1)?.answer.kind).toBe('held');
    expect(transcript.pairMicros).toHaveLength(1);
  });

  test('a runtime that goes in circles is found out', async () => {
    const server = await serve([{}]);
    await next(server);
    for (let n = 0; n < 110 && ends.length === 0; n++)
      await Promise.race([next(server), expect.poll(() => ends.length).toBe(1)]);
    expect(ends).toEqual(['runaway']);
  });
});

describe('bodies', () => {
  test('a truncated request is 400 TruncatedHTTPRequest', async () => {
    const server = await serve([{}]);
    await next(server);
    const path = `${BASE}/invocation/${FIRST}/response`;
    const reply = await exchange(server, `POST ${path} HTTP/1.1\r\nContent-Length: 10\r\n\r\n{"a"`, true);
    expect(reply.status).toBe(400);
    expect(reply.body).toContain('TruncatedHTTPRequest');
    expect(server.finish().exchanges[1]).toMatchObject({ truncated: true, body: { bytes: 4, text: '{"a"' } });
  });

  test('a streamed response keeps its trailers, and closes the way to an error', async () => {
    const server = await serve([{}]);
    await next(server);
    const head =
      `POST ${BASE}/invocation/${FIRST}/response HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n` +
      'Lambda-Runtime-Function-Response-Mode: streaming\r\nTrailer: Lambda-Runtime-Function-Error-Type\r\n\r\n5\r\nhello\r\n';
    const socket = connect(server.port, '127.0.0.1');
    socket.write(head);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await report(server)).status).toBe(403);
    socket.end('0\r\nLambda-Runtime-Function-Error-Type: Function.Late\r\n\r\n');
    await new Promise((resolve) => socket.resume().once('close', resolve));
    const last = server.finish().exchanges.at(-1);
    expect(last).toMatchObject({
      body: { text: 'hello' },
      trailers: [['Lambda-Runtime-Function-Error-Type', 'Function.Late']],
    });
    expect(last?.answer.status).toBe(202);
  });

  test('what is not HTTP is answered with 400', async () => {
    expect((await exchange(await serve([{}]), 'nonsense\r\n\r\n')).status).toBe(400);
  });

  test('bytes that are not UTF-8 are kept as base64, huge ones as a hash', async () => {
    const server = await serve([{}, {}]);
    await next(server);
    const head = `POST ${BASE}/invocation/${FIRST}/response HTTP/1.1\r\nConnection: close\r\nContent-Length: 2\r\n\r\n`;
    await exchange(server, Buffer.concat([Buffer.from(head), Buffer.from([0xff, 0xfe])]));
    await next(server);
    await respond(server, SECOND, 'x'.repeat(100_000));
    const bodies = server
      .finish()
      .exchanges.filter((each) => each.method === 'POST')
      .map((each) => each.body);
    expect(bodies[0]).toEqual({ bytes: 2, base64: '//4=' });
    expect(bodies[1]).toMatchObject({ bytes: 100_000, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  });

  test('requests come out the same however their bytes are cut', () => {
    const raw = Buffer.from(
      'POST /a HTTP/1.1\r\nA: 1\r\nContent-Length: 5\r\n\r\nhello' +
        '\r\nPOST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\na\r\n0123456789\r\n0\r\nT: 1\r\n\r\n' +
        'GET /c HTTP/1.1\r\n\r\n',
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: raw.length - 1 }), { maxLength: 12 }), (cuts) => {
        const requests: WireRequest[] = [];
        const reader = createRequestReader({
          head: () => undefined,
          request: (request) => requests.push(request),
          malformed: (reason) => expect.fail(reason),
        });
        const places = [0, ...[...cuts].sort((a, b) => a - b), raw.length];
        for (let n = 1; n < places.length; n++) {
          if (places[n]! > places[n - 1]!) reader.push(raw.subarray(places[n - 1], places[n]));
        }
        expect(requests.map(({ path, body, trailers }) => [path, body.toString(), trailers])).toEqual([
          ['/a', 'hello', []],
          ['/b', 'abc0123456789', [['T', '1']]],
          ['/c', '', []],
        ]);
      }),
    );
  });
});

describe('faults', () => {
  const withFault = (fault: Fault): Promise<LambdaServer> => serve([{ faults: [fault] }, {}]);

  test.each([400, 403, 413] as const)('a response refused with %i on purpose lets the loop go on', async (status) => {
    const server = await withFault({ on: 'response', do: 'refuse', status });
    await next(server);
    expect((await respond(server)).status).toBe(status);
    expect((await next(server)).head).toContain(SECOND);
    expect(server.finish().events[0]).toMatchObject({ outcome: 'refused' });
  });

  test('500 breaks the container for good', async () => {
    const server = await withFault({ on: 'response', do: 'refuse', status: 500 });
    await next(server);
    expect((await respond(server)).status).toBe(500);
    expect(ends).toEqual(['container-error']);
    expect((await next(server)).status).toBe(500);
  });

  test.each(['before-answer', 'in-head', 'in-body'] as const)(
    'a poll cut %s gets the same event again',
    async (when) => {
      const server = await serve([
        { payload: { json: 'x'.repeat(50) }, faults: [{ on: 'next', do: 'drop', when, times: 2 }] },
      ]);
      for (let n = 0; n < 2; n++) {
        const cut = await next(server);
        expect(cut.status === null || cut.body.length < 52).toBe(true);
      }
      expect((await next(server)).body).toBe(`"${'x'.repeat(50)}"`);
      expect(server.finish().events[0]?.delivered).toBe(1);
    },
  );

  test('a cut response may be sent again, a taken one not', async () => {
    for (const [accepted, again] of [
      [false, 202],
      [true, 403],
    ] as const) {
      const server = await withFault({ on: 'response', do: 'drop', when: 'before-answer', accepted });
      await next(server);
      expect((await respond(server)).status).toBeNull();
      expect((await respond(server)).status).toBe(again);
    }
  });

  test('a delayed poll waits, and a new poll takes the place of one given up', async () => {
    const server = await withFault({ on: 'next', do: 'delay', ms: 80 });
    const before = performance.now();
    const given = connect(server.port, '127.0.0.1');
    given.write(`GET ${BASE}/invocation/next HTTP/1.1\r\n\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    given.destroy();
    expect((await next(server)).head).toContain(FIRST);
    expect(performance.now() - before).toBeGreaterThan(75);
    const transcript = server.finish();
    expect(transcript.exchanges.map((each) => each.answer.kind)).toEqual(['left', 'answered']);
    expect(transcript.events[0]?.delivered).toBe(1);
  });

  test('chunked, in pieces and garbage', async () => {
    const server = await serve([{ payload: { json: 'abcdef' }, faults: [{ on: 'next', do: 'chunked', bytes: 3 }] }]);
    expect((await next(server)).body).toBe('3\r\n"ab\r\n3\r\ncde\r\n2\r\nf"\r\n0\r\n\r\n');
    const pieces = await serve([{ payload: { json: 'abcdef' }, faults: [{ on: 'next', do: 'fragment', bytes: 9 }] }]);
    expect((await next(pieces)).body).toBe('"abcdef"');
    const garbage = await serve([{ faults: [{ on: 'next', do: 'garbage' }] }]);
    expect((await next(garbage)).head).toContain('not HTTP');
  });

  test('after a shutdown nobody listens', async () => {
    const server = await withFault({ on: 'next', do: 'shutdown' });
    expect((await next(server)).status).toBeNull();
    expect(ends).toEqual(['shutdown']);
    expect((await next(server)).status).toBeNull();
    expect(server.finish().exchanges).toHaveLength(1);
  });

  test('extra routes are answered and recorded', async () => {
    const routes = [{ method: 'POST', path: '/logs/*', status: 204 }];
    const server = await serve([{}], { routes });
    expect((await post(server, '/logs/1', 'line')).status).toBe(204);
    expect(server.finish().exchanges[0]).toMatchObject({ path: '/logs/1', event: null, body: { text: 'line' } });
  });
});

describe('the state machine', () => {
  test('never takes two outcomes for one event, and never breaks out of a broken container', () => {
    const id = fc.constantFrom('a', 'b');
    const call: fc.Arbitrary<Call> = fc.oneof(
      fc.constant<Call>({ is: 'next' }),
      fc.constant<Call>({ is: 'init-error' }),
      fc.record({ is: fc.constant('error' as const), requestId: id, truncated: fc.boolean() }),
      fc.record({
        is: fc.constant('response' as const),
        requestId: id,
        mode: fc.constantFrom(undefined, 'streaming', 'odd'),
        bytes: fc.constantFrom(0, RESPONSE_LIMIT + 1),
        truncated: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(fc.array(call, { maxLength: 40 }), (calls) => {
        let phase: Phase = 'init';
        let out: string | null = null;
        let outcomes = 0;
        for (const each of calls) {
          const judged = judge(phase, out, each);
          if (each.is === 'next' && judged.refused === null) {
            out = 'a';
            outcomes = 0;
            phase = 'running';
            continue;
          }
          if (each.is === 'response' || each.is === 'error') outcomes += judged.refused === null ? 1 : 0;
          expect(outcomes).toBeLessThanOrEqual(1);
          if (phase === 'init-failed') expect(judged.refused).not.toBeNull();
          phase = judged.phase;
        }
        expect(judge('broken', 'a', { is: 'next' }).refused?.status).toBe(500);
      }),
    );
  });
});

test('a filled payload has exactly the bytes it was asked for', () => {
  for (const bytes of [4, 5, 6, 1001]) {
    const made = payloadBytes({ fill: 'ä', bytes, before: '"', after: '"' });
    expect(made.length).toBe(bytes);
    expect(() => JSON.parse(made.toString()) as unknown).not.toThrow();
  }
});
