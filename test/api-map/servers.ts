import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { makeCertificate } from '../../std/test/servers/certificates.ts';

/** What the cases of `fetch` and `net` talk to; it runs in the test's process, the cases in children. */
export interface Servers {
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

export async function startServers(): Promise<Servers> {
  const http = createHttpServer((request, response) => void answer(request, response));
  const echo = createServer({ allowHalfOpen: true }, (socket) => void socket.on('error', () => undefined).pipe(socket));
  const certificate = makeCertificate({ name: 'localhost', names: ['localhost'] });
  const secure = createTlsServer(
    { ...certificate, allowHalfOpen: true },
    (socket) => void socket.on('error', () => undefined).pipe(socket),
  );
  const closed = createServer();
  const [trusted, other] = [authority('trusted by all'), authority('trusted by those who are told')];
  const https = createHttpsServer(trusted.server, (request, response) => void answer(request, response));
  const otherHttps = createHttpsServer(other.server, (request, response) => void answer(request, response));
  const behindProxy = createHttpsServer(trusted.server, (_request, response) => void response.end('by a tunnel'));
  const proxy = createHttpServer(
    (request, response) => void response.end(`by a proxy: ${request.method} ${request.url!.replace(/:\d+/, '')}`),
  );
  const all = [http, echo, secure, closed, https, otherHttps, behindProxy, proxy];
  const [url, port, securePort, closedPort, httpsPort, otherPort, behindPort, proxyPort] = await Promise.all(
    all.map(listening),
  );
  // Wherever a tunnel is asked to lead, it leads to the server that says so.
  proxy.on('connect', (_request, socket) => {
    const through = connect(behindPort!, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(through).pipe(socket);
    });
    for (const each of [socket, through]) each.on('error', () => undefined);
  });
  const folder = mkdtempSync(join(tmpdir(), 'unawait-authority-'));
  writeFileSync(join(folder, 'trusted.pem'), trusted.ca);
  closed.close();
  return {
    env: {
      CASES_URL: `http://127.0.0.1:${url}`,
      CASES_PORT: String(port),
      CASES_TLS_PORT: String(securePort),
      CASES_CLOSED_URL: `http://127.0.0.1:${closedPort}`,
      CASES_HTTPS_URL: `https://localhost:${httpsPort}`,
      CASES_OTHER_HTTPS_URL: `https://localhost:${otherPort}`,
      CASES_OTHER_CA: other.ca,
      CASES_PROXY_URL: `http://127.0.0.1:${proxyPort}`,
      NODE_EXTRA_CA_CERTS: join(folder, 'trusted.pem'),
    },
    close: () => {
      rmSync(folder, { recursive: true });
      for (const server of [http, https, otherHttps, behindProxy, proxy]) {
        server.closeAllConnections();
        server.close();
      }
      echo.close();
      secure.close();
    },
  };
}

/** A certificate of an authority of its own, for `localhost`. */
function authority(name: string): { readonly ca: string; readonly server: { cert: string; key: string } } {
  const own = makeCertificate({ name, authority: true });
  const issuer = { ...own, name };
  return { ca: own.cert, server: makeCertificate({ name: 'localhost', names: ['localhost', '127.0.0.1'], issuer }) };
}

function listening(server: ReturnType<typeof createServer> | ReturnType<typeof createHttpServer>): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

const asked = new Set<string>();

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  switch (request.url!.split('?')[0]) {
    case '/text':
      return void response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 6 }).end('größ');
    case '/json':
      return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":[1,null,"ü"]}');
    case '/bytes':
      return void response.writeHead(200).end(Buffer.from([0, 1, 254, 255]));
    case '/echo': {
      const { method, headers } = request;
      const said = { method, type: headers['content-type'], one: headers['x-one'], body: body.toString('hex') };
      return void response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(said));
    }
    case '/redirect':
      return void response.writeHead(302, { location: '/text' }).end();
    case '/chunked':
      response.writeHead(200);
      response.write('one ');
      setTimeout(() => response.end('two'), 20);
      return;
    case '/gzip':
      return void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('packed words'));
    case '/bomb':
      return void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1_000_000)));
    case '/endless': {
      response.writeHead(200);
      const timer = setInterval(() => response.write(Buffer.alloc(4096)), 1);
      response.on('close', () => clearInterval(timer));
      return;
    }
    case '/empty':
      return void response.writeHead(204).end();
    case '/never':
      return;
    case '/half':
      response.writeHead(200, { 'content-length': 10 }).write('half');
      return;
    case '/cut':
      response.writeHead(200, { 'content-length': 10 }).write('half');
      setTimeout(() => response.destroy(), 20);
      return;
    case '/hang-up':
      return void response.destroy();
    case '/loop':
      return void response.writeHead(302, { location: '/loop' }).end();
    case '/moved/302':
    case '/moved/303':
    case '/moved/307':
      return void response.writeHead(Number(request.url!.slice(-3)), { location: '/echo' }).end('moved');
    case '/later': {
      // The first request of each process (its query) is too early.
      if (!asked.delete(request.url!)) {
        asked.add(request.url!);
        return void response.writeHead(503, { 'retry-after': '0.05' }).end('later');
      }
      return void response.writeHead(200).end('now');
    }
    case '/headers':
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(request.headers));
    case '/broken':
      return void response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":"broken"}');
    case '/false-json':
      return void response.writeHead(200, { 'content-type': 'application/json' }).end('{ no json');
    case '/query':
      return void response.writeHead(200).end(request.url);
    default:
      return void response.writeHead(404, 'Not Here').end('no such page');
  }
}
