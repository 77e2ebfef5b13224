import { createServer, type Socket } from 'node:net';
import { deliver } from './deliver.ts';
import { createRequestReader, encodeAnswer, headerOf, type WireAnswer, type WireRequest } from './http-wire.ts';
import { malformedAnswer, routeAnswer, unknownAnswer } from './lambda-answers.ts';
import { askedBy, type ApiAsked, type Asked } from './lambda-routes.ts';
import { listenLocally, portOf, type LambdaServer, type Meters } from './local-server.ts';
import { createPairClock } from './pair-clock.ts';
import { createPlay } from './play.ts';
import type { Fault, LambdaScenario } from './scenario.ts';
import { recordBody, type Exchange, type ScenarioEnd } from './transcript.ts';

interface Connection {
  readonly id: number;
  readonly socket: Socket;
  readonly queue: WireRequest[];
  /** A request is being answered: the next one of this connection waits. */
  busy: boolean;
  /** The peer sends no more. */
  halfClosed: boolean;
}

interface Turn {
  readonly connection: Connection;
  readonly exchange: Exchange;
  readonly close: boolean;
}

/** Starts the Runtime API on a free local port and plays the scenario; `ended` is called once, when nothing more is to come. */
export function startLambdaServer(scenario: LambdaScenario, ended: (end: ScenarioEnd) => void): Promise<LambdaServer> {
  const startedAt = performance.now();
  const routes = scenario.routes ?? [];
  const exchanges: Exchange[] = [];
  const connections = new Set<Connection>();
  const clock = createPairClock();
  const play = createPlay(scenario);
  const cap = scenario.events.length * 8 + 100;
  let connectionCount = 0;
  let poll: (Turn & { readonly faults: readonly Fault[] }) | null = null;
  let end: ScenarioEnd | null = null;
  let firstResponseAt: number | null = null;
  const meters: Meters = { clock, usage: null };

  const since = (at: number): number => Math.round((at - startedAt) * 1000) / 1000;

  const finishWith = (how: ScenarioEnd): void => {
    if (end !== null) return;
    end = how;
    ended(how);
  };

  const shutDown = (): void => {
    server.close();
    for (const connection of connections) connection.socket.destroy();
  };

  /** Writes the answer and returns when, unless the peer had gone. */
  const send = (turn: Turn, answer: WireAnswer, faults: readonly Fault[]): number | null => {
    const { connection, exchange } = turn;
    if (connection.socket.destroyed) return null;
    const delivery = deliver(connection.socket, answer, faults, turn.close, () => {
      connection.busy = false;
      if (connection.halfClosed && connection.queue.length === 0) connection.socket.end();
      else takeUp(connection);
    });
    exchange.answeredAt = since(delivery.at);
    exchange.answer.kind = delivery.how;
    exchange.answer.status = delivery.how === 'answered' ? answer.status : null;
    return delivery.at;
  };

  const handOut = (): void => {
    if (poll === null) return;
    const due = play.due(performance.now(), `127.0.0.1:${portOf(server)}`);
    if (due.is === 'none') {
      meters.usage?.done();
      finishWith('idle');
      return;
    }
    if (due.is === 'wait') {
      setTimeout(handOut, Math.ceil(due.ms));
      return;
    }
    const { connection, exchange, faults } = poll;
    const at = send(poll, due.answer, faults);
    poll = null;
    if (at === null || exchange.answer.kind !== 'answered') return;
    play.handedOut(due.index);
    clock.delivered(at, faults.length === 0);
    if (!connection.halfClosed) return;
    connection.socket.once('close', (hadError) => {
      if (!hadError) return;
      exchange.answer.kind = 'left';
      play.cameBack(due.index);
      handOut();
    });
  };

  const answerApiCall = (turn: Turn, asked: ApiAsked, request: WireRequest): void => {
    const { exchange } = turn;
    if (asked.is === 'next') clock.polled(request.receivedAt);
    if (asked.is === 'response' || asked.is === 'error') {
      clock.responseArrived(request.receivedAt);
      firstResponseAt ??= performance.timeOrigin + request.receivedAt;
    }
    const reply = play.reply(asked, request);
    if (reply.is === 'shutdown') {
      exchange.answer.kind = 'dropped';
      finishWith('shutdown');
      shutDown();
    } else if (reply.is === 'poll') {
      meters.usage?.polled(clock.micros.length);
      exchange.answer.kind = 'held';
      // A second poll takes the place of one whose sender has given up.
      if (poll !== null) poll.exchange.answer.kind = 'left';
      poll = { ...turn, faults: reply.faults };
      handOut();
    } else {
      exchange.answer.errorType = reply.errorType;
      const answer = (): void => {
        play.answered(reply.then);
        const at = send(turn, reply.answer, reply.faults);
        if (at !== null) clock.responseAnswered(at, reply.faults.length === 0 && reply.errorType === null);
        if (reply.end !== null) finishWith(reply.end);
      };
      if (reply.waitMs > 0) setTimeout(answer, reply.waitMs);
      else answer();
    }
  };

  const record = (connection: Connection, asked: Asked, request: WireRequest): Exchange => {
    const exchange: Exchange = {
      index: exchanges.length,
      event: asked.is === 'route' || asked.is === 'unknown' ? null : play.eventOf(asked),
      connection: connection.id,
      method: request.method,
      path: request.path,
      version: request.version,
      headers: request.headers,
      body: recordBody(request.body),
      trailers: request.trailers,
      truncated: request.truncated,
      startedAt: since(request.startedAt),
      receivedAt: since(request.receivedAt),
      answeredAt: null,
      answer: { kind: 'left', status: null, errorType: null },
    };
    // After the last event the poll is left open and the runtime is stopped: what it does until then depends on chance.
    if (end !== 'idle') exchanges.push(exchange);
    return exchange;
  };

  const takeUp = (connection: Connection): void => {
    const request = connection.busy ? undefined : connection.queue.shift();
    if (request === undefined) return;
    connection.busy = true;
    const asked = askedBy(request, routes);
    const exchange = record(connection, asked, request);
    if (exchanges.length > cap) {
      finishWith('runaway');
      return;
    }
    const close = request.version === 'HTTP/1.0' || headerOf(request.headers, 'connection')?.toLowerCase() === 'close';
    const turn: Turn = { connection, exchange, close };
    if (asked.is === 'unknown') {
      send(turn, unknownAnswer(asked.status), []);
    } else if (asked.is === 'route') {
      const answer = routeAnswer(asked.route);
      setTimeout(() => send(turn, answer, []), asked.route.delayMs ?? scenario.answerDelayMs ?? 0);
    } else {
      answerApiCall(turn, asked, request);
    }
  };

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const connection: Connection = { id: connectionCount++, socket, queue: [], busy: false, halfClosed: false };
    connections.add(connection);
    const reader = createRequestReader({
      head(head) {
        if (headerOf(head.headers, 'expect')?.toLowerCase() === '100-continue')
          socket.write('HTTP/1.1 100 Continue\r\n\r\n');
        const asked = askedBy(head, routes);
        if (asked.is === 'response' && asked.mode === 'streaming') play.streamBegan(asked.requestId);
      },
      request(request) {
        connection.queue.push(request);
        takeUp(connection);
      },
      malformed: () => socket.end(encodeAnswer(malformedAnswer()).bytes),
    });
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
    socket.on('end', () => {
      connection.halfClosed = true;
      reader.end();
      if (!connection.busy) socket.end();
    });
    // A reset is an end like any other; what the peer sent of its request is still to be judged.
    socket.on('error', () => reader.end());
    socket.on('close', () => connections.delete(connection));
  });

  return listenLocally(server, scenario, meters, () => {
    shutDown();
    const failed = play.events.filter(({ outcome }) => outcome === 'error').length;
    return { exchanges, events: play.events, failed, connections: connectionCount, end, firstResponseAt };
  });
}
