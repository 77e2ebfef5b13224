import type { Sockets } from '../sockets/table.ts';

/** Two directions of bytes: a socket, or TLS over one. Deadlines and errors are those of the table of primitives. */
export interface Channel {
  receive(into: Uint8Array, offset: number, length: number, deadline: number): number;
  send(from: Uint8Array, offset: number, length: number, deadline: number): number;
  shutdown(): void;
  close(): void;
  readable(): boolean;
  readonly readableIsCheap: boolean;
  /** The socket at the bottom. */
  readonly sockets: Sockets;
  readonly socket: number;
}

export function socketChannel(sockets: Sockets, socket: number): Channel {
  let open = true;
  return {
    receive: (into, offset, length, deadline) => sockets.receive(socket, into, offset, length, deadline),
    send: (from, offset, length, deadline) => sockets.send(socket, from, offset, length, deadline),
    shutdown: () => sockets.shutdown(socket),
    close() {
      // Once only: the number may belong to another socket by then, of another thread even.
      if (open) sockets.close(socket);
      open = false;
    },
    readable: () => sockets.readable(socket),
    readableIsCheap: sockets.readableIsCheap,
    sockets,
    socket,
  };
}
