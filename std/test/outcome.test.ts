import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { chain, firstFulfilled, settled, thrownBy, unwrap, type Chain } from '../src/outcome.ts';

describe('settled and unwrap', () => {
  it('have the shape of Promise.allSettled', async () => {
    const boom = new Error('boom');
    const fail = (): number => {
      throw boom;
    };
    const results = [settled(() => 1), settled(fail)];
    expect(results).toEqual(await Promise.allSettled([Promise.resolve(1), Promise.reject(boom)]));
    expect(unwrap(results[0]!)).toBe(1);
    expect(() => unwrap(results[1]!)).toThrow(boom);
    expectTypeOf(settled(() => 'a')).toEqualTypeOf<PromiseSettledResult<string>>();
  });

  it('keep a reason that is no error', () => {
    const result = settled(() => {
      throw undefined;
    });
    expect(result).toEqual({ status: 'rejected', reason: undefined });
    let reached = false;
    try {
      unwrap(result);
    } catch (reason) {
      reached = reason === undefined;
    }
    expect(reached).toBe(true);
  });
});

/** What a handler does: it is logged, then returns or throws its name; `undefined` and the rest are no handlers. */
type Handler = 'returns' | 'throws' | undefined | null | 5;
type Step = { then: [Handler, Handler] } | { catch: Handler } | { finally: Handler };

const handler = fc.constantFrom<Handler>('returns', 'throws', undefined, null, 5);
const step = fc.oneof(
  fc.record({ then: fc.tuple(handler, handler) }),
  fc.record({ catch: handler }),
  fc.record({ finally: handler }),
);

/** Attaches the steps to a promise or to a chain, whose methods have the same names. */
function attach(first: Promise<unknown> | Chain<unknown>, steps: readonly Step[], log: unknown[]) {
  const make = (kind: Handler, name: string) => {
    if (kind !== 'returns' && kind !== 'throws') return kind as undefined;
    return (...args: unknown[]) => {
      log.push([name, args]);
      if (kind === 'throws') throw `${name} threw`;
      return `${name} returned`;
    };
  };
  let at = first;
  for (const [index, part] of steps.entries()) {
    if ('then' in part) {
      const [onValue, onThrow] = [make(part.then[0], `value ${index}`), make(part.then[1], `throw ${index}`)];
      at = 'value' in at ? at.then(onValue, onThrow) : at.then(onValue, onThrow);
    } else if ('catch' in part) {
      const onThrow = make(part.catch, `catch ${index}`);
      at = 'value' in at ? at.catch(onThrow) : at.catch(onThrow);
    } else {
      const onDone = make(part.finally, `finally ${index}`);
      at = 'value' in at ? at.finally(onDone) : at.finally(onDone);
    }
  }
  return at;
}

describe('chain', () => {
  it('does what a promise does, step for step', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(step, { maxLength: 8 }), async (fails, steps) => {
        const start = () => {
          if (fails) throw 'start threw';
          return 'start returned';
        };
        const asyncLog: unknown[] = [];
        const promise = attach(new Promise((resolve) => resolve(start())), steps, asyncLog);
        const [expected] = await Promise.allSettled([promise]);
        const log: unknown[] = [];
        const chained = attach(chain<unknown>(start), steps, log) as Chain<unknown>;
        expect(settled(() => chained.value())).toEqual(expected);
        expect(log).toEqual(asyncLog);
      }),
      { numRuns: 500 },
    );
  });

  it('has the types of a promise', () => {
    const made = chain(() => 1)
      .then((n) => String(n))
      .catch(() => null)
      .finally(() => undefined);
    expectTypeOf(made.value()).toEqualTypeOf<string | null>();
    // A reason is as loosely typed as a promise's, or converted code would no longer compile.
    expect(
      chain(() => fail('x'))
        // eslint-disable-next-line @typescript-eslint/use-unknown-in-catch-callback-variable -- what is tested
        .catch((error: Error) => error.message)
        .value(),
    ).toBe('x');
    expect(
      chain(() => 2)
        .then()
        .value(),
    ).toBe(2);
  });
});

function fail(message: string): never {
  throw new Error(message);
}

describe('firstFulfilled', () => {
  it('stops at the first success', () => {
    const calls: string[] = [];
    const result = firstFulfilled([() => fail('a'), () => calls.push('b'), () => calls.push('c')]);
    expect([result, calls]).toEqual([1, ['b']]);
  });

  it('throws what Promise.any rejects with', async () => {
    const errors = [new Error('a'), new Error('b')];
    const thrown = settled(() => firstFulfilled(errors.map((error) => () => fail(error.message))));
    const [expected] = await Promise.allSettled([Promise.any(errors.map((error) => Promise.reject(error)))]);
    expect(thrown).toEqual(expected);
    expect(settled(() => firstFulfilled([]))).toMatchObject({ reason: { message: 'All promises were rejected' } });
  });
});

describe('thrownBy', () => {
  it('gives the very error, whatever it is', () => {
    const boom = { code: 'ENOENT' };
    expect(
      thrownBy(() => {
        throw boom;
      }),
    ).toBe(boom);
    expect(
      thrownBy(() => {
        throw undefined;
      }),
    ).toBeUndefined();
  });

  it('does not pass for a function that returns', () => {
    expect(() => void thrownBy(() => new Error('only returned'))).toThrow('Nothing was thrown');
  });
});
