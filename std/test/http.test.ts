import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Agent, globalAgent, requestSync } from '../src/http.ts';
import { onEachBackend } from './servers/backends.ts';
import { factsOf, thrownBy } from './servers/catch.ts';
import { inWorker } from './servers/in-worker.ts';
import { wellBehaved } from './servers/well-behaved.ts';
import type { RunningServer, ServerContext } from './servers/in-worker.ts';
import type { Echo } from './servers/well-behaved.ts';

const folder = mkdtempSync(join(tmpdir(), 'unawait-http-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const socketPath = join(folder, 'http.sock');
let server: RunningServer;
let base: string;
beforeAll(async () => {
  server = await inWorker(wellBehaved, socketPath);
  base = `http://127.0.0.1:${server.info}`;
});
afterAll(() => server.stop());

const echoed = (body: Buffer): Echo => JSON.parse(body.toString()) as Echo;
const connectionsDuring = (act: () => void): number => {
  const before = Atomics.load(server.shared, 0);
  act();
  return Atomics.load(server.shared, 0) - before;
};

onEachBackend('requestSync', () => {
  it('sends what http.request sends', async () => {
    const body = JSON.stringify({ text: 'naïve' });
    const options = {
      port: server.info,
      host: '127.0.0.1',
      path: '/echo?a=1',
      method: 'post',
      headers: { 'X-Own': 'yes', Accept: ['a', 'b'] },
    };
    const ours = requestSync(options, body);
    const theirs = await new Promise<{ status: number; body: Buffer }>((resolve, reject) => {
      const agent = new http.Agent({ keepAlive: true });
      const request = http.request({ ...options, agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          agent.destroy();
          resolve({ status: response.statusCode!, body: Buffer.concat(chunks) });
        });
      });
      request.on('error', reject);
      request.end(body);
    });
    expect(ours.statusCode).toBe(theirs.status);
    expect(ours).toMatchObject({ statusMessage: 'OK', httpVersion: '1.1' });
    const [mine, yours] = [echoed(ours.body), echoed(theirs.body)];
    expect(mine).toEqual({ ...yours, raw: mine.raw });
    expect(mine.body).toBe(body);
  });

  it('takes a URL, a URL with options, or options', () => {
    expect(echoed(requestSync(`${base}/echo?q=1#part`).body)).toMatchObject({
      method: 'GET',
      url: '/echo?q=1',
      body: '',
    });
    expect(echoed(requestSync(new URL(`${base}/echo`), { method: 'PUT' }, 'x').body)).toMatchObject({
      method: 'PUT',
      body: 'x',
    });
    expect(echoed(requestSync({ hostname: '127.0.0.1', port: String(server.info), path: '/echo' }).body).url).toBe(
      '/echo',
    );
    expect(echoed(requestSync(`http://user:p%40ss@127.0.0.1:${server.info}/echo`).body).headers.authorization).toBe(
      `Basic ${Buffer.from('user:p@ss').toString('base64')}`,
    );
  });

  it('keeps its connection', () => {
    const made = connectionsDuring(() => {
      for (let index = 0; index < 50; index++) {
        requestSync(`${base}/echo`);
        requestSync({ host: '127.0.0.1', port: server.info, path: '/chunks', method: 'POST' }, 'body');
      }
    });
    expect(made).toBeLessThanOrEqual(1);
    expect(connectionsDuring(() => requestSync(`${base}/close`))).toBe(0);
    expect(connectionsDuring(() => requestSync(`${base}/echo`))).toBe(1);
    expect(
      connectionsDuring(() => requestSync({ host: '127.0.0.1', port: server.info, path: '/echo', agent: false })),
    ).toBe(1);
  });

  it('uses a connection again whose small answer nobody read', () => {
    using agent = new Agent();
    const options = { host: '127.0.0.1', port: server.info, path: '/size?size=10', agent };
    const unread = requestSync({ ...options, stream: true });
    expect(agent.idleCount).toBe(1);
    expect(requestSync(options).statusCode).toBe(200);
    expect(agent.idleCount).toBe(1);
    expect(unread.readToEnd().length).toBeGreaterThan(0);
  });

  it('keeps connections in an agent until it is destroyed', () => {
    using agent = new Agent({ maxFreeSockets: 1 });
    const options = { host: '127.0.0.1', port: server.info, path: '/size?size=1000000', agent };
    const first = requestSync({ ...options, stream: true });
    const second = requestSync({ ...options, stream: true });
    expect(agent.idleCount).toBe(0);
    expect(first.readToEnd()).toHaveLength(1_000_000);
    expect([...second].reduce((sum, chunk) => sum + chunk.length, 0)).toBe(1_000_000);
    expect(agent.idleCount).toBe(1);
    agent.destroy();
    expect(agent.idleCount).toBe(0);
  });

  it('takes agents of Node for what they keep, and no others', () => {
    const options = { host: '127.0.0.1', port: server.info, path: '/echo' };
    const keeping = new http.Agent({ keepAlive: true });
    const sent = (agent: http.Agent | boolean): string | undefined =>
      echoed(requestSync({ ...options, agent }).body).headers.connection;
    expect(connectionsDuring(() => [sent(keeping), sent(keeping)])).toBe(1);
    expect([sent(keeping), sent(new http.Agent()), sent(true)]).toEqual(['keep-alive', 'close', 'keep-alive']);
    class Tunnel extends http.Agent {}
    expect(thrownBy(() => sent(new Tunnel()))).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' });
  });

  it('throws for options of http.request that it cannot honour', () => {
    const options: http.RequestOptions = { host: '127.0.0.1', port: server.info, path: '/echo' };
    expect(requestSync(options).statusCode).toBe(200);
    expect(thrownBy(() => requestSync({ ...options, lookup: () => {} } as http.RequestOptions))).toMatchObject({
      message: 'The option `lookup` of http.request has no blocking form',
    });
  });

  it('takes headers as a flat list', () => {
    const headers = ['X-One', '1', 'X-Two', '2'];
    const options = { host: '127.0.0.1', port: server.info, path: '/echo', headers };
    expect(echoed(requestSync(options).body).headers).toMatchObject({ 'x-one': '1', 'x-two': '2' });
  });

  it('reads bodies of every framing', () => {
    expect(requestSync(`${base}/size?size=0`).body).toHaveLength(0);
    expect(requestSync(`${base}/size?size=100000`).body).toHaveLength(100_000);
    const chunked = requestSync(`${base}/chunks`);
    expect(chunked.body.toString()).toBe('onetwothree');
    expect(chunked.trailers).toEqual({ 'x-sum': '11' });
    expect(requestSync(`${base}/close`).body.toString()).toBe('bye');
    for (const code of [204, 304]) expect(requestSync(`${base}/status?code=${code}`).statusCode).toBe(code);
    const head = requestSync(`${base}/size?size=1000`, { method: 'HEAD' });
    expect(head.headers['content-length']).toBe('1000');
    expect(head.body).toHaveLength(0);
    expect(requestSync(`${base}/early`).body.toString()).toBe('after hints');
  });

  it('joins headers as Node does', async () => {
    const ours = requestSync(`${base}/repeated`);
    const theirs = await new Promise<http.IncomingMessage>((resolve, reject) =>
      http.get(`${base}/repeated`, { agent: false }, resolve).on('error', reject),
    );
    theirs.resume();
    expect({ ...ours.headers, date: '', connection: '', 'keep-alive': '' }).toEqual({
      ...theirs.headers,
      date: '',
      connection: '',
      'keep-alive': '',
    });
    expect(ours.headers['set-cookie']).toEqual(['a=1', 'b=2']);
  });

  it('streams a body up from an iterable', () => {
    function* parts(): Generator<string | Uint8Array> {
      yield 'one,';
      yield '';
      yield Buffer.from('two,');
      yield 'drei €';
    }
    const answer = echoed(requestSync(`${base}/echo`, { method: 'POST' }, parts()).body);
    expect(answer.body).toBe('one,two,drei €');
    expect(answer.headers['transfer-encoding']).toBe('chunked');
    function* many(): Generator<Uint8Array> {
      for (let index = 0; index < 64; index++) yield Buffer.alloc(100_000);
    }
    expect(requestSync(`${base}/received`, { method: 'PUT' }, many()).body.toString()).toBe('6400000');
    expect(requestSync(`${base}/received`, { method: 'PUT' }, Buffer.alloc(8_000_000)).body.toString()).toBe('8000000');
  });

  it('gives the body piece by piece', () => {
    const response = requestSync(`${base}/size?size=5000000`, { stream: true });
    let size = 0;
    for (const chunk of response.body) size += chunk.length;
    expect(size).toBe(5_000_000);
    expect(response.read()).toBeNull();
    const left = requestSync(`${base}/size?size=5000000`, { stream: true });
    left.close();
    expect(left.read()).toBeNull();
    expect(requestSync(`${base}/echo`).statusCode).toBe(200);
  });

  it('bounds the whole exchange by its timeout', () => {
    const start = performance.now();
    expect(thrownBy(() => requestSync(`${base}/slow`, { timeout: 80 }))).toMatchObject({ code: 'ETIMEDOUT' });
    expect(thrownBy(() => requestSync(`${base}/stall`, { timeout: 80 }))).toMatchObject({ code: 'ETIMEDOUT' });
    expect(performance.now() - start).toBeLessThan(1500);
    expect(requestSync(`${base}/slow`, { timeout: 5000 }).body.toString()).toBe('late');
  });

  it('throws what http.request emits', async () => {
    const closed = http.createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as import('node:net').AddressInfo;
    closed.close();
    await once(closed, 'close');
    const url = `http://127.0.0.1:${port}/`;
    const expected = await new Promise((resolve) => http.get(url, () => undefined).on('error', resolve));
    expect(factsOf(thrownBy(() => requestSync(url)))).toEqual(factsOf(expected));
  });

  it('limits the body', () => {
    const error = thrownBy(() => requestSync(`${base}/size?size=5000`, { maxBodySize: 4999 }));
    expect(error).toMatchObject({ code: 'ERR_BODY_TOO_LARGE' });
    expect(thrownBy(() => requestSync(`${base}/chunks`, { maxBodySize: 5 }))).toMatchObject({
      code: 'ERR_BODY_TOO_LARGE',
    });
    expect(requestSync(`${base}/size?size=5000`, { maxBodySize: 5000 }).body).toHaveLength(5000);
  });

  it('speaks over a Unix domain socket', () => {
    const answer = echoed(requestSync({ socketPath, path: '/echo' }).body);
    expect(answer.headers.host).toBe('localhost');
  });
});

