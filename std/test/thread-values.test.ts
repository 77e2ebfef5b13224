import * as assert from 'node:assert/strict';
import { afterAll, describe, expect, expectTypeOf, it } from 'vitest';
import { importInThread, stopThread, type InThread } from '../src/thread.ts';

const at = (name: string) => new URL(`./thread-modules/${name}`, import.meta.url);
type Values = typeof import('./thread-modules/values.js');
const view = importInThread<Values>(at('values.js'));
afterAll(() => stopThread(view));

const caught = (fn: () => unknown): unknown => {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};

describe('values from a thread', () => {
  it('reads exports, awaits the ones that are promises, and runs functions', () => {
    expect(view.version).toBe('1.2');
    expect(view.ready).toBe('ready');
    expect([view.count, view.bump(), view.count]).toEqual([0, 1, 1]);
    expect(view.echoLater('later')).toBe('later');
    expect(Object.keys(view)).toContain('echo');
    expect('echo' in view).toBe(true);
    expect('nothing' in view).toBe(false);
    expect(Reflect.get(view, 'nothing')).toBeUndefined();
    expect(view.here()).toMatch(/thread-modules$/);
    expect(() => Reflect.set(view, 'version', '2')).toThrow(/version/);
  });

  it('copies data faithfully, both ways', () => {
    const data = view.data();
    expect(data).toStrictEqual({
      when: new Date(0),
      bytes: new Uint8Array([1, 2]),
      buffer: Buffer.from('hi'),
      map: new Map([['k', { deep: [1n] }]]),
      set: new Set([undefined, null]),
      pattern: /x/gi,
      link: new URL('http://a.example/b?c'),
      error: Object.assign(new RangeError('far'), { code: 'E_FAR' }),
      bare: Object.assign(Object.create(null) as object, { x: 1 }),
      sparse: [1, , 3],
    });
    expect(data.error).toBeInstanceOf(RangeError);
    expect(Reflect.get(data.error, 'code')).toBe('E_FAR');
    expect(Object.keys(data.sparse)).toEqual(['0', '2']);
    const { error: _error, ...rest } = data;
    expect(view.echo(rest)).toStrictEqual(rest);
    expect(view.isBuffer(Buffer.from('x'))).toBe(true);
    expect(view.isBuffer(new Uint8Array(1))).toBe(false);
    expect(view.typeName(new Date())).toBe('[object Date]');
    expect(view.echo(Symbol.iterator)).toBe(Symbol.iterator);
    expect(view.echo(Symbol.for('a'))).toBe(Symbol.for('a'));
    expect([view.echo<unknown>(undefined), view.echo(null)]).toEqual([undefined, null]);
    expect(view.echo(Number.NaN)).toBeNaN();
  });

  it('copies cycles and large bytes', () => {
    const ring = view.cycle();
    expect(ring.self).toBe(ring);
    expect(ring.list[0]).toBe(ring);
    const large = Buffer.alloc(8 << 20, 7);
    expect(Buffer.compare(view.echo(large), large)).toBe(0);
  });

  it('keeps functions, closures and instances over there', () => {
    expect(view.adder(2)(3)).toBe(5);
    const counter = view.counter();
    expect([counter.n, counter.inc(), counter.inc(5), counter.n]).toEqual([0, 1, 6, 6]);
    expect(counter.label).toBe('counter');
    expect(Object.keys(counter)).toEqual(['label', 'n', 'inc']);
    expect({ ...counter }).toMatchObject({ label: 'counter', n: 6 });

    const point = new view.Point(1, 2);
    expect(point).toBeInstanceOf(view.Point);
    expect({}).not.toBeInstanceOf(view.Point);
    expect(point.x).toBe(1);
    point.x = 10;
    expect(point.plus(new view.Point(1, 1)).x).toBe(11);
    expect(point.plus(point).y).toBe(4);
    expect(JSON.stringify(point)).toBe('{"x":10,"y":2}');
    expect(view.echo(point)).toBe(point);
    expect(view.Point.origin().x).toBe(0);
    expect(view.Point.made).toBeGreaterThan(3);
    expect(view.points().map((p) => p.y)).toEqual([2, 4]);
    expect(view.points()).toEqual([
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ]);
  });

  it('writes edits of a copied property through', () => {
    view.calls.push(1, 2, 3);
    view.calls.splice(0, 1);
    expect(view.calls).toEqual([2, 3]);
    view.calls.reverse();
    expect(view.calls).toEqual([3, 2]);
    view.settings.nested.list.push(2);
    view.settings.mode = 'cross';
    view.settings.nested = { list: [...view.settings.nested.list, 3] };
    expect(view.settings).toEqual({ mode: 'cross', nested: { list: [1, 2, 3] } });
    Reflect.deleteProperty(view.settings, 'mode');
    expect(view.settings).toEqual({ nested: { list: [1, 2, 3] } });
    assert.deepStrictEqual(view.calls, [3, 2]);
    assert.deepStrictEqual(view.settings.nested, { list: [1, 2, 3] });
    expect(view.isSettings(view.settings)).toBe(true);
    expect(view.isNestedList(view.settings.nested.list)).toBe(true);
    expect(Array.isArray(view.calls)).toBe(true);
  });

  it('has blocking types', () => {
    expectTypeOf(view.echo<string>).returns.toEqualTypeOf<string>();
    expectTypeOf(view.echoLater('a')).toEqualTypeOf<unknown>();
    expectTypeOf(view.ready).toEqualTypeOf<string>();
    expectTypeOf(view.adder(1)).returns.toEqualTypeOf<number>();
    expectTypeOf(view.counter().inc).returns.toEqualTypeOf<number>();
    expectTypeOf(view.Point.origin().x).toEqualTypeOf<number>();
    expectTypeOf(view.calls).toEqualTypeOf<number[]>();
    const point: InThread<import('./thread-modules/values.js').Point> = new view.Point(1, 1);
    expectTypeOf(point.plus(point).x).toEqualTypeOf<number>();
  });
});

