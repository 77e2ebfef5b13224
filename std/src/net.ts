/** Sockets whose calls block: TCP, Unix domain, UDP and name look-up. */
export { connectSync, TcpStream } from './net/stream.ts';
export { UnixStream } from './net/unix-stream.ts';
export { TcpListener } from './net/listener.ts';
export { onceSync } from './net/once.ts';
export type { StreamTimer } from './net/heard-stream.ts';
export { UdpSocket } from './net/udp.ts';
export { lookupSync } from './net/lookup.ts';
export { InterruptedError } from './process/interrupted-error.ts';
export type { StreamEvent } from './net/listeners.ts';
export type { ConnectSyncOptions } from './net/connect.ts';
export type { ListenerOptions, ListenerStopper } from './net/listener.ts';
export type { LookupAddress, LookupOptions } from './net/lookup.ts';
export type { Datagram, UdpOptions } from './net/udp.ts';
export type { SystemError } from './sockets/system-error.ts';
export type { BackendName } from './sockets/table.ts';
export { backendName } from './sockets/backend-name.ts';
