import { cString, readMemory, readString } from '../sockets/library.ts';
import { ipFamily } from '../sockets/ip.ts';
import { codedError, systemError } from '../sockets/system-error.ts';
import { supervised } from '../sockets/supervision.ts';
import { contextFor } from './context.ts';
import { openSslError, want } from './openssl.ts';
import { verifyError } from './verify.ts';
import type { Channel } from '../net/channel.ts';
import type { ForeignAccess } from '../sockets/table.ts';
import type { OpenSsl } from './openssl.ts';
import type { Secured, TlsOptions } from './options.ts';

const sendServerName = 55;
const verifyPeer = 1;
const ok = 0;

/** TLS over a descriptor: OpenSSL reads and writes the socket itself. */
export function secureWithOpenSsl(
  under: Channel,
  foreign: ForeignAccess,
  ssl: OpenSsl,
  options: TlsOptions & { rejectUnauthorized: boolean },
  deadline: number,
): Secured {
  const { library } = foreign;
  const { socket } = under;
  const session = library.pointer('SSL_new', ['pointer'])(contextFor(library, options));
  const host = options.servername ?? '';
  let blocking = true;
  let freed = false;

  const free = (): void => {
    if (freed) return;
    freed = true;
    library.int('SSL_free', ['pointer'])(session);
  };

  /** Runs an operation until OpenSSL does not have to wait for the socket. 0 says that the other side has ended. */
  const run = (syscall: string, at: number, act: () => number): number => {
    const block = at === Infinity && !supervised();
    if (block !== blocking) foreign.setBlocking(socket, (blocking = block));
    for (;;) {
      ssl.clearErrors();
      const result = act();
      if (result > 0) return result;
      const errno = library.errno();
      switch (ssl.reason(session, result)) {
        case want.read:
          foreign.wait(socket, 'read', at);
          break;
        case want.write:
          foreign.wait(socket, 'write', at);
          break;
        case want.end:
          return 0;
        case want.syscall:
          if (errno === 0) return 0;
          throw systemError(syscall, errno);
        default:
          throw openSslError(library, syscall);
      }
    }
  };

  const peerIsLone = (): boolean => {
    const chain = library.pointer('SSL_get_peer_cert_chain', ['pointer'])(session);
    return chain === 0n || library.int('OPENSSL_sk_num', ['pointer'])(chain) < 2;
  };

  const verified = (): Error | undefined => {
    const result = library.int('SSL_get_verify_result', ['pointer'])(session);
    return result === ok ? undefined : verifyError(result, host, peerIsLone());
  };

  try {
    library.int('SSL_set_fd', ['pointer', 'int'])(session, socket);
    library.int('SSL_set_verify', ['pointer', 'int', 'pointer'])(
      session,
      options.rejectUnauthorized ? verifyPeer : 0,
      null,
    );
    expectHost(foreign, session, host);
    const alpn = Buffer.from('\x08http/1.1', 'latin1');
    library.int('SSL_set_alpn_protos', ['pointer', 'pointer', 'int'])(session, alpn, alpn.length);
    let connected: number;
    try {
      connected = run('connect', deadline, () => ssl.connect(session));
    } catch (error) {
      throw (options.rejectUnauthorized ? verified() : undefined) ?? error;
    }
    if (connected === 0) {
      const early = 'Client network socket disconnected before secure TLS connection was established';
      throw codedError(new Error(early), 'ECONNRESET');
    }
    const untrusted = verified();
    if (untrusted !== undefined && options.rejectUnauthorized) throw untrusted;
    const version = library.pointer('SSL_get_version', ['pointer'])(session);
    const facts = {
      authorized: untrusted === undefined,
      authorizationError: untrusted,
      protocol: readString(library, version),
      certificate: () => peerCertificate(foreign, session),
    };
    const byte = new Uint8Array(1);
    const channel: Channel = {
      ...under,
      receive(into, offset, length, at) {
        const target = offset === 0 ? into : into.subarray(offset);
        return run('read', at, () => ssl.read(session, target, length));
      },
      send(from, offset, length, at) {
        const source = offset === 0 ? from : from.subarray(offset);
        const sent = run('write', at, () => ssl.write(session, source, length));
        if (sent === 0) throw systemError('write', process.platform === 'darwin' ? 54 : 104);
        return sent;
      },
      readable() {
        if (!under.readable()) return false;
        // What has come may be a new session ticket, which is no data.
        if (blocking) foreign.setBlocking(socket, (blocking = false));
        const result = ssl.peek(session, byte, 1);
        return result > 0 || ssl.reason(session, result) !== want.read;
      },
      shutdown() {
        ssl.shutdown(session);
        under.shutdown();
      },
      close() {
        if (!freed) {
          // A goodbye is a courtesy that must not block.
          if (blocking) foreign.setBlocking(socket, false);
          ssl.shutdown(session);
          ssl.clearErrors();
        }
        free();
        under.close();
      },
    };
    return { channel, facts };
  } catch (error) {
    free();
    throw error;
  }
}

/** Sets the name that is sent, and the name or address that the certificate must carry. */
function expectHost({ library }: ForeignAccess, session: bigint, host: string): void {
  if (host === '') return;
  if (ipFamily(host) !== 0) {
    const parameters = library.pointer('SSL_get0_param', ['pointer'])(session);
    library.int('X509_VERIFY_PARAM_set1_ip_asc', ['pointer', 'pointer'])(parameters, cString(host));
    return;
  }
  library.int('SSL_ctrl', ['pointer', 'int', 'size', 'pointer'])(session, sendServerName, 0, cString(host));
  library.int('SSL_set1_host', ['pointer', 'pointer'])(session, cString(host));
}

/** The server's certificate in DER. */
function peerCertificate({ library }: ForeignAccess, session: bigint): Buffer | undefined {
  const certificate = library.pointer('SSL_get1_peer_certificate', ['pointer'])(session);
  if (certificate === 0n) return undefined;
  const encode = library.int('i2d_X509', ['pointer', 'pointer']);
  const place = Buffer.alloc(8);
  const length = encode(certificate, place);
  const address = place.readBigUInt64LE();
  const der = readMemory(library, address, length);
  library.int('CRYPTO_free', ['pointer', 'pointer', 'int'])(address, null, 0);
  library.int('X509_free', ['pointer'])(certificate);
  return der;
}
