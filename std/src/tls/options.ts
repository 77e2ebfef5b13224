import type { Channel } from '../net/channel.ts';

type Pem = string | Uint8Array;

/** Options of `tls.connect` that apply here. Certificates and keys are PEM. */
export interface TlsOptions {
  /** The authorities to trust instead of Node's own list. */
  ca?: Pem | readonly Pem[] | undefined;
  /** A client certificate, its chain after it, and its key. */
  cert?: Pem | undefined;
  key?: Pem | undefined;
  passphrase?: string | undefined;
  /** Accept any certificate when false. By default only NODE_TLS_REJECT_UNAUTHORIZED=0 does that. */
  rejectUnauthorized?: boolean | undefined;
  /** The name that the certificate must carry and that is sent in the clear; the host by default. */
  servername?: string | undefined;
}

/** What a handshake found out. */
export interface TlsFacts {
  /** Whether the certificate is trusted and carries the name. Only `rejectUnauthorized: false` lets it be false. */
  authorized: boolean;
  authorizationError: Error | undefined;
  /** `TLSv1.3`, say. */
  protocol: string;
  /** The server's certificate in DER. */
  certificate(): Buffer | undefined;
}

export interface Secured {
  channel: Channel;
  facts: TlsFacts;
}
