import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { callSync } from '../src/bridge.ts';
import { settled } from '../src/outcome.ts';
import { InterruptedError } from '../src/process.ts';

const operations = new URL('./thread-modules/operations.js', import.meta.url);
const call = (name: string, ...args: unknown[]): unknown => callSync(operations, name, args);

describe('callSync', () => {
  it('runs a whole call and brings its value back', () => {
    expect(call('double', 21)).toBe(42);
    expect([call('count'), call('count'), callSync(operations.href, 'count')]).toEqual([1, 2, 3]);
    expect(callSync('node:dns/promises', 'lookup', ['127.0.0.1'])).toEqual({ address: '127.0.0.1', family: 4 });
    expect(callSync('node:crypto', 'webcrypto.subtle.digest', ['SHA-1', Buffer.from('a')])).toBeInstanceOf(ArrayBuffer);
  });

  it('calls packages from the current directory, default exports and methods', () => {
    const tidy = callSync<typeof import('prettier').format>('prettier', 'format', [
      'a  =  1',
      { parser: 'babel', semi: false },
    ]);
    expect(tidy).toBe('a = 1\n');
    expect(call('default.add', 5)).toBe(15);
    expect(call('default.add', 6)).toBe(16);
    expect(call('describeThis')).toBe('undefined');
  });

  it('copies data both ways', () => {
    const data = {
      buffer: Buffer.from('x'),
      when: new Date(5),
      url: new URL('http://a.example/'),
      list: [1n, new Map([[1, 2]])],
    };
    expect(call('copy', data)).toStrictEqual(data);
    const large = Buffer.alloc(16 << 20, 3);
    expect(Buffer.compare(callSync<(bytes: Buffer) => Buffer>(operations, 'copy', [large]), large)).toBe(0);
  });

  it('keeps errors', () => {
    const result = settled(() => call('fail'));
    const error = (result as PromiseRejectedResult).reason as RangeError & { code: string };
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ message: 'too far', code: 'E_FAR', cause: new Error('why') });
    expect(error.stack).toMatch(/operations\.ts/);
    expect(error.stack).toMatch(/bridge\.test\.ts/);
    expect(() => callSync('node:dns/promises', 'lookup', ['no-such-host.invalid'])).toThrow(
      expect.objectContaining({ syscall: 'getaddrinfo', hostname: 'no-such-host.invalid' }),
    );
  });

  it('lets only whole operations pass', () => {
    expect(() => call('connection')).toThrow(/connection\(\) returned an instance of Object, which cannot be copied/);
    expect(() => call('handler')).toThrow(/returned a function/);
    expect(() => call('copy', () => 1)).toThrow(/copy\(\) cannot take a function \(argument 1\)/);
    expect(() => call('copy', new AbortController().signal)).toThrow(/an instance of AbortSignal/);
    expect(() => call('nothing')).toThrow(/`nothing` is not a function of/);
    expect(() => call('missing.deep')).toThrow(/is not a function/);
    expect(() => callSync('no-such-package-here', 'x')).toThrow(
      expect.objectContaining({ code: 'ERR_MODULE_NOT_FOUND' }),
    );
    expect(() => callSync(operations, 'copy', [], { timeout: -1 })).toThrow(RangeError);
  });

  it.each(['hang', 'spin'])('ends the thread of a call that takes too long: %s', (name) => {
    const start = performance.now();
    expect(() => callSync(operations, name, [], { timeout: 200 })).toThrow(InterruptedError);
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(call('count')).toBe(1);
  });

  it('starts again after a thread has died', () => {
    expect(() => call('die')).toThrow(/exit code 2/);
    expect(call('double', 1)).toBe(2);
  });

  it('throws what nobody caught over there, and starts again', () => {
    expect(() => call('crash')).toThrow(expect.objectContaining({ message: 'crashed', code: 'E_CRASH' }));
    expect(call('double', 2)).toBe(4);
  });

  it('bounds what a getter does on the way to the function', () => {
    expect(call('double', 2)).toBe(4);
    expect(() => callSync(operations, 'slow.getter', [], { timeout: 200 })).toThrow(InterruptedError);
    expect(call('double', 2)).toBe(4);
  });

  it('notices a thread that ran out of memory, and starts again', () => {
    const program = `
      const { callSync } = await import(${JSON.stringify(new URL('../src/bridge.ts', import.meta.url).href)});
      try { callSync(${JSON.stringify(operations.href)}, 'exhaust'); } catch (error) { console.log(error.code); }
      console.log(callSync(${JSON.stringify(operations.href)}, 'double', [4]));
      setTimeout(() => console.log('goes on'), 100);`;
    const args = ['--max-old-space-size=64', '--import', 'tsx', '--input-type=module', '-e', program];
    const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
    expect([stdout, status]).toEqual(['ERR_THREAD_ENDED\n8\ngoes on\n', 0]);
  });

  it('does not keep a process alive, from JavaScript and under tsx', () => {
    const program = `
      const { callSync } = await import(${JSON.stringify(new URL('../src/bridge.ts', import.meta.url).href)});
      console.log(callSync(${JSON.stringify(operations.href)}, 'double', [4]));`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', program];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
    expect([stdout, stderr, status]).toEqual(['8\n', '', 0]);
  });
});
