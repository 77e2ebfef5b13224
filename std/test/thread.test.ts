import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { importInThread, stopThread } from '../src/thread.ts';

const at = (name: string) => new URL(`./thread-modules/${name}`, import.meta.url);
const view = importInThread<typeof import('./thread-modules/values.js')>(at('values.js'));
afterAll(() => stopThread(view));

describe('a mock server in a thread', () => {
  const { MockServer, Mood } = importInThread<typeof import('./thread-modules/mock-server.js')>(at('mock-server.js'));
  const curl = (url: string, ...args: string[]) =>
    execFileSync(process.execPath, [
      '-e',
      `fetch(process.argv[1], { method: process.argv[2], body: process.argv[3] }).then(async (r) => console.log(r.status, await r.text()))`,
      url,
      ...args,
    ])
      .toString()
      .trim();

  it('answers while this thread blocks, and shows what it recorded', () => {
    expect(Mood.Cross).toBe('cross');
    const server = new MockServer('good day');
    const port = server.start();
    expect(port).toBe(server.port);
    expect(curl(`${server.url.href}x?y`, 'POST', 'body')).toBe('200 good day');
    expect(server.requests).toEqual([{ method: 'POST', path: '/x?y', body: Buffer.from('body') }]);
    expect(server.requests[0]?.body.toString()).toBe('body');
    expect(server.seen).toEqual(new Map([['/x?y', 1]]));
    server.config.status = 404;
    server.config.headers = { 'x-a': 'b' };
    server.requests.length = 0;
    expect(curl(server.url.href, 'PUT')).toBe('404 good day');
    expect(server.requests).toStrictEqual([{ method: 'PUT', path: '/', body: Buffer.from('') }]);
    server.seen.clear();
    expect(server.seen.size).toBe(0);
    server.tags.add('b').delete('a');
    expect(server.tags).toEqual(new Set(['b']));
    expect([...server.pages(3)]).toEqual([1, 2, 3]);
    let last = 0;
    for (const page of server.pages(1e9)) if ((last = page) === 2) break;
    expect(last).toBe(2);
    const pages = server.pages(0);
    expect(pages.next()).toEqual({ value: 'done', done: true });
    expect(server.same(server)).toBe(true);
    server[Symbol.dispose]();
    expect(server.port).toBe(0);
    stopThread(server);
    expect(() => server.requests).toThrow(/has been stopped/);
  });
});
