import { spawn } from 'node:child_process';
import http from 'node:http';
import net from 'node:net';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { library } from './servers/bundle.ts';

const servers = {
  mute: net.createServer((socket) => void socket.on('error', () => undefined)),
  web: http.createServer((_request, response) => void response.end('here')),
};
const ports: Record<string, number> = {};
beforeAll(async () => {
  for (const [name, server] of Object.entries(servers)) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    ports[name] = (server.address() as net.AddressInfo).port;
  }
});
afterAll(() => {
  servers.mute.close();
  servers.web.close();
  servers.web.closeAllConnections();
});

/**
 * Runs a program on the bridge whose first worker comes to the end that `first` brings about, and tells what it said.
 * A worker's own code cannot be made to die from outside, so the class that starts it puts `first` in front of it.
 */
async function run(first: string, program: string): Promise<{ output: string }> {
  const source = `
    const threads = process.getBuiltinModule('node:worker_threads');
    const { Worker } = threads;
    let count = 0;
    threads.Worker = class extends Worker {
      constructor(source, options) { super((count++ === 0 ? ${JSON.stringify(first)} : '') + source, options); }
    };
    const { connectSync, fetchSync, requestSync, TcpListener, TlsStream } = await import(${JSON.stringify(library)});
    const { writeSync } = await import('node:fs');
    const say = (...what) => writeSync(1, what.join(' ') + '\\n');
    const tell = (act) => { try { say('returned', act()); } catch (error) { say(error.code, error.message); return error; } };
    ${program}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    env: { ...process.env, UNAWAIT_BACKEND: 'bridge', NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (output += bytes.toString()));
  const guard = setTimeout(() => child.kill('SIGKILL'), 40_000);
  const [code, signal] = await new Promise<unknown[]>((resolve) => child.once('close', (...how) => resolve(how)));
  clearTimeout(guard);
  if (code !== 0) output += `exit ${String(code)} ${String(signal)}`;
  return { output: output.trim() };
}

const soon = (what: string): string => `setTimeout(() => { ${what} }, 400);`;
const ends = {
  'calls process.exit': soon('process.exit(3)'),
  'throws what nobody catches': soon(`throw new Error('all wrong')`),
  'rejects what nobody catches': soon(`void Promise.reject(new Error('all wrong'))`),
  'runs out of memory': soon(`const all = []; for (;;) all.push(new Array(1e5).fill(all.length))`),
  'loops for ever': soon('for (;;);'),
};
const said: Record<string, RegExp> = {
  'calls process.exit': /ended with exit code 3 during `receive`/,
  'throws what nobody catches': /ended with exit code 1 \(all wrong\) during `receive`/,
  'rejects what nobody catches': /ended with exit code 1 \(all wrong\) during `receive`/,
  'runs out of memory': /ended without a word, or hangs, during `receive`/,
  'loops for ever': /ended without a word, or hangs, during `receive`/,
};

describe.concurrent('a worker behind sockets that', () => {
  it.for(Object.entries(ends))(
    '%s: the call throws, and the next one has a new worker',
    async ([name, first], here) => {
      const { output } = await run(
        first,
        `const socket = connectSync(${ports['mute']}, '127.0.0.1');
       tell(() => socket.read());
       tell(() => socket.read());
       tell(() => fetchSync('http://127.0.0.1:${ports['web']}/').text());
       tell(() => socket.writeAll('x'));`,
      );
      const lines = output.split('\n');
      here.expect(lines[0]).toMatch(/^ERR_BRIDGE_ENDED /);
      here.expect(lines[0]).toMatch(said[name]!);
      // What the dead worker held is lost; it is never taken for a socket of the new one.
      here.expect(lines[1]).not.toMatch(/^returned/);
      here.expect(lines[2]).toBe('returned here');
      here.expect(lines[3]).not.toMatch(/^returned/);
      here.expect(lines).toHaveLength(4);
    },
  );

  it.for([
    ['has a syntax error', 'syntax error;'],
    ['throws at its first line', `throw new Error('no start');`],
    ['exits at its first line', `process.exit(4);`],
  ] as const)('%s: the call throws', async ([, first], here) => {
    const { output } = await run(
      first,
      `tell(() => connectSync(${ports['mute']}, '127.0.0.1')); tell(() => requestSync('http://127.0.0.1:${ports['web']}/').body);`,
    );
    here
      .expect(output)
      .toMatch(/^ERR_BRIDGE_ENDED .* did not start during `connect`; its connections are lost\nreturned here$/);
  });

  it('ends in an accept: the call throws, and the next listener has a new worker', async (here) => {
    const { output } = await run(
      ends['calls process.exit'],
      `const listener = TcpListener.bind({ port: 0 });
       tell(() => listener.accept());
       say(TcpListener.bind({ port: 0 }).address().port > 0);`,
    );
    here.expect(output).toMatch(/^ERR_BRIDGE_ENDED .*ended with exit code 3 during `accept`.*\ntrue$/);
  });

  it('ends in a handshake: TLS throws, and so does fetchSync with it as its cause', async (here) => {
    const { output } = await run(
      ends['throws what nobody catches'],
      `tell(() => TlsStream.connect({ host: '127.0.0.1', port: ${ports['mute']} }));`,
    );
    here.expect(output).toMatch(/^ERR_BRIDGE_ENDED .*\(all wrong\) during `secure`/);
    const fetched = await run(
      ends['throws what nobody catches'],
      `const error = tell(() => fetchSync('https://127.0.0.1:${ports['mute']}/')); say(error.name, error.cause.code);`,
    );
    here.expect(fetched.output).toMatch(/fetch failed\nTypeError ERR_BRIDGE_ENDED$/);
  });

  it('ended between two requests: a kept connection is replaced', async (here) => {
    for (const method of ['GET', 'POST']) {
      const { output } = await run(
        ends['calls process.exit'],
        `const ask = () => requestSync('http://127.0.0.1:${ports['web']}/', { method: '${method}' }).body;
         tell(ask);
         Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 900);
         tell(ask);`,
      );
      here.expect([method, output]).toEqual([method, 'returned here\nreturned here']);
    }
  });
});
