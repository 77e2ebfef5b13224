import type { Socket } from 'node:net';
import { encodeAnswer, type WireAnswer } from './http-wire.ts';
import type { AnswerFault, Fault } from './scenario.ts';

/** How an answer went out; `at` is `performance.now()` just before its first byte was written. */
export interface Delivery {
  readonly how: 'answered' | 'dropped' | 'garbled';
  readonly at: number;
}

/** Writes an answer in the way the faults ask for, and calls `done` when the connection is free for the next request. */
export function deliver(
  socket: Socket,
  answer: WireAnswer,
  faults: readonly (AnswerFault | Fault)[],
  close: boolean,
  done: () => void,
): Delivery {
  const chunked = faults.find((fault) => fault.do === 'chunked');
  const closing = close || faults.some((fault) => fault.do === 'close');
  const { bytes, headLength } = encodeAnswer({
    ...answer,
    headers: closing ? [...answer.headers, ['Connection', 'close']] : answer.headers,
    ...(chunked === undefined ? {} : { chunked: chunked.bytes ?? 1024 }),
  });
  const at = performance.now();

  const drop = faults.find((fault) => fault.do === 'drop');
  if (drop !== undefined) {
    if (drop.when === 'before-answer') socket.destroy();
    else socket.end(bytes.subarray(0, drop.when === 'in-head' ? headLength >> 1 : (headLength + bytes.length) >> 1));
    return { how: 'dropped', at };
  }
  if (faults.some((fault) => fault.do === 'garbage')) {
    socket.end('<<< this is not HTTP >>>\r\n\r\n');
    return { how: 'garbled', at };
  }
  const finish = (): void => {
    if (closing) socket.end();
    else done();
  };
  const fragment = faults.find((fault) => fault.do === 'fragment');
  if (fragment === undefined) {
    socket.write(bytes);
    finish();
  } else {
    writePieces(socket, bytes, fragment.bytes, 0, finish);
  }
  return { how: 'answered', at };
}

function writePieces(socket: Socket, bytes: Buffer, size: number, from: number, finish: () => void): void {
  if (from >= bytes.length || socket.destroyed) {
    finish();
    return;
  }
  socket.write(bytes.subarray(from, from + size));
  // A millisecond apart, so that the peer sees them as pieces.
  setTimeout(() => writePieces(socket, bytes, size, from + size, finish), 1);
}
