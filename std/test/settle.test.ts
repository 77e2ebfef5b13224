import { afterAll, beforeAll, expect, it } from 'vitest';
import { onceSync, TcpStream } from '../src/net.ts';
import { onEachBackend } from './servers/backends.ts';
import { thrownBy } from './servers/catch.ts';
import { inWorker } from './servers/in-worker.ts';
import type { RunningServer, ServerContext } from './servers/in-worker.ts';

/** Greets, answers each line with itself in two parts, ends on `quit`, and is silent on `wait`. */
function greeter({ require, ready }: ServerContext<undefined>): void {
  const net = require('node:net') as typeof import('node:net');
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('hello\n');
    socket.on('data', (bytes) => {
      const line = bytes.toString();
      if (line === 'quit\n') return void socket.end('bye');
      if (line === 'wait\n') return;
      socket.write(line.slice(0, 2));
      setTimeout(() => socket.write(line.slice(2)), 5);
    });
  });
  server.listen(0, '127.0.0.1', () => ready((server.address() as import('node:net').AddressInfo).port));
}

let server: RunningServer;
beforeAll(async () => {
  server = await inWorker(greeter);
});
afterAll(() => server.stop());

/** A client as it is written for `net.Socket`. */
function clientOf(socket: TcpStream) {
  const events: string[] = [];
  let buffer = '';
  let pending: { resolve: (line: string) => void; reject: (error: Error) => void } | undefined;
  socket.once('connect', () => events.push('connect'));
  socket.on('data', (chunk) => {
    buffer += chunk.toString();
    const end = buffer.indexOf('\n');
    if (end === -1) return;
    const line = buffer.slice(0, end);
    buffer = buffer.slice(end + 1);
    pending?.resolve(line);
  });
  socket.on('end', () => events.push('end'));
  socket.on('error', (error) => {
    events.push(error.message);
    pending?.reject(error);
  });
  socket.on('close', (hadError) => events.push(`close ${hadError}`));
  const ask = (line?: string): string =>
    socket.settle<string>((resolve, reject) => {
      pending = { resolve, reject };
      if (line !== undefined) socket.writeAll(`${line}\n`);
    });
  return { ask, events };
}

onEachBackend('settle', () => {
  const open = (): TcpStream => TcpStream.to(server.info, '127.0.0.1');

  it('reads and tells the listeners until one has settled it', () => {
    const socket = open();
    const { ask, events } = clientOf(socket);
    expect(ask()).toBe('hello');
    expect([ask('one'), ask('two'), ask('three')]).toEqual(['one', 'two', 'three']);
    socket.destroy();
    expect(events).toEqual(['connect']);
  });

  it('tells the end, and throws where nothing came of it', () => {
    const { ask, events } = clientOf(open());
    ask();
    expect(thrownBy(() => ask('quit'))).toMatchObject({ code: 'ERR_UNEXPECTED_END' });
    expect(events).toEqual(['connect', 'end', 'close false']);
    expect(thrownBy(() => ask('more'))).toMatchObject({ code: 'ERR_STREAM_DESTROYED' });
  });

  it('tells an error of the connection', () => {
    const { ask, events } = clientOf(TcpStream.to(1, '127.0.0.1'));
    expect(thrownBy(() => ask('x'))).toMatchObject({ code: 'ECONNREFUSED' });
    expect(events).toEqual(['connect ECONNREFUSED 127.0.0.1:1', 'close true']);
  });

  it('calls the listener of a silence', () => {
    const socket = open();
    const { ask, events } = clientOf(socket);
    ask();
    socket.setTimeout(50);
    socket.on('timeout', () => socket.destroy(new Error('too slow')));
    expect(thrownBy(() => ask('wait'))).toMatchObject({ message: 'too slow' });
    expect(events).toEqual(['connect', 'too slow', 'close true']);
  });

  it('passes on what a listener throws, and what the start throws', () => {
    const socket = open();
    socket.once('data', () => {
      throw new RangeError('bad line');
    });
    expect(thrownBy(() => socket.settle(() => undefined))).toBeInstanceOf(RangeError);
    const start = (): never => {
      throw new TypeError('bad start');
    };
    expect(thrownBy(() => socket.settle(start))).toBeInstanceOf(TypeError);
    socket.destroy();
  });

  it('forgets listeners that are taken away', () => {
    const socket = open();
    const seen: string[] = [];
    const first = (chunk: Buffer): void => void seen.push(`first ${chunk.toString()}`);
    socket.on('data', first);
    expect(socket.settle<string>((resolve) => socket.once('data', (chunk) => resolve(chunk.toString())))).toBe(
      'hello\n',
    );
    socket.off('data', first);
    socket.settle((resolve) => {
      socket.on('data', () => resolve());
      socket.writeAll('again\n');
    });
    socket.removeAllListeners();
    expect(seen).toEqual(['first hello\n']);
    socket.destroy();
  });

  it('connects a socket that was made without a place, and once more after a close', () => {
    const socket = new TcpStream();
    expect(thrownBy(() => socket.read())).toMatchObject({ code: 'ERR_SOCKET_CLOSED' });
    for (let i = 0; i < 2; i++) {
      socket.connect(server.info, '127.0.0.1');
      expect(socket.read()!.toString()).toBe('hello\n');
      socket.destroy();
    }
    expect(thrownBy(() => socket.connect({ port: 1, host: '127.0.0.1' }))).toMatchObject({ code: 'ECONNREFUSED' });
  });
});

onEachBackend('timers of a stream', () => {
  it('are called by what waits, and not after they are cleared', () => {
    using socket = TcpStream.connect({ host: '127.0.0.1', port: server.info });
    expect(String(onceSync(socket, 'data')[0])).toBe('hello\n');
    const called: string[] = [];
    const cleared = socket.setTimer(() => called.push('cleared'), 20);
    socket.setTimer(() => called.push('kept'), 40);
    socket.clearTimer(cleared);
    socket.clearTimer(undefined);
    expect(
      thrownBy(() => socket.settle((_, reject) => void socket.setTimer(() => reject(new Error('late')), 60))).message,
    ).toBe('late');
    expect(called).toEqual(['kept']);
    socket.writeAll('a line\n');
    expect(String(onceSync(socket, 'data')[0])).toBe('a ');
  });

  it('end a wait by what they destroy the stream with', () => {
    using socket = TcpStream.connect({ host: '127.0.0.1', port: server.info });
    socket.read();
    socket.setTimer(() => socket.destroy(new Error('over')), 20);
    expect(thrownBy(() => socket.read()).message).toBe('over');
  });

  it('leave the time limit of the stream alone', () => {
    using socket = TcpStream.connect({ host: '127.0.0.1', port: server.info });
    socket.read();
    let calls = 0;
    socket.setTimer(() => calls++, 10);
    socket.setTimeout(30);
    expect(thrownBy(() => socket.read()).code).toBe('ETIMEDOUT');
    expect(calls).toBe(1);
  });

  it('let a listener of `timeout` settle without closing', () => {
    using socket = TcpStream.connect({ host: '127.0.0.1', port: server.info });
    socket.read();
    socket.setTimeout(20);
    const wait = (): void =>
      socket.settle((_, reject) => void socket.once('timeout', () => reject(new Error('silence'))));
    expect(thrownBy(wait).message).toBe('silence');
    expect(socket.closed).toBe(false);
    expect(thrownBy(() => void onceSync(socket, 'data')).code).toBe('ETIMEDOUT');
  });
});
