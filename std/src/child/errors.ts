import { getSystemErrorName } from 'node:util';
import type { SpawnSyncReturns } from 'node:child_process';

/** The codes that `spawn` reports through an `error` event; it throws the others at once, without naming the file. */
const reportedCodes = new Set(['EACCES', 'EAGAIN', 'EMFILE', 'ENFILE', 'ENOENT']);

/** What `execFile` and `exec` of `node:child_process` reject with: a failed start, a failed command, too much output. */
export interface ExecError<T extends string | Buffer = string> extends Error {
  /** The exit code, null after a signal, or a name such as `ENOENT` or `ERR_CHILD_PROCESS_STDIO_MAXBUFFER`. */
  code: number | string | null;
  /** The command with its arguments, joined by spaces. */
  cmd: string;
  stdout: T;
  stderr: T;
  /** Whether the timeout killed the child. Absent when it could not start or wrote too much. */
  killed?: boolean;
  signal?: NodeJS.Signals | null;
  errno?: number;
  syscall?: string;
  path?: string;
  spawnargs?: string[];
}

/** The error of a child that could not start, in `spawn`'s words; undefined when it did. */
export function startError(result: SpawnSyncReturns<Buffer>): NodeJS.ErrnoException | undefined {
  const error: (NodeJS.ErrnoException & { spawnargs?: string[] }) | undefined = result.error;
  if (error?.errno === undefined || result.pid !== 0) return undefined;
  const code = getSystemErrorName(error.errno);
  const reported = reportedCodes.has(code);
  const syscall = reported && error.path !== undefined ? `spawn ${error.path}` : 'spawn';
  const details = reported ? { path: error.path, spawnargs: error.spawnargs } : {};
  return Object.assign(new Error(`${syscall} ${code}`), { errno: error.errno, code, syscall, ...details });
}

/** Whether `startError` is one that the asynchronous API throws at once, before there is a command to speak of. */
export function isThrownAtOnce(error: NodeJS.ErrnoException): boolean {
  return error.code === undefined || !reportedCodes.has(error.code);
}

/** The error of a child whose signal was aborted before it started; Node keeps its own class of this name to itself. */
class AbortError extends Error {
  override name = 'AbortError';
  code = 'ABORT_ERR';
}

export function abortError(signal: AbortSignal): Error {
  return new AbortError('The operation was aborted', { cause: signal.reason });
}

export function maxBufferError(stream: 'stdout' | 'stderr'): RangeError {
  const error = new RangeError(`${stream} maxBuffer length exceeded`);
  return Object.assign(error, { code: 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER' });
}

export function failedCommand(cmd: string, stderr: string, result: SpawnSyncReturns<Buffer>, killed: boolean): Error {
  return Object.assign(new Error(`Command failed: ${cmd}\n${stderr}`), {
    code: result.status,
    killed,
    signal: result.signal,
  });
}
