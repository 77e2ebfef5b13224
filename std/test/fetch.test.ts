import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchSync, SyncHeaders } from '../src/http.ts';
import { onEachBackend } from './servers/backends.ts';
import { factsOf, thrownBy } from './servers/catch.ts';
import { inWorker } from './servers/in-worker.ts';
import { wellBehaved } from './servers/well-behaved.ts';
import type { RunningServer } from './servers/in-worker.ts';
import type { Echo } from './servers/well-behaved.ts';

let server: RunningServer;
let base: string;
beforeAll(async () => {
  server = await inWorker(wellBehaved);
  base = `http://127.0.0.1:${server.info}`;
});
afterAll(() => server.stop());

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
      expect(mine).toEqual({ ...yours, raw: mine.raw });
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

  it.each(['/gzip', '/deflate', '/br'])('limits what the coding of %s hides', (path) => {
    expect(fetchSync(base + path, { maxBodySize: 100 }).text()).toBe('squeezed');
    const error = thrownBy(() => fetchSync(`${base}/bomb?coding=${path.slice(1)}`, { maxBodySize: 100_000 }).text());
    expect(error).toMatchObject({ message: 'terminated', cause: { code: 'ERR_BODY_TOO_LARGE' } });
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
    expect(mine).toEqual({ ...((await theirs.json()) as Echo), raw: mine.raw });
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
      [
        `/redirect?to=${encodeURIComponent(`http://u:p@127.0.0.1:${server.info}/echo`)}`,
        {},
        'cross origin not allowed for request mode "cors"',
      ],
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

describe('what fetchSync refuses before it is sent', () => {
  it('is told by fetch errors', () => {
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
