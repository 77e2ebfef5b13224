import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import dgram from 'node:dgram';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { TcpListener, UdpSocket } from '../src/net.ts';
import { table, useSockets } from '../src/sockets/choose.ts';
import { onEachBackend } from './servers/backends.ts';
import { factsOf, thrownBy } from './servers/catch.ts';
import { inWorker } from './servers/in-worker.ts';
import { library } from './servers/bundle.ts';
import type { ServerContext } from './servers/in-worker.ts';

const folder = mkdtempSync(join(tmpdir(), 'unawait-listener-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Connects, says something, and posts what it hears, once for each line it is asked to say. */
const client = (to: object, says: string[]) =>
  inWorker(
    ({ data, require, ready, shared }: ServerContext<{ to: object; says: string[] }>) => {
      const net = require('node:net') as typeof import('node:net');
      ready(0);
      for (const text of data.says) {
        const socket = net.connect(data.to as net.NetConnectOpts, () => socket.end(text));
        let heard = '';
        socket.on('data', (bytes) => (heard += bytes.toString()));
        socket.on('error', () => undefined);
        socket.on('close', () => Atomics.add(shared, heard === text.toUpperCase() ? 0 : 1, 1));
      }
    },
    { to, says },
  );

onEachBackend('TcpListener', (name) => {
  if (name === 'descriptor') {
    it('is left to the bridge', () => {
      vi.stubEnv('UNAWAIT_BACKEND', 'descriptor');
      expect(thrownBy(() => TcpListener.bind(0))).toMatchObject({ code: 'ENOTSUP' });
      expect(thrownBy(() => UdpSocket.bind())).toMatchObject({ code: 'ENOTSUP' });
      // The bridge fills the gap where no backend was asked for by name.
      vi.unstubAllEnvs();
      using listener = TcpListener.bind(0);
      expect(listener.port).toBeGreaterThan(0);
    });
    return;
  }

  it('accepts, one after the other', async () => {
    using listener = TcpListener.bind({ port: 0, host: '127.0.0.1', allowHalfOpen: true });
    expect(listener.address()).toEqual({ address: '127.0.0.1', port: listener.port, family: 'IPv4' });
    const talker = await client({ port: listener.port, host: '127.0.0.1' }, ['one', 'two', 'three']);
    for (let index = 0; index < 3; index++) {
      const socket = listener.accept(5000);
      expect(socket.remoteAddress).toBe('127.0.0.1');
      expect(socket.localPort).toBe(listener.port);
      socket.end(socket.readToEnd().toString().toUpperCase());
    }
    for (let tries = 0; tries < 100 && Atomics.load(talker.shared, 0) < 3; tries++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect([Atomics.load(talker.shared, 0), Atomics.load(talker.shared, 1)]).toEqual([3, 0]);
    await talker.stop();
  });

  it('gives up waiting, is stopped, and closes', () => {
    const listener = TcpListener.bind({ port: 0 });
    const start = performance.now();
    expect(thrownBy(() => listener.accept(120))).toMatchObject({ code: 'ETIMEDOUT', syscall: 'accept' });
    expect(performance.now() - start).toBeLessThan(1500);
    TcpListener.stop(structuredClone({ flag: listener.stopper.flag }));
    expect([...listener.incoming()]).toEqual([]);
    expect(thrownBy(() => listener.accept())).toMatchObject({ code: 'ERR_SERVER_NOT_RUNNING' });
    listener.close();
    listener.close();
    expect(listener.address()).toBeNull();
    expect(listener.port).toBe(0);
  });

  it('throws what server.listen emits', async () => {
    using listener = TcpListener.bind({ port: 0, host: '127.0.0.1' });
    const { port } = listener;
    const theirs = await new Promise((resolve) => net.createServer().on('error', resolve).listen(port, '127.0.0.1'));
    const { message, ...facts } = factsOf(thrownBy(() => TcpListener.bind({ port, host: '127.0.0.1' })));
    // Node puts the reason in words into this one message.
    expect((theirs as Error).message.replace(': address already in use', '')).toContain(String(message).split(':')[0]);
    expect(facts).toEqual({ ...factsOf(theirs), message: undefined });
  });

  it('listens on a Unix domain socket, and removes it', async () => {
    const path = join(folder, `${name}.sock`);
    const listener = TcpListener.bind({ path, allowHalfOpen: true });
    expect(listener.address()).toEqual({ path });
    const talker = await client({ path }, ['hello']);
    const socket = listener.accept(5000);
    socket.end(socket.readToEnd().toString().toUpperCase());
    for (let tries = 0; tries < 100 && Atomics.load(talker.shared, 0) < 1; tries++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(Atomics.load(talker.shared, 0)).toBe(1);
    listener.close();
    expect(existsSync(path)).toBe(false);
    await talker.stop();
  });
});

onEachBackend('UdpSocket', (name) => {
  if (name === 'descriptor') {
    it.skip('is not to be had', () => undefined);
    return;
  }

  it.each(['127.0.0.1', '::1'])('sends and receives over %s', (host) => {
    using here = UdpSocket.bind({ host });
    using there = UdpSocket.bind({ host });
    expect(here.send('ping', there.port, host)).toBe(4);
    const { data, from } = there.receive(2000);
    expect(data.toString()).toBe('ping');
    expect(from).toEqual({ address: host, port: here.port, family: host === '::1' ? 'IPv6' : 'IPv4' });
    there.connect(here.port, host).send(Buffer.from('pong'));
    expect(here.receive(2000).data.toString()).toBe('pong');
    expect(thrownBy(() => here.receive(50))).toMatchObject({ code: 'ETIMEDOUT', syscall: 'recv' });
    here.send(Buffer.alloc(60_000), there.port, host);
    expect(there.receive(2000).data).toHaveLength(60_000);
    here.send('', there.port, host);
    expect(there.receive(2000).data).toHaveLength(0);
  });

  it('speaks with node:dgram', async () => {
    const echo = await inWorker(({ require, ready }: ServerContext<undefined>) => {
      const socket = (require('node:dgram') as typeof dgram).createSocket('udp4');
      socket.on('message', (data, from) => socket.send(`<${data.toString()}>`, from.port, from.address));
      socket.bind(0, '127.0.0.1', () => ready(socket.address().port));
    });
    using socket = UdpSocket.bind();
    socket.setBroadcast(true);
    socket.send('hey', echo.info, 'localhost');
    expect(socket.receive(2000).data.toString()).toBe('<hey>');
    await echo.stop();
  });

  it('says what it cannot do', () => {
    const socket = UdpSocket.bind();
    expect(thrownBy(() => socket.send(Buffer.alloc(70_000), 9, '127.0.0.1'))).toMatchObject({ code: 'EMSGSIZE' });
    expect(thrownBy(() => socket.send('x'))).toMatchObject({ code: 'ERR_MISSING_ARGS' });
    expect(thrownBy(() => socket.send('x', 9, '::1'))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
    socket.close();
    socket.close();
    expect(thrownBy(() => socket.receive())).toMatchObject({ code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
  });
});

describe.runIf(table('koffi') ?? table('ffi'))('a worker', () => {
  const start = async (
    body: string,
  ): Promise<{ worker: Worker; info: { port: number; stopper: { flag: SharedArrayBuffer } } }> => {
    const source = `import { parentPort } from 'node:worker_threads'; import * as net from ${JSON.stringify(library)}; ${body}`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { execArgv: [] });
    const info = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    return { worker, info: info as never };
  };

  it('can be terminated while it waits in accept', async () => {
    const { worker } = await start(
      `const listener = net.TcpListener.bind(0); parentPort.postMessage({ port: listener.port }); listener.accept();`,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    const begin = performance.now();
    await worker.terminate();
    expect(performance.now() - begin).toBeLessThan(1000);
  });

  it('can be terminated while it waits in read', async () => {
    const mute = net.createServer((socket) => void socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await new Promise((resolve) => mute.once('listening', resolve));
    const { port } = mute.address() as net.AddressInfo;
    const { worker } = await start(
      `const socket = net.connectSync(${port}, '127.0.0.1'); parentPort.postMessage({}); socket.read();`,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    const begin = performance.now();
    await worker.terminate();
    expect(performance.now() - begin).toBeLessThan(1000);
    mute.close();
  });

  it('serves a blocking client of another thread, and ends when it is stopped from there', async () => {
    const { worker, info } = await start(
      `const listener = net.TcpListener.bind({ port: 0, host: '127.0.0.1', allowHalfOpen: true });
       parentPort.postMessage({ port: listener.port, stopper: listener.stopper });
       for (const socket of listener.incoming()) { socket.setNoDelay(); for (const line of socket.lines()) socket.writeAll(line.toUpperCase() + '\\n'); socket.end(); }
       listener.close();`,
    );
    useSockets(table('koffi') ?? table('ffi'));
    const { connectSync } = await import('../src/net.ts');
    for (let index = 0; index < 5; index++) {
      const socket = connectSync(info.port, '127.0.0.1');
      socket.writeAll('one\ntwo\n');
      socket.end();
      expect([...socket.lines()]).toEqual(['ONE', 'TWO']);
    }
    useSockets(undefined);
    const gone = new Promise((resolve) => worker.once('exit', resolve));
    TcpListener.stop(info.stopper);
    expect(await gone).toBe(0);
  });
});