describe('what is refused before it is sent', () => {
  it.each([
    [{ path: '/a b' }, 'ERR_UNESCAPED_CHARACTERS'],
    [{ path: '/a\r\nX: y' }, 'ERR_UNESCAPED_CHARACTERS'],
    [{ method: 'GE T' }, 'ERR_INVALID_HTTP_TOKEN'],
    [{ headers: { 'bad name': '1' } }, 'ERR_INVALID_HTTP_TOKEN'],
    [{ headers: { 'x\r\ny': '1' } }, 'ERR_INVALID_HTTP_TOKEN'],
    [{ headers: { x: '1\r\ny: 2' } }, 'ERR_INVALID_CHAR'],
    [{ headers: { x: '€' } }, 'ERR_INVALID_CHAR'],
    [{ protocol: 'ftp:' }, 'ERR_INVALID_PROTOCOL'],
  ])('%j', (options, code) => {
    const ours = thrownBy(() => requestSync({ host: '127.0.0.1', port: server.info, ...options }));
    const theirs = thrownBy(() => http.request({ host: '127.0.0.1', port: server.info, ...options }));
    expect(ours).toMatchObject({ code, name: theirs.name });
    expect(theirs.code).toBe(code);
    expect(ours.message).toBe(theirs.message);
  });
});

