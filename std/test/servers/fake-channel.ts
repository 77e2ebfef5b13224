import { HttpConnection } from '../../src/http/connection.ts';
import { table } from '../../src/sockets/choose.ts';
import type { Channel } from '../../src/net/channel.ts';
import type { Parsed } from './llhttp.ts';

/** A connection that takes everything and answers with these pieces. */
function fakeChannel(pieces: Buffer[]): Channel {
  const left = [...pieces];
  return {
    receive(into, offset, length) {
      const piece = left.shift();
      if (piece === undefined) return 0;
      const taken = piece.subarray(0, length);
      if (taken.length < piece.length) left.unshift(piece.subarray(length));
      into.set(taken, offset);
      return taken.length;
    },
    send: (_from, _offset, length) => length,
    shutdown: () => undefined,
    close: () => undefined,
    readable: () => left.length > 0,
    readableIsCheap: true,
    sockets: table('descriptor')!,
    socket: -1,
  };
}

/** What our parser makes of a response that comes in these pieces. */
export function parseWithOurs(pieces: Buffer[], method: string): Parsed {
  const connection = new HttpConnection(fakeChannel(pieces));
  const limits = { maxHeaderSize: 16384, maxBodySize: Infinity };
  try {
    const { head, body } = connection.exchange({ method, head: '', body: undefined, limits }, () => undefined);
    const bytes = body.rest();
    return {
      status: head.statusCode,
      message: head.statusMessage,
      headers: head.rawHeaders,
      trailers: body.rawTrailers,
      body: bytes.toString('latin1'),
    };
  } catch (error) {
    return { refused: (error as { code?: string }).code ?? String(error) };
  }
}
