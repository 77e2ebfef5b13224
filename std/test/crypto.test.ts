import { webcrypto } from 'node:crypto';
import { types } from 'node:util';
import { describe, expect, it } from 'vitest';
import * as direct from '../src/crypto/direct.ts';
import { subtleSync } from '../src/crypto.ts';

const { subtle } = webcrypto;
const data = Buffer.from('some data that is longer than one block of a cipher');
const secret = Buffer.from('0123456789abcdef');
const rsa = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
const key = (name: string, ...usages: webcrypto.KeyUsage[]): Promise<webcrypto.CryptoKey> =>
  subtle.importKey('raw', secret, { name, hash: 'SHA-256' }, true, usages);

describe('what is computed in this thread', () => {
  it.each(['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'])('digests with %s', async (name) => {
    expect(direct.digest(name, data)).toEqual(await subtle.digest(name, data));
    expect(direct.digest({ name }, new DataView(data.buffer, data.byteOffset, 5))).toEqual(
      await subtle.digest(name, data.subarray(0, 5)),
    );
  });

  it('signs and verifies with HMAC', async () => {
    const mine = await key('HMAC', 'sign', 'verify');
    const signature = await subtle.sign('HMAC', mine, data);
    expect(direct.sign('HMAC', mine, data)).toEqual(signature);
    expect(direct.verify('HMAC', mine, signature, data)).toBe(true);
    expect(direct.verify('HMAC', mine, signature, secret)).toBe(false);
    expect(direct.verify('HMAC', mine, new Uint8Array(1), data)).toBe(false);
  });

  it.each([
    ['RSASSA-PKCS1-v1_5', rsa, {}],
    ['RSA-PSS', rsa, { saltLength: 32 }],
    ['ECDSA', { namedCurve: 'P-256' }, { hash: 'SHA-256' }],
    ['ECDSA', { namedCurve: 'P-521' }, { hash: { name: 'SHA-512' } }],
    ['Ed25519', {}, {}],
  ])('signs what %s verifies, and the other way round', async (name, making, how) => {
    const pair = (await subtle.generateKey({ name, ...making }, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
    const algorithm = { name, ...how };
    const signature = direct.sign(algorithm, pair.privateKey, data)!;
    expect(await subtle.verify(algorithm, pair.publicKey, signature, data)).toBe(true);
    const theirs = await subtle.sign(algorithm, pair.privateKey, data);
    expect(direct.verify(algorithm, pair.publicKey, theirs, data)).toBe(true);
    expect(direct.verify(algorithm, pair.publicKey, theirs, secret)).toBe(false);
    for (const [format, part] of [
      ['spki', pair.publicKey],
      ['pkcs8', pair.privateKey],
    ] as const) {
      const expected = await subtle.exportKey(format, part);
      expect(subtleSync.exportKey(format, part)).toEqual(expected);
      if (name.startsWith('RS')) expect(direct.exportKey(format, part)).toEqual(expected);
    }
  });

  it.each([
    { name: 'AES-GCM', iv: secret },
    { name: 'AES-GCM', iv: data, additionalData: secret, tagLength: 32 },
    { name: 'AES-CBC', iv: secret },
    { name: 'AES-CTR', counter: secret, length: 64 },
    { name: 'AES-CTR', counter: new Uint8Array(16).fill(254), length: 128 },
  ])('encrypts and decrypts with %j', async (algorithm) => {
    const mine = await key(algorithm.name, 'encrypt', 'decrypt');
    for (const bytes of [data, Buffer.alloc(0), Buffer.alloc(32)]) {
      const sealed = await subtle.encrypt(algorithm, mine, bytes);
      expect(direct.encrypt(algorithm, mine, bytes)).toEqual(sealed);
      expect(Buffer.from(direct.decrypt(algorithm, mine, sealed)!)).toEqual(bytes);
    }
    expect(direct.exportKey('raw', mine)).toEqual(await subtle.exportKey('raw', mine));
  });

  it.each([
    { name: 'PBKDF2', salt: secret, iterations: 3, hash: 'SHA-1' },
    { name: 'HKDF', salt: secret, info: data, hash: { name: 'SHA-384' } },
  ])('derives bits with %j', async (algorithm) => {
    const mine = await subtle.importKey('raw', secret, algorithm.name, false, ['deriveBits']);
    expect(direct.deriveBits(algorithm, mine, 256)).toEqual(await subtle.deriveBits(algorithm as never, mine, 256));
  });
});

describe('what is left to `crypto.subtle`', () => {
  it('is everything that is not plainly in order', async () => {
    const signing = await key('HMAC', 'sign');
    const sealing = await key('AES-CTR', 'encrypt');
    expect(direct.verify('HMAC', signing, data, data)).toBeUndefined();
    expect(direct.sign('hmac', signing, data)).toBeUndefined();
    expect(direct.sign('Ed25519', signing, data)).toBeUndefined();
    expect(direct.sign('HMAC', { ...signing }, data)).toBeUndefined();
    expect(direct.sign('HMAC', signing, new Uint8Array(new SharedArrayBuffer(4)))).toBeUndefined();
    // The counter runs over.
    const counter = new Uint8Array(16).fill(255);
    expect(direct.encrypt({ name: 'AES-CTR', counter, length: 1 }, sealing, data.subarray(0, 32))).toBeUndefined();
    expect(direct.digest('MD5', data)).toBeUndefined();
    const closed = await subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt']);
    expect(direct.exportKey('raw', closed)).toBeUndefined();
  });

  it("makes and takes Node's own keys", async () => {
    const made = subtleSync.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
    expect(types.isCryptoKey(made)).toBe(true);
    const signature = await subtle.sign('HMAC', made, data);
    expect(subtleSync.verify('HMAC', made, signature, data)).toBe(true);
    expect(await subtle.sign('HMAC', structuredClone(made), data)).toEqual(subtleSync.sign('HMAC', made, data));
    const { name, message } = (await subtle
      .exportKey('raw', made)
      .catch((error: unknown) => error as DOMException)) as DOMException;
    expect(() => subtleSync.exportKey('raw', made)).toThrow(expect.objectContaining({ name, message }));
    expect(message).toBe('key is not extractable');
  });
});
