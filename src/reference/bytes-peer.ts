import { createServer, type AddressInfo, type Socket } from 'node:net';
import { filledPayload, type Places } from './payload.ts';
import type { BytesPeer, BytesStep } from './scenario.ts';
import { recordBody, type RecordedBody } from './transcript.ts';

/** What one connection received, cut where a step's `until` ended; the last message holds what came after the script's end. */
export interface Conversation {
  readonly messages: readonly RecordedBody[];
  /** Steps that were played, of those in the script. */
  readonly played: number;
  readonly steps: number;
}

export interface RunningBytesPeer {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Closes everything and returns the conversations in the order in which the connections came. */
  finish(): readonly Conversation[];
}

interface Talk {
  readonly script: readonly BytesStep[];
  readonly messages: Buffer[];
  pending: Buffer;
  played: number;
}

/** Starts a server that plays a script on each connection. `places` may be filled until the first connection comes. */
export function startBytesPeer(peer: BytesPeer, places: Places): Promise<RunningBytesPeer> {
  const talks: Talk[] = [];
  const sockets = new Set<Socket>();

  const serve = (socket: Socket): void => {
    const script = peer.connections[Math.min(talks.length, peer.connections.length - 1)] ?? [];
    const talk: Talk = { script, messages: [], pending: Buffer.alloc(0), played: 0 };
    talks.push(talk);
    sockets.add(socket);
    let busy = false;

    const advance = (): void => {
      const step = script[talk.played];
      if (busy || step === undefined || !takeMessage(talk, step)) return;
      busy = true;
      talk.played += 1;
      setTimeout(() => {
        if (socket.destroyed) return;
        const bytes = step.send === undefined ? Buffer.alloc(0) : filledPayload(step.send, places);
        writePieces(socket, bytes, step.pieces ?? bytes.length, 0, () => {
          if (step.then === 'close') socket.end();
          else if (step.then === 'reset') socket.resetAndDestroy();
          busy = false;
          advance();
        });
      }, step.delayMs ?? 0);
    };

    socket.on('data', (chunk: Buffer) => {
      talk.pending = Buffer.concat([talk.pending, chunk]);
      advance();
    });
    // A reset is an end like any other.
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    advance();
  };

  const server = createServer({ noDelay: true }, serve);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      resolve({
        address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
        finish() {
          server.close();
          for (const socket of sockets) socket.destroy();
          return talks.map(conversationOf);
        },
      });
    });
  });
}

/** An address that was free a moment ago. */
export async function absentAddress(): Promise<string> {
  const server = await startBytesPeer({ speaks: 'bytes', connections: [[]] }, new Map());
  server.finish();
  return server.address;
}

/** Whether the message that the step waits for is there; it is taken out of what has arrived. */
function takeMessage(talk: Talk, step: BytesStep): boolean {
  if (step.until === undefined) return true;
  const at = talk.pending.indexOf(step.until);
  if (at < 0) return false;
  const end = at + Buffer.byteLength(step.until);
  talk.messages.push(talk.pending.subarray(0, end));
  talk.pending = talk.pending.subarray(end);
  return true;
}

function writePieces(socket: Socket, bytes: Buffer, size: number, from: number, done: () => void): void {
  if (from >= bytes.length || socket.destroyed) {
    done();
    return;
  }
  socket.write(bytes.subarray(from, from + size));
  // A millisecond apart, so that the program sees them as pieces.
  if (from + size < bytes.length) setTimeout(() => writePieces(socket, bytes, size, from + size, done), 1);
  else done();
}

function conversationOf({ script, messages, pending, played }: Talk): Conversation {
  const all = pending.length === 0 ? messages : [...messages, pending];
  return { messages: all.map(recordBody), played, steps: script.length };
}
