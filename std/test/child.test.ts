import {
  exec,
  execFile,
  spawn,
  type ExecFileOptions as AsyncOptions,
  type ExecOptions as AsyncCommandOptions,
} from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { createInterface } from 'node:readline';
import { execFileSync, execSync, linesOf, runSync, type ExecError } from '../src/child.ts';
import { settled } from '../src/outcome.ts';

const sh = (script: string): [string, string[]] => ['/bin/sh', ['-c', script]];

/** An outcome with an error spread out to all it says, so that two can be compared in full. */
const spread = (result: PromiseSettledResult<unknown>): unknown => {
  if (result.status === 'fulfilled') return result.value;
  const error = result.reason as Error;
  const { name, message, cause } = error;
  return {
    type: error.constructor.name,
    name,
    message,
    cause,
    own: Object.fromEntries(Object.entries(error)),
  };
};
const settle = async (promise: () => Promise<unknown>) => (await Promise.allSettled([(async () => promise())()]))[0];

async function sameFile(file: string, args?: string[], options?: object): Promise<unknown> {
  const expected = spread(await settle(() => promisify(execFile)(file, args ?? [], options as AsyncOptions)));
  expect(spread(settled(() => execFileSync(file, args, options)))).toEqual(expected);
  return expected;
}

async function sameCommand(command: string, options?: object): Promise<unknown> {
  const expected = spread(await settle(() => promisify(exec)(command, options as AsyncCommandOptions)));
  expect(spread(settled(() => execSync(command, options)))).toEqual(expected);
  return expected;
}

describe('execFileSync does what the asynchronous execFile does', () => {
  it.each([
    ['with output', ...sh('echo out; echo err >&2')],
    ['that fails', ...sh('echo out; echo err >&2; exit 3')],
    ['killed by a signal', ...sh('kill -KILL $$')],
    ['that says nothing', 'true', []],
    ['with unicode', ...sh('printf "ä\\303"')],
  ])('for a program %s', async (_name, file, args) => {
    await sameFile(file, args);
    await sameFile(file, args, { encoding: 'buffer' });
    await sameFile(file, args, { encoding: null });
    await sameFile(file, args, { encoding: 'latin1' });
  });

  it('for a program that cannot start', async () => {
    expect(await sameFile('no-such-program', ['a', 'b'])).toMatchObject({
      own: {
        code: 'ENOENT',
        syscall: 'spawn no-such-program',
      },
    });
    await sameFile('no-such-program', [], { encoding: 'buffer' });
    await sameFile('/tmp', ['x']);
    await sameFile('echo', ['x'], { cwd: '/no/such/folder' });
    const script = join(mkdtempSync(join(tmpdir(), 'unawait-child-')), 'bad');
    writeFileSync(script, 'not a program', { mode: 0o755 });
    await sameFile(`${script}/below`, []);
    await sameFile('echo', ['x'.repeat(4 << 20)]);
  });

  it('for too much output, counted for each stream', async () => {
    expect(await sameFile(...sh('head -c 3000 /dev/zero | tr "\\0" x'), { maxBuffer: 1000 })).toMatchObject({
      own: {
        code: 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER',
        stdout: 'x'.repeat(1000),
      },
    });
    await sameFile(...sh('head -c 3000 /dev/zero | tr "\\0" x >&2'), { maxBuffer: 1000 });
    await sameFile(...sh('head -c 1200 /dev/zero | tr "\\0" x; exit 2'), { maxBuffer: 1000 });
    await sameFile(...sh('head -c 900 /dev/zero; head -c 900 /dev/zero >&2'), { maxBuffer: 1000 });
    await sameFile(...sh('head -c 900 /dev/zero'), { maxBuffer: 900, encoding: 'buffer' });
    await sameFile(...sh('head -c 901 /dev/zero'), { maxBuffer: 900, encoding: 'buffer' });
    await sameFile(...sh('head -c 1048577 /dev/zero'));
    await sameFile(...sh('head -c 3000000 /dev/zero'), { maxBuffer: Infinity });
    expect(() => execFileSync('yes', { maxBuffer: 5 })).toThrow('stdout maxBuffer length exceeded');
  });

  it('for a timeout', async () => {
    expect(await sameFile('sleep', ['5'], { timeout: 100 })).toMatchObject({
      own: {
        killed: true,
        signal: 'SIGTERM',
        code: null,
      },
    });
    await sameFile('sleep', ['5'], { timeout: 100, killSignal: 'SIGKILL' });
    await sameFile(...sh('trap "exit 0" TERM; while :; do sleep 0.05; done'), { timeout: 100 });
    await sameFile(...sh('trap "exit 4" TERM; while :; do sleep 0.05; done'), { timeout: 100 });
    await sameFile('true', [], { timeout: 5_000 });
  });

  it('for environment, folder and shell', async () => {
    await sameFile(...sh('echo $A; pwd'), { env: { A: 'b' }, cwd: '/' });
    await sameFile('echo $0 a; exit 5', [], { shell: true });
    await sameFile('echo', ['a', '$HOME'], { shell: '/bin/sh' });
  });

  it('for bad arguments', async () => {
    const code = (outcome: unknown) => (outcome as { own: { code: string } }).own.code;
    for (const options of [
      { timeout: -1 },
      { maxBuffer: -1 },
      { maxBuffer: 'x' },
      { killSignal: 'NOPE' },
      { cwd: 5 },
    ]) {
      const expected = await settle(() => promisify(execFile)('true', [], options as AsyncOptions));
      expect(code(spread(settled(() => execFileSync('true', [], options as never))))).toBe(code(spread(expected)));
    }
    expect(() => execFileSync('')).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }));
  });

  it('for a signal that was aborted before', async () => {
    const signal = AbortSignal.abort(new Error('why'));
    expect(await sameFile('sleep', ['1'], { signal })).toMatchObject({
      name: 'AbortError',
      own: { code: 'ABORT_ERR' },
    });
    expect(execFileSync('echo', ['a'], { signal: new AbortController().signal }).stdout).toBe('a\n');
  });

  it('and takes input, and options in place of arguments', () => {
    expect(execFileSync('cat', { input: 'in' }).stdout).toBe('in');
    expect(execFileSync('cat', [], { input: Buffer.alloc(300_000, 'a') }).stdout).toHaveLength(300_000);
    expect(execFileSync('true', { input: 'x'.repeat(1 << 20) })).toEqual({ stdout: '', stderr: '' });
    expect(execFileSync('cat').stdout).toBe('');
    expectTypeOf<ReturnType<typeof execSync>['stdout']>().toEqualTypeOf<string | Buffer>();
    expectTypeOf<ReturnType<typeof runSync>['stdout']>().toEqualTypeOf<Buffer | null>();
    const bytes: Buffer = execFileSync('echo', ['a'], { encoding: 'buffer' }).stdout;
    expect(bytes).toEqual(Buffer.from('a\n'));
  });
});

