import { openConnection } from '../net/connect.ts';
import { TcpStream } from '../net/stream.ts';
import { deadlineOf } from '../sockets/table.ts';
import { secure, socketsForTls } from './part.ts';
import type { ConnectSyncOptions, Connected } from '../net/connect.ts';
import type { TlsFacts, TlsOptions } from './options.ts';

export interface TlsConnectOptions extends ConnectSyncOptions, TlsOptions {}

/**
 * A TLS connection. It reads and writes like a `TcpStream`.
 *
 * @example
 * ```ts
 * using socket = TlsStream.connect({ host: 'example.org', port: 443 });
 * console.log(socket.getProtocol(), socket.authorized);
 * ```
 */
export class TlsStream extends TcpStream {
  #facts: TlsFacts | undefined;

  private constructor(options: TlsConnectOptions, connected?: Connected, facts?: TlsFacts) {
    if (connected === undefined) super(options);
    else super(connected, options);
    this.#facts = facts;
  }

  /** Connects and shakes hands; see `connectSync`. */
  static override connect(options: TlsConnectOptions | number, host?: string): TlsStream;
  static override connect(port: number, host: string | undefined, options: TlsConnectOptions): TlsStream;
  static override connect(first: TlsConnectOptions | number, host?: string, more?: TlsConnectOptions): TlsStream {
    const whole = wholeOptions(first, host, more);
    const { connected, facts } = openSecure(whole, deadlineOf(whole.timeout));
    return new TlsStream(whole, connected, facts);
  }

  /** Node's `tls.connect`: a stream to there, which `connect`, or the first read or write, opens. */
  static override to(options: TlsConnectOptions): TlsStream;
  static override to(port: number, host?: string, options?: TlsConnectOptions): TlsStream;
  static override to(port: number, options: TlsConnectOptions): TlsStream;
  static override to(
    first: TlsConnectOptions | number | string,
    host?: string | TlsConnectOptions,
    options?: TlsConnectOptions,
  ): TlsStream {
    return new TlsStream(wholeOptions(first, host, options));
  }

  protected override openTo(options: TlsConnectOptions, deadline: number): Connected {
    const { connected, facts } = openSecure(options, deadline);
    this.#facts = facts;
    return connected;
  }

  /** Whether the certificate is trusted and carries the host's name; false before it is connected. */
  get authorized(): boolean {
    return this.#facts?.authorized ?? false;
  }

  /** Why it is not, where `rejectUnauthorized: false` let it pass. */
  get authorizationError(): Error | null {
    return this.#facts?.authorizationError ?? null;
  }

  readonly encrypted = true;

  /** `TLSv1.2` or `TLSv1.3`; null before it is connected. */
  getProtocol(): string | null {
    return this.#facts?.protocol ?? null;
  }

  /** The server's certificate, for `new X509Certificate(der)`. */
  getPeerCertificateRaw(): Buffer | undefined {
    return this.#facts?.certificate();
  }
}

function wholeOptions(
  first: TlsConnectOptions | number | string,
  host?: string | TlsConnectOptions,
  options: TlsConnectOptions = {},
): TlsConnectOptions {
  if (typeof first === 'string') return { path: first };
  if (typeof first === 'object') return first;
  if (typeof host === 'object') return { ...host, port: first };
  return { ...options, port: first, ...(host !== undefined && { host }) };
}

function openSecure(options: TlsConnectOptions, deadline: number): { connected: Connected; facts: TlsFacts } {
  const { channel, remote } = openConnection(options, deadline, socketsForTls());
  try {
    const secured = secure(channel, { servername: options.host ?? 'localhost', ...options }, deadline);
    return { connected: { channel: secured.channel, remote }, facts: secured.facts };
  } catch (error) {
    channel.close();
    throw error;
  }
}

/**
 * The blocking form of `tls.connect`. Throws what it emits: a refused connection, `DEPTH_ZERO_SELF_SIGNED_CERT` and the
 * other codes of an untrusted certificate, `ERR_TLS_CERT_ALTNAME_INVALID` for one of another host.
 */
export function connectSync(options: TlsConnectOptions): TlsStream;
export function connectSync(port: number, host?: string): TlsStream;
export function connectSync(options: TlsConnectOptions | number, host?: string): TlsStream {
  return TlsStream.connect(options, host);
}
