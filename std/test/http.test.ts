import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Agent, fetchSync, globalAgent, requestSync, SyncHeaders } from '../src/http.ts';
import { onEachBackend } from './servers/backends.ts';
import { factsOf, thrownBy } from './servers/catch.ts';
import { inWorker } from './servers/in-worker.ts';
import type { RunningServer, ServerContext } from './servers/in-worker.ts';

const folder = mkdtempSync(join(tmpdir(), 'unawait-http-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A well-behaved server. `shared[0]` counts its connections. */
function wellBehaved({ data, require, ready, shared }: ServerContext<string>): void {
  const http = require('node:http') as typeof import('node:http');
  const zlib = require('node:zlib') as typeof import('node:zlib');
  const handle = (request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://local');
      const size = Number(url.searchParams.get('size') ?? 0);
      const answer = (status: number, headers: Record<string, string | string[]>, body?: string | Buffer): void => {
        response.writeHead(status, headers);
        response.end(body);
      };
      switch (url.pathname) {
        case '/echo':
          return answer(
            200,
            { 'content-type': 'application/json' },
            JSON.stringify({
              method: request.method,
              url: request.url,
              headers: request.headers,
              raw: request.rawHeaders,
              body: Buffer.concat(chunks).toString(),
            }),
          );
        case '/size':
          return answer(200, { 'content-length': String(size) }, Buffer.alloc(size, 'x'));
        case '/received':
          return answer(200, {}, String(Buffer.concat(chunks).length));
        case '/chunks':
          response.writeHead(200, { trailer: 'x-sum' });
          for (const part of ['one', 'two', 'three']) response.write(part);
          response.addTrailers({ 'x-sum': '11' });
          return void response.end();
        case '/gzip':
          return answer(200, { 'content-encoding': 'gzip' }, zlib.gzipSync('squeezed'));
        case '/deflate':
          return answer(200, { 'content-encoding': 'deflate' }, zlib.deflateSync('squeezed'));
        case '/raw-deflate':
          return answer(200, { 'content-encoding': 'deflate' }, zlib.deflateRawSync('squeezed'));
        case '/br':
          return answer(200, { 'content-encoding': 'br' }, zlib.brotliCompressSync('squeezed'));
        case '/twice':
          return answer(200, { 'content-encoding': 'gzip, br' }, zlib.brotliCompressSync(zlib.gzipSync('squeezed')));
        case '/empty-gzip':
          return answer(200, { 'content-encoding': 'gzip' });
        case '/broken-gzip':
          return answer(200, { 'content-encoding': 'gzip' }, 'not gzip');
        case '/status':
          return answer(Number(url.searchParams.get('code')), {});
        case '/early':
          response.writeProcessing();
          response.writeEarlyHints({ link: '</a.css>; rel=preload' });
          return answer(200, {}, 'after hints');
        case '/repeated':
          return answer(200, { 'set-cookie': ['a=1', 'b=2'], 'x-many': ['1', '2'] }, '');
        case '/redirect': {
          const code = Number(url.searchParams.get('code') ?? 302);
          return answer(code, { location: url.searchParams.get('to') ?? '/echo' }, 'moved');
        }
        case '/loop':
          return answer(302, { location: '/loop' });
        case '/slow':
          return void setTimeout(() => answer(200, {}, 'late'), 400);
        case '/stall':
          response.writeHead(200, { 'content-length': '10' });
          response.write('12345');
          return;
        case '/close':
          return answer(200, { connection: 'close' }, 'bye');
        default:
          return answer(404, {}, 'nothing here');
      }
    });
  };
  const server = http.createServer(handle);
  server.on('connection', () => Atomics.add(shared, 0, 1));
  const unix = http.createServer(handle);
  unix.listen(data, () =>
    server.listen(0, '127.0.0.1', () => ready((server.address() as import('node:net').AddressInfo).port)),
  );
}

const socketPath = join(folder, 'http.sock');
let server: RunningServer;
let base: string;
beforeAll(async () => {
  server = await inWorker(wellBehaved, socketPath);
  base = `http://127.0.0.1:${server.info}`;
});
afterAll(() => server.stop());

interface Echo {
  method: string;
  url: string;
  headers: Record<string, string>;
  raw: string[];
  body: string;
}
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
    expect(mine).toEqual({ ...yours, raw: expect.any(Array) });
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

