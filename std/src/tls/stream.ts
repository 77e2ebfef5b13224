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
  readonly #facts: TlsFacts;

  private constructor(connected: Connected, facts: TlsFacts, options: TlsConnectOptions) {
    super(connected, options);
    this.#facts = facts;
  }

  /** Connects and shakes hands; see `connectSync`. */
  static override connect(options: TlsConnectOptions | number, host?: string): TlsStream {
    const whole = typeof options === 'number' ? { port: options, ...(host !== undefined && { host }) } : options;
    const deadline = deadlineOf(whole.timeout);
    const { channel, remote } = openConnection(whole, deadline, socketsForTls());
    try {
      const secured = secure(channel, { servername: whole.host ?? 'localhost', ...whole }, deadline);
      return new TlsStream({ channel: secured.channel, remote }, secured.facts, whole);
    } catch (error) {
      channel.close();
      throw error;
    }
  }

  /** Whether the certificate is trusted and carries the host's name. */
  get authorized(): boolean {
    return this.#facts.authorized;
  }

  /** Why it is not, where `rejectUnauthorized: false` let it pass. */
  get authorizationError(): Error | null {
    return this.#facts.authorizationError ?? null;
  }

  readonly encrypted = true;

  /** `TLSv1.2` or `TLSv1.3`. */
  getProtocol(): string {
    return this.#facts.protocol;
  }

  /** The server's certificate, for `new X509Certificate(der)`. */
  getPeerCertificateRaw(): Buffer | undefined {
    return this.#facts.certificate();
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
