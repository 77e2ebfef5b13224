import { afterAll, beforeAll, expect, it } from 'vitest';
import { fetchSync } from '../src/http.ts';
import { onEachBackend } from './servers/backends.ts';
import { thrownBy } from './servers/catch.ts';
import { inWorker } from './servers/in-worker.ts';
import type { RunningServer, ServerContext } from './servers/in-worker.ts';

/** What a server sends before it ends the connection, or resets it where `reset` is in the name. */
const answers: Record<string, string> = {
  nothing: '',
  reset: '',
  'half a status line': 'HTTP/1.1 20',
  'half a head': 'HTTP/1.1 200 OK\r\nContent-Le',
  'half a body': 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc',
  'half a body, the last on its connection': 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\nabc',
  'half a body of HTTP/1.0': 'HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nabc',
  'half a body and a reset': 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc',
  'half a chunk': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab',
  'no last chunk': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n',
  'no HTTP': 'GARBAGE\r\n\r\n',
  'a wrong header': 'HTTP/1.1 200 OK\r\nbad header\r\n\r\n',
  'a wrong chunk': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  'a head that is too large': `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`,
};

let server: RunningServer;
beforeAll(async () => {
  server = await inWorker(({ require, ready, data }: ServerContext<Record<string, string>>) => {
    const net = require('node:net') as typeof import('node:net');
    const breaking = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (request) => {
        const name = decodeURIComponent(/\/(\S+)/.exec(request.toString())![1]!);
        const answer = data[name]!;
        if (!name.includes('reset')) socket.end(answer);
        else socket.write(answer, () => setTimeout(() => socket.resetAndDestroy(), answer === '' ? 0 : 50));
      });
    });
    breaking.listen(0, '127.0.0.1', () => ready((breaking.address() as import('node:net').AddressInfo).port));
  }, answers);
});
afterAll(() => server.stop());

const shape = (error: unknown) => {
  const { name, message, cause } = error as Error & { cause: Error & { code: string; syscall?: string } };
  // Of what the parser refused, Node 24 leaves the code out, and its words differ between versions.
  const refused = cause.name === 'HTTPParserError';
  const facts = refused ? [cause.message.replace(/\(.*\)/, '')] : [cause.message, cause.code, cause.syscall];
  return { name, message, cause: [cause.name, ...facts] };
};

onEachBackend('a failed fetchSync', () => {
  it.each(Object.keys(answers))('says what fetch says about %s', async (name) => {
    const url = `http://127.0.0.1:${server.info}/${encodeURIComponent(name)}`;
    const ours = thrownBy(() => fetchSync(url).text());
    const theirs: unknown = await fetch(url)
      .then((response) => response.text())
      .catch((error: unknown) => error);
    expect(shape(ours)).toEqual(shape(theirs));
  });
});
