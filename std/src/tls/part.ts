import { part } from '../parts.ts';
import { chooseSockets, table } from '../sockets/choose.ts';
import { ipFamily } from '../sockets/ip.ts';
import { socketChannel } from '../net/channel.ts';
import { bindOpenSsl } from './openssl.ts';
import { secureWithOpenSsl } from './openssl-channel.ts';
import type { Channel } from '../net/channel.ts';
import type { Sockets } from '../sockets/table.ts';
import type { Secured, TlsOptions } from './options.ts';

/** The table to open a socket with that TLS will run over: one whose descriptor OpenSSL can drive, or the bridge. */
export function socketsForTls(): Sockets {
  const chosen = chooseSockets();
  if (chosen.foreign !== undefined && bindOpenSsl(chosen.foreign.library) !== undefined) return chosen;
  const bridge = table('bridge');
  if (bridge === undefined) throw new Error('TLS needs koffi, node:ffi or a worker, and none of them works here.');
  return bridge;
}

/** Shakes hands over a channel of `socketsForTls`. Throws when the certificate is not trusted or has another name. */
export function secure(channel: Channel, options: TlsOptions, deadline: number): Secured {
  const { ca, cert, key, passphrase, servername } = options;
  const rejectUnauthorized = options.rejectUnauthorized ?? process.env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0';
  const whole = { ca, cert, key, passphrase, servername, rejectUnauthorized };
  const { foreign } = channel.sockets;
  const ssl = foreign && bindOpenSsl(foreign.library);
  if (foreign !== undefined && ssl !== undefined) return secureWithOpenSsl(channel, foreign, ssl, whole, deadline);
  const { secureSocket } = part('bridge');
  // Node sends no address as a server's name, and checks the certificate against `host`.
  const isAddress = servername !== undefined && ipFamily(servername) !== 0;
  const found = secureSocket(
    channel.socket,
    { ...whole, servername: isAddress ? '' : servername, host: servername },
    deadline,
  );
  return {
    channel: socketChannel(channel.sockets, channel.socket),
    facts: {
      authorized: found.authorized,
      authorizationError: found.authorized ? undefined : new Error(found.authorizationError ?? 'not authorized'),
      protocol: found.protocol ?? '',
      certificate: () => found.raw && Buffer.from(found.raw),
    },
  };
}
