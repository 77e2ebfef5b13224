import { resolveWith } from './resolver.ts';
import { isUnix } from './place.ts';
import { constants } from './posix-constants.ts';
import { addressSize, decodeAddress, encodeAddress, families, familyOf } from './sockaddr.ts';
import { hearsSignals, inWorker, slice, supervised, throwIfInterrupted } from './supervision.ts';
import { systemError, timeoutError } from './system-error.ts';
import { now } from '../time/clock.ts';
import type { Library } from './library.ts';
import type { Constants } from './posix-constants.ts';
import type { BackendName, Endpoint, IpAddress, FullSockets } from './table.ts';

/** The table over libc, reached through a foreign-function library. */
export function posixSockets(name: BackendName, library: Library, c: Constants = constants): FullSockets {
  const receiveBytes = library.int('recv', ['int', 'pointer', 'size', 'int']);
  const sendBytes = library.int('send', ['int', 'pointer', 'size', 'int']);
  const pollOne = pollBy(library, c);
  const closeOne = library.int('close', ['int']);
  const openSocket = library.int('socket', ['int', 'int', 'int']);
  const connectTo = library.int('connect', ['int', 'pointer', 'int']);
  const setOption = library.int('setsockopt', ['int', 'int', 'int', 'pointer', 'int']);
  const { errno } = library;
  const timed = c.SO_RCVTIMEO !== 0;
  const polled = new Int32Array(2);
  const word = new Int32Array(1);
  const limit = new Int32Array(4);
  /** By descriptor: how many milliseconds the kernel lets a receive wait, 0 for ever. */
  const receiveLimits: (number | undefined)[] = [];

  const check = (result: number, syscall: string, at?: Endpoint): number => {
    if (result >= 0) return result;
    throw systemError(syscall, errno(), at);
  };

  /** One poll of at most `ms`, -1 for ever. The events that came, 0 for none. */
  const poll = (socket: number, events: number, ms: number, syscall: string): number => {
    polled[0] = socket;
    polled[1] = events;
    const found = pollOne(polled, ms);
    if (found > 0) return polled[1] >>> 16;
    if (found < 0) {
      const code = errno();
      if (code !== c.EINTR) throw systemError(syscall, code);
      throwIfInterrupted(syscall);
    }
    return 0;
  };

  /** Waits for an event. In slices where a worker must be stoppable: it can only be stopped in a function call. */
  const wait = (socket: number, events: number, deadline: number, syscall: string, at?: Endpoint): void => {
    const longest = inWorker ? slice : 0x7fffffff;
    for (;;) {
      const left = deadline - now();
      const ms = left === Infinity && !inWorker ? -1 : Math.max(0, Math.min(longest, Math.ceil(left)));
      if (poll(socket, events, ms, syscall) !== 0) return;
      if (deadline - now() <= 0) throw timeoutError(syscall, at);
    }
  };

  const intOption = (socket: number, level: number, option: number, value: number): void => {
    word[0] = value;
    check(setOption(socket, level, option, word, 4), 'setsockopt');
  };

  /** How long the kernel may hold a call back. A call that is limited is not restarted after a signal. */
  const patience = (deadline: number): number => {
    if (inWorker) return Math.max(1, Math.min(slice, Math.ceil(deadline - now())));
    if (deadline !== Infinity) return Math.max(1, Math.min(0x7fffffff, Math.ceil(deadline - now())));
    return 0;
  };

  const setLimit = (socket: number, option: number, ms: number): void => {
    limit[0] = Math.floor(ms / 1000);
    limit[2] = (ms % 1000) * 1000;
    check(setOption(socket, c.SOL_SOCKET, option, limit, 16), 'setsockopt');
  };

  const setBlocking = (socket: number, on: boolean): void => {
    const flags = fcntl(library, socket, c.F_GETFL, 0);
    const wanted = on ? flags & ~c.O_NONBLOCK : flags | c.O_NONBLOCK;
    if (wanted !== flags) fcntl(library, socket, c.F_SETFL, wanted);
  };

  const open = (at: Endpoint, kind: number): number => {
    const socket = openSocket(familyOf(at), kind | c.SOCK_CLOEXEC, 0);
    check(socket, 'socket');
    receiveLimits[socket] = 0;
    if (c.SOCK_CLOEXEC === 0) fcntl(library, socket, c.F_SETFD, 1);
    if (c.SO_NOSIGPIPE !== 0) intOption(socket, c.SOL_SOCKET, c.SO_NOSIGPIPE, 1);
    return socket;
  };

  /** Runs the steps that make a socket ready, and closes it when one of them fails. */
  const prepared = (at: Endpoint, kind: number, steps: (socket: number) => void): number => {
    const socket = open(at, kind);
    try {
      steps(socket);
      return socket;
    } catch (error) {
      closeOne(socket);
      throw error;
    }
  };

  const bind = (socket: number, at: Endpoint): void => {
    const address = encodeAddress(at);
    check(library.int('bind', ['int', 'pointer', 'int'])(socket, address, address.length), 'bind', at);
  };

  const nameBy = (symbol: string, socket: number): Endpoint | undefined => {
    const bytes = Buffer.alloc(addressSize);
    word[0] = addressSize;
    const result = library.int(symbol, ['int', 'pointer', 'pointer'])(socket, bytes, word);
    return result < 0 ? undefined : decodeAddress(bytes, word[0]);
  };

  return {
    name,
    connect(to, deadline, local) {
      const address = encodeAddress(to);
      return prepared(to, c.SOCK_STREAM, (socket) => {
        if (local !== undefined) bind(socket, local);
        const watched = deadline !== Infinity || supervised();
        // An hour stands for ever: without a limit the kernel would go on waiting after a signal.
        if (watched && timed) setLimit(socket, c.SO_SNDTIMEO, patience(deadline) || 3_600_000);
        else if (watched) setBlocking(socket, false);
        while (connectTo(socket, address, address.length) < 0) {
          const code = errno();
          if (code === c.EINTR) throwIfInterrupted('connect');
          if (isUnix(to)) {
            // It is not going on in the background.
            if (code === c.EINTR || (code === c.EAGAIN && timed && now() < deadline)) continue;
            throw systemError('connect', code, to);
          }
          if (code !== c.EINPROGRESS && code !== c.EINTR) throw systemError('connect', code, to);
          wait(socket, c.POLLOUT, deadline, 'connect', to);
          const failed = pendingError(library, socket, c);
          if (failed !== 0) throw systemError('connect', failed, to);
          break;
        }
        if (watched && !timed) setBlocking(socket, true);
      });
    },
    receive(socket, into, offset, length, deadline) {
      const target = offset === 0 ? into : into.subarray(offset);
      const polls = timed ? hearsSignals() : deadline !== Infinity || supervised();
      for (;;) {
        if (polls) wait(socket, c.POLLIN, deadline, 'read');
        else if (timed) {
          const ms = patience(deadline);
          if (receiveLimits[socket] !== ms) setLimit(socket, c.SO_RCVTIMEO, (receiveLimits[socket] = ms));
        }
        const count = receiveBytes(socket, target, length, polls ? c.MSG_DONTWAIT : 0);
        if (count >= 0) return count;
        const code = errno();
        if (code === c.EINTR) throwIfInterrupted('read');
        else if (code !== c.EAGAIN) throw systemError('read', code);
        else if (polls || !timed) wait(socket, c.POLLIN, deadline, 'read');
        else if (now() >= deadline) throw timeoutError('read');
      }
    },
    send(socket, from, offset, length, deadline) {
      const source = offset === 0 ? from : from.subarray(offset);
      // Nearly always there is room, and no need to find out how to wait.
      for (let flags = c.MSG_NOSIGNAL | c.MSG_DONTWAIT; ;) {
        const count = sendBytes(socket, source, length, flags);
        if (count >= 0) return count;
        const code = errno();
        if (code === c.EINTR) throwIfInterrupted('write');
        else if (code !== c.EAGAIN) throw systemError('write', code);
        else if (deadline === Infinity && !supervised()) flags = c.MSG_NOSIGNAL;
        else wait(socket, c.POLLOUT, deadline, 'write');
      }
    },
    shutdown(socket) {
      check(library.int('shutdown', ['int', 'int'])(socket, 1), 'shutdown');
    },
    close: (socket) => void closeOne(socket),
    readableIsCheap: true,
    // The look at a byte costs less than poll(2), where it can be told not to wait.
    readable: (socket) =>
      c.MSG_DONTWAIT === 0
        ? poll(socket, c.POLLIN, 0, 'poll') !== 0
        : receiveBytes(socket, word, 1, c.MSG_PEEK | c.MSG_DONTWAIT) >= 0 || errno() !== c.EAGAIN,
    setNoDelay: (socket, on) => intOption(socket, c.IPPROTO_TCP, c.TCP_NODELAY, on ? 1 : 0),
    setKeepAlive(socket, on, seconds) {
      intOption(socket, c.SOL_SOCKET, c.SO_KEEPALIVE, on ? 1 : 0);
      if (on && seconds > 0) intOption(socket, c.IPPROTO_TCP, c.TCP_KEEPIDLE, seconds);
    },
    setBroadcast: (socket, on) => intOption(socket, c.SOL_SOCKET, c.SO_BROADCAST, on ? 1 : 0),
    local: (socket) => nameBy('getsockname', socket),
    remote: (socket) => nameBy('getpeername', socket),
    lookup: (host, family) => resolveWith(library, host, family),
    listen(at, options) {
      return prepared(at, c.SOCK_STREAM, (socket) => {
        if (!isUnix(at)) intOption(socket, c.SOL_SOCKET, c.SO_REUSEADDR, 1);
        if (options.reusePort) intOption(socket, c.SOL_SOCKET, c.SO_REUSEPORT, 1);
        if (familyOf(at) === families.ipv6) {
          intOption(socket, c.IPPROTO_IPV6, c.IPV6_V6ONLY, options.ipv6Only ? 1 : 0);
        }
        try {
          bind(socket, at);
        } catch (error) {
          // Node says that listening failed, not binding.
          throw renamed(error, 'listen');
        }
        check(library.int('listen', ['int', 'int'])(socket, options.backlog), 'listen', at);
        setBlocking(socket, false);
      });
    },
    accept(socket, deadline, stopped) {
      const take = library.int(c.SOCK_CLOEXEC === 0 ? 'accept' : 'accept4', ['int', 'pointer', 'pointer', 'int']);
      for (;;) {
        if (stopped()) return undefined;
        const left = deadline - now();
        // Always in slices: a stop may come from another thread.
        if (poll(socket, c.POLLIN, Math.max(0, Math.min(slice, Math.ceil(left))), 'accept') === 0) {
          if (deadline - now() <= 0) throw timeoutError('accept');
          continue;
        }
        if (stopped()) return undefined;
        const taken = take(socket, null, null, c.SOCK_CLOEXEC);
        if (taken >= 0) {
          receiveLimits[taken] = 0;
          if (c.SOCK_CLOEXEC === 0) {
            fcntl(library, taken, c.F_SETFD, 1);
            setBlocking(taken, true);
          }
          return taken;
        }
        const code = errno();
        if (code === c.EINTR) throwIfInterrupted('accept');
        // Another thread was faster, or the client has gone again.
        else if (code !== c.EAGAIN && code !== c.ECONNABORTED) throw systemError('accept', code);
      }
    },
    bindUdp(at, options) {
      return prepared(at, c.SOCK_DGRAM, (socket) => {
        if (options.reuseAddress) intOption(socket, c.SOL_SOCKET, c.SO_REUSEADDR, 1);
        if (at.family === 6) intOption(socket, c.IPPROTO_IPV6, c.IPV6_V6ONLY, options.ipv6Only ? 1 : 0);
        bind(socket, at);
      });
    },
    connectUdp(socket, to) {
      const address = encodeAddress(to);
      check(connectTo(socket, address, address.length), 'connect', to);
    },
    sendTo(socket, from, to, deadline) {
      const address = encodeAddress(to);
      const send = library.int('sendto', ['int', 'pointer', 'size', 'int', 'pointer', 'int']);
      const flags = c.MSG_NOSIGNAL | c.MSG_DONTWAIT;
      for (;;) {
        const count = send(socket, from, from.length, flags, address, address.length);
        if (count >= 0) return count;
        const code = errno();
        if (code === c.EINTR) throwIfInterrupted('send');
        else if (code !== c.EAGAIN) throw systemError('send', code, to);
        else wait(socket, c.POLLOUT, deadline, 'send');
      }
    },
    receiveFrom(socket, into, deadline) {
      const take = library.int('recvfrom', ['int', 'pointer', 'size', 'int', 'pointer', 'pointer']);
      const bytes = Buffer.alloc(addressSize);
      for (;;) {
        wait(socket, c.POLLIN, deadline, 'recv');
        word[0] = addressSize;
        const size = take(socket, into, into.length, c.MSG_DONTWAIT, bytes, word);
        if (size >= 0) return { size, from: decodeAddress(bytes, word[0]) as IpAddress };
        const code = errno();
        if (code === c.EINTR) throwIfInterrupted('recv');
        else if (code !== c.EAGAIN) throw systemError('recv', code);
      }
    },
    foreign: {
      library,
      setBlocking,
      wait: (socket, direction, deadline) =>
        wait(socket, direction === 'read' ? c.POLLIN : c.POLLOUT, deadline, direction),
    },
  };
}

