import { isUnix } from './place.ts';
import type { Endpoint } from './table.ts';

/** An error of the operating system in Node's shape. `errno` is negative, as Node gives it. */
export interface SystemError extends Error {
  code: string;
  errno: number;
  syscall: string;
  address?: string;
  port?: number;
}

const timedOut = process.platform === 'linux' ? 110 : process.platform === 'win32' ? 4039 : 60;

/** `errno` in either sign. The message is Node's: `connect ECONNREFUSED 127.0.0.1:1`. */
export function systemError(syscall: string, errno: number, at?: Endpoint): SystemError {
  const negative = -Math.abs(errno);
  const code = process.getBuiltinModule('node:util').getSystemErrorName(negative);
  const place = at && (isUnix(at) ? { address: at.path } : { address: at.address, port: at.port });
  const message = [syscall, code, ...(place ? [Object.values(place).join(':')] : [])].join(' ');
  // In this order: the properties of an error show up in logs as they were set.
  return Object.assign(new Error(message), { errno: negative, code, syscall, ...place });
}

/** What an operation throws whose deadline has passed. */
export const timeoutError = (syscall: string, at?: Endpoint): SystemError => systemError(syscall, timedOut, at);

/** An error with a `code` and nothing of the operating system. */
export function codedError<Kind extends Error>(error: Kind, code: string): Kind & { code: string } {
  return Object.assign(error, { code });
}

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

const resolverCodes: Record<string, string> = { EAI_NONAME: 'ENOTFOUND', EAI_NODATA: 'ENOTFOUND' };
const resolverNumbers: Record<string, number> = {
  ENOTFOUND: -3008,
  EAI_AGAIN: -3001,
  EAI_FAIL: -3004,
  EAI_FAMILY: -3005,
  EAI_MEMORY: -3006,
};

/** A failed look-up, as `dns.lookup` reports it. `code` is the EAI_ name. */
export function lookupError(code: string, host: string): SystemError & { hostname: string } {
  const shown = resolverCodes[code] ?? code;
  const facts = { errno: resolverNumbers[shown] ?? -3004, code: shown, syscall: 'getaddrinfo', hostname: host };
  return Object.assign(new Error(`getaddrinfo ${shown} ${host}`), facts);
}