onEachBackend('fetchSync', () => {
  it('sends and returns what fetch does', async () => {
    for (const init of [
      {},
      { method: 'post', body: 'text' },
      { method: 'PUT', body: new URLSearchParams({ a: '1 2' }) },
      { method: 'POST', body: new Uint8Array([65, 66]), headers: { 'Content-Type': 'x/y', 'X-Own': ' v ' } },
      {
        method: 'DELETE',
        headers: new Headers([
          ['x-a', '1'],
          ['x-a', '2'],
        ]),
      },
    ]) {
      const ours = fetchSync(`${base}/echo?x`, init);
      const theirs = await fetch(`${base}/echo?x`, init);
      const { ok, status, statusText, url, redirected, type } = ours;
      expect({ ok, status, statusText, url, redirected, type }).toEqual({
        ok: theirs.ok,
        status: theirs.status,
        statusText: theirs.statusText,
        url: theirs.url,
        redirected: theirs.redirected,
        type: theirs.type,
      });
      const [mine, yours] = [ours.json() as Echo, (await theirs.json()) as Echo];
      expect(mine).toEqual({ ...yours, raw: expect.any(Array) });
      const skip = (entries: [string, string][]) =>
        entries.filter(([name]) => !['date', 'content-length', 'connection', 'keep-alive'].includes(name));
      expect(skip([...ours.headers])).toEqual(skip([...theirs.headers]));
    }
  });

  it('gives the body in every form, once', () => {
    expect(fetchSync(`${base}/chunks`).text()).toBe('onetwothree');
    expect(new TextDecoder().decode(fetchSync(`${base}/chunks`).bytes())).toBe('onetwothree');
    expect(fetchSync(`${base}/chunks`).arrayBuffer().byteLength).toBe(11);
    expect(fetchSync(`${base}/chunks`).blob().size).toBe(11);
    const response = fetchSync(`${base}/size?size=200000`);
    expect(response.bodyUsed).toBe(false);
    const twin = response.clone();
    let size = 0;
    for (const chunk of response.body ?? []) size += chunk.length;
    expect(size).toBe(200_000);
    expect(response.bodyUsed).toBe(true);
    expect(thrownBy(() => response.text())).toBeInstanceOf(TypeError);
    expect(twin.bytes()).toHaveLength(200_000);
    expect(fetchSync(`${base}/status?code=204`).body).toBeNull();
    expect(fetchSync(`${base}/status?code=204`).text()).toBe('');
  });

  it.each(['/gzip', '/deflate', '/raw-deflate', '/br', '/twice'])('undoes the coding of %s', (path) => {
    expect(fetchSync(`${base}${path}`).text()).toBe('squeezed');
    expect(Buffer.concat([...(fetchSync(`${base}${path}`).body ?? [])]).toString()).toBe('squeezed');
  });

  it('reports a broken coding, and reads an empty one', () => {
    expect(fetchSync(`${base}/empty-gzip`).text()).toBe('');
    expect(thrownBy(() => fetchSync(`${base}/broken-gzip`).text())).toMatchObject({
      name: 'TypeError',
      message: 'terminated',
    });
  });

  it.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [307, 'POST', 'POST'],
    [308, 'PUT', 'PUT'],
    [301, 'PUT', 'PUT'],
    [303, 'HEAD', 'HEAD'],
  ] as const)('follows %i of a %s with a %s', async (code, method, then) => {
    const init = { method, ...(method !== 'HEAD' && { body: 'cargo' }) };
    const ours = fetchSync(`${base}/redirect?code=${code}`, init);
    const theirs = await fetch(`${base}/redirect?code=${code}`, init);
    expect(ours).toMatchObject({ redirected: true, url: theirs.url });
    if (then === 'HEAD') return;
    const mine = ours.json() as Echo;
    expect(mine.method).toBe(then);
    expect(mine).toEqual({ ...((await theirs.json()) as Echo), raw: expect.any(Array) });
  });

  it('drops secrets on the way to another origin, and keeps them within one', () => {
    const headers = { authorization: 'secret', cookie: 'c=1', 'x-own': 'stays' };
    const away = fetchSync(`${base}/redirect?to=${encodeURIComponent(`http://localhost:${server.info}/echo`)}`, {
      headers,
    }).json() as Echo;
    expect(away.headers).toMatchObject({ 'x-own': 'stays' });
    expect(away.headers).not.toHaveProperty('authorization');
    expect(away.headers).not.toHaveProperty('cookie');
    const home = fetchSync(`${base}/redirect`, { headers }).json() as Echo;
    expect(home.headers).toMatchObject(headers);
  });

  it('treats redirects as it is told', () => {
    expect(fetchSync(`${base}/redirect`, { redirect: 'manual' })).toMatchObject({ status: 302, redirected: false });
    for (const [path, init, reason] of [
      ['/redirect', { redirect: 'error' }, 'unexpected redirect'],
      ['/loop', {}, 'redirect count exceeded'],
      ['/redirect?to=ftp://x/', {}, 'URL scheme must be a HTTP(S) scheme'],
      ['/redirect?to=http://[', {}, 'invalid redirect URL'],
    ] as const) {
      const error = thrownBy(() => fetchSync(base + path, init));
      expect(error).toMatchObject({ name: 'TypeError', message: 'fetch failed' });
      expect((error.cause as Error).message).toBe(reason);
    }
  });

  it('throws a TimeoutError like AbortSignal.timeout', async () => {
    const theirs: unknown = await fetch(`${base}/slow`, { signal: AbortSignal.timeout(50) }).catch(
      (error: unknown) => error,
    );
    const ours = thrownBy(() => fetchSync(`${base}/slow`, { timeout: 50 }));
    const { name, message, code } = theirs as DOMException;
    expect(ours).toMatchObject({ name, code });
    expect(ours.message).toBe(message);
    const body = fetchSync(`${base}/stall`, { timeout: 100 });
    expect(thrownBy(() => body.text())).toMatchObject({ name: 'TimeoutError' });
  });

  it('carries the reason of a failure', async () => {
    const ours = thrownBy(() => fetchSync('http://nobody.invalid/'));
    const theirs = (await fetch('http://nobody.invalid/').catch((error: unknown) => error)) as Error;
    expect(ours).toBeInstanceOf(TypeError);
    expect(ours.message).toBe(theirs.message);
    expect(factsOf(ours.cause)).toEqual(factsOf(theirs.cause));
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

  it('and by fetchSync', () => {
    expect(thrownBy(() => fetchSync('not a url'))).toMatchObject({
      name: 'TypeError',
      message: 'Failed to parse URL from not a url',
    });
    expect(thrownBy(() => fetchSync('http://u:p@x/'))).toBeInstanceOf(TypeError);
    expect(thrownBy(() => fetchSync(base, { body: 'x' })).message).toBe(
      'Request with GET/HEAD method cannot have body.',
    );
    expect(thrownBy(() => fetchSync(base, { method: 'TRACE' }))).toBeInstanceOf(TypeError);
    expect(thrownBy(() => fetchSync('file:///etc/hosts'))).toMatchObject({ message: 'fetch failed' });
    expect(thrownBy(() => fetchSync(base, { headers: { x: 'a\nb' } }))).toBeInstanceOf(TypeError);
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
      expect(fetchSync('http://far.example/z', { agent }).json()).toMatchObject({ url: 'http://far.example/z' });
      expect(agent.proxyOf({ secure: false, host: 'a.inside.example', port: 80 })).toBeUndefined();
      expect(agent.proxyOf({ secure: false, host: 'b.star.example', port: 80 })).toBeUndefined();
      expect(agent.proxyOf({ secure: false, host: 'localhost', port: 80 })).toBeUndefined();
      expect(agent.proxyOf({ secure: false, host: '127.0.0.1', port: 1 })).toBeUndefined();
      expect(agent.proxyOf({ secure: false, host: '127.0.0.1', port: 2 })?.port).toBe(String(proxy.info));
      expect(agent.proxyOf({ secure: true, host: 'far.example', port: 443 })).toBeUndefined();
      expect(globalAgent.proxyOf({ secure: false, host: 'far.example', port: 80 })).toBeUndefined();
      process.env['NODE_USE_ENV_PROXY'] = '1';
      expect(globalAgent.proxyOf({ secure: false, host: 'far.example', port: 80 })?.port).toBe(String(proxy.info));
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

describe('SyncHeaders', () => {
  it('behaves like Headers', () => {
    const pairs: [string, string][] = [
      ['B', '2'],
      ['a', ' 1 '],
      ['set-cookie', 'x=1'],
      ['Set-Cookie', 'y=2'],
      ['a', '3'],
    ];
    const [ours, theirs] = [new SyncHeaders(pairs), new Headers(pairs)];
    expect([...ours]).toEqual([...theirs]);
    expect([...ours.keys()]).toEqual([...theirs.keys()]);
    expect([...ours.values()]).toEqual([...theirs.values()]);
    expect(ours.get('A')).toBe(theirs.get('A'));
    expect(ours.get('nothing')).toBeNull();
    expect(ours.getSetCookie()).toEqual(theirs.getSetCookie());
    ours.set('b', '9');
    theirs.set('b', '9');
    ours.delete('A');
    theirs.delete('A');
    const seen: string[] = [];
    ours.forEach((value, name) => seen.push(`${name}=${value}`));
    const expected: string[] = [];
    theirs.forEach((value, name) => expected.push(`${name}=${value}`));
    expect(seen).toEqual(expected);
    expect([...new SyncHeaders(ours)]).toEqual([...theirs]);
    expect(ours.has('B')).toBe(true);
  });
});
