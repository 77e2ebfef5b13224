import { openConnection } from '../net/connect.ts';
import { part } from '../parts.ts';
import { codedError } from '../sockets/system-error.ts';
import { now } from '../time/clock.ts';
import { HttpConnection } from './connection.ts';
import type { ConnectSyncOptions } from '../net/connect.ts';
import type { Channel } from '../net/channel.ts';
import type { TlsOptions } from '../tls/options.ts';

/** What sets a connection apart from others to the same place. */
export interface Particulars extends TlsOptions, Pick<ConnectSyncOptions, 'family' | 'localAddress'> {}

/** Where a request goes, and how. */
export interface Origin {
  secure: boolean;
  host: string;
  port: number;
  socketPath?: string | undefined;
  particulars?: Particulars | undefined;
}

export interface AgentOptions extends TlsOptions {
  /** Keep connections for the next request. True by default. */
  keepAlive?: boolean | undefined;
  /** How many idle connections to keep for one server, 256 by default. */
  maxFreeSockets?: number | undefined;
  /**
   * A proxy's URL, or `environment` for HTTP_PROXY, HTTPS_PROXY and NO_PROXY. As in Node the environment is only
   * asked when told so: here, or by NODE_USE_ENV_PROXY=1 for every agent that is made while it is set.
   */
  proxy?: string | URL | false | undefined;
}

/** An origin, how it is named in requests, and the connections that wait for the next one; those by a proxy stand apart. */
export interface Server {
  origin: Origin;
  proxy: URL | undefined;
  hostHeader: string;
  idle: HttpConnection[];
}

/** Keeps connections between requests. One agent serves any number of servers. */
export class Agent {
  readonly options: AgentOptions;
  readonly #servers = new Map<string, Server>();
  /** The server that was asked for last: most programs talk to one, and need not put its key together each time. */
  #last: Server | undefined;
  readonly #asksEnvironment = process.env['NODE_USE_ENV_PROXY'] === '1';

  constructor(options: AgentOptions = {}) {
    this.options = options;
  }

  /** How many idle connections are kept now. */
  get idleCount(): number {
    return [...this.#servers.values()].reduce((sum, { idle }) => sum + idle.length, 0);
  }

  /** Closes the idle connections. */
  destroy(): void {
    for (const { idle } of this.#servers.values()) for (const each of idle.splice(0)) each.channel.close();
  }

  [Symbol.dispose](): void {
    this.destroy();
  }

  /** The proxy that a request goes through, if any. */
  proxyOf(origin: Origin): URL | undefined {
    const { proxy } = this.options;
    const asked = proxy === undefined ? this.#asksEnvironment : proxy !== false;
    return asked && origin.socketPath === undefined ? part('proxy').proxyFor(origin, proxy as string) : undefined;
  }

  /**
   * A kept connection, or a new one. `check` asks the system whether a kept one still stands, for a request that must
   * not be sent twice.
   */
  take({ origin, proxy, idle }: Server, deadline: number, check: boolean): HttpConnection {
    for (let next = idle.pop(); next !== undefined; next = idle.pop()) {
      next.deadline = deadline;
      if (check ? next.fresh() : next.isPromised()) return next;
      next.channel.close();
    }
    const connection = new HttpConnection(this.#open(origin, proxy, deadline));
    connection.deadline = deadline;
    return connection;
  }

  /** Takes a connection back when its response has been read. */
  give({ idle }: Server, connection: HttpConnection, reusable: boolean): void {
    if (!reusable || this.options.keepAlive === false) {
      connection.channel.close();
      return;
    }
    if (!connection.channel.readableIsCheap) connection.idleSince = now();
    if (idle.length < (this.options.maxFreeSockets ?? 256)) idle.push(connection);
    else connection.channel.close();
  }

  /** What is kept of an origin. */
  serverOf(origin: Origin): Server {
    const proxy = this.proxyOf(origin);
    const last = this.#last;
    if (last !== undefined && last.proxy?.href === proxy?.href && isSame(last.origin, origin)) return last;
    const { secure, host, port, socketPath, particulars } = origin;
    const key = [secure, host, port, socketPath, proxy?.href, JSON.stringify(particulars, keyPart)].join('\n');
    let server = this.#servers.get(key);
    if (server === undefined) {
      server = { origin, proxy, hostHeader: hostHeader(origin), idle: [] };
      this.#servers.set(key, server);
    }
    return (this.#last = server);
  }

  #open(origin: Origin, proxy: URL | undefined, deadline: number): Channel {
    const { secure, particulars } = origin;
    const { host, port } = proxy === undefined ? origin : part('proxy').addressOfProxy(proxy);
    const { channel } = openConnection(
      { ...particulars, host, port, path: origin.socketPath, noDelay: true },
      deadline,
      secure ? part('tls').socketsForTls() : undefined,
    );
    try {
      if (!secure) return channel;
      if (proxy !== undefined) part('proxy').openTunnel(channel, origin, proxy, deadline);
      return part('tls').secure(channel, { servername: origin.host, ...this.options, ...particulars }, deadline)
        .channel;
    } catch (error) {
      channel.close();
      throw error;
    }
  }
}

const isSame = (a: Origin, b: Origin): boolean =>
  a.host === b.host &&
  a.port === b.port &&
  a.secure === b.secure &&
  a.socketPath === b.socketPath &&
  (a.particulars ?? b.particulars) === undefined;

function hostHeader({ secure, host, port }: Origin): string {
  const name = host.includes(':') ? `[${host}]` : host;
  if (/[^\x21-\x7e]/.test(name)) throw codedError(new TypeError(`Invalid host: ${host}`), 'ERR_INVALID_ARG_VALUE');
  return port === (secure ? 443 : 80) ? name : `${name}:${port}`;
}

/** Keys and certificates may be buffers. */
const keyPart = (_name: string, value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;

/** What requests use that name no agent. */
export const globalAgent = new Agent();
