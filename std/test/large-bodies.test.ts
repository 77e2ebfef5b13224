import { createCipheriv, createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fetchSync, requestSync } from '../src/http.ts';
import { connectSync } from '../src/net.ts';
import { TlsStream } from '../src/tls.ts';
import { onEachBackend } from './servers/backends.ts';
import { thrownBy } from './servers/catch.ts';
import { makeCertificate } from './servers/certificates.ts';
import { inWorker } from './servers/in-worker.ts';
import type { Certificate } from './servers/certificates.ts';
import type { RunningServer, ServerContext } from './servers/in-worker.ts';

/** 64 MiB in which no two stretches are alike, so that a lost, doubled or moved one shows. */
const large = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(64 << 20));
const digest = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex');
const expected = digest(large);
const certificate = makeCertificate({ name: 'localhost', names: ['localhost', '127.0.0.1'] });

/**
 * Sends those bytes, however the path wants them framed; what it is sent itself it answers with the digest of.
 * Without TLS it listens twice: `shared[1]` is the port of a server without HTTP, which sends to who says `get`.
 */
function serveLarge({ data, require, ready, shared }: ServerContext<Certificate | undefined>): void {
  const crypto = require('node:crypto') as typeof import('node:crypto');
  const net = require('node:net') as typeof import('node:net');
  const large = crypto.createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(64 << 20));
  const raw = net.createServer({ allowHalfOpen: true }, (socket) => {
    const hash = crypto.createHash('sha1');
    let first = true;
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      if (first && bytes.toString() === 'get') socket.end(large);
      else hash.update(bytes);
      first = false;
    });
    socket.on('end', () => !socket.writableEnded && socket.end(hash.digest('hex')));
  });
  const handle = (request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse): void => {
    const hash = crypto.createHash('sha1');
    request.on('data', (bytes: Buffer) => hash.update(bytes));
    request.on('end', () => {
      if (request.method !== 'GET') return void response.end(hash.digest('hex'));
      if (request.url === '/length') response.setHeader('content-length', large.length);
      if (request.url === '/close') {
        for (const name of ['transfer-encoding', 'content-length']) response.removeHeader(name);
      }
      if (request.url === '/gzip') {
        const zlib = require('node:zlib') as typeof import('node:zlib');
        return void response.setHeader('content-encoding', 'gzip').end(zlib.gzipSync(large, { level: 0 }));
      }
      if (request.url !== '/chunked') return void response.end(large);
      // Chunks of every size, some of them in one packet, some in many.
      let [from, size] = [0, 1];
      const more = (): void => {
        for (let goes = true; goes && from < large.length; from += size, size = (size * 3 + 1) % 300_007) {
          goes = response.write(large.subarray(from, from + size));
        }
        if (from < large.length) response.once('drain', more);
        else response.end();
      };
      more();
    });
  };
  const server = data
    ? (require('node:https') as typeof import('node:https')).createServer(data, handle)
    : (require('node:http') as typeof import('node:http')).createServer(handle);
  raw.listen(0, '127.0.0.1', () => {
    Atomics.store(shared, 1, (raw.address() as import('node:net').AddressInfo).port);
    server.listen(0, '127.0.0.1', () => ready((server.address() as import('node:net').AddressInfo).port));
  });
}

let plain: RunningServer;
let secure: RunningServer;
beforeAll(async () => {
  plain = await inWorker<Certificate | undefined>(serveLarge, undefined);
  secure = await inWorker<Certificate | undefined>(serveLarge, certificate);
});
afterAll(() => Promise.all([plain.stop(), secure.stop()]));

onEachBackend('64 MiB', () => {
  const base = (): string => `http://127.0.0.1:${plain.info}`;

  it.each([
    ['/length', { length: String(large.length), coding: undefined }],
    ['/chunked', { length: undefined, coding: 'chunked' }],
    ['/close', { length: undefined, coding: undefined }],
  ])('come whole over HTTP: %s', (path, framing) => {
    const { body, headers } = requestSync(base() + path, { agent: false });
    expect({ length: headers['content-length'], coding: headers['transfer-encoding'] }).toEqual(framing);
    expect([body.length, digest(body)]).toEqual([large.length, expected]);
  });

  it('come whole piece by piece, and from fetchSync, compressed or not', () => {
    const hash = createHash('sha1');
    for (const chunk of requestSync(`${base()}/chunked`, { stream: true })) hash.update(chunk);
    expect(hash.digest('hex')).toBe(expected);
    for (const path of ['/length', '/gzip']) expect(digest(fetchSync(base() + path).bytes())).toBe(expected);
  });

  it('go whole over HTTP, at once and from an iterable', () => {
    expect(requestSync(base(), { method: 'POST' }, large).body.toString()).toBe(expected);
    function* pieces(): Generator<Uint8Array> {
      for (let from = 0, size = 1; from < large.length; from += size, size = (size * 3 + 1) % 300_007)
        yield large.subarray(from, from + size);
    }
    expect(requestSync(base(), { method: 'POST' }, pieces()).body.toString()).toBe(expected);
  });

  it('are refused by a limit before they are held', () => {
    for (const path of ['/length', '/chunked'])
      expect(thrownBy(() => requestSync(base() + path, { maxBodySize: 1 << 20 }))).toMatchObject({
        code: 'ERR_BODY_TOO_LARGE',
      });
  });

  it('come and go whole over TCP', () => {
    using down = connectSync(Atomics.load(plain.shared, 1), '127.0.0.1');
    down.writeAll('get');
    expect(digest(down.readToEnd())).toBe(expected);
    using up = connectSync(Atomics.load(plain.shared, 1), '127.0.0.1');
    up.writeAll(large);
    up.end();
    expect(up.readToEnd().toString()).toBe(expected);
  });

  it('come and go whole over TLS', () => {
    const url = `https://localhost:${secure.info}`;
    const options = { ca: certificate.cert, agent: false } as const;
    expect(digest(requestSync(`${url}/length`, options).body)).toBe(expected);
    expect(requestSync(url, { ...options, method: 'POST' }, large).body.toString()).toBe(expected);
    using socket = TlsStream.connect({ host: 'localhost', port: secure.info, ca: certificate.cert });
    socket.writeAll('GET /length HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const answer = socket.readToEnd();
    expect(digest(answer.subarray(answer.length - large.length))).toBe(expected);
  });
});
