import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchSync } from '../src/http.ts';
import { nodeFetchSync } from '../src/node-fetch.ts';
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
  'a redirect to a wrong port':
    'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:6000/\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
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

describe('ports of other protocols', () => {
  // Those of the standard, and their neighbours: what Node's own fetch refuses is refused, in the same words.
  const standard = [
    ...[1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109],
    ...[110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530],
    ...[531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190],
    ...[5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080],
  ];
  const ports = [...new Set(standard.flatMap((port) => [port - 1, port, port + 1]))].filter((port) => port > 0);
  // Nothing is asked of a server: each of them ends at the port or at once.
  const url = (port: number): string => `http://127.0.0.254:${port}/`;

  it('are refused as fetch refuses them', async () => {
    const refused = (error: unknown): string | undefined => {
      const { name, message, cause } = error as Error & { cause: Error };
      return cause.message === 'bad port' ? `${name} ${message} ${cause.name}` : undefined;
    };
    const theirs = await Promise.all(ports.map((port) => fetch(url(port)).then(() => undefined, refused)));
    expect(ports.map((port) => refused(thrownBy(() => fetchSync(url(port)).text())))).toEqual(theirs);
    expect(ports.filter((_port, index) => theirs[index] !== undefined)).toEqual(standard);
  });

  it('are asked by `node-fetch`, and so by its counterpart', () => {
    expect(thrownBy(() => nodeFetchSync('http://127.0.0.1:1/')).message).toContain('connect ECONNREFUSED');
  });
});
