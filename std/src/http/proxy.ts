import type { Origin } from './agent.ts';

/** The proxy for an origin by an agent's setting: a URL, the environment's choice, or none. */
export function proxyFor(origin: Origin, setting: string | URL | false | undefined): URL | undefined {
  const { env } = process;
  if (setting === false) return undefined;
  if (setting === undefined && env['NODE_USE_ENV_PROXY'] !== '1') return undefined;
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

/** What a proxy wants to see when its URL carries a name and a password. */
export function proxyAuthorization(proxy: URL): string {
  if (proxy.username === '') return '';
  return `Proxy-Authorization: ${basic(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`)}\r\n`;
}

export const basic = (credentials: string): string => `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`;
