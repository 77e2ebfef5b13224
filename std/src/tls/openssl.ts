import { readString, cString } from '../sockets/library.ts';
import { codedError } from '../sockets/system-error.ts';
import type { IntFunction, Library, PointerFunction } from '../sockets/library.ts';

/** The functions of Node's own OpenSSL that are used here, bound on first use. */
export interface OpenSsl {
  library: Library;
  read: IntFunction;
  peek: IntFunction;
  write: IntFunction;
  connect: IntFunction;
  shutdown: IntFunction;
  /** SSL_get_error: what a result of -1 or 0 means. */
  reason: IntFunction;
  clearErrors(): void;
}

export const want = { ssl: 1, read: 2, write: 3, syscall: 5, end: 6 };

let bound: { library: Library; ssl: OpenSsl | undefined } | undefined;

/** Undefined where the symbols are hidden: Electron, Bun, some builds against a shared library. */
export function bindOpenSsl(library: Library): OpenSsl | undefined {
  if (bound?.library === library) return bound.ssl;
  let ssl: OpenSsl | undefined;
  try {
    const clear = library.int('ERR_clear_error', []);
    ssl = {
      library,
      read: library.int('SSL_read', ['pointer', 'pointer', 'int']),
      peek: library.int('SSL_peek', ['pointer', 'pointer', 'int']),
      write: library.int('SSL_write', ['pointer', 'pointer', 'int']),
      connect: library.int('SSL_connect', ['pointer']),
      shutdown: library.int('SSL_shutdown', ['pointer']),
      reason: library.int('SSL_get_error', ['pointer', 'int']),
      clearErrors: () => void clear(),
    };
  } catch {
    ssl = undefined;
  }
  bound = { library, ssl };
  return ssl;
}

/** The failure that OpenSSL noted, in the shape of Node's: `code` is ERR_SSL_ and the reason. */
export function openSslError(library: Library, syscall: string): Error {
  const number = library.pointer('ERR_get_error', [])();
  const text = (symbol: string): string => {
    const address = number === 0n ? 0n : library.pointer(symbol, ['size'])(number);
    return address === 0n ? '' : readString(library, address);
  };
  const reason = text('ERR_reason_error_string') || 'unknown failure';
  library.int('ERR_clear_error', [])();
  const code = `ERR_SSL_${reason.toUpperCase().replace(/[^A-Z\d]+/g, '_')}`;
  const error = new Error(`${syscall} EPROTO SSL routines:${reason}`);
  return Object.assign(codedError(error, code), { library: 'SSL routines', reason, syscall });
}

/** Calls `use` with each object that a PEM text holds, as `read` finds them. */
export function eachPem(
  library: Library,
  pem: Uint8Array,
  symbol: 'PEM_read_bio_X509' | 'PEM_read_bio_PrivateKey',
  use: (object: bigint, index: number) => void,
  passphrase?: string,
): void {
  const bio = library.pointer('BIO_new_mem_buf', ['pointer', 'int'])(pem, pem.length);
  const read: PointerFunction = library.pointer(symbol, ['pointer', 'pointer', 'pointer', 'pointer']);
  const secret = cString(passphrase ?? '');
  try {
    for (let index = 0; ; index++) {
      const object = read(bio, null, null, secret);
      if (object === 0n) break;
      use(object, index);
    }
  } finally {
    library.int('BIO_free', ['pointer'])(bio);
    // The end of the text was noted as an error.
    library.int('ERR_clear_error', [])();
  }
}
