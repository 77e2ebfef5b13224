import type { webcrypto } from 'node:crypto';
import { callSync } from './bridge.ts';
import * as direct from './crypto/direct.ts';

/** What the methods take is read off them: the names of these types change from one version of Node's types to the next. */
type Subtle = webcrypto.SubtleCrypto;
type Algorithm = webcrypto.AlgorithmIdentifier;
type Cipher = Parameters<Subtle['encrypt']>[0];
type Signature = Parameters<Subtle['sign']>[0];
type Derivation = Parameters<Subtle['deriveBits']>[0] | Parameters<Subtle['deriveKey']>[0];
type Imported = Parameters<Subtle['unwrapKey']>[4];
type Derived = Parameters<Subtle['deriveKey']>[2];
type Bytes = Parameters<Subtle['digest']>[1];
type Usages = readonly webcrypto.KeyUsage[];

/** The methods of `crypto.subtle` as plain calls. */
export interface SubtleSync {
  decrypt(algorithm: Cipher, key: webcrypto.CryptoKey, data: Bytes): ArrayBuffer;
  deriveBits(algorithm: Derivation, baseKey: webcrypto.CryptoKey, length?: number | null): ArrayBuffer;
  deriveKey(
    algorithm: Derivation,
    baseKey: webcrypto.CryptoKey,
    derivedKeyAlgorithm: Derived,
    extractable: boolean,
    keyUsages: Usages,
  ): webcrypto.CryptoKey;
  digest(algorithm: Algorithm, data: Bytes): ArrayBuffer;
  encrypt(algorithm: Cipher, key: webcrypto.CryptoKey, data: Bytes): ArrayBuffer;
  exportKey(format: 'jwk', key: webcrypto.CryptoKey): webcrypto.JsonWebKey;
  exportKey(format: Exclude<webcrypto.KeyFormat, 'jwk'>, key: webcrypto.CryptoKey): ArrayBuffer;
  exportKey(format: webcrypto.KeyFormat, key: webcrypto.CryptoKey): ArrayBuffer | webcrypto.JsonWebKey;
  generateKey(
    algorithm: webcrypto.RsaHashedKeyGenParams | webcrypto.EcKeyGenParams,
    extractable: boolean,
    keyUsages: Usages,
  ): webcrypto.CryptoKeyPair;
  generateKey(
    algorithm: webcrypto.AesKeyGenParams | webcrypto.HmacKeyGenParams | webcrypto.Pbkdf2Params,
    extractable: boolean,
    keyUsages: Usages,
  ): webcrypto.CryptoKey;
  generateKey(
    algorithm: Algorithm,
    extractable: boolean,
    keyUsages: Usages,
  ): webcrypto.CryptoKeyPair | webcrypto.CryptoKey;
  importKey(
    format: 'jwk',
    keyData: webcrypto.JsonWebKey,
    algorithm: Imported,
    extractable: boolean,
    keyUsages: Usages,
  ): webcrypto.CryptoKey;
  importKey(
    format: Exclude<webcrypto.KeyFormat, 'jwk'>,
    keyData: Bytes,
    algorithm: Imported,
    extractable: boolean,
    keyUsages: Usages,
  ): webcrypto.CryptoKey;
  sign(algorithm: Signature, key: webcrypto.CryptoKey, data: Bytes): ArrayBuffer;
  unwrapKey(
    format: webcrypto.KeyFormat,
    wrappedKey: Bytes,
    unwrappingKey: webcrypto.CryptoKey,
    unwrapAlgorithm: Cipher,
    unwrappedKeyAlgorithm: Imported,
    extractable: boolean,
    keyUsages: Usages,
  ): webcrypto.CryptoKey;
  verify(algorithm: Signature, key: webcrypto.CryptoKey, signature: Bytes, data: Bytes): boolean;
  wrapKey(
    format: webcrypto.KeyFormat,
    key: webcrypto.CryptoKey,
    wrappingKey: webcrypto.CryptoKey,
    wrapAlgorithm: Cipher,
  ): ArrayBuffer;
}

/**
 * `crypto.subtle` as plain calls. Keys are Node's own `CryptoKey` objects: they pass freely between these calls, asynchronous ones and
 * libraries. Values and errors are those of `crypto.subtle`.
 *
 * What `node:crypto` can compute at once from a `CryptoKey` runs in this thread: digests, HMAC, RSA, ECDSA and Ed25519 signatures,
 * AES-GCM, AES-CBC and AES-CTR, PBKDF2 and HKDF. Everything else (making and importing keys above all), and every call that fails, goes
 * through one worker thread, which is started once; see `@unawait/std/bridge` for what that costs and asks of a bundler.
 *
 * @example
 * ```ts
 * import { subtleSync } from '@unawait/std/crypto';
 *
 * const key = subtleSync.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
 * const signature = subtleSync.sign('HMAC', key, bytes);
 * ```
 */
export const subtleSync = {
  decrypt: (...args) => either(direct.decrypt, 'decrypt', args),
  deriveBits: (...args) => either(direct.deriveBits, 'deriveBits', args),
  deriveKey: (...args) => bridged('deriveKey', args),
  digest: (...args) => either(direct.digest, 'digest', args),
  encrypt: (...args) => either(direct.encrypt, 'encrypt', args),
  exportKey: (...args) => either(direct.exportKey, 'exportKey', args),
  generateKey: (...args) => bridged('generateKey', args),
  importKey: (...args) => bridged('importKey', args),
  sign: (...args) => either(direct.sign, 'sign', args),
  unwrapKey: (...args) => bridged('unwrapKey', args),
  verify: (...args) => either(direct.verify, 'verify', args),
  wrapKey: (...args) => bridged('wrapKey', args),
} satisfies Record<keyof SubtleSync, (...args: unknown[]) => unknown> as SubtleSync;

/** Here where that is possible, else over there; what fails here fails again over there, with the error that is expected. */
function either(here: (...args: unknown[]) => unknown, name: string, args: unknown[]): unknown {
  let value: unknown;
  try {
    value = here(...args);
  } catch {
    value = undefined;
  }
  return value ?? bridged(name, args);
}

function bridged(name: string, args: unknown[]): unknown {
  return callSync('node:crypto', `webcrypto.subtle.${name}`, args as never[]);
}
