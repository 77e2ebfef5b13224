import { webcrypto } from 'node:crypto';

const { subtle } = webcrypto;
const text = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(value);
const data = text('some data that is longer than one block of a cipher');
const hex = (value: ArrayBuffer): string => Buffer.from(value).toString('hex');
const hmac = { name: 'HMAC', hash: 'SHA-256' };
const rsa = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
const secret = text('0123456789abcdef');

const hmacKey = async () => await subtle.importKey('raw', secret, hmac, true, ['sign', 'verify']);
const aesKey = async (name: string, usages: webcrypto.KeyUsage[] = ['encrypt', 'decrypt']) =>
  await subtle.importKey('raw', secret, name, true, usages);
const ecJwk = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
};

export const hmacSign = async () => hex(await subtle.sign('HMAC', await hmacKey(), data));
export const hmacVerify = async () => {
  const key = await hmacKey();
  const signature = await subtle.sign(hmac, key, data);
  return [
    await subtle.verify('HMAC', key, signature, data),
    await subtle.verify('HMAC', key, signature.slice(1), data),
    await subtle.verify('HMAC', key, signature, secret),
  ];
};
export const hmacSha1 = async () => {
  const key = await subtle.importKey('raw', secret, { name: 'HMAC', hash: { name: 'SHA-1' } }, false, ['sign']);
  return [key, hex(await subtle.sign({ name: 'hmac' }, key, data.buffer))];
};
export const hmacUsage = async () => {
  const key = await subtle.importKey('raw', secret, hmac, false, ['verify']);
  return await subtle.sign('HMAC', key, data);
};
export const otherAlgorithm = async () => await subtle.sign('Ed25519', await hmacKey(), data);
export const noAlgorithm = async () => await subtle.sign('none', await hmacKey(), data);
export const noKey = async () => await subtle.sign('HMAC', {} as webcrypto.CryptoKey, data);
export const noBytes = async () => await subtle.sign('HMAC', await hmacKey(), 'text' as never);
export const exported = async () => {
  const key = await hmacKey();
  return [hex(await subtle.exportKey('raw', key)), await subtle.exportKey('jwk', key)];
};
export const notExtractable = async () =>
  await subtle.exportKey('raw', await subtle.importKey('raw', secret, hmac, false, ['sign']));
export const importWrong = async () => await subtle.importKey('raw', new Uint8Array(3), 'AES-GCM', true, ['encrypt']);
export const importNoUsages = async () => await subtle.importKey('raw', secret, 'AES-GCM', true, []);
export const importBadUsage = async () => await subtle.importKey('raw', secret, 'AES-GCM', true, ['sign']);
export const importBadJwk = async () => await subtle.importKey('jwk', { kty: 'oct' }, hmac, true, ['sign']);