describe('execSync does what the asynchronous exec does', () => {
  it('for commands that succeed, fail and cannot start', async () => {
    await sameCommand('echo a | tr a b; echo err >&2');
    expect(await sameCommand('echo a; exit 3')).toMatchObject({
      own: { code: 3, killed: false, cmd: 'echo a; exit 3' },
    });
    await sameCommand('no-such-program-here');
    await sameCommand('echo a', { cwd: '/no/such/folder' });
    await sameCommand('echo a', { shell: '/no/such/shell' });
    await sameCommand('kill -TERM $$');
    await sameCommand('sleep 5', { timeout: 100 });
    await sameCommand('head -c 3000 /dev/zero', { maxBuffer: 1000, encoding: 'buffer' });
  });

  it('and its errors are typed', () => {
    const result = settled(() => execSync('exit 2'));
    const error: ExecError = (result as PromiseRejectedResult).reason as ExecError;
    expect([error.code, error.cmd, error.signal, error.stdout]).toEqual([2, 'exit 2', null, '']);
  });
});

describe('runSync', () => {
  it.each(['exit 0', 'exit 7', 'kill -INT $$', 'echo a; echo b >&2'])('ends like spawn: %s', async (script) => {
    const child = spawn(...sh(script));
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    expect(runSync(...sh(script))).toMatchObject({ code, signal });
  });

  it('hands out what was piped', () => {
    expect(runSync('echo', ['a'], { encoding: 'utf8' })).toMatchObject({ code: 0, stdout: 'a\n', stderr: '' });
    expect(runSync('cat', [], { input: 'x' }).stdout).toEqual(Buffer.from('x'));
    expect(runSync('true', [], { stdio: 'inherit' })).toMatchObject({ code: 0, stdout: null, stderr: null });
    expect(runSync('sleep', ['5'], { timeout: 50 })).toMatchObject({ code: null, signal: 'SIGTERM' });
    expect(runSync(...sh('head -c 5000000 /dev/zero')).stdout).toHaveLength(5_000_000);
    expect(() => runSync('yes', [], { maxBuffer: 100 })).toThrow('stdout maxBuffer length exceeded');
  });

  it('throws what spawn emits', async () => {
    const child = spawn('no-such-program', ['a']);
    const [error] = (await once(child, 'error')) as [Error];
    const thrown = settled(() => runSync('no-such-program', ['a']));
    expect(spread(thrown)).toEqual(spread({ status: 'rejected', reason: error }));
    expect(() => runSync('true', [], { signal: AbortSignal.abort() })).toThrow('The operation was aborted');
  });
});

describe('linesOf', () => {
  it('ends lines where readline does', async () => {
    for (const text of ['', 'a', 'a\n', 'a\r\nb', '\n\nc\r', 'ü\n\n']) {
      const child = spawn('/bin/sh', ['-c', 'printf %s "$TEXT"; echo'], { env: { ...process.env, TEXT: text } });
      const expected: string[] = [];
      for await (const line of createInterface({ input: child.stdout, crlfDelay: Infinity })) expected.push(line);
      expect(linesOf(Buffer.from(`${text}\n`))).toEqual(expected);
      expect(linesOf(`${text}\n`)).toEqual(expected);
    }
  });
});
