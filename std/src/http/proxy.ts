import { codedError } from '../sockets/system-error.ts';
import { HttpConnection } from './connection.ts';
import { basic } from './headers.ts';
import type { Channel } from '../net/channel.ts';
import type { Origin } from './agent.ts';

/** The proxy for an origin by an agent's setting: a URL, the environment's choice, or none. */
export function proxyFor(origin: Origin, setting: string | URL | undefined): URL | undefined {
  const { env } = process;
  if (setting !== undefined && setting !== 'environment') return new URL(setting);
  const name = origin.secure ? 'https_proxy' : 'http_proxy';
  const proxy = env[name] ?? env[name.toUpperCase()];
  if (!proxy || bypasses(env['no_proxy'] ?? env['NO_PROXY'] ?? '', origin)) return undefined;
  return new URL(proxy.includes('://') ? proxy : `http://${proxy}`);
}

/** NO_PROXY: names with or without a leading dot or `*.`, each with a port where wanted, or `*` for all. */
function bypasses(list: string, { host, port }: Origin): boolean {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = entry, entryPort] = /^(.*):(\d+)$/.exec(entry) ?? [];
      if (entryPort !== undefined && Number(entryPort) !== port) return false;
      const bare = name.replace(/^\*?\./, '');
      return host.toLowerCase() === bare || host.toLowerCase().endsWith(`.${bare}`);
    });
}

export const addressOfProxy = (proxy: URL): { host: string; port: number } => ({
  host: proxy.hostname.replace(/^\[|\]$/g, ''),
  port: Number(proxy.port || 80),
});

/** What a proxy wants to see when its URL carries a name and a password. */
export function proxyAuthorization(proxy: URL): string {
  if (proxy.username === '') return '';
  return `Proxy-Authorization: ${basic(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`)}\r\n`;
}

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
