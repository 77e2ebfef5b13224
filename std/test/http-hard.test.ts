import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Agent, fetchSync, requestSync } from '../src/http.ts';
import { onEachBackend } from './servers/backends.ts';
import { thrownBy } from './servers/catch.ts';
import { inWorker } from './servers/in-worker.ts';
import type { RunningServer, ServerContext } from './servers/in-worker.ts';

/** What the server does with one connection, step by step. A request is awaited before each `answer`. */
type Step =
  | { answer: string }
  | { bytewise: string; every?: number }
  | { wait: number }
  | { end: true }
  | { reset: true }
  | { repeat: string; times: number };

/**
 * Plays the script that a request names in its path (`/<base64url of the steps>`). Every further request on the same
 * connection goes on with the script. `shared[0]` counts connections, `shared[1]` requests.
 */
function scripted({ require, ready, shared }: ServerContext<undefined>): void {
  const net = require('node:net') as typeof import('node:net');
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    Atomics.add(shared, 0, 1);
    socket.on('error', () => undefined);
    let [seen, requests] = ['', 0];
    let running: Promise<void> | undefined;
    let arrived: () => void = () => undefined;
    const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
    const play = async (steps: Step[]): Promise<void> => {
      let played = 0;
      for (const step of steps) {
        if ('answer' in step || 'bytewise' in step) {
          while (requests <= played) await new Promise<void>((resolve) => (arrived = resolve));
          played++;
        }
        if ('answer' in step) socket.write(step.answer, 'latin1');
        else if ('bytewise' in step) {
          for (const byte of Buffer.from(step.bytewise, 'latin1')) {
            socket.write(Buffer.of(byte));
            if (step.every !== 0) await pause(step.every ?? 1);
            else await new Promise(setImmediate);
          }
        } else if ('wait' in step) await pause(step.wait);
        else if ('end' in step) socket.end();
        else if ('reset' in step) socket.resetAndDestroy();
        else {
          for (let times = step.times; times > 0 && !socket.destroyed; times--) {
            if (!socket.write(step.repeat))
              await new Promise((resolve) => (socket.once('drain', resolve), socket.once('close', resolve)));
          }
        }
      }
    };
    socket.on('data', (bytes) => {
      seen += bytes.toString('latin1');
      for (let end = seen.indexOf('\r\n\r\n'); end !== -1; end = seen.indexOf('\r\n\r\n')) {
        const head = seen.slice(0, end);
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
        if (seen.length < end + 4 + length) return;
        seen = seen.slice(end + 4 + length);
        requests++;
        Atomics.add(shared, 1, 1);
        const path = /^[A-Z]+ \/(\S*)/.exec(head)?.[1];
        // The last chunk of a body looks like a request, too.
        if (path !== undefined) running ??= play(JSON.parse(Buffer.from(path, 'base64url').toString()) as Step[]);
        arrived();
      }
    });
  });
  server.listen(0, '127.0.0.1', () => ready((server.address() as import('node:net').AddressInfo).port));
}

let server: RunningServer;
beforeAll(async () => {
  server = await inWorker(scripted);
});
afterAll(() => server.stop());

const url = (...steps: Step[]): string =>
  `http://127.0.0.1:${server.info}/${Buffer.from(JSON.stringify(steps)).toString('base64url')}`;
const play = (steps: Step[], options: object = {}) =>
  requestSync(url(...steps), { timeout: 10_000, agent: false, ...options });
