import { createServer, type AddressInfo, type Socket } from 'node:net';
import { deliver } from './deliver.ts';
import { createRequestReader, encodeAnswer, headerOf, type WireAnswer, type WireRequest } from './http-wire.ts';
import { malformedAnswer, unknownAnswer } from './lambda-answers.ts';
import { filledPayload, type Places } from './payload.ts';
import type { HttpPeer, PeerRoute } from './scenario.ts';
import { recordBody, type Exchange } from './transcript.ts';

export interface RunningHttpPeer {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Closes everything and returns the requests in the order in which they arrived whole. */
  finish(): readonly Exchange[];
}

/** Starts an HTTP server that answers by the peer's routes. `places` may be filled until the first request arrives. */
export function startHttpPeer(peer: HttpPeer, places: Places): Promise<RunningHttpPeer> {
  const startedAt = performance.now();
  const exchanges: Exchange[] = [];
  const sockets = new Set<Socket>();
  const answers = new Map<PeerRoute, number>();
  let finished = false;
  let connectionCount = 0;

  const since = (at: number): number => Math.round((at - startedAt) * 1000) / 1000;

  const takeRoute = (request: WireRequest): PeerRoute | undefined => {
    const found = peer.routes.find(
      (route) => fits(route, request) && (route.times === undefined || (answers.get(route) ?? 0) < route.times),
    );
    if (found !== undefined) answers.set(found, (answers.get(found) ?? 0) + 1);
    return found;
  };

  const record = (connection: number, request: WireRequest): Exchange => {
    const { method, path, version, headers, trailers, truncated } = request;
    const exchange: Exchange = {
      index: exchanges.length,
      event: null,
      connection,
      method,
      path,
      version,
      headers,
      body: recordBody(request.body),
      trailers,
      truncated,
      startedAt: since(request.startedAt),
      receivedAt: since(request.receivedAt),
      answeredAt: null,
      answer: { kind: 'left', status: null, errorType: null },
    };
    exchanges.push(exchange);
    return exchange;
  };

  const serve = (socket: Socket): void => {
    const connection = connectionCount++;
    const queue: WireRequest[] = [];
    let busy = false;
    let halfClosed = false;

    const takeUp = (): void => {
      const request = busy ? undefined : queue.shift();
      if (request === undefined) {
        if (halfClosed && !busy) socket.end();
        return;
      }
      busy = true;
      const exchange = record(connection, request);
      const route = request.truncated ? undefined : takeRoute(request);
      const whole = route === undefined ? unknownAnswer(404) : answerOf(route, places);
      const answer = request.method === 'HEAD' ? { ...whole, body: Buffer.alloc(0) } : whole;
      setTimeout(
        () => {
          if (finished || socket.destroyed) return;
          const close =
            request.version === 'HTTP/1.0' || headerOf(request.headers, 'connection')?.toLowerCase() === 'close';
          const { how, at } = deliver(socket, answer, route?.faults ?? [], close, () => {
            busy = false;
            takeUp();
          });
          exchange.answeredAt = since(at);
          exchange.answer.kind = how;
          exchange.answer.status = how === 'answered' ? answer.status : null;
        },
        route?.delayMs ?? peer.answerDelayMs ?? 0,
      );
    };

    const reader = createRequestReader({
      head(head) {
        if (headerOf(head.headers, 'expect')?.toLowerCase() === '100-continue')
          socket.write('HTTP/1.1 100 Continue\r\n\r\n');
      },
      request(request) {
        queue.push(request);
        takeUp();
      },
      malformed: () => socket.end(encodeAnswer(malformedAnswer()).bytes),
    });
    sockets.add(socket);
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
    socket.on('end', () => {
      halfClosed = true;
      reader.end();
      takeUp();
    });
    socket.on('error', () => reader.end());
    socket.on('close', () => sockets.delete(socket));
  };

  const server = createServer({ allowHalfOpen: true, noDelay: true }, serve);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      resolve({
        address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
        finish() {
          finished = true;
          server.close();
          for (const socket of sockets) socket.destroy();
          return exchanges;
        },
      });
    });
  });
}

function fits(route: PeerRoute, request: WireRequest): boolean {
  const path = request.path.split('?', 1)[0]!;
  return (
    route.method === request.method &&
    (route.path.endsWith('*') ? path.startsWith(route.path.slice(0, -1)) : path === route.path)
  );
}

function answerOf(route: PeerRoute, places: Places): WireAnswer {
  const body = route.body === undefined ? Buffer.alloc(0) : filledPayload(route.body, places);
  return { status: route.status, headers: Object.entries(route.headers ?? {}), body };
}
