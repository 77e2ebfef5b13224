import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchSync, globalAgent, requestSync } from '../src/http.ts';
import { connectSync } from '../src/net.ts';
import { backends, onEachBackend } from './servers/backends.ts';
import { library } from './servers/bundle.ts';
import { thrownBy } from './servers/catch.ts';
import { inWorker } from './servers/in-worker.ts';
import type { RunningServer, ServerContext } from './servers/in-worker.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await inWorker(({ require, ready, shared }: ServerContext<undefined>) => {
    const http = require('node:http') as typeof import('node:http');
    const server = http.createServer((request, response) => {
      if (request.url === '/rude') return void request.socket.destroy();
      response.end('x'.repeat(100));
    });
    server.keepAliveTimeout = 60_000;
    server.on('connection', (socket) => {
      Atomics.add(shared, 0, 1);
      socket.on('close', () => Atomics.sub(shared, 0, 1));
    });
    server.listen(0, '127.0.0.1', () => ready((server.address() as import('node:net').AddressInfo).port));
  });
});
afterAll(() => server.stop());

/** Open descriptors of this process: both ends of every connection, as the server is a thread. */
const descriptors = (): number => readdirSync('/proc/self/fd').length;

const nap = (ms: number): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** The descriptors once the server has seen every connection go; waits while there are more than `most`. */
const settled = (most = Infinity): number => {
  for (let tries = 0; tries < 300 && Atomics.load(server.shared, 0) > 0; tries++) nap(10);
  for (let tries = 0; tries < 100 && descriptors() > most; tries++) nap(10);
  return descriptors();
};

describe('memory', () => {
  it('does not grow with requests in a program that never returns to the loop', () => {
    const program = `import { fetchSync, requestSync, connectSync } from ${JSON.stringify(library)};
      const url = 'http://127.0.0.1:${server.info}/';
      const round = (count) => {
        for (let index = 0; index < count; index++) {
          fetchSync(url).text();
          for (const chunk of requestSync(url, { stream: true })) chunk.length;
        }
        for (let index = 0; index < count / 20; index++) connectSync(${server.info}, '127.0.0.1').close();
        gc();
        return process.memoryUsage().heapUsed;
      };
      round(500);
      const before = round(100);
      console.log(Math.round((round(4000) - before) / 4000));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', program], {
      encoding: 'utf8',
      env: { ...process.env, UNAWAIT_BACKEND: backends[0], NODE_OPTIONS: '' },
    });
    // Bytes for each request.
    expect(Number(stdout || NaN), stderr).toBeLessThan(100);
  });
});

describe.runIf(existsSync('/proc/self/fd'))('descriptors', () => {
  onEachBackend('are given back', () => {
    it('after 10,000 requests over kept connections, over new ones, and after failures', () => {
      const url = `http://127.0.0.1:${server.info}/`;
      requestSync(url);
      globalAgent.destroy();
      const before = settled();
      for (let index = 0; index < 9000; index++) requestSync(url);
      expect(descriptors()).toBeLessThanOrEqual(before + 2);
      for (let index = 0; index < 900; index++) requestSync(url, { agent: false });
      for (let index = 0; index < 50; index++) {
        thrownBy(() => requestSync(`${url}rude`));
        thrownBy(() => connectSync(1, '127.0.0.1'));
      }
      for (let index = 0; index < 5; index++) {
        const response = fetchSync(url);
        response.text();
        fetchSync(url, { redirect: 'manual' }).bytes();
      }
      globalAgent.destroy();
      expect(settled(before)).toBeLessThanOrEqual(before);
    });

    it('after 1,000 connections at once', () => {
      const before = settled();
      const count = 1000;
      const sockets = Array.from({ length: count }, () => connectSync(server.info, '127.0.0.1'));
      for (const socket of sockets) socket.writeAll('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      for (const socket of sockets) expect(socket.readToEnd().length).toBeGreaterThan(100);
      expect(settled(before)).toBeLessThanOrEqual(before);
    });
  });
  expect(backends.length).toBeGreaterThan(1);
});
