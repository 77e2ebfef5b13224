import type { Row } from './row.ts';

const swapped = { yields: 'node:net#Socket', imports: { TcpStream: '@unawait/std/net' } };
const connects: Omit<Row, 'api'> = {
  call: 'TcpStream.to($*)',
  most: 2,
  ...swapped,
  note: 'The connection is made by the wait for it, or by the first read or write, and its error is thrown there',
};
const arrived = 'it gives what has arrived by now, which blocking code cannot know';
const listeners = 'listeners are called from the event loop';

/** `net.Socket` becomes the `TcpStream` of `@unawait/std/net`. */
export const nodeNet: readonly Row[] = [
  { api: 'node:net#Socket', form: 'type', call: 'TcpStream', imports: { TcpStream: '@unawait/std/net' } },
  {
    api: 'node:net#connect',
    ...connects,
    example: ['const socket = net.connect(port);', 'const socket = TcpStream.to(port);'],
  },
  { api: 'node:net#createConnection', ...connects },
  {
    api: 'node:net#Socket.constructor',
    call: 'new TcpStream($1)',
    most: 1,
    when: { 1: '^\\{( allowHalfOpen: (boolean|true|false); )?\\}$' },
    ...swapped,
    example: ['const socket = new net.Socket();', 'const socket = new TcpStream();'],
  },
  {
    api: 'node:net#Socket.connect',
    same: true,
    most: 2,
    note: 'The connection is made here, and its error is thrown here',
  },
  {
    api: 'node:net#createServer',
    refuse: 'a server lives on the event loop',
    unlocks: '`TcpListener` of `@unawait/std/net` accepts one connection after the other',
  },
  {
    api: 'node:net#Socket.write',
    call: '$this.writeAll($1, $2)',
    returnsNothing: true,
    example: ["socket.write('PING\\r\\n');", "socket.writeAll('PING\\r\\n');"],
  },
  { api: 'node:net#Socket.end', same: true, returnsNothing: true },
  { api: 'node:net#Socket.destroy', same: true },
  { api: 'node:net#Socket.destroySoon', call: '$this.destroy()', returnsNothing: true },
  {
    api: 'node:net#Socket.setTimeout',
    same: true,
    functions: 'kept',
    note: 'A silence of this length calls the callback from within the read or write; without one it ends with `ETIMEDOUT`',
  },
  { api: 'node:net#Socket.setNoDelay', same: true },
  { api: 'node:net#Socket.setKeepAlive', same: true },
  {
    api: 'node:net#Socket.setEncoding',
    same: true,
    note: 'For the type checker only the result of this call reads strings',
  },
  { api: 'node:net#Socket.address', refuse: 'the blocking socket has `localAddress` and `localPort` instead' },
  { api: 'node:net#Socket.read', refuse: arrived },
  { api: 'node:net#Socket.unshift', refuse: arrived },
  { api: 'node:net#Socket.resetAndDestroy', refuse: 'the blocking socket cannot send a reset' },
  ...['ref', 'unref', 'pause', 'resume', 'cork', 'uncork'].map((name): Row => ({
    api: `node:net#Socket.${name}`,
    refuse: `there is nothing to ${name} in a socket that is read by calls`,
    unlocks: 'Remove the call',
  })),
  ...[
    'on',
    'once',
    'off',
    'addListener',
    'removeListener',
    'prependListener',
    'prependOnceListener',
    'removeAllListeners',
  ].map((name): Row => ({ api: `node:net#Socket.${name}`, refuse: listeners })),
  ...['emit', 'listenerCount', 'listeners', 'eventNames', 'setMaxListeners'].map((name): Row => ({
    api: `node:net#Socket.${name}`,
    refuse: 'the blocking socket emits no events',
  })),
  {
    api: 'node:net#Socket.pipe',
    refuse: 'a pipe runs on the event loop',
    unlocks: 'Copy chunk by chunk: `for (const chunk of socket) …`',
  },
  ...[
    'remoteAddress',
    'remotePort',
    'remoteFamily',
    'localAddress',
    'localPort',
    'bytesRead',
    'bytesWritten',
    'destroyed',
    'closed',
  ].map((name): Row => ({ api: `node:net#Socket.${name}`, form: 'member', same: true })),
  ...['readable', 'writable'].map((name): Row => ({
    api: `node:net#Socket.${name}`,
    form: 'member',
    call: '!$this.destroyed',
    note: `A half-closed socket counts as ${name} until it is closed`,
  })),
  {
    api: 'node:net#Socket.connecting',
    form: 'member',
    call: 'false',
    note: 'A blocking socket is connected from the start',
  },
  {
    api: 'node:net#Socket.pending',
    form: 'member',
    call: 'false',
    note: 'A blocking socket is connected from the start',
  },
  ...[
    'readyState',
    'timeout',
    'errored',
    'readableEnded',
    'writableEnded',
    'writableFinished',
    'readableLength',
    'writableLength',
    'writableNeedDrain',
  ].map((name): Row => ({
    api: `node:net#Socket.${name}`,
    form: 'member',
    refuse: 'the blocking socket has no such state',
  })),
];
