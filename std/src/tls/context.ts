import { codedError } from '../sockets/system-error.ts';
import { eachPem, openSslError } from './openssl.ts';
import type { Library } from '../sockets/library.ts';
import type { TlsOptions } from './options.ts';

/** The numbers behind OpenSSL's macros. */
const control = { extraChainCertificate: 14, minimumVersion: 123 };
const tls12 = 0x0303;
/** A peer that closes without a goodbye has ended, as in Node. HTTP knows by itself whether something is missing. */
const ignoreUnexpectedEnd = 0x80;

const contexts = new Map<string, bigint>();

/** An SSL_CTX for these options. They are kept: reading Node's list of authorities takes 4 to 18 ms. */
export function contextFor(library: Library, options: TlsOptions): bigint {
  const { ca, cert, key, passphrase } = options;
  const name = JSON.stringify([[ca ?? null].flat().map(textOf), textOf(cert), textOf(key), passphrase]);
  let context = contexts.get(name);
  if (context === undefined) {
    context = makeContext(library, options);
    contexts.set(name, context);
  }
  return context;
}

const textOf = (pem: string | Uint8Array | null | undefined): string =>
  pem === undefined || pem === null ? '' : typeof pem === 'string' ? pem : Buffer.from(pem).toString('latin1');

const bytesOf = (pem: string | Uint8Array): Buffer => Buffer.from(textOf(pem), 'latin1');

function makeContext(library: Library, { ca, cert, key, passphrase }: TlsOptions): bigint {
  const context = library.pointer('SSL_CTX_new', ['pointer'])(library.pointer('TLS_client_method', [])());
  const set = library.int('SSL_CTX_ctrl', ['pointer', 'int', 'size', 'pointer']);
  set(context, control.minimumVersion, tls12, null);
  library.pointer('SSL_CTX_set_options', ['pointer', 'size'])(context, ignoreUnexpectedEnd);
  const store = library.pointer('SSL_CTX_get_cert_store', ['pointer'])(context);
  const trust = library.int('X509_STORE_add_cert', ['pointer', 'pointer']);
  const free = library.int('X509_free', ['pointer']);
  const authorities = ca === undefined ? defaultAuthorities() : [ca].flat().map(textOf);
  eachPem(library, Buffer.from(authorities.join('\n'), 'latin1'), 'PEM_read_bio_X509', (certificate) => {
    trust(store, certificate);
    free(certificate);
  });
  if (cert !== undefined) {
    const use = library.int('SSL_CTX_use_certificate', ['pointer', 'pointer']);
    let found = 0;
    eachPem(library, bytesOf(cert), 'PEM_read_bio_X509', (certificate, index) => {
      found++;
      if (index > 0) set(context, control.extraChainCertificate, 0, certificate);
      else if (use(context, certificate) !== 1) throw openSslError(library, 'use certificate');
    });
    if (found === 0) throw codedError(new Error('`cert` holds no certificate in PEM'), 'ERR_OSSL_PEM_NO_START_LINE');
  }
  if (key !== undefined) {
    let found = 0;
    const use = library.int('SSL_CTX_use_PrivateKey', ['pointer', 'pointer']);
    const take = (privateKey: bigint): void => {
      found++;
      if (use(context, privateKey) !== 1) throw openSslError(library, 'use key');
    };
    eachPem(library, bytesOf(key), 'PEM_read_bio_PrivateKey', take, passphrase);
    if (found === 0) {
      throw codedError(
        new Error('`key` holds no private key in PEM that the passphrase opens'),
        'ERR_OSSL_BAD_DECRYPT',
      );
    }
  }
  return context;
}

/** The authorities that Node trusts: its own list, or what its flags say, and NODE_EXTRA_CA_CERTS. */
function defaultAuthorities(): readonly string[] {
  const tls = process.getBuiltinModule('node:tls') as typeof import('node:tls') & {
    getCACertificates?: (kind: 'default') => string[];
  };
  if (tls.getCACertificates !== undefined) return tls.getCACertificates('default');
  const extra = process.env['NODE_EXTRA_CA_CERTS'];
  if (!extra) return tls.rootCertificates;
  try {
    return [...tls.rootCertificates, process.getBuiltinModule('node:fs').readFileSync(extra, 'latin1')];
  } catch {
    return tls.rootCertificates;
  }
}
