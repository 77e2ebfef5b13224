import { X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Agent, fetchSync, requestSync } from '../src/http.ts';
import { connectSync, TlsStream } from '../src/tls.ts';
import { onEachBackend } from './servers/backends.ts';
import { thrownBy } from './servers/catch.ts';
import { makeCertificate } from './servers/certificates.ts';
import { inWorker } from './servers/in-worker.ts';
import type { Certificate } from './servers/certificates.ts';
import type { RunningServer, ServerContext } from './servers/in-worker.ts';

const authority = { name: 'Test authority', ...makeCertificate({ name: 'Test authority', authority: true }) };
const names = ['localhost', '127.0.0.1', '*.wild.example'];
const good = makeCertificate({ name: 'localhost', names, issuer: authority });
const expired = makeCertificate({ name: 'localhost', names, issuer: authority, days: -1 });
const selfSigned = makeCertificate({ name: 'localhost', names });
const client = makeCertificate({ name: 'a client', issuer: authority });

interface Setup extends Certificate {
  clientAuthority?: string;
  maxVersion?: 'TLSv1.2';
  raw?: boolean;
}

/** An HTTPS server, or with `raw` one that echoes. `shared[0]` counts the handshakes. */
function secureServer({ data, require, ready, shared }: ServerContext<Setup>): void {
  const options = {
    cert: data.cert,
    key: data.key,
    ...(data.maxVersion && { maxVersion: data.maxVersion }),
    ...(data.clientAuthority && { ca: data.clientAuthority, requestCert: true, rejectUnauthorized: true }),
  };
  const server = data.raw
    ? (require('node:tls') as typeof tls).createServer(
        { ...options, allowHalfOpen: true } as tls.TlsOptions,
        (socket) => {
          socket.on('error', () => undefined);
          socket.pipe(socket);
        },
      )
    : (require('node:https') as typeof import('node:https')).createServer(options, (request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const socket = request.socket as unknown as Pick<tls.TLSSocket, 'getPeerCertificate' | 'getProtocol'> & {
            servername?: string;
          };
          const body = Buffer.concat(chunks).toString();
          if (request.url === '/big') return void response.end(Buffer.alloc(20_000_000, 'x'));
          response.end(
            JSON.stringify({
              url: request.url,
              name: socket.servername,
              body,
              peer: socket.getPeerCertificate().subject,
              protocol: socket.getProtocol(),
            }),
          );
        });
      });
  server.on('secureConnection', () => Atomics.add(shared, 0, 1));
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1', () => ready((server.address() as import('node:net').AddressInfo).port));
}

const servers: Record<string, RunningServer> = {};
beforeAll(async () => {
  const setups: Record<string, Setup> = {
    good,
    expired,
    selfSigned,
    old: { ...good, maxVersion: 'TLSv1.2' },
    picky: { ...good, clientAuthority: authority.cert },
    echo: { ...good, raw: true },
  };
  for (const [name, setup] of Object.entries(setups)) servers[name] = await inWorker(secureServer, setup);
});
afterAll(async () => {
  for (const server of Object.values(servers)) await server.stop();
});

const ca = authority.cert;
const at = (name: string, more: object = {}) => ({
  port: servers[name]!.info,
  host: 'localhost',
  timeout: 10_000,
  ...more,
});

