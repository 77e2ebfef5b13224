/**
 * Operations of `crypto.subtle` as `node:crypto` computes them. Each returns undefined for what is not plainly in order or not done here,
 * and may throw anything: the caller asks `crypto.subtle` itself then.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  KeyObject,
  pbkdf2Sync,
  sign as signNow,
  timingSafeEqual,
  verify as verifyNow,
  constants,
  type CipherGCMTypes,
  type webcrypto,
} from 'node:crypto';
import { types } from 'node:util';

type Fields = Readonly<Record<string, unknown>>;
type Key = webcrypto.CryptoKey & {
  readonly algorithm: { readonly hash?: { readonly name: string }; readonly length?: number };
};

const HASHES: Readonly<Record<string, string>> = {
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};
const TAG_LENGTHS = [32, 64, 96, 104, 112, 120, 128];

export function digest(algorithm: unknown, data: unknown): ArrayBuffer | undefined {
  const hash = hashOf(algorithm);
  const bytes = bytesOf(data);
  return hash === undefined || !bytes ? undefined : answer(createHash(hash).update(bytes).digest());
}

export function sign(algorithm: unknown, key: unknown, data: unknown): ArrayBuffer | undefined {
  const bytes = bytesOf(data);
  if (!isKey(key, 'sign') || nameOf(algorithm) !== key.algorithm.name || !bytes) return undefined;
  if (key.algorithm.name === 'HMAC') return answer(hmac(key, bytes));
  const how = signing(algorithm, key);
  return how && answer(signNow(how.hash, bytes, how.options));
}

export function verify(algorithm: unknown, key: unknown, signature: unknown, data: unknown): boolean | undefined {
  const bytes = bytesOf(data);
  const given = bytesOf(signature);
  if (!isKey(key, 'verify') || nameOf(algorithm) !== key.algorithm.name || !bytes || !given) return undefined;
  if (key.algorithm.name === 'HMAC') {
    const wanted = hmac(key, bytes);
    return wanted.length === given.length && timingSafeEqual(wanted, given);
  }
  const how = signing(algorithm, key);
  return how && verifyNow(how.hash, bytes, how.options, given);
}

export function encrypt(algorithm: unknown, key: unknown, data: unknown): ArrayBuffer | undefined {
  const bytes = bytesOf(data);
  if (!isKey(key, 'encrypt') || !bytes) return undefined;
  const how = cipher(algorithm, key, bytes.length);
  if (!how) return undefined;
  const { name, iv, gcm } = how;
  const secret = KeyObject.from(key);
  if (!gcm) {
    const making = createCipheriv(name, secret, iv);
    return answer(Buffer.concat([making.update(bytes), making.final()]));
  }
  const making = createCipheriv(name as CipherGCMTypes, secret, iv, { authTagLength: gcm.tag });
  if (gcm.more) making.setAAD(gcm.more);
  return answer(Buffer.concat([making.update(bytes), making.final(), making.getAuthTag()]));
}

export function decrypt(algorithm: unknown, key: unknown, data: unknown): ArrayBuffer | undefined {
  const bytes = bytesOf(data);
  if (!isKey(key, 'decrypt') || !bytes) return undefined;
  const how = cipher(algorithm, key, bytes.length);
  if (!how) return undefined;
  const { name, iv, gcm } = how;
  const secret = KeyObject.from(key);
  if (!gcm) {
    const making = createDecipheriv(name, secret, iv);
    return answer(Buffer.concat([making.update(bytes), making.final()]));
  }
  const at = bytes.length - gcm.tag;
  if (at < 0) return undefined;
  const making = createDecipheriv(name as CipherGCMTypes, secret, iv, { authTagLength: gcm.tag });
  if (gcm.more) making.setAAD(gcm.more);
  making.setAuthTag(bytes.subarray(at));
  return answer(Buffer.concat([making.update(bytes.subarray(0, at)), making.final()]));
}

export function deriveBits(algorithm: unknown, key: unknown, length: unknown): ArrayBuffer | undefined {
  if (!isKey(key, 'deriveBits') || nameOf(algorithm) !== key.algorithm.name) return undefined;
  const { salt, info, iterations, hash: given } = algorithm as Fields;
  const hash = hashOf(given);
  const salted = bytesOf(salt);
  if (!hash || !salted || typeof length !== 'number' || length <= 0 || length % 8 !== 0) return undefined;
  const secret = KeyObject.from(key);
  if (key.algorithm.name === 'HKDF') {
    const context = bytesOf(info);
    return context && answer(Buffer.from(hkdfSync(hash, secret, salted, context, length / 8)));
  }
  if (key.algorithm.name !== 'PBKDF2' || typeof iterations !== 'number' || !Number.isInteger(iterations))
    return undefined;
  return answer(pbkdf2Sync(secret.export(), salted, iterations, length / 8, hash));
}

export function exportKey(format: unknown, key: unknown): ArrayBuffer | undefined {
  if (!types.isCryptoKey(key) || !(key as Key).extractable) return undefined;
  const { type, algorithm } = key as Key;
  if (format === 'raw' && type === 'secret' && /^(HMAC|AES-(CTR|CBC|GCM))$/.test(algorithm.name))
    return answer(KeyObject.from(key).export());
  const rsa = /^RS(A-OAEP|A-PSS|ASSA-PKCS1-v1_5)$/.test(algorithm.name);
  if (rsa && format === 'spki' && type === 'public')
    return answer(KeyObject.from(key).export({ type: 'spki', format: 'der' }));
  if (rsa && format === 'pkcs8' && type === 'private')
    return answer(KeyObject.from(key).export({ type: 'pkcs8', format: 'der' }));
  return undefined;
}

function hmac(key: Key, bytes: Buffer): Buffer {
  return createHmac(HASHES[key.algorithm.hash!.name]!, KeyObject.from(key)).update(bytes).digest();
}

function signing(
  algorithm: unknown,
  key: Key,
):
  | {
      hash: string | null;
      options: { key: KeyObject; padding?: number; saltLength?: number; dsaEncoding?: 'ieee-p1363' };
    }
  | undefined {
  const own = HASHES[key.algorithm.hash?.name ?? ''];
  const { saltLength, hash } = (typeof algorithm === 'object' ? algorithm : {}) as Fields;
  const pair = KeyObject.from(key);
  switch (key.algorithm.name) {
    case 'RSASSA-PKCS1-v1_5':
      return own === undefined
        ? undefined
        : { hash: own, options: { key: pair, padding: constants.RSA_PKCS1_PADDING } };
    case 'RSA-PSS':
      return own === undefined || !Number.isInteger(saltLength) || (saltLength as number) < 0
        ? undefined
        : {
            hash: own,
            options: { key: pair, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: saltLength as number },
          };
    case 'ECDSA': {
      const given = hashOf(hash);
      return given === undefined ? undefined : { hash: given, options: { key: pair, dsaEncoding: 'ieee-p1363' } };
    }
    case 'Ed25519':
      return { hash: null, options: { key: pair } };
    default:
      return undefined;
  }
}

function cipher(
  algorithm: unknown,
  key: Key,
  size: number,
): { name: string; iv: Buffer; gcm?: { tag: number; more: Buffer | undefined } } | undefined {
  const { name, length: bits = 0 } = key.algorithm;
  if (nameOf(algorithm) !== name) return undefined;
  const { iv, additionalData, tagLength = 128, counter, length } = algorithm as Fields;
  const vector = bytesOf(name === 'AES-CTR' ? counter : iv);
  if (!vector) return undefined;
  if (name === 'AES-GCM') {
    const more = additionalData === undefined ? undefined : bytesOf(additionalData);
    if ((additionalData !== undefined && !more) || vector.length === 0) return undefined;
    if (!TAG_LENGTHS.includes(tagLength as number)) return undefined;
    return { name: `aes-${bits}-gcm`, iv: vector, gcm: { tag: (tagLength as number) / 8, more } };
  }
  if (vector.length !== 16) return undefined;
  if (name === 'AES-CBC') return { name: `aes-${bits}-cbc`, iv: vector };
  if (name !== 'AES-CTR' || !Number.isInteger(length) || (length as number) < 1 || (length as number) > 128)
    return undefined;
  // OpenSSL counts with all 128 bits: the same as long as the wanted ones do not run over.
  const room = 1n << BigInt(length as number);
  const from = BigInt(`0x${vector.toString('hex')}`) % room;
  return from + BigInt(Math.ceil(size / 16)) <= room ? { name: `aes-${bits}-ctr`, iv: vector } : undefined;
}

function isKey(value: unknown, usage: webcrypto.KeyUsage): value is Key {
  return types.isCryptoKey(value) && (value as Key).usages.includes(usage);
}

/** Names in another case are left to `crypto.subtle`. */
function nameOf(algorithm: unknown): unknown {
  return typeof algorithm === 'object' && algorithm !== null ? (algorithm as Fields)['name'] : algorithm;
}

function hashOf(algorithm: unknown): string | undefined {
  const name = nameOf(algorithm);
  return typeof name === 'string' && Object.hasOwn(HASHES, name) ? HASHES[name] : undefined;
}

function bytesOf(data: unknown): Buffer | undefined {
  if (types.isArrayBuffer(data)) return Buffer.from(data);
  if (!ArrayBuffer.isView(data) || !types.isArrayBuffer(data.buffer)) return undefined;
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** An `ArrayBuffer` of its own: small buffers of Node share one. */
function answer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
