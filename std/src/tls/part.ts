import type { Channel } from '../net/channel.ts';
import type { Sockets } from '../sockets/table.ts';
import type { TlsOptions } from './options.ts';
export function socketsForTls(): Sockets {
  throw new Error('TLS is not here yet');
}
export function secure(_channel: Channel, _options: TlsOptions, _deadline: number): Channel {
  throw new Error('TLS is not here yet');
}
