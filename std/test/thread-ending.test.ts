import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { InterruptedError } from '../src/process/interrupted-error.ts';
import { importInThread, stopThread, type ThreadOptions } from '../src/thread.ts';
import { connect } from '../src/thread/connection.ts';
import { isAlive } from '../src/thread/lifeline.ts';
import { slot } from '../src/thread/protocol.ts';
import { thrownBy } from './servers/catch.ts';

type Values = typeof import('./thread-modules/values.js');
const start = (options?: ThreadOptions) =>
  importInThread<Values>(new URL('./thread-modules/values.js', import.meta.url), options);

/** Runs a program that uses the library's source, in a process of its own. */
const run = (body: string, env: NodeJS.ProcessEnv = {}) => {
  const file = join(mkdtempSync(join(tmpdir(), 'unawait-thread-')), 'main.ts');
  const source = new URL('../src/thread.ts', import.meta.url).href;
  const values = new URL('./thread-modules/values.js', import.meta.url).href;
  writeFileSync(
    file,
    `import { importInThread, stopThread } from ${JSON.stringify(source)};
     const view: any = importInThread(${JSON.stringify(values)});
     ${body}`,
  );
  const tsx = new URL('../../node_modules/tsx/dist/cli.mjs', import.meta.url).pathname;
  return spawnSync(process.execPath, [tsx, file], {
    encoding: 'utf8',
    timeout: 20_000,
    maxBuffer: 1 << 24,
    env: { ...process.env, ...env },
  });
};

describe('a thread that ends', () => {
  it('is stopped at once, twice, even in an endless loop', () => {
    const view = start({ timeout: 100 });
    expect(() => view.stuck()).toThrow(InterruptedError);
    const before = performance.now();
    stopThread(view);
    stopThread(view);
    expect(performance.now() - before).toBeLessThan(2_500);
    expect(() => view.version).toThrow(expect.objectContaining({ code: 'ERR_THREAD_ENDED' }));
  });

  it('says when it cannot be stopped, in a system call', () => {
    const view = start({ timeout: 100 });
    expect(() => view.pollFor(4_000)).toThrow(InterruptedError);
    expect(() => stopThread(view)).toThrow(expect.objectContaining({ code: 'ERR_THREAD_STUCK' }));
  });

  it('goes on after a watchdog ran out, and its late answers are dropped', () => {
    const view = start({ timeout: 300 });
    expect(() => view.never()).toThrow(
      expect.objectContaining({
        name: 'InterruptedError',
        code: 'ETIMEDOUT',
        message: expect.stringMatching(/^never\(\) did not return within 300 ms/) as string,
      }),
    );
    expect(view.echoLater('next')).toBe('next');
    stopThread(view);
  });

  it('tells the call that it ended under', () => {
    const exited = start();
    expect(() => exited.exit(3)).toThrow(/ended with exit code 3 during exit\(\)/);
    expect(() => exited.version).toThrow(/ended/);

    const crashed = start();
    crashed.crashSoon();
    expect(() => crashed.never()).toThrow(expect.objectContaining({ message: 'crashed alone', code: 'E_ALONE' }));
  });

  it('tells so when it ended before it listened', () => {
    const view = start();
    expect(() => view.startAndExit()).toThrow(
      expect.objectContaining({
        code: 'ERR_THREAD_ENDED',
        message: expect.stringMatching(/exit code 5 during startAndExit/) as string,
      }),
    );
    expect(() => view.startAndExit()).toThrow(expect.objectContaining({ code: 'ERR_THREAD_ENDED' }));
    stopThread(view);
  });

  it('is stopped while it waits in a blocking accept', () => {
    const view = start({ timeout: 500 });
    expect(() => view.accept()).toThrow(expect.objectContaining({ code: 'ETIMEDOUT' }));
    const before = performance.now();
    stopThread(view);
    expect(performance.now() - before).toBeLessThan(2_500);
  });

  it.each([
    ['loops for ever', 'for (;;);', 'ETIMEDOUT'],
    ['waits for what nobody will do', 'await new Promise(() => undefined);', 'ETIMEDOUT'],
    ['exits', 'process.exit(6);', 'ERR_THREAD_ENDED'],
    ['throws', `throw Object.assign(new Error(), { code: 'E_OWN' });`, 'E_OWN'],
    ['does not parse', 'const const;', undefined],
  ])('gives an import up that %s', (_name, text, code) => {
    const error = thrownBy(() => {
      const thread = connect(`data:text/javascript,${encodeURIComponent(text)}`, { loadTimeout: 1_500 });
      // What the import threw is handed over as the answer.
      expect(thread.loaded).toHaveProperty('thrown');
      expect(JSON.stringify(thread.loaded)).toContain(code ?? 'SyntaxError');
      thread.stop();
      throw Object.assign(new Error(), { code });
    });
    expect(error).toMatchObject({ code });
  });

  it('shows by its descriptor whether it lives, where the kernel lists no threads', () => {
    const state = new Int32Array(3);
    expect(isAlive(state)).toBeUndefined();
    const descriptor = openSync(process.execPath, 'r');
    state[slot.lifeline] = descriptor + 1;
    expect(isAlive(state)).toBe(true);
    closeSync(descriptor);
    expect(isAlive(state)).toBe(false);
  });

  it('leaves no descriptor behind', async () => {
    const count = () => readdirSync('/proc/self/fd').length;
    stopThread(start());
    const before = count();
    for (let n = 0; n < 5; n++) stopThread(start());
    // Node closes what a worker had when its own loop comes round.
    await expect.poll(count, { timeout: 5_000 }).toBeLessThanOrEqual(before + 1);
  });

  it('lets go of objects that nobody here holds', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const view = start();
    const kept = view.points();
    for (let n = 0; n < 50; n++) expect(view.points()).toHaveLength(2);
    for (let n = 0; n < 20 && view.pointsHeld() > 4; n++) {
      collect();
      await sleep(20);
    }
    expect(view.pointsHeld()).toBeLessThanOrEqual(4);
    expect(kept[1]?.y).toBe(4);
    stopThread(view);
  });
});

describe('a thread beside a program', () => {
  it('does not keep the process alive, and its console needs no main thread', () => {
    const { status, stdout, stderr } = run(`
      view.print(300_000);
      view.never === 1;
      console.log('end');
    `);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toBe(`${'x'.repeat(300_000)}\nend\n`);
  });

  it('ends the process with an error that no call saw', () => {
    const { status, stderr } = run(`view.crashSoon(); setTimeout(() => undefined, 2_000);`);
    expect(stderr).toContain('crashed alone');
    expect(status).toBe(1);
  });

  it('notices a thread that ran out of memory', () => {
    const { status, stdout } = run(
      `try { view.exhaust(); } catch (error) { console.log(error.code); } setTimeout(() => console.log('goes on'), 100);`,
      { NODE_OPTIONS: '--max-old-space-size=64' },
    );
    expect([stdout, status]).toEqual(['ERR_THREAD_ENDED\ngoes on\n', 0]);
  });
});