export const rsassa = async () => {
  const name = 'RSASSA-PKCS1-v1_5';
  const { publicKey, privateKey } = await subtle.generateKey({ name, ...rsa }, true, ['sign', 'verify']);
  const again = await subtle.importKey(
    'pkcs8',
    await subtle.exportKey('pkcs8', privateKey),
    { name, hash: 'SHA-256' },
    false,
    ['sign'],
  );
  const spki = await subtle.exportKey('spki', publicKey);
  const reader = await subtle.importKey('spki', spki, { name, hash: 'SHA-256' }, true, ['verify']);
  const signature = await subtle.sign(name, again, data);
  return [
    again,
    reader,
    await subtle.verify(name, reader, signature, data),
    await subtle.verify(name, reader, data, data),
  ];
};
export const rsaPss = async () => {
  const { publicKey, privateKey } = await subtle.generateKey({ name: 'RSA-PSS', ...rsa }, false, ['sign', 'verify']);
  const signature = await subtle.sign({ name: 'RSA-PSS', saltLength: 20 }, privateKey, data);
  return [
    await subtle.verify({ name: 'RSA-PSS', saltLength: 20 }, publicKey, signature, data),
    await subtle.verify({ name: 'RSA-PSS', saltLength: 20 }, publicKey, signature, secret),
  ];
};
export const rsaPssNoSalt = async () => {
  const { privateKey } = await subtle.generateKey({ name: 'RSA-PSS', ...rsa }, false, ['sign', 'verify']);
  return await subtle.sign({ name: 'RSA-PSS' }, privateKey, data);
};
export const ecdsa = async () => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const key = await subtle.importKey('jwk', ecJwk, algorithm, true, ['sign']);
  const { d: _, ...open } = ecJwk;
  const reader = await subtle.importKey('jwk', open, algorithm, true, ['verify']);
  const how = { name: 'ECDSA', hash: 'SHA-256' };
  const signature = await subtle.sign(how, key, data);
  return [
    signature.byteLength,
    await subtle.verify(how, reader, signature, data),
    await subtle.verify(how, reader, signature.slice(1), data),
    await subtle.verify({ name: 'ECDSA', hash: 'SHA-384' }, reader, signature, data),
    hex(await subtle.exportKey('raw', reader)),
    hex(await subtle.exportKey('spki', reader)),
    await subtle.exportKey('jwk', key),
  ];
};
export const ecdsaNoHash = async () => {
  const key = await subtle.importKey('jwk', ecJwk, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign']);
  return await subtle.sign('ECDSA', key, data);
};
export const ed25519 = async () => {
  const pair = (await subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const signature = await subtle.sign('Ed25519', pair.privateKey, data);
  return [
    await subtle.verify('Ed25519', pair.publicKey, signature, data),
    await subtle.verify('Ed25519', pair.publicKey, signature, secret),
    (await subtle.exportKey('jwk', pair.publicKey)).crv,
  ];
};

const iv = secret;
export const gcm = async () => {
  const key = await aesKey('AES-GCM');
  const sealed = await subtle.encrypt({ name: 'AES-GCM', iv, additionalData: data, tagLength: 96 }, key, data);
  const opened = await subtle.decrypt({ name: 'AES-GCM', iv, additionalData: data, tagLength: 96 }, key, sealed);
  return [hex(sealed), hex(opened), hex(await subtle.encrypt({ name: 'AES-GCM', iv }, key, new Uint8Array(0)))];
};
export const gcmTampered = async () => await subtle.decrypt({ name: 'AES-GCM', iv }, await aesKey('AES-GCM'), data);
export const gcmShort = async () =>
  await subtle.decrypt({ name: 'AES-GCM', iv }, await aesKey('AES-GCM'), new Uint8Array(3));
export const gcmTag = async () =>
  await subtle.encrypt({ name: 'AES-GCM', iv, tagLength: 100 }, await aesKey('AES-GCM'), data);
export const cbc = async () => {
  const key = await aesKey('AES-CBC');
  const sealed = await subtle.encrypt({ name: 'AES-CBC', iv }, key, data);
  return [hex(sealed), hex(await subtle.decrypt({ name: 'AES-CBC', iv }, key, sealed))];
};
export const cbcVector = async () =>
  await subtle.encrypt({ name: 'AES-CBC', iv: new Uint8Array(3) }, await aesKey('AES-CBC'), data);
export const cbcPadding = async () => await subtle.decrypt({ name: 'AES-CBC', iv }, await aesKey('AES-CBC'), secret);
export const ctr = async () => {
  const key = await aesKey('AES-CTR');
  const full = new Uint8Array(16).fill(255);
  return [
    hex(await subtle.encrypt({ name: 'AES-CTR', counter: iv, length: 64 }, key, data)),
    hex(await subtle.encrypt({ name: 'AES-CTR', counter: full, length: 8 }, key, data)),
    hex(await subtle.decrypt({ name: 'AES-CTR', counter: full, length: 128 }, key, data)),
  ];
};
export const ctrLength = async () =>
  await subtle.encrypt({ name: 'AES-CTR', counter: iv, length: 0 }, await aesKey('AES-CTR'), data);
export const oaep = async () => {
  const pair = await subtle.generateKey({ name: 'RSA-OAEP', ...rsa }, true, ['encrypt', 'decrypt']);
  const sealed = await subtle.encrypt({ name: 'RSA-OAEP', label: secret }, pair.publicKey, secret);
  return hex(await subtle.decrypt({ name: 'RSA-OAEP', label: secret }, pair.privateKey, sealed));
};
export const oaepWrong = async () => {
  const pair = await subtle.generateKey({ name: 'RSA-OAEP', ...rsa }, true, ['encrypt', 'decrypt']);
  return await subtle.decrypt({ name: 'RSA-OAEP' }, pair.privateKey, secret);
};

const pbkdf2 = { name: 'PBKDF2', salt: secret, iterations: 10, hash: 'SHA-256' };
const hkdf = { name: 'HKDF', salt: secret, info: data, hash: 'SHA-512' };
const password = async (name: string) =>
  await subtle.importKey('raw', secret, name, false, ['deriveBits', 'deriveKey']);
export const derivedBits = async () => [
  hex(await subtle.deriveBits(pbkdf2, await password('PBKDF2'), 256)),
  hex(await subtle.deriveBits(hkdf, await password('HKDF'), 128)),
];
export const derivedOdd = async () => await subtle.deriveBits(pbkdf2, await password('PBKDF2'), 7);
export const derivedNone = async () => hex(await subtle.deriveBits(hkdf, await password('HKDF'), 0));
export const derivedNoRounds = async () =>
  await subtle.deriveBits({ ...pbkdf2, iterations: 0 }, await password('PBKDF2'), 64);
export const derivedKey = async () => {
  const key = await subtle.deriveKey(pbkdf2, await password('PBKDF2'), { name: 'AES-GCM', length: 256 }, true, [
    'encrypt',
  ]);
  return [key, hex(await subtle.exportKey('raw', key))];
};
export const agreed = async () => {
  const algorithm = { name: 'ECDH', namedCurve: 'P-256' };
  const [mine, theirs] = [
    await subtle.generateKey(algorithm, false, ['deriveBits']),
    await subtle.generateKey(algorithm, false, ['deriveBits']),
  ];
  const one = await subtle.deriveBits({ name: 'ECDH', public: theirs.publicKey }, mine.privateKey, 256);
  const other = await subtle.deriveBits({ name: 'ECDH', public: mine.publicKey }, theirs.privateKey, 256);
  return hex(one) === hex(other);
};
export const wrapped = async () => {
  const wrapping = await subtle.importKey('raw', secret, 'AES-KW', true, ['wrapKey', 'unwrapKey']);
  const bytes = await subtle.wrapKey('raw', await aesKey('AES-GCM'), wrapping, 'AES-KW');
  const key = await subtle.unwrapKey('raw', bytes, wrapping, 'AES-KW', 'AES-GCM', true, ['encrypt']);
  return [hex(bytes), key];
};
export const generated = async () => {
  const key = await subtle.generateKey({ name: 'AES-CBC', length: 192 }, true, ['encrypt']);
  return [key, (await subtle.exportKey('raw', key)).byteLength];
};
export const generatedWrong = async () => await subtle.generateKey({ name: 'AES-CBC', length: 100 }, true, ['encrypt']);
export const digested = async () => hex(await subtle.digest({ name: 'sha-256' }, data));
export const digestUnknown = async () => await subtle.digest('MD5', data);
