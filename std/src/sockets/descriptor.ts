import { part } from '../parts.ts';
import { createHandle, nameOf } from './handle.ts';
import { ipFamily } from './ip.ts';
import { isUnix } from './place.ts';
import { supervised, throwIfInterrupted } from './supervision.ts';
import { codeOf, systemError, timeoutError } from './system-error.ts';
import { now } from '../time/clock.ts';
import type { Handle } from './handle.ts';
import type { Endpoint, IpAddress, Sockets } from './table.ts';

interface Open {
  handle: Handle;
  to: Endpoint;
  fd: number;
  blocking: boolean;
  /** What `readable` had to take out of the socket to find out: a byte, or null for the end. */
  peeked?: number | null;
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));
const nothing = new Uint8Array(0);

/**
 * The table over Node's own socket handles and `fs.readSync`: POSIX, no dependency, clients only. libuv makes the
 * socket and connects it, then its descriptor is read and written as a file. Deadlines are kept by polling with a
 * growing pause of 20 µs to 5 ms, for there is no poll(2) to call.
 */
export function descriptorSockets(): Sockets {
  const sockets = new Map<number, Open>();
  const { readSync, writeSync } = process.getBuiltinModule('node:fs');

  const setBlocking = (socket: Open, on: boolean): void => {
    if (socket.blocking === on) return;
    socket.handle.setBlocking(on);
    socket.blocking = on;
  };

  /** Repeats a read or a write until it does not have to wait any more. */
  const attempt = (socket: Open, deadline: number, syscall: string, act: () => number, at?: Endpoint): number => {
    const watched = deadline !== Infinity || supervised();
    setBlocking(socket, !watched);
    for (let pause = 0.02; ; pause = Math.min(5, pause * 2)) {
      const { stackTraceLimit } = Error;
      try {
        // Most of the cost of a try in vain is the stack trace of its error.
        if (watched) Error.stackTraceLimit = 0;
        return act();
      } catch (error) {
        Error.stackTraceLimit = stackTraceLimit;
        const code = codeOf(error);
        if (code === 'EINTR') throwIfInterrupted(syscall);
        else if (code === 'EAGAIN' || (syscall === 'connect' && code === 'ENOTCONN')) {
          const left = deadline - now();
          if (left <= 0) throw timeoutError(syscall, at);
          Atomics.wait(sleeper, 0, 0, Math.min(pause, left));
        } else throw systemError(syscall, (error as { errno: number }).errno, at);
      } finally {
        if (watched) Error.stackTraceLimit = stackTraceLimit;
      }
    }
  };

  const known = (socket: number): Open => {
    const found = sockets.get(socket);
    if (found === undefined) throw systemError('read', process.platform === 'win32' ? 4083 : 9);
    return found;
  };

  return {
    name: 'descriptor',
    connect(to, deadline, local) {
      const { handle, failed } = createHandle(to, local);
      const socket: Open = { handle, to, fd: handle.fd, blocking: false };
      try {
        if (failed !== 0) throw systemError('connect', failed, to);
        // A write of no bytes waits until the connection stands, and reports why it does not.
        if (isUnix(to)) checkUnix(socket, to.path);
        else attempt(socket, deadline, 'connect', () => writeSync(socket.fd, nothing, 0, 0, null), to);
      } catch (error) {
        handle.close();
        throw error;
      }
      sockets.set(socket.fd, socket);
      return socket.fd;
    },
    receive(id, into, offset, length, deadline) {
      const socket = known(id);
      if (socket.peeked !== undefined) {
        const { peeked } = socket;
        if (peeked === null) return 0;
        delete socket.peeked;
        into[offset] = peeked;
        return 1;
      }
      return attempt(socket, deadline, 'read', () => readSync(id, into, offset, length, null));
    },
    send: (id, from, offset, length, deadline) =>
      attempt(known(id), deadline, 'write', () => writeSync(id, from, offset, length, null)),
    shutdown(id) {
      part('bridge').shutdownDescriptor(id, isUnix(known(id).to) ? 'pipe' : 'tcp');
    },
    close(id) {
      const socket = sockets.get(id);
      sockets.delete(id);
      socket?.handle.close();
    },
    readableIsCheap: false,
    readable(id) {
      const socket = known(id);
      if (socket.peeked !== undefined) return true;
      setBlocking(socket, false);
      const byte = new Uint8Array(1);
      try {
        socket.peeked = readSync(id, byte, 0, 1, null) === 0 ? null : byte[0]!;
      } catch (error) {
        if (codeOf(error) === 'EAGAIN') return false;
      }
      return true;
    },
    setNoDelay: (id, on) => void known(id).handle.setNoDelay?.(on),
    setKeepAlive: (id, on, seconds) => void known(id).handle.setKeepAlive?.(on, seconds),
    local: (id) => nameOf(known(id).handle, 'getsockname', known(id).to),
    remote: (id) => nameOf(known(id).handle, 'getpeername', known(id).to),
    lookup: (host, family) => lookupInHosts(host, family) ?? part('bridge').lookup(host, family),
    foreign: undefined,
  };
}

/** libuv keeps a Unix connection's failure for its loop, and the socket itself only says that it is not connected. */
function checkUnix(socket: Open, path: string): void {
  const { statSync, writeSync } = process.getBuiltinModule('node:fs');
  try {
    writeSync(socket.fd, nothing, 0, 0, null);
  } catch (error) {
    if (codeOf(error) !== 'ENOTCONN') throw systemError('connect', (error as { errno: number }).errno, { path });
    let reason = process.platform === 'linux' ? 111 : 61;
    try {
      statSync(path);
    } catch (missing) {
      reason = (missing as { errno: number }).errno;
    }
    throw systemError('connect', reason, { path });
  }
}

/** The addresses that the system's table of hosts names, so that `localhost` needs no resolver. */
function lookupInHosts(host: string, family: 0 | 4 | 6): IpAddress[] | undefined {
  let table: string;
  try {
    table = process.getBuiltinModule('node:fs').readFileSync('/etc/hosts', 'latin1');
  } catch {
    return undefined;
  }
  const found: IpAddress[] = [];
  for (const line of table.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().toLowerCase().split(/\s+/);
    const kind = ipFamily(address);
    if (kind === 0 || (family !== 0 && kind !== family) || !names.includes(host.toLowerCase())) continue;
    if (!found.some((each) => each.address === address)) found.push({ address, port: 0, family: kind });
  }
  return found.length > 0 ? found : undefined;
}