onEachBackend('TLS', () => {
  it('speaks with a trusted server, by name and by address', () => {
    for (const host of ['localhost', '127.0.0.1']) {
      using socket = connectSync(at('echo', { ca, host }));
      expect(socket).toMatchObject({
        authorized: true,
        encrypted: true,
        authorizationError: null,
        remoteAddress: '127.0.0.1',
      });
      expect(socket.getProtocol()).toBe('TLSv1.3');
      expect(new X509Certificate(socket.getPeerCertificateRaw()!).fingerprint256).toBe(
        new X509Certificate(good.cert).fingerprint256,
      );
      socket.writeAll('hello');
      expect(socket.readExact(5).toString()).toBe('hello');
      socket.writeAll('one\ntwo\n');
      socket.end();
      expect([...socket.lines()]).toEqual(['one', 'two']);
    }
  });

  it('opens when it is asked to, or by the first write', () => {
    const { port, host, ...rest } = at('good', { ca }) as { port: number; host: string };
    using socket = TlsStream.to(port, host, rest);
    expect(socket).toMatchObject({ authorized: false, bytesWritten: 0 });
    expect(socket.getProtocol()).toBeNull();
    expect(socket.connect()).toMatchObject({ authorized: true });
    using other = TlsStream.to(at('echo', { ca }));
    other.writeAll('hello');
    expect(other.readExact(5).toString()).toBe('hello');
    expect(other.getProtocol()).toBe('TLSv1.3');
    expect(thrownBy(() => TlsStream.to(at('selfSigned')).connect())).toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
  });

  it('refuses what node:tls refuses, with its codes', async () => {
    const cases: [string, object][] = [
      ['selfSigned', {}],
      ['good', {}],
      ['good', { ca: selfSigned.cert }],
      ['expired', { ca }],
      ['good', { ca, servername: 'other.example' }],
      ['good', { ca, servername: 'deep.er.wild.example' }],
    ];
    for (const [name, options] of cases) {
      const theirs = await new Promise<Error & { code: string }>((resolve, reject) => {
        const socket = tls.connect({ ...at(name), ...options }, () => reject(new Error('Node accepted it')));
        socket.on('error', resolve as (error: Error) => void);
      });
      expect(thrownBy(() => connectSync(at(name, options))).code, `${name} ${JSON.stringify(options)}`).toBe(
        theirs.code,
      );
    }
    using wild = connectSync(at('good', { ca, servername: 'any.wild.example' }));
    expect(wild.authorized).toBe(true);
  });

  it('lets an untrusted server pass only when told so', () => {
    using socket = connectSync(at('selfSigned', { rejectUnauthorized: false }));
    expect(socket.authorized).toBe(false);
    expect(socket.authorizationError).toBeInstanceOf(Error);
    const saved = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      using lax = TlsStream.connect(at('expired'));
      expect(lax.authorized).toBe(false);
    } finally {
      if (saved === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = saved;
    }
  });

  it('speaks TLS 1.2', () => {
    const options = { ca, agent: false as const };
    expect(JSON.parse(requestSync(`https://localhost:${servers.old!.info}/`, options).body.toString())).toMatchObject({
      protocol: 'TLSv1.2',
    });
  });

  it('shows its own certificate', () => {
    const options = { ca, agent: false as const, cert: client.cert, key: client.key };
    const url = `https://localhost:${servers.picky!.info}/`;
    expect(JSON.parse(requestSync(url, options).body.toString())).toMatchObject({ peer: { CN: 'a client' } });
    expect(thrownBy(() => requestSync(url, { ca, agent: false })).message).not.toBe('');
    expect(thrownBy(() => requestSync(url, { ...options, key: 'nonsense' })).message).not.toBe('');
  });

  it('carries HTTPS over one connection', () => {
    using agent = new Agent({ ca });
    const before = Atomics.load(servers.good!.shared, 0);
    const base = `https://localhost:${servers.good!.info}`;
    for (let index = 0; index < 20; index++) {
      expect(fetchSync(`${base}/${index}`, { agent }).json()).toMatchObject({ url: `/${index}`, name: 'localhost' });
      const posted = requestSync(`${base}/post`, { agent, method: 'POST' }, 'cargo').body.toString();
      expect(JSON.parse(posted)).toMatchObject({ body: 'cargo' });
    }
    expect(fetchSync(`${base}/big`, { agent }).bytes().length).toBe(20_000_000);
    expect(Atomics.load(servers.good!.shared, 0) - before).toBe(1);
    expect(thrownBy(() => fetchSync(base)).cause).toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  });

  it('keeps deadlines', async () => {
    using socket = connectSync(at('echo', { ca }));
    socket.setTimeout(60);
    expect(thrownBy(() => socket.read())).toMatchObject({ code: 'ETIMEDOUT', syscall: 'read' });
    socket.writeAll('x');
    expect(socket.readExact(1).toString()).toBe('x');
    const mute = await inWorker(({ require, ready }: ServerContext<undefined>) => {
      const net = require('node:net') as typeof import('node:net');
      const server = net.createServer((socket) => void socket.on('error', () => undefined));
      server.listen(0, '127.0.0.1', () => ready((server.address() as import('node:net').AddressInfo).port));
    });
    const start = performance.now();
    expect(thrownBy(() => connectSync({ host: '127.0.0.1', port: mute.info, timeout: 100 }))).toMatchObject({
      code: 'ETIMEDOUT',
    });
    expect(performance.now() - start).toBeLessThan(2000);
    await mute.stop();
  });

  it('says when the other side speaks no TLS, or hangs up', async () => {
    const rude = await inWorker(({ require, ready, shared }: ServerContext<undefined>) => {
      const net = require('node:net') as typeof import('node:net');
      const server = net.createServer((socket) => {
        socket.on('error', () => undefined);
        if (Atomics.add(shared, 0, 1) === 0) socket.end('HTTP/1.0 400 Bad Request\r\n\r\n');
        else socket.destroy();
      });
      server.listen(0, '127.0.0.1', () => ready((server.address() as import('node:net').AddressInfo).port));
    });
    const options = { host: '127.0.0.1', port: rude.info, timeout: 5000 };
    expect(thrownBy(() => connectSync(options)).code).toMatch(/^(ERR_SSL_|EPROTO)/);
    expect(thrownBy(() => connectSync(options))).toMatchObject({ code: 'ECONNRESET' });
    await rude.stop();
  });

  it('goes through a proxy by a tunnel', async () => {
    const proxy = await inWorker(({ require, ready, shared }: ServerContext<undefined>) => {
      const [http, net] = [
        require('node:http') as typeof import('node:http'),
        require('node:net') as typeof import('node:net'),
      ];
      const server = http.createServer();
      server.on('connect', (request: import('node:http').IncomingMessage, socket: import('node:net').Socket) => {
        Atomics.add(shared, 0, 1);
        socket.on('error', () => undefined);
        if (request.headers['proxy-authorization'] === undefined)
          return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
        const there = net.connect(Number(request.url!.split(':')[1]), '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
          there.pipe(socket);
          socket.pipe(there);
        });
        there.on('error', () => socket.destroy());
      });
      server.listen(0, '127.0.0.1', () => ready((server.address() as import('node:net').AddressInfo).port));
    });
    using agent = new Agent({ ca, proxy: `http://me:secret@127.0.0.1:${proxy.info}` });
    expect(fetchSync(`https://localhost:${servers.good!.info}/through`, { agent }).json()).toMatchObject({
      url: '/through',
    });
    expect(Atomics.load(proxy.shared, 0)).toBe(1);
    using stranger = new Agent({ ca, proxy: `http://127.0.0.1:${proxy.info}` });
    expect(thrownBy(() => requestSync(`https://localhost:${servers.good!.info}/`, { agent: stranger }))).toMatchObject({
      code: 'ERR_PROXY_TUNNEL',
    });
    await proxy.stop();
  });
});

describe('the authorities that Node trusts', () => {
  it('are read when none is named', () => {
    expect(tls.rootCertificates.length).toBeGreaterThan(50);
    expect(thrownBy(() => connectSync(at('good')))).toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  });
});
