import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promises as dns } from 'node:dns';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { connectSync, lookupSync, TcpStream, UnixStream } from '../src/net.ts';
import { onEachBackend } from './servers/backends.ts';
import { factsOf, thrownBy } from './servers/catch.ts';
import { inWorker } from './servers/in-worker.ts';
import type { RunningServer, ServerContext } from './servers/in-worker.ts';

const folder = mkdtempSync(join(tmpdir(), 'unawait-net-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Answers by the first line that it is sent. `shared[0]` counts the connections, `shared[1]` those that are gone. */
function talkative({ data, require, ready, shared }: ServerContext<string>): void {
  const net = require('node:net') as typeof import('node:net');
  const serve = (socket: import('node:net').Socket): void => {
    Atomics.add(shared, 0, 1);
    socket.on('error', () => undefined);
    socket.on('close', () => Atomics.add(shared, 1, 1));
    let started = false;
    socket.on('data', (bytes) => {
      if (started) return;
      started = true;
      const [line = ''] = bytes.toString('latin1').split('\n');
      const [command = '', argument = ''] = line.split(' ');
      if (command === 'echo') {
        socket.write(bytes.subarray(line.length + 1));
        socket.on('data', (more) => socket.write(more));
        socket.on('end', () => socket.end());
      } else if (command === 'bytes') {
        const chunk = Buffer.alloc(65536, 'x');
        let left = Number(argument);
        const more = (): void => {
          while (left > 0) {
            const part = chunk.subarray(0, left);
            left -= part.length;
            if (!socket.write(part)) return void socket.once('drain', more);
          }
          socket.end();
        };
        more();
      } else if (command === 'slowly') {
        let at = 0;
        const timer = setInterval(() => {
          if (at === argument.length) {
            clearInterval(timer);
            socket.end();
          } else socket.write(argument[at++]!);
        }, 1);
      } else if (command === 'hex') {
        const parts = argument.split(',');
        const next = (): void => {
          const part = parts.shift();
          if (part === undefined) return void socket.end();
          socket.write(Buffer.from(part, 'hex'), () => setTimeout(next, 5));
        };
        next();
      } else if (command === 'reset') socket.resetAndDestroy();
      else if (command === 'deaf') socket.pause();
      else if (command === 'count') {
        let total = bytes.length - line.length - 1;
        socket.on('data', (more) => (total += more.length));
        socket.on('end', () => socket.end(String(total)));
      } else if (command === 'end') socket.end();
    });
  };
  const options = { allowHalfOpen: true, noDelay: true };
  const server = net.createServer(options, serve);
  const unix = net.createServer(options, serve);
  unix.listen(data, () =>
    server.listen({ host: '::', port: 0 }, () => ready((server.address() as net.AddressInfo).port)),
  );
}

const path = join(folder, 'server.sock');
let server: RunningServer;
beforeAll(async () => {
  server = await inWorker(talkative, path);
});
afterAll(() => server.stop());

const open = (line: string, more: object = {}): TcpStream => {
  const socket = connectSync({ host: '127.0.0.1', port: server.info, ...more });
  socket.writeAll(`${line}\n`);
  return socket;
};

/** Waits for the server to have seen so many goodbyes. */
const gone = (count: number): boolean => {
  for (let tries = 0; tries < 200; tries++) {
    if (Atomics.load(server.shared, 1) >= count) return true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  }
  return false;
};

onEachBackend('TCP', (name, sockets) => {
  it('is the backend that was asked for', () => {
    expect(sockets.name).toBe(name);
  });

  it('writes, reads and knows its addresses', () => {
    const socket = open('echo');
    socket.writeAll('ping');
    expect(socket.readExact(4).toString()).toBe('ping');
    expect(socket).toMatchObject({ remoteAddress: '127.0.0.1', remotePort: server.info, remoteFamily: 'IPv4' });
    expect(socket.localAddress).toBe('127.0.0.1');
    expect(socket.localPort).toBeGreaterThan(0);
    expect(socket).toMatchObject({ bytesRead: 4, bytesWritten: 9, closed: false, destroyed: false });
    socket.close();
    expect(socket).toMatchObject({ closed: true, destroyed: true });
  });

  it('reads null at the end, again and again, and closes by itself', () => {
    const socket = open('slowly abc');
    expect(socket.readToEnd().toString()).toBe('abc');
    expect(socket.read()).toBeNull();
    expect(socket.read()).toBeNull();
    expect(socket.closed).toBe(true);
    expect(thrownBy(() => socket.writeAll('x'))).toMatchObject({ code: 'ERR_STREAM_DESTROYED' });
  });

  it('keeps the writing half open when told so', () => {
    const socket = open('end', { allowHalfOpen: true });
    expect(socket.readToEnd()).toHaveLength(0);
    expect(socket.closed).toBe(false);
    socket.writeAll('still here');
    socket.end();
    expect(socket.closed).toBe(true);
  });

  it('ends one half and reads on', () => {
    const socket = open('count');
    socket.writeAll('12345');
    socket.end('678');
    expect(thrownBy(() => socket.writeAll('9'))).toMatchObject({ code: 'ERR_STREAM_WRITE_AFTER_END' });
    expect(socket.readToEnd().toString()).toBe('8');
    expect(socket.closed).toBe(true);
  });

  it('says when the end comes too early', () => {
    using socket = open('slowly abc');
    expect(thrownBy(() => socket.readExact(4))).toMatchObject({ code: 'ERR_UNEXPECTED_END' });
  });

  it('reads into a buffer of the caller', () => {
    using socket = open('echo');
    socket.writeAll('abcdef');
    const target = Buffer.alloc(6, '.');
    let filled = 1;
    while (filled < 4) filled += socket.readInto(target, filled, 4 - filled);
    expect(target.toString()).toBe('.abc..');
    expect(socket.readExact(3).toString()).toBe('def');
  });

  it('gives lines, over the borders of chunks, and leaves the rest to the next read', () => {
    const text = 'one\ntwo\r\n\nthrée\nlast';
    using socket = open(`hex ${[...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, '0')).join(',')}`);
    expect([...socket.lines()]).toEqual(['one', 'two', '', 'thrée', 'last']);
    using other = open('echo');
    other.writeAll('first\nsecond');
    for (const line of other.lines()) {
      expect(line).toBe('first');
      break;
    }
    expect(other.readExact(6).toString()).toBe('second');
  });

  it('gives chunks, and closes when the loop is left', () => {
    const socket = open('bytes 1000000');
    let size = 0;
    for (const chunk of socket) size += chunk.length;
    expect(size).toBe(1_000_000);
    const left = open('bytes 1000000');
    for (const chunk of left) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(left.closed).toBe(true);
  });

  it('gives whole characters once it has an encoding', () => {
    const euro = [...Buffer.from('1€2€')].map((byte) => byte.toString(16).padStart(2, '0')).join(',');
    const socket = open(`hex ${euro}`).setEncoding('utf8');
    expectTypeOf<ReturnType<typeof socket.read>>().toEqualTypeOf<string | null>();
    const chunks = [...socket];
    expect(chunks.join('')).toBe('1€2€');
    expect(chunks.every((chunk) => !chunk.includes('\ufffd'))).toBe(true);
    const cut = open('hex e282').setEncoding('utf8');
    expect([...cut].join('')).toBe('\ufffd');
  });

  it('carries 64 MiB each way', () => {
    const size = 64 * 1024 * 1024;
    const socket = open(`bytes ${size}`);
    expect(socket.readToEnd()).toHaveLength(size);
    const back = open('count');
    back.writeAll(Buffer.alloc(size));
    back.end();
    expect(back.readToEnd().toString()).toBe(String(size));
  });

  it('gives up a read after its timeout, and can go on afterwards', () => {
    using socket = open('echo');
    socket.setTimeout(60);
    const start = performance.now();
    expect(factsOf(thrownBy(() => socket.read()))).toMatchObject({
      message: 'read ETIMEDOUT',
      code: 'ETIMEDOUT',
      syscall: 'read',
      errno: process.platform === 'linux' ? -110 : -60,
    });
    const took = performance.now() - start;
    expect(took).toBeGreaterThan(55);
    expect(took).toBeLessThan(2000);
    socket.writeAll('more');
    expect(socket.readExact(4).toString()).toBe('more');
    socket.setTimeout(0);
    socket.writeAll('x');
    expect(socket.read()?.toString()).toBe('x');
  });

  it('gives up in the time of the world, not of fake timers', () => {
    vi.useFakeTimers();
    try {
      using socket = open('echo');
      socket.setTimeout(60);
      expect(thrownBy(() => socket.read())).toMatchObject({ code: 'ETIMEDOUT' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('gives up a write that nobody takes', () => {
    using socket = open('deaf');
    socket.setWriteTimeout(150);
    expect(thrownBy(() => socket.writeAll(Buffer.alloc(64 * 1024 * 1024)))).toMatchObject({
      code: 'ETIMEDOUT',
      syscall: 'write',
    });
  });

  it('reports a reset', () => {
    const socket = open('reset');
    expect(factsOf(thrownBy(() => socket.read()))).toMatchObject({
      message: 'read ECONNRESET',
      code: 'ECONNRESET',
      syscall: 'read',
    });
    socket.close();
  });

  it('throws what net.connect emits when nobody listens', async () => {
    const port = await unusedPort();
    const [expected] = (await once(
      net.connect(port, '127.0.0.1').on('connect', () => undefined),
      'error',
    ).catch((error: unknown) => [error])) as [Error];
    expect(factsOf(thrownBy(() => connectSync(port, '127.0.0.1')))).toEqual(factsOf(expected));
  });

  it('tries every address of a host', () => {
    using socket = connectSync({ host: 'localhost', port: server.info });
    expect(['127.0.0.1', '::1']).toContain(socket.remoteAddress);
  });

  it('refuses a port that is none', () => {
    expect(thrownBy(() => connectSync(65536))).toMatchObject({ code: 'ERR_SOCKET_BAD_PORT', name: 'RangeError' });
    expect(thrownBy(() => connectSync({}))).toMatchObject({ code: 'ERR_MISSING_ARGS' });
  });

  it('connects from a chosen address', () => {
    using socket = connectSync({ host: '127.0.0.1', port: server.info, localAddress: '127.0.0.2' });
    expect(socket.localAddress).toBe('127.0.0.2');
  });

  it('sets options', () => {
    using socket = connectSync({ host: '127.0.0.1', port: server.info, noDelay: true, keepAlive: true });
    socket.setNoDelay(false).setKeepAlive(true, 30_000).setKeepAlive(false);
    socket.writeAll('echo\nok');
    expect(socket.readExact(2).toString()).toBe('ok');
  });

  it('speaks IPv6', () => {
    using socket = connectSync({ host: '::1', port: server.info });
    socket.writeAll('echo\nsix');
    expect(socket.readExact(3).toString()).toBe('six');
    expect(socket).toMatchObject({ remoteAddress: '::1', remoteFamily: 'IPv6' });
  });

  it('speaks over Unix domain sockets', async () => {
    const socket = UnixStream.connect(path);
    socket.writeAll('echo\nhi');
    expect(socket.readExact(2).toString()).toBe('hi');
    expect(socket.remoteAddress).toBeUndefined();
    socket.close();
    for (const missing of [join(folder, 'nobody.sock'), folder]) {
      const expected = await new Promise((resolve) => net.connect(missing).on('error', resolve));
      expect(factsOf(thrownBy(() => connectSync({ path: missing })))).toEqual(factsOf(expected));
    }
  });

  it('looks names up as dns.lookup does', async () => {
    expect(lookupSync('127.0.0.1')).toEqual({ address: '127.0.0.1', family: 4 });
    expect(lookupSync('::1', 6)).toEqual({ address: '::1', family: 6 });
    expect(lookupSync('localhost', { all: true })).toEqual(
      await dns.lookup('localhost', { all: true, order: 'verbatim' } as { all: true }),
    );
    expect(lookupSync('localhost', 4)).toEqual({ address: '127.0.0.1', family: 4 });
    const expected: unknown = await dns.lookup('nobody.invalid').catch((error: unknown) => error);
    expect(factsOf(thrownBy(() => lookupSync('nobody.invalid')))).toEqual(factsOf(expected));
  });

  it('is closed twice without harm, and leaves no connection behind', () => {
    const before = Atomics.load(server.shared, 1);
    const socket = open('echo');
    socket.close();
    socket.close();
    expect(thrownBy(() => socket.read())).toMatchObject({ code: 'ERR_STREAM_DESTROYED' });
    expect(gone(before + 1)).toBe(true);
  });

  it('opens a stream at its first use, and lets a callback decide about a silence', () => {
    const refused = TcpStream.to(server.info + 100_000);
    expect(thrownBy(() => refused.connect())).toMatchObject({ code: 'ERR_SOCKET_BAD_PORT' });
    const socket = TcpStream.to({ host: '127.0.0.1', port: server.info });
    expect(socket.remotePort).toBeUndefined();
    socket.writeAll('echo\n');
    let silences = 0;
    socket.setTimeout(20, () => {
      if (++silences === 3) socket.destroy(new Error('enough'));
    });
    expect(thrownBy(() => socket.read()).message).toBe('enough');
    expect(silences).toBe(3);
    expect(thrownBy(() => socket.writeAll('x')).message).toBe('enough');
  });
});

onEachBackend('a connection that is never answered', () => {
  it('is given up after its timeout', async () => {
    // One connection fills the queue of a listener that never accepts; the kernel drops what comes after.
    const full = await inWorker(({ require, ready }: ServerContext<undefined>) => {
      const net = require('node:net') as typeof import('node:net');
      const server = net.createServer().listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
        ready((server.address() as net.AddressInfo).port);
        setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 20);
      });
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const fillers = Array.from({ length: 4 }, () => net.connect(full.info, '127.0.0.1').on('error', () => undefined));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const start = performance.now();
    const error = thrownBy(() => connectSync({ port: full.info, host: '127.0.0.1', timeout: 120 }));
    expect(error).toMatchObject({ code: 'ETIMEDOUT', syscall: 'connect', address: '127.0.0.1', port: full.info });
    expect(error.message).toBe(`connect ETIMEDOUT 127.0.0.1:${full.info}`);
    expect(performance.now() - start).toBeLessThan(2000);
    for (const filler of fillers) filler.destroy();
    await full.stop();
  });
});

describe('an accidental stream', () => {
  it('is closed when nobody holds it any more', async () => {
    const before = Atomics.load(server.shared, 1);
    (() => {
      for (let index = 0; index < 20; index++) open('echo');
    })();
    const { setFlagsFromString } = await import('node:v8');
    const { runInNewContext } = await import('node:vm');
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (let tries = 0; tries < 50 && Atomics.load(server.shared, 1) - before < 19; tries++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(Atomics.load(server.shared, 1) - before).toBeGreaterThanOrEqual(19);
  });
});

async function unusedPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
