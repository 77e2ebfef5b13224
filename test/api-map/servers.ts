import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { gzipSync } from 'node:zlib';

/** What the cases of `fetch` and `net` talk to; it runs in the test's process, the cases in children. */
export interface Servers {
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

export async function startServers(): Promise<Servers> {
  const http = createHttpServer((request, response) => void answer(request, response));
  const echo = createServer({ allowHalfOpen: true }, (socket) => void socket.on('error', () => undefined).pipe(socket));
  const closed = createServer();
  const [url, port, closedPort] = await Promise.all([listening(http), listening(echo), listening(closed)]);
  closed.close();
  return {
    env: {
      CASES_URL: `http://127.0.0.1:${url}`,
      CASES_PORT: String(port),
      CASES_CLOSED_URL: `http://127.0.0.1:${closedPort}`,
    },
    close: () => {
      http.closeAllConnections();
      http.close();
      echo.close();
    },
  };
}

function listening(server: ReturnType<typeof createServer> | ReturnType<typeof createHttpServer>): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  switch (request.url) {
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
    case '/empty':
      return void response.writeHead(204).end();
    case '/never':
      return;
    default:
      return void response.writeHead(404, 'Not Here').end('no such page');
  }
}
