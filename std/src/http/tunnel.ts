import { codedError } from '../sockets/system-error.ts';
import { HttpConnection } from './connection.ts';
import { proxyAuthorization } from './proxy.ts';
import type { Channel } from '../net/channel.ts';
import type { Origin } from './agent.ts';

/** Asks a proxy for a connection to the origin; afterwards the channel leads there. */
export function openTunnel(channel: Channel, origin: Origin, proxy: URL, deadline: number): void {
  const target = `${origin.host.includes(':') ? `[${origin.host}]` : origin.host}:${origin.port}`;
  const connection = new HttpConnection(channel);
  connection.deadline = deadline;
  const head = `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${proxyAuthorization(proxy)}\r\n`;
  // HEAD says that no body follows: after a 2xx the bytes belong to the tunnel.
  const request = { method: 'HEAD', head, body: undefined, limits: { maxHeaderSize: 16384, maxBodySize: 0 } };
  const answer = connection.exchange(request, () => undefined).head;
  if (answer.statusCode >= 200 && answer.statusCode < 300) return;
  const message = `The proxy refused the tunnel to ${target}: ${answer.statusCode} ${answer.statusMessage}`;
  throw codedError(new Error(message), 'ERR_PROXY_TUNNEL');
}
