const linux = process.platform === 'linux' || process.platform === 'android';

/** The numbers of the C headers, on Linux and on macOS and the BSDs. 0 stands for what a system does not have. */
export const constants = {
  EINTR: 4,
  EAGAIN: linux ? 11 : 35,
  EINPROGRESS: linux ? 115 : 36,
  ECONNABORTED: linux ? 103 : 53,
  F_GETFL: 3,
  F_SETFL: 4,
  F_SETFD: 2,
  O_NONBLOCK: linux ? 0x800 : 4,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOCK_CLOEXEC: linux ? 0x80000 : 0,
  SOL_SOCKET: linux ? 1 : 0xffff,
  SO_REUSEADDR: linux ? 2 : 4,
  SO_REUSEPORT: linux ? 15 : 0x200,
  SO_KEEPALIVE: linux ? 9 : 8,
  SO_BROADCAST: linux ? 6 : 0x20,
  SO_ERROR: linux ? 4 : 0x1007,
  /** Left out where a limit does not bound `connect`, or a signal does not cut a limited wait short. */
  SO_RCVTIMEO: linux ? 20 : 0,
  SO_SNDTIMEO: linux ? 21 : 0,
  SO_NOSIGPIPE: process.platform === 'darwin' ? 0x1022 : 0,
  IPPROTO_TCP: 6,
  IPPROTO_IPV6: 41,
  TCP_NODELAY: 1,
  TCP_KEEPIDLE: linux ? 4 : process.platform === 'darwin' ? 0x10 : 0x100,
  IPV6_V6ONLY: linux ? 26 : 27,
  MSG_PEEK: 2,
  MSG_DONTWAIT: linux ? 0x40 : 0x80,
  MSG_NOSIGNAL: linux ? 0x4000 : 0,
  POLLIN: 1,
  POLLOUT: 4,
};

export type Constants = typeof constants;
