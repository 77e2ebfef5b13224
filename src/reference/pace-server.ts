import { createServer, type Socket } from 'node:net';
import { createRequestReader, encodeAnswer, headerOf, type WireAnswer, type WireRequest } from './http-wire.ts';
import { acceptedAnswer, eventAnswer, routeAnswer, unknownAnswer } from './lambda-answers.ts';
import { askedBy } from './lambda-routes.ts';
import { listenLocally, portOf, type LambdaServer, type Meters } from './local-server.ts';
import { createPairClock, timeOfOthers } from './pair-clock.ts';
import type { LambdaScenario } from './scenario.ts';
import type { ScenarioEnd } from './transcript.ts';

/**
 * The Runtime API for measuring: the same answers to the calls that are in order, but nothing recorded, judged or delayed, and every event
 * encoded before the first is asked for. The time for an event is the runtime's: where both share one CPU, what the server itself needs to
 * take a connection and to answer is not counted. What this leaves out, `startLambdaServer` proves.
 */
export function startPaceServer(scenario: LambdaScenario, ended: (end: ScenarioEnd) => void): Promise<LambdaServer> {
  const routes = scenario.routes ?? [];
  const clock = createPairClock();
  let connections = 0;
  let failed = 0;
  let handedOut = 0;
  /** When what is being answered had come, before anything was done with it. */
  let readAt = 0;
  let firstResponseAt: number | null = null;
  let events: readonly Buffer[] = [];
  const accepted = bytesOf(acceptedAnswer());
  const meters: Meters = { clock, usage: null };

  const send = (socket: Socket, request: WireRequest, bytes: Buffer): number => {
    const at = timeOfOthers();
    if (headerOf(request.headers, 'connection')?.toLowerCase() === 'close') socket.end(bytes);
    else socket.write(bytes);
    return at;
  };

  const handOut = (socket: Socket, request: WireRequest): void => {
    clock.polled(readAt);
    meters.usage?.polled(clock.micros.length);
    const event = events[handedOut++];
    if (event === undefined) {
      meters.usage?.done();
      ended('idle');
      return;
    }
    clock.delivered(send(socket, request, event), true);
  };

  const answer = (socket: Socket, request: WireRequest): void => {
    const asked = askedBy(request, routes);
    if (asked.is === 'next') {
      handOut(socket, request);
    } else if (asked.is === 'unknown') {
      send(socket, request, bytesOf(unknownAnswer(asked.status)));
    } else if (asked.is === 'route') {
      send(socket, request, bytesOf(routeAnswer(asked.route)));
    } else {
      clock.responseArrived(readAt);
      firstResponseAt ??= performance.timeOrigin + request.receivedAt;
      clock.responseAnswered(send(socket, request, accepted), true);
      if (asked.is === 'error') failed++;
      if (asked.is === 'init-error') ended('init-error');
    }
  };

  const server = createServer({ noDelay: true }, (socket) => {
    connections++;
    const reader = createRequestReader({
      head: () => undefined,
      request: (request) => answer(socket, request),
      malformed: () => socket.destroy(),
    });
    socket.on('data', (chunk: Buffer) => {
      readAt = timeOfOthers();
      reader.push(chunk);
    });
    socket.on('error', () => undefined);
  });

  return listenLocally(server, scenario, meters, () => {
    // Connections end with the runtime, which is stopped before this.
    server.close();
    return { exchanges: [], events: [], failed, connections, end: null, firstResponseAt };
  }).then((listening) => {
    const now = performance.timeOrigin + performance.now();
    const address = `127.0.0.1:${portOf(server)}`;
    events = scenario.events.map((event, index) => bytesOf(eventAnswer(event, index, now, address)));
    return listening;
  });
}

function bytesOf(answer: WireAnswer): Buffer {
  return encodeAnswer(answer).bytes;
}