describe('errors from a thread', () => {
  it('keep name, message, code, cause, properties and the stack', () => {
    const error = caught(() => view.throwLater('system')) as NodeJS.ErrnoException;
    expect(error).toBeInstanceOf(Error);
    expect({ ...error }).toEqual({ errno: -2, code: 'ENOENT', syscall: 'open', path: '/no/such/file' });
    const plain = caught(() => view.throwLater('boom')) as Error;
    expect(plain.message).toBe('boom');
    expect(plain.stack).toMatch(/throwLater.*values\.ts/);
    expect(plain.stack).toMatch(/thread-values\.test\.ts/);
    expect(Object.keys(plain)).toEqual([]);
    const abort = caught(() => view.throwLater('abort')) as DOMException;
    expect(abort).toBeInstanceOf(DOMException);
    expect([abort.name, abort.message, abort.code]).toEqual(['AbortError', 'stopped', 20]);
    const both = caught(() => view.throwLater('aggregate')) as AggregateError;
    expect(both).toBeInstanceOf(AggregateError);
    expect(both.errors[0]).toBeInstanceOf(RangeError);
    expect(both.errors[1]).toBe('two');
    expect(caught(() => view.throwLater('null'))).toBeNull();
    expect(caught(() => view.throwThis({ a: 1 }))).toEqual({ a: 1 });
  });

  it('know their class over there', () => {
    const { MockServer, HttpError } = importInThread<typeof import('./thread-modules/mock-server.js')>(
      at('mock-server.ts'),
    );
    const error = caught(() => new MockServer().fail(418)) as Error & { code: string; status: number; detail: unknown };
    expect(error).toBeInstanceOf(HttpError);
    expect(error).not.toBeInstanceOf(MockServer);
    expect([error.name, error.message, error.code, error.status]).toEqual(['HttpError', 'status 418', 'E_MOCK', 418]);
    expect(error.detail).toEqual({ at: 1 });
    expect(error.cause).toBeInstanceOf(TypeError);
    const made = new HttpError(400, 'made here');
    expect(made).toBeInstanceOf(HttpError);
    expect(made.message).toBe('made here');
    stopThread(HttpError);
  });

  it('say what cannot pass', () => {
    expect(() => view.echo(() => 1)).toThrow(
      'echo() cannot take a function (argument 1): functions do not pass between threads.',
    );
    expect(() => view.echoLater([{ on: { data: () => 1 } }])).toThrow(/\(argument 1\.0\.on\.data\)/);
    class Local {
      method() {
        return 1;
      }
    }
    expect(() => view.echo(new Local())).toThrow(/an instance of Local \(argument 1\): its methods/);
    expect(() => view.echo(Promise.resolve())).toThrow(/an instance of Promise/);
    expect(() => view.echo(Symbol('own'))).toThrow(/Symbol\(own\)/);
    expect(() => new (class extends view.Point {})(1, 2)).toThrow(/cannot be extended here/);
    using other = importInThread<Values>(at('values.js'));
    expect(other.echo(view.calls)).toEqual(view.calls);
    expect(view.echo(caught(() => other.throwLater('theirs')))).toMatchObject({ message: 'theirs' });
    expect(() => view.echo(new other.Point(1, 1))).toThrow(/belongs to another thread/);
    expect(() => stopThread({})).toThrow(TypeError);
    expect(() => importInThread(at('values.js'), { timeout: 0 })).toThrow(RangeError);
  });

  it('come out of the import at the call', () => {
    const error = caught(() => importInThread(at('broken.js')));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: 'cannot load', code: 'E_LOAD' });
    expect(caught(() => importInThread(at('missing.js')))).toMatchObject({ code: 'ERR_MODULE_NOT_FOUND' });
    expect(caught(() => importInThread('no-such-package-here'))).toMatchObject({ code: 'ERR_MODULE_NOT_FOUND' });
  });

  it('imports packages from the current directory, absolute paths and Node modules', () => {
    const path = importInThread<typeof import('node:path')>('node:path');
    expect(path.basename('/a/b')).toBe('b');
    const pc = importInThread<{ default: { isColorSupported: boolean } }>('picocolors');
    expect(typeof pc.default.isColorSupported).toBe('boolean');
    const values = importInThread<Values>(at('values.ts').pathname);
    expect(values.version).toBe('1.2');
    for (const thread of [path, pc, values]) stopThread(thread);
  });
});
