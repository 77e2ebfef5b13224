import { openConnection } from './connect.ts';
import { TcpStream } from './stream.ts';
import type { ConnectSyncOptions } from './connect.ts';

/** A connection over a Unix domain socket. */
export class UnixStream extends TcpStream {
  static override connect(path: string | number | ConnectSyncOptions): UnixStream {
    const whole = typeof path === 'object' ? path : { path: String(path) };
    return new UnixStream(openConnection(whole), whole);
  }
}