describe('proxies', () => {
  it('are used for http when an agent or the environment says so', async () => {
    const proxy = await inWorker(({ require, ready, shared }: ServerContext<undefined>) => {
      const http = require('node:http') as typeof import('node:http');
      const server = http.createServer((request, response) => {
        Atomics.add(shared, 0, 1);
        response.end(JSON.stringify({ url: request.url, headers: request.headers }));
      });
      server.listen(0, '127.0.0.1', () => ready((server.address() as import('node:net').AddressInfo).port));
    });
    const address = `http://me:secret@127.0.0.1:${proxy.info}`;
    const seen = JSON.parse(
      requestSync('http://far.example:81/x?y', { agent: new Agent({ proxy: address }) }).body.toString(),
    ) as Echo;
    expect(seen.url).toBe('http://far.example:81/x?y');
    expect(seen.headers).toMatchObject({
      host: 'far.example:81',
      'proxy-authorization': `Basic ${Buffer.from('me:secret').toString('base64')}`,
    });
    const saved = { ...process.env };
    try {
      Object.assign(process.env, {
        HTTP_PROXY: address,
        NO_PROXY: 'localhost, .inside.example, *.star.example, 127.0.0.1:1',
      });
      const agent = new Agent({ proxy: 'environment' });
      expect(JSON.parse(requestSync('http://far.example/z', { agent }).body.toString())).toMatchObject({
        url: 'http://far.example/z',
      });
      expect(agent.proxyOf({ secure: false, host: 'a.inside.example', port: 80 })).toBeUndefined();
      expect(agent.proxyOf({ secure: false, host: 'b.star.example', port: 80 })).toBeUndefined();
      expect(agent.proxyOf({ secure: false, host: 'localhost', port: 80 })).toBeUndefined();
      expect(agent.proxyOf({ secure: false, host: '127.0.0.1', port: 1 })).toBeUndefined();
      expect(agent.proxyOf({ secure: false, host: '127.0.0.1', port: 2 })?.port).toBe(String(proxy.info));
      expect(agent.proxyOf({ secure: true, host: 'far.example', port: 443 })).toBeUndefined();
      expect(globalAgent.proxyOf({ secure: false, host: 'far.example', port: 80 })).toBeUndefined();
      process.env['NODE_USE_ENV_PROXY'] = '1';
      expect(new Agent().proxyOf({ secure: false, host: 'far.example', port: 80 })?.port).toBe(String(proxy.info));
    } finally {
      for (const name of ['HTTP_PROXY', 'NO_PROXY', 'NODE_USE_ENV_PROXY']) {
        if (saved[name] === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = saved[name];
      }
    }
    expect(Atomics.load(proxy.shared, 0)).toBe(2);
    await proxy.stop();
  });
});
