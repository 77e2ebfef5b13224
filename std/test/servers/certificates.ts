import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** Certificates made on the spot, so that none expires in the repository. Everything is PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

interface Wanted {
  name: string;
  /** DNS names and IPv4 addresses. */
  names?: string[];
  issuer?: Certificate & { name: string };
  authority?: boolean;
  /** Days from now; negative for one that has expired. */
  days?: number;
}

const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
};
const sequence = (...parts: Uint8Array[]): Buffer => der(0x30, ...parts);
const oid = (...bytes: number[]): Buffer => der(0x06, Buffer.from(bytes));
const nameOf = (text: string): Buffer =>
  sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(text)))));
const time = (at: number): Buffer => der(0x18, Buffer.from(new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '')));
const extension = (id: Buffer, critical: boolean, value: Buffer): Buffer =>
  sequence(id, ...(critical ? [der(0x01, Buffer.of(255))] : []), der(0x04, value));

const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));

export function makeCertificate({ name, names = [], issuer, authority = false, days = 30 }: Wanted): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer: KeyObject = issuer === undefined ? privateKey : createPrivateKey(issuer.key);
  const end = Date.now() + days * 86_400_000;
  const alternatives = names.map((each) =>
    /^[\d.]+$/.test(each) ? der(0x87, Buffer.from(each.split('.').map(Number))) : der(0x82, Buffer.from(each)),
  );
  const extensions = [
    extension(oid(0x55, 0x1d, 0x13), true, authority ? sequence(der(0x01, Buffer.of(255))) : sequence()),
    ...(alternatives.length > 0 ? [extension(oid(0x55, 0x1d, 0x11), false, sequence(...alternatives))] : []),
  ];
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ecdsaWithSha256,
    nameOf(issuer?.name ?? name),
    sequence(time(end - 60 * 86_400_000), time(end)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const whole = sequence(body, ecdsaWithSha256, der(0x03, Buffer.of(0), sign('sha256', body, signer)));
  const lines = whole
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
