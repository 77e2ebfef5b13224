import * as crypto from 'node:crypto';
import { promisify } from 'node:util';

const key = crypto.createPrivateKey({
  key: crypto.generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
  format: 'pem',
});
const publicKey = crypto.createPublicKey(key);

export const isPrime = async () => promisify(crypto.checkPrime)(Buffer.from([13]));
export const newKey = async () => {
  const made = await promisify(crypto.generateKey)('hmac', { length: 64 });
  return [made.type, made.symmetricKeySize];
};
export const newKeyWrong = async () => promisify(crypto.generateKey)('hmac', { length: 1 });
export const newPair = async () => {
  const pair = await promisify(crypto.generateKeyPair)('x25519');
  return [pair.publicKey.type, pair.privateKey.asymmetricKeyType];
};
export const newPrime = async () => ((await promisify(crypto.generatePrime)(32)) as ArrayBuffer).byteLength;
export const derived = async () => promisify(crypto.hkdf)('sha256', 'key', 'salt', 'info', 16);
export const derivedUnknown = async () => promisify(crypto.hkdf)('sha-none', 'key', 'salt', 'info', 16);
export const password = async () => promisify(crypto.pbkdf2)('secret', 'salt', 10, 16, 'sha512');
export const passwordUnknown = async () => promisify(crypto.pbkdf2)('secret', 'salt', 10, 16, 'none');
export const passwordWrong = async () => promisify(crypto.pbkdf2)('secret', 'salt', 0, 16, 'sha512');
export const bytes = async () => (await promisify(crypto.randomBytes)(12)).length;
export const bytesWrong = async () => promisify(crypto.randomBytes)(-1);
export const filled = async () => {
  const buffer = Buffer.alloc(8);
  const same = await promisify<Buffer, Buffer>(crypto.randomFill)(buffer);
  return same === buffer;
};
export const number = async () =>
  promisify(crypto.randomInt as (max: number, done: (e: Error | null, n: number) => void) => void)(1);
export const slow = async () => promisify<string, string, number, Buffer>(crypto.scrypt)('secret', 'salt', 16);
export const plainBytes = async () => crypto.randomBytes(4).length + (await promisify(crypto.randomBytes)(4)).length;
export const signed = async () => {
  const sign = await promisify<null, Buffer, crypto.KeyObject, Buffer>(crypto.sign)(null, Buffer.from('data'), key);
  return promisify<null, Buffer, crypto.KeyObject, Buffer, boolean>(crypto.verify)(
    null,
    Buffer.from('data'),
    publicKey,
    sign,
  );
};
export const digest1 = async () => globalThis.crypto.subtle.digest('SHA-1', Buffer.from('abc'));
export const digest256 = async () => globalThis.crypto.subtle.digest('SHA-256', new TextEncoder().encode('abc'));
export const digest384 = async () => globalThis.crypto.subtle.digest('SHA-384', new ArrayBuffer(3));
export const digest512 = async () => crypto.webcrypto.subtle.digest('SHA-512', new Uint8Array(0));
export const shared = async () => {
  const mine = crypto.generateKeyPairSync('x25519');
  const theirs = await promisify(crypto.generateKeyPair)('x25519');
  const secret = crypto.diffieHellman({ privateKey: mine.privateKey, publicKey: theirs.publicKey });
  return secret.equals(crypto.diffieHellman({ privateKey: theirs.privateKey, publicKey: mine.publicKey }));
};
