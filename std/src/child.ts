import { spawnSync, type SpawnSyncOptions, type SpawnSyncReturns } from 'node:child_process';
import { abortError, failedCommand, isThrownAtOnce, maxBufferError, startError } from './child/errors.ts';

export type { ExecError } from './child/errors.ts';
export { linesOf } from './child/lines.ts';

/** How much a child of `execFile` and `exec` may write to each stream, in bytes, unless told otherwise. */
const defaultMaxBuffer = 1024 * 1024;

/** The options of `execFile` that make sense for a blocking call, and `input`. */
export interface ExecFileOptions extends Pick<
  SpawnSyncOptions,
  'cwd' | 'env' | 'gid' | 'killSignal' | 'shell' | 'uid' | 'windowsHide' | 'windowsVerbatimArguments'
> {
  /** How output is decoded: `utf8` by default; `buffer` or null leave it as bytes. */
  encoding?: BufferEncoding | 'buffer' | null | undefined;
  /** Milliseconds after which the child gets `killSignal`; 0, the default, is never. */
  timeout?: number | undefined;
  /** Bytes that each output stream may bring, 1 MiB by default. */
  maxBuffer?: number | undefined;
  /** What the child reads from its standard input, which then ends. Without it the input is empty. */
  input?: string | NodeJS.ArrayBufferView | undefined;
  /** Looked at once, before the start: nobody can fire it while this thread is blocked. */
  signal?: AbortSignal | undefined;
}

export interface ExecOptions extends Omit<ExecFileOptions, 'shell'> {
  /** The shell that runs the command, in place of the platform's own. */
  shell?: string | undefined;
}

export interface ExecResult<T extends string | Buffer = string> {
  stdout: T;
  stderr: T;
}

type AsBuffers = { encoding: 'buffer' | null };

/**
 * Runs a program and blocks until it has ended: `util.promisify(execFile)` as a plain call, with the same
 * result, the same `maxBuffer` for each stream, and the same errors (see `ExecError`), which those of Node's own
 * `execFileSync` are not.
 *
 * A child that writes more than `maxBuffer` is killed at the latest when both streams together reach twice that much.
 *
 * @throws ExecError when the program cannot start, fails, is killed, or writes too much
 *
 * @example
 * ```ts
 * import { execFileSync } from '@unawait/std/child';
 *
 * const { stdout } = execFileSync('git', ['rev-parse', 'HEAD'], { timeout: 5_000 });
 * ```
 */
export function execFileSync(
  file: string,
  args: readonly string[] | null | undefined,
  options: ExecFileOptions & AsBuffers,
): ExecResult<Buffer<ArrayBuffer>>;
export function execFileSync(file: string, options: ExecFileOptions & AsBuffers): ExecResult<Buffer<ArrayBuffer>>;
export function execFileSync(
  file: string,
  args?: readonly string[] | null,
  options?: ExecFileOptions & { encoding?: BufferEncoding | undefined },
): ExecResult;
export function execFileSync(
  file: string,
  options?: ExecFileOptions & { encoding?: BufferEncoding | undefined },
): ExecResult;
export function execFileSync(
  file: string,
  args?: readonly string[] | null,
  options?: ExecFileOptions,
): ExecResult<string | Buffer>;
export function execFileSync(
  file: string,
  second?: readonly string[] | ExecFileOptions | null,
  third?: ExecFileOptions,
): ExecResult<string | Buffer> {
  const withoutArgs = second !== null && typeof second === 'object' && !isList(second);
  const args = withoutArgs ? [] : (second ?? []);
  return execute(file, args, [file, ...args].join(' '), (withoutArgs ? second : third) ?? {});
}

/**
 * Runs a command line in a shell and blocks until it has ended: `util.promisify(exec)` as a plain call, with its result
 * and its errors. Never build the command from outside input; `execFileSync` needs no quoting.
 *
 * @throws ExecError when the command fails, is killed, or writes too much
 *
 * @example
 * ```ts
 * import { execSync } from '@unawait/std/child';
 *
 * const { stdout } = execSync('du -s . | cut -f1');
 * ```
 */
export function execSync(command: string, options: ExecOptions & AsBuffers): ExecResult<Buffer<ArrayBuffer>>;
export function execSync(
  command: string,
  options?: ExecOptions & { encoding?: BufferEncoding | undefined },
): ExecResult;
export function execSync(command: string, options?: ExecOptions): ExecResult<string | Buffer>;
export function execSync(command: string, options: ExecOptions = {}): ExecResult<string | Buffer> {
  return execute(command, [], command, { ...options, shell: options.shell ?? true });
}

/** How a child of `runSync` ended, and what it wrote to the streams that were pipes (null for the others). */
export interface RunResult<T extends string | Buffer = Buffer> {
  /** The exit code, null when a signal ended the child. */
  code: number | null;
  signal: NodeJS.Signals | null;
  pid: number;
  stdout: T | null;
  stderr: T | null;
}

