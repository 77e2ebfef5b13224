import { spawn } from 'node:child_process';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backends } from './servers/backends.ts';
import { bundle } from './servers/bundle.ts';

const library = bundle(
  `export * from './net.ts'; export * from './http.ts'; export * from './process.ts'; import './parts/bridge.ts'; import './parts/native.ts'; import './parts/tls.ts';`,
);

let port: number;
const mute = net.createServer((socket) => void socket.on('error', () => undefined));
beforeAll(async () => {
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  port = (mute.address() as net.AddressInfo).port;
});
afterAll(() => mute.close());

/** Runs a program that blocks in a read, sends it a signal once it says so, and tells how it ended. */
async function interrupted(backend: string, signal: NodeJS.Signals, program: string) {
  const source = `import * as std from ${JSON.stringify(library)}; import { writeSync } from 'node:fs';
    const say = (text) => writeSync(1, text + '\\n'); const block = () => { const socket = std.connectSync(${port}, '127.0.0.1'); say('blocking'); socket.read(); }; ${program}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    env: { ...process.env, UNAWAIT_BACKEND: backend, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, errors, sent] = ['', '', 0];
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString();
    if (sent === 0 && output.includes('blocking')) {
      sent = 1;
      setTimeout(() => {
        sent = performance.now();
        child.kill(signal);
      }, 60);
    }
  });
  const guard = setTimeout(() => child.kill('SIGKILL'), 10_000);
  const [code, by] = await new Promise<[number | null, string | null]>((resolve) =>
    child.once('close', (...how) => resolve(how)),
  );
  clearTimeout(guard);
  return { code, by, output: output.replace('blocking\n', ''), errors, took: performance.now() - sent };
}

describe.each(backends)('a signal during a blocking read on %s', (backend) => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends the process at once when nobody listens', async (signal) => {
    const { code, by, took } = await interrupted(backend, signal, 'block();');
    expect({ code, by }).toEqual({ code: null, by: signal });
    expect(took).toBeLessThan(1500);
  });
});

describe.each(backends.filter((name) => name === 'koffi' || name === 'ffi'))(
  'a signal with a listener on %s',
  (backend) => {
    it('interrupts the read; `finally` runs, then the listener', async () => {
      const program = `process.on('SIGTERM', () => { say('listener'); process.exit(7); });
      std.runMain(() => { try { block(); } catch (error) { say(error.name + ' ' + error.code + ' ' + error.syscall); throw error; } finally { say('finally'); } });`;
      const { code, output, took, errors } = await interrupted(backend, 'SIGTERM', program);
      expect(output, errors).toBe('InterruptedError EINTR read\nfinally\nlistener\n');
      expect(code).toBe(7);
      expect(took).toBeLessThan(1500);
    });

    it.each([
      ['requestSync', `std.requestSync('http://127.0.0.1:' + port)`],
      ['accept', `std.TcpListener.bind({ port: 0 }).accept()`],
      ['receive of UDP', `std.UdpSocket.bind({ port: 0 }).receive()`],
      ['a write that nobody takes', `std.connectSync(port, '127.0.0.1').writeAll(much)`],
      ['TLS', `std.requestSync('https://127.0.0.1:' + port)`],
    ])('interrupts %s', async (_name, wait) => {
      const program = `const port = ${port}; const much = Buffer.alloc(64 << 20, 1); process.on('SIGTERM', () => { say('listener'); process.exit(7); });
      // What TLS loads at first would still be loading when the signal comes, which only cuts short what waits.
      try { std.requestSync('https://127.0.0.1:' + port, { timeout: 30 }); } catch {}
      std.runMain(() => { try { say('blocking'); ${wait}; } catch (error) { say(error.name + ' ' + error.code); throw error; } finally { say('finally'); } });`;
      const { code, output, took, errors } = await interrupted(backend, 'SIGTERM', program);
      expect(output, errors).toBe('InterruptedError EINTR\nfinally\nlistener\n');
      expect(code).toBe(7);
      expect(took).toBeLessThan(1500);
    });

    it('goes on with the read after a stop and a continuation that nobody listens to', async () => {
      const program = `setTimeout(() => undefined, 0); const socket = std.connectSync(${port}, '127.0.0.1'); socket.setTimeout(400); say('blocking');
      try { socket.read(); } catch (error) { say(error.code); }`;
      const child = interrupted(backend, 'SIGCONT', program);
      const { code, output } = await child;
      expect({ code, output }).toEqual({ code: 0, output: 'ETIMEDOUT\n' });
    });

    it.each(['SIGWINCH', 'SIGCHLD'] as const)('goes on with the read after %s, whoever listens', async (signal) => {
      // A child that ends during the read is a SIGCHLD of its own.
      const program = `import { spawn } from 'node:child_process';
      for (const name of ['SIGTERM', 'SIGWINCH', 'SIGCHLD']) process.on(name, () => undefined);
      spawn('sleep', ['0.1']); const socket = std.connectSync(${port}, '127.0.0.1'); socket.setTimeout(400); say('blocking');
      try { socket.read(); } catch (error) { say(error.code); } process.exit(0);`;
      const { code, output } = await interrupted(backend, signal, program);
      expect({ code, output }).toEqual({ code: 0, output: 'ETIMEDOUT\n' });
    });
  },
);

describe.each(backends.filter((name) => name === 'descriptor' || name === 'bridge'))(
  'a signal with a listener on %s',
  (backend) => {
    it('does not cut the call short; its listener runs after the call', async () => {
      const program = `process.on('SIGTERM', () => { say('listener'); process.exit(7); });
      const socket = std.connectSync(${port}, '127.0.0.1'); socket.setTimeout(700); say('blocking');
      try { socket.read(); } catch (error) { say(error.code); } setTimeout(() => say('no listener'), 5_000);`;
      const { code, output, errors } = await interrupted(backend, 'SIGTERM', program);
      expect(output, errors).toBe('ETIMEDOUT\nlistener\n');
      expect(code).toBe(7);
    });
  },
);