const ok = (body: string, more = ''): string =>
  `HTTP/1.1 200 OK\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;

onEachBackend('a server that', () => {
  it('answers byte by byte', () => {
    expect(play([{ bytewise: ok('slow but sure', 'X-A: 1\r\n') }]).body.toString()).toBe('slow but sure');
    const chunked =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nX-T: 1\r\n\r\n';
    const response = play([{ bytewise: chunked, every: 0 }]);
    expect(response.body.toString()).toBe('hello world');
    expect(response.trailers).toEqual({ 'x-t': '1' });
  });

  it('answers late, in time or not', () => {
    const late: Step[] = [
      { answer: 'HTTP/1.1 200 OK\r\n' },
      { wait: 150 },
      { repeat: 'Content-Length: 1\r\n\r\nx', times: 1 },
    ];
    expect(thrownBy(() => play(late, { timeout: 60 }))).toMatchObject({ code: 'ETIMEDOUT' });
    expect(play(late).body.toString()).toBe('x');
  });

  it('ends in the middle', () => {
    for (const half of ['HTTP/1.1 200 OK\r\nContent-Le', 'HTTP/1.1 200 OK\r\n', 'H']) {
      expect(thrownBy(() => play([{ answer: half }, { end: true }]))).toMatchObject({
        message: 'socket hang up',
        code: 'ECONNRESET',
      });
    }
    for (const half of [
      'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n',
    ]) {
      expect(thrownBy(() => play([{ answer: half }, { end: true }]))).toMatchObject({
        message: 'aborted',
        code: 'ECONNRESET',
      });
      const fetched = fetchSync(url({ answer: half }, { end: true }));
      expect(thrownBy(() => fetched.text())).toMatchObject({ name: 'TypeError', message: 'terminated' });
    }
  });

  it('changes to another protocol unasked', () => {
    const head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\n';
    using agent = new Agent();
    expect(thrownBy(() => play([{ answer: head }], { agent }))).toMatchObject({
      message: 'socket hang up',
      code: 'ECONNRESET',
    });
    expect(agent.idleCount).toBe(0);
    expect(thrownBy(() => fetchSync(url({ answer: head })))).toMatchObject({ cause: { code: 'UND_ERR_SOCKET' } });
  });

  it('hangs up without a word', () => {
    expect(thrownBy(() => play([{ end: true }]))).toMatchObject({ message: 'socket hang up', code: 'ECONNRESET' });
    expect(thrownBy(() => play([{ reset: true }]))).toMatchObject({ code: 'ECONNRESET' });
    expect(
      thrownBy(() =>
        play([{ answer: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab' }, { wait: 20 }, { reset: true }]),
      ),
    ).toMatchObject({ code: 'ECONNRESET' });
  });

  it('says a wrong length', () => {
    // Too long: the rest is not taken for the next response.
    const agent = new Agent();
    const steps: Step[] = [
      { answer: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil' },
      { answer: ok('never') },
    ];
    expect(requestSync(url(...steps), { agent }).body.toString()).toBe('ok');
    expect(agent.idleCount).toBe(0);
    expect(requestSync(url(...steps), { agent }).body.toString()).toBe('ok');
    for (const length of ['-1', '0x5', '5, 5', '1e3', '99999999999999999999', '']) {
      expect(
        thrownBy(() => play([{ answer: `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\nhello` }])),
      ).toMatchObject({ code: 'HPE_INVALID_CONTENT_LENGTH' });
    }
  });

  it('says two lengths', () => {
    for (const headers of [
      'Content-Length: 5\r\nContent-Length: 5',
      'Content-Length: 5\r\nTransfer-Encoding: chunked',
      'Transfer-Encoding: chunked\r\nContent-Length: 5',
    ]) {
      expect(thrownBy(() => play([{ answer: `HTTP/1.1 200 OK\r\n${headers}\r\n\r\nhello` }]))).toMatchObject({
        code: 'HPE_UNEXPECTED_CONTENT_LENGTH',
      });
    }
  });

  it('sends bad chunks', () => {
    for (const chunks of [
      'x\r\n',
      '5\nhello\r\n',
      '5\r\nhelloX',
      '-5\r\nhello\r\n',
      '5 \r\nhello\r\n',
      'fffffffffffffffff\r\n',
      '\r\n',
      '5;a="\r\nhello\r\n',
    ]) {
      const error = thrownBy(() =>
        play([{ answer: `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n` }]),
      );
      expect(error.code, chunks).toMatch(/^HPE_/);
    }
  });

  it('sends a head that is none, and keeps the connection open', () => {
    for (const head of [
      'SSH-2.0-OpenSSH\r\n',
      'HTTP/3.0 200 OK\r\n\r\n',
      'HTTP/1.1 20 OK\r\n\r\n',
      'HTTP/1.1 200 OK\nA: b\n\n',
      'HTTP/1.1 200 OK\r\nA b\r\n\r\n',
      'HTTP/1.1 200 OK\r\nA : b\r\n\r\n',
      'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n',
      'HTTP/1.1 200 OK\r\nA: \x00\r\n\r\n',
      'HTTP/1.1 200 OK\r\n: x\r\n\r\n',
    ]) {
      const start = performance.now();
      expect(thrownBy(() => play([{ answer: head }])).code, JSON.stringify(head)).toMatch(/^HPE_/);
      expect(performance.now() - start).toBeLessThan(3000);
    }
  });

  it('sends too large a head, or one that never ends', () => {
    const large = `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(17_000)}\r\nContent-Length: 0\r\n\r\n`;
    expect(thrownBy(() => play([{ answer: large }]))).toMatchObject({ code: 'HPE_HEADER_OVERFLOW' });
    expect(play([{ answer: large }], { maxHeaderSize: 20_000 }).headers['x']).toHaveLength(17_000);
    const fits = `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(16_000)}\r\nContent-Length: 0\r\n\r\n`;
    expect(play([{ answer: fits }]).statusCode).toBe(200);
    const endless: Step[] = [
      { answer: 'HTTP/1.1 200 OK\r\n' },
      { repeat: `X: ${'a'.repeat(1000)}\r\n`, times: 100_000 },
    ];
    expect(thrownBy(() => play(endless))).toMatchObject({ code: 'HPE_HEADER_OVERFLOW' });
    const trailers: Step[] = [
      { answer: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n' },
      { repeat: `X: ${'a'.repeat(1000)}\r\n`, times: 100_000 },
    ];
    expect(thrownBy(() => play(trailers))).toMatchObject({ code: 'HPE_HEADER_OVERFLOW' });
  });

  it('sends interim responses first', () => {
    const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nX: y\r\n\r\n';
    expect(play([{ answer: interim + ok('then this') }]).body.toString()).toBe('then this');
  });

  it('says the end by hanging up', () => {
    expect(play([{ answer: 'HTTP/1.1 200 OK\r\n\r\nall' }, { wait: 10 }, { end: true }]).body.toString()).toBe('all');
    expect(play([{ answer: 'HTTP/1.0 200 OK\r\n\r\nold' }, { end: true }]).body.toString()).toBe('old');
  });

  it('never says the end: the deadline does', () => {
    const start = performance.now();
    expect(thrownBy(() => play([{ answer: 'HTTP/1.1 200 OK\r\n\r\nfor ever' }], { timeout: 80 }))).toMatchObject({
      code: 'ETIMEDOUT',
    });
    // Drop by drop does not put the deadline off.
    expect(thrownBy(() => play([{ bytewise: ok('x'.repeat(1000)), every: 5 }], { timeout: 120 }))).toMatchObject({
      code: 'ETIMEDOUT',
    });
    expect(thrownBy(() => play([{ wait: 1000 }], { timeout: 50 }))).toMatchObject({ code: 'ETIMEDOUT' });
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('closes a kept connection: one safe retry, and none that could do a thing twice', () => {
    const agent = new Agent();
    const closing: Step[] = [{ answer: ok('first') }, { wait: 30 }, { end: true }];
    const open = (method: string): { connections: number; status: number } => {
      const before = Atomics.load(server.shared, 0);
      const { statusCode } = requestSync(url(...closing), { agent, method }, method === 'POST' ? 'x' : undefined);
      return { connections: Atomics.load(server.shared, 0) - before, status: statusCode };
    };
    expect(open('GET')).toEqual({ connections: 1, status: 200 });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 120);
    // The server has gone meanwhile: seen before a POST is sent, and repaired by a retry for a GET.
    expect(open('POST')).toEqual({ connections: 1, status: 200 });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 120);
    expect(open('GET')).toEqual({ connections: 1, status: 200 });
    agent.destroy();
    // It takes the second request and hangs up: a GET is sent again, a POST is not.
    const taking: Step[] = [{ answer: ok('first') }, { wait: 150 }, { end: true }];
    const requestsOf = (method: string): number => {
      using own = new Agent();
      requestSync(url(...taking), { agent: own });
      const before = Atomics.load(server.shared, 1);
      try {
        requestSync(url(...taking), { agent: own, method }, method === 'POST' ? 'x' : undefined);
      } catch (error) {
        expect(error).toMatchObject({ code: 'ECONNRESET' });
      }
      return Atomics.load(server.shared, 1) - before;
    };
    expect(requestsOf('GET')).toBe(2);
    expect(requestsOf('POST')).toBe(1);
    // Nor does fetchSync send anything again: fetch does not.
    using kept = new Agent();
    fetchSync(url(...taking), { agent: kept }).text();
    const sent = Atomics.load(server.shared, 1);
    expect(() => fetchSync(url(...taking), { agent: kept })).toThrow('fetch failed');
    expect(Atomics.load(server.shared, 1) - sent).toBe(1);
  });

  it('answers before it has read the whole body', () => {
    const refusing: Step[] = [
      { answer: 'HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' },
      { wait: 50 },
      { end: true },
    ];
    const script = url(...refusing);
    // The script starts when the head is there and no body is expected, as a streamed body has no length.
    function* parts(): Generator<Buffer> {
      for (let index = 0; index < 50; index++) yield Buffer.alloc(1000);
    }
    expect(requestSync(script, { method: 'POST', agent: false, timeout: 5000 }, parts()).statusCode).toBe(413);
  });

  it('is asked a thousand times over a thousand connections', () => {
    const agent = new Agent({ maxFreeSockets: 1000 });
    const script = url(
      { answer: 'HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n' },
      { repeat: 'x'.repeat(1000), times: 20 },
      { answer: 'HTTP/1.1 200 OK\r\nContent-Length: 30000\r\n\r\n' },
      { repeat: 'y'.repeat(1000), times: 30 },
    );
    const responses = Array.from({ length: 1000 }, () => requestSync(script, { agent, stream: true }));
    for (const response of responses) expect(response.readToEnd().length).toBe(20_000);
    expect(agent.idleCount).toBe(1000);
    // Held open by bodies that do not come with their heads, so that each kept connection is taken once.
    const again = responses.map(() => requestSync(script, { agent, stream: true }));
    expect(agent.idleCount).toBe(0);
    for (const response of again) expect(response.readToEnd().length).toBe(30_000);
    agent.destroy();
  });
});

describe('the deadline of a fetch', () => {
  it('covers redirects too', () => {
    const slow = url({ wait: 60 }, { answer: 'HTTP/1.1 302 Found\r\nLocation: ?again\r\nContent-Length: 0\r\n\r\n' });
    expect(thrownBy(() => fetchSync(slow, { timeout: 150 }))).toMatchObject({ name: 'TimeoutError' });
  });
});
