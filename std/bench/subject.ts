import http from 'node:http';
import net from 'node:net';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Agent, globalAgent, requestSync } from '../src/http.ts';
import { connectSync } from '../src/net.ts';
import '../src/parts/bridge.ts';
import '../src/parts/native.ts';

/** Measures one client, by its name, in all the exchanges it can do. Prints one JSON object. */
const [, , name = '', echoPort = '', httpPort = '', budgetText = ''] = process.argv;
const budget = Number(budgetText);
const require = createRequire(import.meta.url);

export interface Client {
  echo?(size: number): () => void | Promise<void>;
  /** An event pair: GET next, POST response. */
  pair?(keep: boolean): () => void | Promise<void>;
  big?(): void | Promise<void>;
  end?(): void | Promise<void>;
}

const host = '127.0.0.1';
const port = Number(httpPort);
const base = `http://${host}:${port}`;
const body = 'x'.repeat(120);

const std = (): Client => ({
  echo(size) {
    const socket = connectSync({ host, port: Number(echoPort), noDelay: true });
    const bytes = Buffer.alloc(size, 'x');
    const back = Buffer.alloc(size);
    return () => {
      socket.writeAll(bytes);
      for (let got = 0; got < size;) got += socket.readInto(back, got);
    };
  },
  pair(keep) {
    const agent = keep ? globalAgent : new Agent({ keepAlive: false });
    const [get, post] = [
      { host, port, path: '/next', agent },
      { host, port, path: '/response', method: 'POST', agent },
    ];
    return () => {
      if (requestSync(get).body.length === 0) throw new Error('No event');
      if (requestSync(post, body).statusCode !== 202) throw new Error('Not accepted');
    };
  },
  big() {
    let size = 0;
    for (const chunk of requestSync(`${base}/big`, { stream: true })) size += chunk.length;
    if (size !== 64 * 1024 * 1024) throw new Error('Not all came');
  },
});

const node = (): Client => ({
  echo(size) {
    const socket = net.connect({ host, port: Number(echoPort), noDelay: true });
    const bytes = Buffer.alloc(size, 'x');
    return async () => {
      socket.write(bytes);
      let got = 0;
      await new Promise<void>((resolve) => {
        const take = (chunk: Buffer): void => {
          got += chunk.length;
          if (got < size) return;
          socket.off('data', take);
          resolve();
        };
        socket.on('data', take);
      });
    };
  },
  pair(keep) {
    const agent = new http.Agent({ keepAlive: keep });
    const ask = (options: http.RequestOptions, text?: string): Promise<Buffer> =>
      new Promise((resolve, reject) => {
        const length = text === undefined ? {} : { 'content-length': text.length };
        const request = http.request({ host, port, agent, ...options, headers: length }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => resolve(Buffer.concat(chunks)));
        });
        request.on('error', reject);
        request.end(text);
      });
    return async () => {
      await ask({ path: '/next' });
      await ask({ path: '/response', method: 'POST' }, body);
    };
  },
  async big() {
    const request = http.get(`${base}/big`, { agent: false });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();
    await once(response, 'end');
    request.destroy();
  },
});

interface Undici {
  request: (
    url: string,
    options?: object,
  ) => Promise<{ body: AsyncIterable<Buffer> & { arrayBuffer(): Promise<ArrayBuffer> } }>;
  Agent: new (options: object) => object;
}

const undici = (): Client => {
  const { request, Agent } = require('undici') as Undici;
  return {
    pair(keep) {
      const dispatcher = new Agent(keep ? {} : { pipelining: 0 });
      return async () => {
        await (await request(`${base}/next`, { dispatcher })).body.arrayBuffer();
        await (await request(`${base}/response`, { dispatcher, method: 'POST', body })).body.arrayBuffer();
      };
    },
    async big() {
      let size = 0;
      for await (const chunk of (await request(`${base}/big`)).body) size += chunk.length;
      if (size !== 64 * 1024 * 1024) throw new Error('Not all came');
    },
  };
};