export interface RunOptions extends Omit<SpawnSyncOptions, 'encoding'> {
  /** Looked at once, before the start. */
  signal?: AbortSignal | undefined;
}

/**
 * Starts a program and blocks until it has ended: `spawn` with a wait for `close` as a plain call. Only a child that
 * cannot start throws, with the error that `spawn` emits; how it ended is for the caller to judge, a timeout's kill too.
 * Output is unlimited unless `maxBuffer` says otherwise.
 *
 * @throws NodeJS.ErrnoException when the program cannot start
 *
 * @example
 * ```ts
 * import { runSync } from '@unawait/std/child';
 *
 * const { code } = runSync('npm', ['test'], { stdio: 'inherit' });
 * if (code !== 0) process.exitCode = 1;
 * ```
 */
export function runSync(
  file: string,
  args: readonly string[] | undefined,
  options: RunOptions & { encoding: BufferEncoding },
): RunResult<string>;
export function runSync(file: string, args?: readonly string[], options?: RunOptions): RunResult;
export function runSync(
  file: string,
  args: readonly string[] = [],
  options: RunOptions & { encoding?: BufferEncoding } = {},
): RunResult<string | Buffer> {
  const { signal, encoding, ...rest } = options;
  if (signal?.aborted === true) throw abortError(signal);
  const result = spawnSync(file, args, {
    maxBuffer: Infinity,
    ...rest,
    ...inputOf(rest.input, encoding),
    encoding: 'buffer',
  });
  const failure = startError(result);
  if (failure !== undefined) throw failure;
  if (codeOf(result) === 'ENOBUFS') throw maxBufferError(result.stdout.length > 0 ? 'stdout' : 'stderr');
  const read = (bytes: Buffer | null) => (encoding === undefined || bytes === null ? bytes : bytes.toString(encoding));
  return {
    code: result.status,
    signal: result.signal,
    pid: result.pid,
    stdout: read(result.stdout),
    stderr: read(result.stderr),
  };
}

/** What `execFile` does with a child, in its order: too much output comes before a bad end. */
function execute(
  file: string,
  args: readonly string[],
  cmd: string,
  options: ExecFileOptions,
): ExecResult<string | Buffer> {
  const { encoding = 'utf8', maxBuffer = defaultMaxBuffer, signal, ...rest } = options;
  const decode = (bytes: Buffer | null, limit = Infinity): string | Buffer => {
    if (encoding === null || encoding === 'buffer' || !Buffer.isEncoding(encoding)) {
      return bytes?.subarray(0, limit) ?? Buffer.alloc(0);
    }
    return bytes?.toString(encoding).slice(0, limit) ?? '';
  };
  const fail = (error: Error, stdout: string | Buffer, stderr: string | Buffer): never => {
    throw Object.assign(error, { cmd, stdout, stderr });
  };
  if (signal?.aborted === true) fail(abortError(signal), decode(null), decode(null));

  const result = spawnSync(file, args, {
    ...rest,
    ...inputOf(rest.input),
    // Node counts both streams as one here, but each for itself in the asynchronous API.
    maxBuffer: maxBuffer >= 0 ? 2 * maxBuffer : maxBuffer,
    encoding: 'buffer',
    stdio: 'pipe',
  });
  const failure = startError(result);
  if (failure !== undefined) {
    if (isThrownAtOnce(failure)) throw failure;
    fail(failure, decode(null), decode(null));
  }
  const crowded = (['stdout', 'stderr'] as const).find((name) => result[name].length > maxBuffer);
  const stdout = decode(result.stdout, crowded === 'stdout' ? maxBuffer : Infinity);
  const stderr = decode(result.stderr, crowded === 'stderr' ? maxBuffer : Infinity);
  if (crowded !== undefined) fail(maxBufferError(crowded), stdout, stderr);
  if (result.status !== 0 || result.signal !== null) {
    fail(failedCommand(cmd, stderr.toString(), result, codeOf(result) === 'ETIMEDOUT'), stdout, stderr);
  }
  return { stdout, stderr };
}

/** Input as bytes: `spawnSync` would read a string in the encoding of the output. */
function inputOf(input: SpawnSyncOptions['input'], encoding?: BufferEncoding): SpawnSyncOptions {
  return typeof input === 'string' ? { input: Buffer.from(input, encoding) } : {};
}

function codeOf(result: SpawnSyncReturns<Buffer>): string | undefined {
  const error: NodeJS.ErrnoException | undefined = result.error;
  return error?.code;
}

function isList(value: readonly string[] | ExecFileOptions): value is readonly string[] {
  return Array.isArray(value);
}
