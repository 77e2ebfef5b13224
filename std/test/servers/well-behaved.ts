import type { ServerContext } from './in-worker.ts';

/** A well-behaved server. `shared[0]` counts its connections. */
export function wellBehaved({ data, require, ready, shared }: ServerContext<string | undefined>): void {
  const http = require('node:http') as typeof import('node:http');
  const zlib = require('node:zlib') as typeof import('node:zlib');
  const handle = (request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://local');
      const size = Number(url.searchParams.get('size') ?? 0);
      const answer = (status: number, headers: Record<string, string | string[]>, body?: string | Buffer): unknown =>
        response.writeHead(status, headers).end(body);
      switch (url.pathname) {
        case '/echo':
          return answer(
            200,
            { 'content-type': 'application/json' },
            JSON.stringify({
              method: request.method,
              url: request.url,
              headers: request.headers,
              raw: request.rawHeaders,
              body: Buffer.concat(chunks).toString(),
            }),
          );
        case '/size':
          return answer(200, { 'content-length': String(size) }, Buffer.alloc(size, 'x'));
        case '/received':
          return answer(200, {}, String(Buffer.concat(chunks).length));
        case '/chunks':
          response.writeHead(200, { trailer: 'x-sum' });
          for (const part of ['one', 'two', 'three']) response.write(part);
          response.addTrailers({ 'x-sum': '11' });
          return response.end();
        case '/gzip':
          return answer(200, { 'content-encoding': 'gzip' }, zlib.gzipSync('squeezed'));
        case '/deflate':
          return answer(200, { 'content-encoding': 'deflate' }, zlib.deflateSync('squeezed'));
        case '/raw-deflate':
          return answer(200, { 'content-encoding': 'deflate' }, zlib.deflateRawSync('squeezed'));
        case '/br':
          return answer(200, { 'content-encoding': 'br' }, zlib.brotliCompressSync('squeezed'));
        case '/twice':
          return answer(200, { 'content-encoding': 'gzip, br' }, zlib.brotliCompressSync(zlib.gzipSync('squeezed')));
        case '/bomb': {
          const coding = url.searchParams.get('coding') ?? '';
          const squeeze = { gzip: zlib.gzipSync, deflate: zlib.deflateSync, br: zlib.brotliCompressSync }[coding]!;
          return answer(200, { 'content-encoding': coding }, squeeze(Buffer.alloc(1_000_000)));
        }
        case '/empty-gzip':
          return answer(200, { 'content-encoding': 'gzip' });
        case '/broken-gzip':
          return answer(200, { 'content-encoding': 'gzip' }, 'not gzip');
        case '/status':
          return answer(Number(url.searchParams.get('code')), {});
        case '/early':
          response.writeProcessing();
          response.writeEarlyHints({ link: '</a.css>; rel=preload' });
          return answer(200, {}, 'after hints');
        case '/repeated':
          return answer(200, { 'set-cookie': ['a=1', 'b=2'], 'x-many': ['1', '2'] }, '');
        case '/redirect': {
          const code = Number(url.searchParams.get('code') ?? 302);
          return answer(code, { location: url.searchParams.get('to') ?? '/echo' }, 'moved');
        }
        case '/loop':
          return answer(302, { location: '/loop' });
        case '/slow':
          return setTimeout(() => answer(200, {}, 'late'), 400);
        case '/stall':
          response.writeHead(200, { 'content-length': '10' });
          response.write('12345');
          return;
        case '/close':
          return answer(200, { connection: 'close' }, 'bye');
        default:
          return answer(404, {}, 'nothing here');
      }
    });
  };
  const server = http.createServer(handle);
  server.on('connection', () => Atomics.add(shared, 0, 1));
  const listen = (): unknown =>
    server.listen(0, '127.0.0.1', () => ready((server.address() as import('node:net').AddressInfo).port));
  if (data === undefined) listen();
  else http.createServer(handle).listen(data, listen);
}

/** What `/echo` answers with. */
export interface Echo {
  method: string;
  url: string;
  headers: Record<string, string>;
  raw: string[];
  body: string;
}