const viaFetch = (): Client => ({
  pair(keep) {
    const headers = keep ? {} : { connection: 'close' };
    return async () => {
      await (await fetch(`${base}/next`, { headers })).arrayBuffer();
      await (await fetch(`${base}/response`, { method: 'POST', body, headers })).arrayBuffer();
    };
  },
  async big() {
    let size = 0;
    for await (const chunk of (await fetch(`${base}/big`)).body!) size += (chunk as Uint8Array).length;
    if (size !== 64 * 1024 * 1024) throw new Error('Not all came');
  },
});

type FetchFunction = (url: string, init?: object) => { buffer(): Buffer };
const syncFetch = (): Client => {
  const ask = require('sync-fetch') as FetchFunction;
  return {
    pair: (keep) => {
      if (keep) throw new Error('It keeps no connection');
      return () => {
        ask(`${base}/next`).buffer();
        ask(`${base}/response`, { method: 'POST', body }).buffer();
      };
    },
  };
};

const synckit = (): Client => {
  const { createSyncFn } = require('synckit') as {
    createSyncFn: (path: string) => (url: string, options?: object) => number;
  };
  const ask = createSyncFn(process.env['SYNCKIT_WORKER'] ?? '');
  return {
    pair: (keep) => {
      if (!keep) throw new Error('Its worker keeps connections');
      return () => {
        ask(`${base}/next`);
        ask(`${base}/response`, { method: 'POST', body });
      };
    },
    big: () => void ask(`${base}/big`),
  };
};

const clients: Record<string, () => Client> = { std, node, undici, fetch: viaFetch, 'sync-fetch': syncFetch, synckit };

/**
 * Microseconds of wall clock and of CPU for one exchange. The lower quartile of batches of 5 ms stands for the wall
 * clock: other work on the machine spoils the rest. Warm is who has run for a third of the budget and 400 ms of CPU.
 */
async function measure(act: () => void | Promise<void>): Promise<{ us: number; cpu: number }> {
  const once = async (): Promise<void> => {
    const going = act();
    if (going !== undefined) await going;
  };
  const begun = performance.now();
  const usedMs = (since?: NodeJS.CpuUsage): number => {
    const { user, system } = process.cpuUsage(since);
    return (user + system) / 1000;
  };
  const atFirst = process.cpuUsage();
  for (let passed = 0; passed < budget / 3 || (usedMs(atFirst) < 400 && passed < budget * 8);) {
    await once();
    passed = performance.now() - begun;
  }
  const [start, used] = [performance.now(), process.cpuUsage()];
  const batches: number[] = [];
  let count = 0;
  do {
    const from = performance.now();
    let [inBatch, passed] = [0, 0];
    do {
      await once();
      inBatch++;
      passed = performance.now() - from;
    } while (passed < 5);
    count += inBatch;
    batches.push((passed * 1000) / inBatch);
  } while (performance.now() - start < budget);
  batches.sort((a, b) => a - b);
  return { us: batches[Math.floor(batches.length / 4)]!, cpu: (usedMs(used) * 1000) / count };
}

const client = clients[name.split(' ')[0]!]!();
const results: Record<string, { us: number; cpu: number }> = {};
const attempt = async (kind: string, make: () => (() => void | Promise<void>) | undefined): Promise<void> => {
  let act: (() => void | Promise<void>) | undefined;
  try {
    act = make();
  } catch {
    return;
  }
  if (act !== undefined) results[kind] = await measure(act);
};
await attempt('echo64', () => client.echo?.(64));
await attempt('echo64k', () => client.echo?.(65536));
await attempt('pair', () => client.pair?.(true));
await attempt('pairNew', () => client.pair?.(false));
await attempt('big', () => client.big && (() => client.big!()));
process.stdout.write(`${JSON.stringify(results)}\n`, () => process.exit());
