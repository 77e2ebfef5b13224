/** What an example of the README leaves out: the names that it takes from its reader's program, and its servers. */
export interface Setting {
  /** Stands between the imports and the example. */
  before?: string;
  /** What its addresses come to. */
  replace?: [from: string, to: string][];
  /** What has to be printed, in order. */
  prints?: string[];
}

/** Where the servers of the examples listen. */
export interface Ports {
  web: number;
  secure: number;
  lines: number;
  datagrams: number;
}

/** By heading. */
export const settings = (ports: Ports): Record<string, Setting> => ({
  '@unawait/std': { replace: [['https://example.org', `http://127.0.0.1:${ports.web}`]], prints: ['first', 'second'] },
  '@unawait/std/net': {
    before: `
      import { Worker } from 'node:worker_threads';
      function visited(listener: TcpListener): TcpListener {
        const visit = \`const { port, flag } = require('node:worker_threads').workerData;
          require('node:net').connect(port, 'localhost', function () { this.end('ping'); })
            .on('data', (bytes) => require('node:fs').writeSync(1, bytes + require('node:os').EOL)).on('close', () => Atomics.store(new Int32Array(flag), 0, 1));\`;
        new Worker(visit, { eval: true, workerData: { port: listener.port, flag: listener.stopper.flag } });
        return listener;
      }`,
    replace: [
      ['port: 6379', `port: ${ports.lines}`],
      [
        'TcpListener.bind({ port: 0, allowHalfOpen: true })',
        'visited(TcpListener.bind({ port: 0, allowHalfOpen: true }))',
      ],
      ['9000', String(ports.datagrams)],
      [
        'const { data, from } = udp.receive(1000);',
        'const { data, from } = udp.receive(1000); console.log(String(data), from.port);',
      ],
    ],
    prints: ['+PONG', 'ping', `ping ${ports.datagrams}`],
  },
  '@unawait/std/tls': {
    replace: [["'example.org', port: 443", `'localhost', port: ${ports.secure}`]],
    prints: ['TLSv1.3 true'],
  },
  '@unawait/std/http': {
    before: 'const companyAuthority = process.env["AUTHORITY"]!;',
    replace: [
      ['port: 9001', `port: ${ports.web}`],
      ['127.0.0.1:9001', `127.0.0.1:${ports.web}`],
      ['http://localhost/', `http://localhost:${ports.web}/`],
      [
        "fetchSync('https://intern.example', { agent });",
        "console.log(fetchSync('https://intern.example', { agent }).text());",
      ],
    ],
    prints: ['large', 'secure'],
  },
  '@unawait/std/axios': {
    replace: [['https://example.org', `http://127.0.0.1:${ports.web}`]],
  },
  '@unawait/std/time': {
    before: `let looks = 0; const isReady = (): boolean => ++looks > 2; const url = 'http://127.0.0.1:${ports.web}/';`,
  },
  '@unawait/std/thread': {
    before: `
      import assert from 'node:assert/strict';
      import { requestSync } from '@unawait/std/http';
      const expect = (actual: unknown) => ({ toEqual: (wanted: unknown) => assert.deepEqual(actual, wanted) });
      const callTheClientUnderTest = (port: number) => requestSync({ port, host: '127.0.0.1' });`,
  },
  '@unawait/std/child': {
    replace: [['const { code } =', 'console.log(stdout.trim()); const { code } =']],
    prints: ['git rev-parse HEAD', 'npm test'],
  },
  '@unawait/std/fs': {
    before: 'const count = (line: string): void => console.log(line);',
    prints: ['GET /', 'GET /a'],
  },
  '@unawait/std/outcome': {
    before: `
      const readA = (): string => 'a';
      const readB = (): never => { throw new Error('no b'); };
      const readConfig = (): { port: number } => { throw new Error('no configuration'); };`,
  },
  '@unawait/std/retry': {
    before: `
      let tries = 0;
      const url = 'x';
      const load = (from: string): string => { if (++tries < 2) throw new Error(from); console.log(tries); return from; };`,
    prints: ['2'],
  },
  '@unawait/std/lock': {
    before: 'const account = { id: 1 }; const save = (what: object): void => console.log(what);',
    prints: ['{ id: 1 }'],
  },
  '@unawait/std/process': {
    before: `const releaseLease = (): void => undefined; const serve = (): void => console.log('served');`,
    prints: ['served'],
  },
  '@unawait/std/bridge': {
    before: `const source = 'a  =  1';`,
    replace: [["parser: 'typescript' }]);", "parser: 'typescript' }]); console.log(formatted);"]],
    prints: ['a = 1;'],
  },
  '@unawait/std/crypto': { before: `const secret = Buffer.from('secret'); const bytes = Buffer.from('bytes');` },
  '@unawait/std/module': {
    replace: [['import.meta.url);', 'import.meta.url); console.log(handler());']],
    prints: ['handled'],
  },
  'In a bundle': {},
});
