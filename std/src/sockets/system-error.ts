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
export function systemError(syscall: string, errno: number, at?: { address: string; port?: number }): SystemError {
  const negative = -Math.abs(errno);
  const code = process.getBuiltinModule('node:util').getSystemErrorName(negative);
  let place = '';
  if (at !== undefined) place = at.port === undefined ? ` ${at.address}` : ` ${at.address}:${at.port}`;
  // In this order: the properties of an error show up in logs as they were set.
  const error = new Error(`${syscall} ${code}${place}`) as SystemError;
  error.errno = negative;
  error.code = code;
  error.syscall = syscall;
  if (at !== undefined) {
    error.address = at.address;
    if (at.port !== undefined) error.port = at.port;
  }
  return error;
}

/** What an operation throws whose deadline has passed. */
export const timeoutError = (syscall: string, at?: { address: string; port?: number }): SystemError =>
  systemError(syscall, timedOut, at);

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
  const error = new Error(`getaddrinfo ${shown} ${host}`) as SystemError & { hostname: string };
  error.errno = resolverNumbers[shown] ?? -3004;
  error.code = shown;
  error.syscall = 'getaddrinfo';
  error.hostname = host;
  return error;
}