/**
 * poll(2) of one descriptor. On Linux it is ppoll(2), during which SIGCHLD and SIGWINCH are held back: nothing tells
 * which signal cut a wait short, and these two shall not.
 */
function pollBy(library: Library, c: Constants): (polled: Int32Array, ms: number) => number {
  if (c.SO_RCVTIMEO === 0) {
    const poll = library.int('poll', ['pointer', 'size', 'int']);
    return (polled, ms) => poll(polled, 1, ms);
  }
  const ppoll = library.int('ppoll', ['pointer', 'size', 'pointer', 'pointer']);
  const time = new Int32Array(4);
  // A `sigset_t`: the bits 16 and 27 are the signals 17 and 28.
  const held = new Int32Array(32);
  held[0] = (1 << 16) | (1 << 27);
  return (polled, ms) => {
    time[0] = Math.floor(ms / 1000);
    time[2] = (ms % 1000) * 1_000_000;
    return ppoll(polled, 1, ms < 0 ? null : time, held);
  };
}

function renamed(error: unknown, syscall: string): unknown {
  if (error instanceof Error && 'syscall' in error) {
    error.message = error.message.replace(String(error.syscall), syscall);
    error.syscall = syscall;
  }
  return error;
}

/** The error that a connection met in the background, 0 for none. */
function pendingError(library: Library, socket: number, c: Constants): number {
  const value = new Int32Array(1);
  const size = Int32Array.of(4);
  const read = library.int('getsockopt', ['int', 'int', 'int', 'pointer', 'pointer']);
  return read(socket, c.SOL_SOCKET, c.SO_ERROR, value, size) < 0 ? library.errno() : value[0]!;
}

/**
 * fcntl is variadic. Where that makes no difference to the machine's calling convention it is called as if it were
 * not; Apple's arm64 passes variadic values on the stack, which six idle register arguments bring about.
 */
function fcntl(library: Library, socket: number, command: number, value: number): number {
  if (process.platform === 'darwin' && process.arch === 'arm64') {
    const padded = library.int('fcntl', ['int', 'int', 'size', 'size', 'size', 'size', 'size', 'size', 'size']);
    return padded(socket, command, 0, 0, 0, 0, 0, 0, value);
  }
  return library.int('fcntl', ['int', 'int', 'int'])(socket, command, value);
}
