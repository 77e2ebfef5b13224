import { cString, readMemory, readString } from './library.ts';
import { decodeAddress, families } from './sockaddr.ts';
import { lookupError } from './system-error.ts';
import type { Library } from './library.ts';
import type { IpAddress } from './table.ts';

const linux = process.platform === 'linux' || process.platform === 'android';

/** What getaddrinfo returns, by the names that Node gives these failures. */
const failures: Record<number, string> = linux
  ? {
      [-2]: 'EAI_NONAME',
      [-3]: 'EAI_AGAIN',
      [-4]: 'EAI_FAIL',
      [-5]: 'EAI_NODATA',
      [-6]: 'EAI_FAMILY',
      [-10]: 'EAI_MEMORY',
    }
  : {
      11001: 'EAI_NONAME',
      11002: 'EAI_AGAIN',
      11003: 'EAI_FAIL',
      11004: 'EAI_NODATA',
      2: 'EAI_AGAIN',
      4: 'EAI_FAIL',
      5: 'EAI_FAMILY',
      6: 'EAI_MEMORY',
      7: 'EAI_NODATA',
      8: 'EAI_NONAME',
    };

/** `struct addrinfo` on 64-bit systems. glibc, musl and Android put the address before the canonical name. */
const layout = { family: 4, addressLength: 16, address: linux ? 24 : 32, next: 40, size: 48 };

/** The addresses of a host by getaddrinfo: the system's own files, order and DNS. Throws as `dns.lookup` does. */
export function resolveWith(library: Library, host: string, family: 0 | 4 | 6): IpAddress[] {
  const hints = Buffer.alloc(layout.size);
  hints.writeInt32LE(family === 0 ? 0 : family === 4 ? families.ipv4 : families.ipv6, layout.family);
  // One entry for each address, and not one for each socket type.
  hints.writeInt32LE(1, 8);
  const result = Buffer.alloc(8);
  const call = library.int('getaddrinfo', ['pointer', 'pointer', 'pointer', 'pointer']);
  const failed = call(cString(host), null, hints, result);
  if (failed !== 0) throw lookupError(failures[failed] ?? reasonOf(library, failed), host);
  const list = result.readBigUInt64LE();
  const found: IpAddress[] = [];
  for (let at = list; at !== 0n;) {
    const entry = readMemory(library, at, layout.size);
    const length = entry.readUInt32LE(layout.addressLength);
    const bytes = readMemory(library, entry.readBigUInt64LE(layout.address), length);
    const address = decodeAddress(bytes, length);
    if (address !== undefined && 'port' in address) found.push(address);
    at = entry.readBigUInt64LE(layout.next);
  }
  library.int('freeaddrinfo', ['pointer'])(list);
  return found;
}

const reasonOf = (library: Library, failed: number): string =>
  readString(library, library.pointer('gai_strerror', ['int'])(failed));
