import { loadKoffi } from './koffi.ts';
import { loadNodeFfi } from './node-ffi.ts';
import { posixSockets } from './posix.ts';
import type { Constants } from './posix-constants.ts';
import type { IntFunction, Library } from './library.ts';
import type { FullSockets } from './table.ts';

/*
 * Windows' sockets. NOT TESTED: written from the headers' documentation, and never yet run on Windows.
 * The table is the one of POSIX; this library gives its calls the names and shapes of ws2_32.dll.
 */

/** WinSock's numbers. What a system does not have is 0, as in the table of POSIX. */
const windowsConstants: Constants = {
  EINTR: 10004,
  EAGAIN: 10035,
  // A connect that goes on in the background is reported as one that would block.
  EINPROGRESS: 10035,
  ECONNABORTED: 10053,
  F_GETFL: 3,
  F_SETFL: 4,
  F_SETFD: 2,
  O_NONBLOCK: 1,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOCK_CLOEXEC: 0,
  SOL_SOCKET: 0xffff,
  SO_REUSEADDR: 4,
  SO_REUSEPORT: 4,
  SO_KEEPALIVE: 8,
  SO_BROADCAST: 0x20,
  SO_ERROR: 0x1007,
  SO_RCVTIMEO: 0,
  SO_SNDTIMEO: 0,
  SO_NOSIGPIPE: 0,
  IPPROTO_TCP: 6,
  IPPROTO_IPV6: 41,
  TCP_NODELAY: 1,
  TCP_KEEPIDLE: 3,
  IPV6_V6ONLY: 27,
  MSG_PEEK: 2,
  MSG_DONTWAIT: 0,
  MSG_NOSIGNAL: 0,
  POLLIN: 0x300,
  POLLOUT: 0x10,
};

/** WinSock's errors by libuv's numbers, which Node reports. Those that the table compares with are left alone. */
const reported: Record<number, number> = {
  10009: 4083,
  10013: 4092,
  10022: 4071,
  10024: 4066,
  10036: 4084,
  10038: 4050,
  10040: 4065,
  10047: 4089,
  10048: 4091,
  10049: 4090,
  10050: 4060,
  10051: 4062,
  10052: 4077,
  10053: 4079,
  10054: 4077,
  10055: 4060,
  10057: 4053,
  10060: 4039,
  10061: 4078,
  10064: 4080,
  10065: 4073,
};
const compared = new Set([10004, 10035]);

/** What the C library gives, and not the one of the sockets. */
const memory = new Set(['memcpy', 'strlen']);

/** FIONBIO: makes a socket block or not. As a signed 32-bit number. */
const setNonBlocking = -2147195266;

/** The table for Windows, or undefined where ws2_32.dll cannot be reached. */
export function windowsSockets(name: 'koffi' | 'ffi'): FullSockets | undefined {
  const load = name === 'koffi' ? loadKoffi : loadNodeFfi;
  const [library, runtime] = [load('ws2_32.dll'), load('msvcrt.dll')];
  if (library === undefined || runtime === undefined) return undefined;
  // WSADATA has at most 408 bytes.
  if (library.int('WSAStartup', ['int', 'pointer'])(0x0202, Buffer.alloc(512)) !== 0) return undefined;
  return posixSockets(name, adapted(library, runtime), windowsConstants);
}

/** The library under the names of POSIX. */
function adapted(windows: Library, runtime: Library): Library {
  const lastError = windows.int('WSAGetLastError', []);
  const modes = new Map<number, boolean>();
  // WSAPOLLFD: the socket in 8 bytes, then what is asked and what came, 2 bytes each.
  const polled = Buffer.alloc(16);
  const replaced: Record<string, () => IntFunction> = {
    close: () => windows.int('closesocket', ['int']),
    poll: () => {
      const poll = windows.int('WSAPoll', ['pointer', 'int', 'int']);
      return (entries, count, ms) => {
        const words = entries as Int32Array;
        polled.writeBigUInt64LE(BigInt(words[0]!), 0);
        polled.writeUInt16LE(words[1]! & 0xffff, 8);
        polled.writeUInt16LE(0, 10);
        const result = poll(polled, count ?? 1, ms ?? -1);
        words[1] = (words[1]! & 0xffff) | (polled.readUInt16LE(10) << 16);
        return result;
      };
    },
    fcntl: () => {
      const control = windows.int('ioctlsocket', ['int', 'int', 'pointer']);
      return (socket, command, value) => {
        const on = modes.get(Number(socket)) === true;
        if (command === windowsConstants.F_GETFL) return on ? windowsConstants.O_NONBLOCK : 0;
        if (command !== windowsConstants.F_SETFL) return 0;
        const wanted = (Number(value) & windowsConstants.O_NONBLOCK) !== 0;
        modes.set(Number(socket), wanted);
        return control(socket ?? 0, setNonBlocking, Int32Array.of(wanted ? 1 : 0));
      };
    },
  };
  return {
    int: (symbol, parameters) =>
      replaced[symbol]?.() ?? (memory.has(symbol) ? runtime : windows).int(symbol, parameters),
    pointer: (symbol, parameters) => (memory.has(symbol) ? runtime : windows).pointer(symbol, parameters),
    errno: () => {
      const code = lastError();
      return compared.has(code) ? code : (reported[code] ?? 4094);
    },
  };
}
