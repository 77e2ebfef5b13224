import { codedError } from '../sockets/system-error.ts';

/** Why OpenSSL does not trust a certificate, by the names that Node gives the reasons. */
const reasons: Record<number, [code: string, text: string]> = {
  2: ['UNABLE_TO_GET_ISSUER_CERT', 'unable to get issuer certificate'],
  7: ['CERT_SIGNATURE_FAILURE', 'certificate signature failure'],
  9: ['CERT_NOT_YET_VALID', 'certificate is not yet valid'],
  10: ['CERT_HAS_EXPIRED', 'certificate has expired'],
  18: ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'],
  19: ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'],
  20: ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unable to get local issuer certificate'],
  21: ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate'],
  22: ['CERT_CHAIN_TOO_LONG', 'certificate chain too long'],
  23: ['CERT_REVOKED', 'certificate revoked'],
  24: ['INVALID_CA', 'invalid CA certificate'],
  25: ['PATH_LENGTH_EXCEEDED', 'path length constraint exceeded'],
  26: ['INVALID_PURPOSE', 'unsupported certificate purpose'],
  27: ['CERT_UNTRUSTED', 'certificate not trusted'],
  28: ['CERT_REJECTED', 'certificate rejected'],
};

const hostMismatch = new Set([62, 64]);

/**
 * The error for a verification result. `lone` says that the server sent no chain: then the missing issuer is reported
 * as an unverified leaf, since Node goes on to the last failure where OpenSSL stops at the first.
 */
export function verifyError(result: number, host: string, lone: boolean): Error & { code: string } {
  if (hostMismatch.has(result)) {
    const reason = `Host: ${host}. is not in the cert's altnames`;
    const error = new Error(`Hostname/IP does not match certificate's altnames: ${reason}`);
    return Object.assign(codedError(error, 'ERR_TLS_CERT_ALTNAME_INVALID'), { reason, host });
  }
  const [code, text] = reasons[result === 20 && lone ? 21 : result] ?? [
    'UNSPECIFIED',
    `verification failed (${result})`,
  ];
  return codedError(new Error(text), code);
}
