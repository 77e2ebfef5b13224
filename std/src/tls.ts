/** TLS with blocking calls, on Node's own OpenSSL. Importing it also serves `https:` in a bundle. */
import './parts/tls.ts';

export { connectSync, TlsStream } from './tls/stream.ts';
export type { TlsConnectOptions } from './tls/stream.ts';
export type { TlsFacts, TlsOptions } from './tls/options.ts';
