import { formatIp, parseIp } from './ip-bytes.ts';
import { isUnix } from './place.ts';
import { codedError } from './system-error.ts';
import type { Endpoint, IpAddress } from './table.ts';

/** `struct sockaddr` begins with a 16-bit family on Linux and Windows, with a length and an 8-bit family on the BSDs. */
const lengthFirst = !['linux', 'android', 'win32'].includes(process.platform);
export const families = {
  unix: 1,
  ipv4: 2,
  ipv6: process.platform === 'win32' ? 23 : process.platform === 'darwin' ? 30 : lengthFirst ? 28 : 10,
};
/** Room for any address. */
export const addressSize = 128;

export const familyOf = (at: Endpoint): number =>
  isUnix(at) ? families.unix : at.family === 4 ? families.ipv4 : families.ipv6;

/** The bytes of an address as the system calls take them. */
export function encodeAddress(at: Endpoint): Buffer {
  const bytes = isUnix(at) ? encodeUnix(at.path) : encodeIp(at);
  if (lengthFirst) {
    bytes[0] = bytes.length;
    bytes[1] = familyOf(at);
  } else {
    bytes.writeUInt16LE(familyOf(at), 0);
  }
  return bytes;
}

function encodeUnix(path: string): Buffer {
  const name = Buffer.from(path, 'utf8');
  const room = lengthFirst ? 104 : 108;
  // A name in the abstract space is not ended by a NUL: its length says where it ends.
  const abstract = name[0] === 0;
  if (name.length + (abstract ? 0 : 1) > room) {
    throw codedError(new TypeError(`A socket's path has at most ${room - 1} bytes: ${path}`), 'ERR_INVALID_ARG_VALUE');
  }
  return Buffer.concat([Buffer.alloc(2), name, Buffer.alloc(abstract ? 0 : 1)]);
}

function encodeIp(at: IpAddress): Buffer {
  const ip = parseIp(at.address);
  if (ip === undefined) {
    throw codedError(new TypeError(`Not an IP address: ${at.address}`), 'ERR_INVALID_IP_ADDRESS');
  }
  const bytes = Buffer.alloc(ip.length === 4 ? 16 : 28);
  bytes.writeUInt16BE(at.port, 2);
  bytes.set(ip, ip.length === 4 ? 4 : 8);
  if (ip.length === 16) bytes.writeUInt32LE(scopeOf(at.address), 24);
  return bytes;
}

/** The number of a link-local address's zone: `%2`, or `%eth0` by its name. */
function scopeOf(address: string): number {
  const zone = /%(.+)$/.exec(address)?.[1];
  if (zone === undefined) return 0;
  if (/^\d+$/.test(zone)) return Number(zone);
  const interfaces = process.getBuiltinModule('node:os').networkInterfaces()[zone] ?? [];
  return interfaces.find((each) => each.family === 'IPv6')?.scopeid ?? 0;
}

/** Reads an address of which `length` bytes are filled. Undefined for a family that is not one of ours. */
export function decodeAddress(bytes: Buffer, length: number): Endpoint | undefined {
  const family = lengthFirst ? bytes[1] : bytes.readUInt16LE(0);
  if (family === families.ipv4) {
    return { address: formatIp(bytes.subarray(4, 8)), port: bytes.readUInt16BE(2), family: 4 };
  }
  if (family === families.ipv6) {
    return { address: formatIp(bytes.subarray(8, 24)), port: bytes.readUInt16BE(2), family: 6 };
  }
  if (family !== families.unix) return undefined;
  const name = bytes.subarray(2, Math.max(2, length));
  const end = name[0] === 0 ? -1 : name.indexOf(0);
  return { path: name.toString('utf8', 0, end === -1 ? name.length : end) };
}
