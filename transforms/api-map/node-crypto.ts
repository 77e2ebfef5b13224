import type { Row } from './row.ts';

const bytes = '^(NodeJS\\.)?(NonShared)?(Uint8Array|ArrayBuffer|Buffer)\\b';
const sha = '^"SHA-(1|256|384|512)"$';
const digest = 'Uint8Array.from(createHash($1).update(Buffer.from($2)).digest()).buffer';
const imports = { createHash: 'node:crypto' };

/** `node:crypto`: functions that block already when no callback is given, and those with a twin. */
export const nodeCrypto: readonly Row[] = [
  { api: 'node:crypto#argon2', form: 'callback', sync: 'node:crypto#argon2Sync' },
  { api: 'node:crypto#checkPrime', form: 'callback', sync: 'node:crypto#checkPrimeSync' },
  { api: 'node:crypto#diffieHellman', form: 'callback', sync: 'node:crypto#diffieHellman', callback: 2 },
  { api: 'node:crypto#generateKey', form: 'callback', sync: 'node:crypto#generateKeySync' },
  { api: 'node:crypto#generateKeyPair', form: 'callback', sync: 'node:crypto#generateKeyPairSync' },
  { api: 'node:crypto#generatePrime', form: 'callback', sync: 'node:crypto#generatePrimeSync' },
  { api: 'node:crypto#hkdf', form: 'callback', sync: 'node:crypto#hkdfSync' },
  {
    api: 'node:crypto#pbkdf2',
    form: 'callback',
    sync: 'node:crypto#pbkdf2Sync',
    example: [
      "await promisify(pbkdf2)(password, salt, 1e5, 32, 'sha256')",
      "pbkdf2Sync(password, salt, 1e5, 32, 'sha256')",
    ],
  },
  { api: 'node:crypto#randomBytes', form: 'callback', sync: 'node:crypto#randomBytes', callback: 2 },
  { api: 'node:crypto#randomFill', form: 'callback', sync: 'node:crypto#randomFillSync' },
  { api: 'node:crypto#randomInt', form: 'callback', sync: 'node:crypto#randomInt', callback: 3 },
  { api: 'node:crypto#scrypt', form: 'callback', sync: 'node:crypto#scryptSync' },
  { api: 'node:crypto#sign', form: 'callback', sync: 'node:crypto#sign', callback: 4 },
  { api: 'node:crypto#verify', form: 'callback', sync: 'node:crypto#verify', callback: 5 },
];

/** What takes or makes a `CryptoKey`, and digests by a name that is not known. */
const OPERATIONS = [
  'digest',
  'encrypt',
  'decrypt',
  'sign',
  'verify',
  'generateKey',
  'deriveKey',
  'deriveBits',
  'importKey',
  'exportKey',
  'wrapKey',
  'unwrapKey',
];

const EXAMPLES: Readonly<Record<string, string>> = {
  importKey: "importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])",
  sign: "sign('HMAC', key, bytes)",
};

/** `crypto.subtle`, by its names in Node's types and in the DOM's. */
export const subtleCrypto: readonly Row[] = ['node:crypto#webcrypto.SubtleCrypto', 'global#SubtleCrypto'].flatMap(
  (subtle): readonly Row[] => [
    {
      api: `${subtle}.digest`,
      call: digest,
      imports,
      when: { 1: sha, 2: bytes },
      example: [
        "await crypto.subtle.digest('SHA-256', bytes)",
        digest.replace('$1', "'SHA-256'").replace('$2', 'bytes'),
      ],
    },
    ...OPERATIONS.map((name): Row => ({
      api: `${subtle}.${name}`,
      call: `subtleSync.${name}($*)`,
      imports: { subtleSync: '@unawait/std/crypto' },
      ...(EXAMPLES[name] === undefined
        ? {}
        : { example: [`await crypto.subtle.${EXAMPLES[name]}`, `subtleSync.${EXAMPLES[name]}`] }),
    })),
  ],
);
