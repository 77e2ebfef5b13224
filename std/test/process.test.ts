import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { bundled } from './process-bundle.ts';
import { InterruptedError } from '../src/process.ts';

const library = bundled(new URL('../src/process.ts', import.meta.url));
const koffi = import.meta.resolve('koffi');
const argsOf = (body: string) => [
  '--input-type=module',
  '-e',
  `const { blockStdio, runMain, InterruptedError } = await import(${JSON.stringify(library)});
   const { writeSync } = await import('node:fs');
   ${body}`,
];
const run = (body: string) => spawnSync(process.execPath, argsOf(body), { encoding: 'utf8', timeout: 20_000 });

/** Declares `wait()`, which blocks in poll(2) until a signal cuts it short. */
const blockInPoll = `
  const { default: koffi } = await import(${JSON.stringify(koffi)});
  const poll = koffi.load(null).func('int poll(void *fds, unsigned long count, int timeout)');
  const wait = () => {
    writeSync(1, 'up ');
    if (poll(null, 0, 15_000) < 0 && koffi.errno() === koffi.os.errno.EINTR) throw new InterruptedError();
  };`;

/** Starts a program, signals it once it says "up", and gathers what it said and how it ended. */
async function signalled(body: string, signal: NodeJS.Signals = 'SIGTERM') {
  const child = spawn(process.execPath, argsOf(body));
  const said = { stdout: '', stderr: '' };
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said.stdout += chunk.toString();
      if (said.stdout.includes('up ')) resolve();
    });
    child.once('close', () => resolve());
  });
  // A signal before the wait itself would be heard, but cut nothing short.
  await sleep(300);
  const start = performance.now();
  child.kill(signal);
  const [code, killedBy] = (await once(child, 'close')) as [number | null, string | null];
  return { code, killedBy, ...said, after: performance.now() - start };
}

/** Reads a child's standard output slowly, a pause before every chunk. */
async function readSlowly(body: string, from: 'stdout' | 'stderr' = 'stdout') {
  const child = spawn(process.execPath, argsOf(body));
  const closed = once(child, 'close') as Promise<[number]>;
  let bytes = 0;
  await sleep(500);
  for await (const chunk of child[from]) {
    bytes += (chunk as Buffer).length;
    await sleep(10);
  }
  return { bytes, code: (await closed)[0] };
}

describe('stdout into a slow pipe', () => {
  const write = (stream: string) => `process.${stream}.write('x'.repeat(500_000)); process.exit(3);`;

  it('loses what a blocked program wrote, without blockStdio', async () => {
    const { bytes } = await readSlowly(write('stdout'));
    expect(bytes).toBeLessThan(500_000);
  });

  it.each(['stdout', 'stderr'] as const)('arrives whole on %s with blockStdio, process.exit or not', async (stream) => {
    expect(await readSlowly(`blockStdio(); ${write(stream)}`, stream)).toEqual({ bytes: 500_000, code: 3 });
  });

  it('arrives while the program goes on blocking', async () => {
    const body = `runMain(() => {
      console.log('x'.repeat(499_999));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
      return 4;
    });`;
    const child = spawn(process.execPath, argsOf(body));
    let bytes = 0;
    const start = performance.now();
    let whole = Infinity;
    for await (const chunk of child.stdout) {
      bytes += (chunk as Buffer).length;
      if (bytes === 500_000) whole = performance.now() - start;
    }
    expect(bytes).toBe(500_000);
    expect(performance.now() - start - whole).toBeGreaterThan(500);
  });

  it('can be a file, or closed', () => {
    expect(run(`blockStdio(); console.log('a');`).stdout).toBe('a\n');
    const { status } = spawnSync(process.execPath, argsOf('blockStdio(); process.exitCode = 5;'), { stdio: 'ignore' });
    expect(status).toBe(5);
  });
});

describe('runMain', () => {
  it('takes a number for the exit code', () => {
    expect(run('runMain(() => 7)').status).toBe(7);
    expect(run('runMain(() => 0)').status).toBe(0);
    expect(run('process.exitCode = 6; runMain(() => undefined)').status).toBe(6);
  });

  it('lets Node report what main throws', () => {
    const thrown = run(`runMain(() => { throw Object.assign(new RangeError('far'), { code: 'E_FAR' }); });`);
    const plain = run(`throw Object.assign(new RangeError('far'), { code: 'E_FAR' });`);
    expect(thrown.status).toBe(plain.status);
    for (const { stderr } of [thrown, plain]) {
      expect(stderr).toContain('RangeError: far');
      expect(stderr).toContain(`code: 'E_FAR'`);
    }
    const handled = run(`process.on('uncaughtException', (e) => { console.log('seen', e.message); process.exit(9); });
      runMain(() => { throw new Error('x'); });`);
    expect([handled.stdout, handled.status]).toEqual(['seen x\n', 9]);
  });

  it('dies of a signal without a listener at once', async () => {
    const result = await signalled(`${blockInPoll} runMain(wait);`);
    expect(result).toMatchObject({ killedBy: 'SIGTERM', stdout: 'up ' });
    expect(result.after).toBeLessThan(1_000);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('runs finally blocks, then the listener of %s', async (signal) => {
    const result = await signalled(
      `${blockInPoll}
       process.on('${signal}', (name) => console.log('heard', name));
       runMain(() => { try { wait(); } finally { console.log('cleaned'); } });`,
      signal,
    );
    expect(result).toMatchObject({ stdout: `up cleaned\nheard ${signal}\n`, stderr: '', killedBy: null });
    expect(result.code).toBe(signal === 'SIGTERM' ? 143 : 130);
    expect(result.after).toBeLessThan(1_000);
  });

  it('leaves the exit code to a listener that has one', async () => {
    const exits = await signalled(`${blockInPoll} process.on('SIGTERM', () => process.exit(3)); runMain(wait);`);
    expect(exits.code).toBe(3);
    const later = await signalled(
      `${blockInPoll}
       process.on('SIGTERM', () => setTimeout(() => { console.log('late'); process.exitCode = 0; }, 100)); runMain(wait);`,
    );
    expect(later).toMatchObject({ code: 0, stdout: 'up late\n' });
  });

  it('reports an interruption that no signal explains', () => {
    const { status, stderr } = run(`runMain(() => { throw new InterruptedError('for no reason'); });`);
    expect(status).toBe(1);
    expect(stderr).toContain('InterruptedError: for no reason');
    expect(run(`runMain(() => { throw new InterruptedError('late', { code: 'ETIMEDOUT' }); });`).stderr).toContain(
      'late',
    );
  });
});

describe('InterruptedError', () => {
  it('says what it is', () => {
    const error = new InterruptedError(undefined, { syscall: 'poll', cause: 1 });
    expect(error).toMatchObject({ name: 'InterruptedError', code: 'EINTR', syscall: 'poll', cause: 1 });
    expect(error).toBeInstanceOf(Error);
    expect('cause' in new InterruptedError('x')).toBe(false);
  });
});
