import type { Parts } from './print-forms.ts';
import { keptForms } from './print-kept.ts';

/** Constructs that are seldom written, each with calls inside; `n` makes their names unique, `x` is a number that is known there. */
export const rareForms = {
  ...keptForms,
  'static-block': (n: number, x: string, { next }: Parts) =>
    `class Count${n} {\n  static made = 0;\n  static {\n    log('static', Count${n}.made);\n  }\n  static async make(): Promise<number> {\n    Count${n}.made += await ${next(x)};\n    return Count${n}.made;\n  }\n}\nlog('made', await Count${n}.make(), await Count${n}.make());`,
  'optional-call': (n: number, x: string, { next }: Parts) =>
    `const run${n}: { go?: (k: number) => Promise<number> } = ${x} % 2 === 0 ? { go: (k) => ${next('k')} } : {};\nlog('optional', await run${n}.go?.(${x}), (await run${n}.go?.(2)) ?? 'none');`,
  'nested-finally': (n: number, x: string, { next }: Parts) =>
    `const nest${n} = async () => {\n  for (const k of [1, 2, 3]) {\n    try {\n      try {\n        if (k === 3) return await ${next(x)};\n        log('tries', await ${next('k')});\n      } finally {\n        log('inner', k);\n        if (k === 1) continue;\n      }\n    } catch (error) {\n      log('caught', (error as Error).message);\n      return -1;\n    } finally {\n      log('outer', await ${next('1')});\n    }\n  }\n  return 0;\n};\nlog('nest', await nest${n}());`,
  'finally-wins': (n: number, x: string, { next }: Parts) =>
    `const wins${n} = async () => {\n  try {\n    throw new Error(\`lost \${await ${next(x)}}\`);\n  } finally {\n    return 5;\n  }\n};\nlog('wins', await wins${n}());`,
  'for-await-array': (n: number, x: string, { next }: Parts) =>
    `try {\n  for await (const one of [${next(x)}, Promise.resolve(3), 4]) log('one', one);\n} catch (error) {\n  log('stopped', (error as Error).message);\n}`,
  'map-of-work': (n: number, x: string, { next }: Parts) =>
    `const jobs${n} = new Map<string, (k: number) => Promise<number>>([\n  ['a', (k) => ${next('k')}],\n  ['b', async (k) => k * 2],\n]);\nfor (const [name, job] of jobs${n}) log(name, await job(${x}));\nlog('b', await jobs${n}.get('b')?.(4), await jobs${n}.get('c')?.(4));`,
  'set-of-work': (n: number, x: string, { next }: Parts) =>
    `const handlers${n} = new Set<(k: number) => Promise<void>>();\nhandlers${n}.add(async (k) => log('first', await ${next('k')}));\nhandlers${n}.add(async (k) => {\n  log('second', k);\n});\nfor (const handler of handlers${n}) await handler(${x});\nawait Promise.all([...handlers${n}].map((handler) => handler(2)));`,
  'compound-assignment': (n: number, x: string, { next }: Parts) =>
    `let sum${n} = 1;\nconst bump${n} = async () => {\n  sum${n} += 10;\n  return await ${next(x)};\n};\nsum${n} += await bump${n}();\nlet none${n}: number | undefined;\nnone${n} ??= await ${next('2')};\nnone${n} &&= sum${n} + (await bump${n}());\nlog('sum', sum${n}, none${n});`,
  'array-from': (n: number, x: string, { next }: Parts) =>
    `log('from', (await Promise.all(Array.from({ length: 2 }, async (_, i) => (await ${next(`${x} + i`)}) + i))).join());`,
  'yields-promise': (n: number, x: string, { next }: Parts) =>
    `async function* yields${n}(): AsyncGenerator<number, number> {\n  try {\n    yield ${next(x)};\n  } catch (error) {\n    log('in generator', (error as Error).message);\n  }\n  yield* [7, 8];\n  return ${next('3')};\n}\nfor await (const y of yields${n}()) log('yielded', y);`,
  'thrown-in': (n: number, x: string, { next }: Parts) =>
    `async function* steps${n}(): AsyncGenerator<number, void, number> {\n  try {\n    yield await ${next(x)};\n    yield 2;\n  } catch (error) {\n    log('thrown in', (error as Error).message);\n    yield 9;\n  } finally {\n    log('steps end', await ${next('1')});\n  }\n}\nconst stepping${n} = steps${n}();\nlog('step', JSON.stringify(await stepping${n}.next()), JSON.stringify(await stepping${n}.throw(new Error('from outside'))), JSON.stringify(await stepping${n}.return()), JSON.stringify(await stepping${n}.next()));`,
  'field-arrow': (n: number, x: string, { next }: Parts) =>
    `class Field${n} {\n  #times = 0;\n  readonly run = async (k: number): Promise<number> => {\n    this.#times++;\n    return (await this.#work(k)) + this.#times;\n  };\n  async #work(k: number): Promise<number> {\n    return await ${next('k')};\n  }\n}\nconst { run: field${n} } = new Field${n}();\nlog('field', await field${n}(${x}), await field${n}(2));`,
  'short-circuit': (n: number, x: string, { next }: Parts) =>
    `log('short', ${x} % 2 === 0 && (await ${next(x)}), (await ${next('2')}) || (await ${next('3')}), ((await ${next('4')}), 5));`,
  'then-edges': (n: number, x: string, { next }: Parts) =>
    `log('edges', await ${next(x)}.then(undefined, () => 4).then(null).finally(async () => {\n  log('finally', await ${next('1')});\n}).then(async (a) => {\n  if (a > 3) throw new Error(\`too much \${a}\`);\n  return a;\n}).catch((error: Error) => error.message));`,
  'finally-throws': (n: number, x: string, { next }: Parts) =>
    `try {\n  await ${next(x)}.catch(() => 1).finally(() => {\n    throw new Error('from finally');\n  });\n} catch (error) {\n  log('finally threw', (error as Error).message);\n}`,
  'nested-all': (n: number, x: string, { next }: Parts) =>
    `const [one${n}, [two${n}, three${n}]] = await Promise.all([${next(x)}, Promise.all([${next('2')}, 3])]);\nlog('nested all', one${n}, two${n}, three${n});`,
  'stored-map': (n: number, x: string, { next }: Parts) =>
    `const started${n} = [1, 2].map(async (k) => {\n  log('starts', k);\n  return k + (await ${next(`${x} + k`)});\n});\nlog('between');\nlog('all', (await Promise.all(started${n})).join());`,
  'settled-reasons': (n: number, x: string, { next }: Parts) =>
    `const ends${n} = await Promise.allSettled([${next(x)}, Promise.reject(new Error('known')), (async () => { throw new TypeError('thrown'); })()]);\nlog('ends', ends${n}.map((end) => (end.status === 'fulfilled' ? end.value : (end.reason as Error).message)).join());`,
  'closures-in-loop': (n: number, x: string, { next }: Parts) =>
    `const made${n}: (() => Promise<number>)[] = [];\nfor (let k = 0; k < 2; k++) made${n}.push(async () => k + (await ${next(`${x} + k`)}));\nfor (const make of made${n}.reverse()) log('closure', await make());`,
  'loop-head': (n: number, x: string, { next }: Parts) =>
    `for (let k = (await ${next(x)}) * 0; k < 2; k += ((await ${next('k')}), 1)) log('head', k);\nlet left${n} = 2;\nwhile ((await ${next('1')}, left${n}-- > 0)) log('left', left${n});`,
  unary: (n: number, x: string, { next }: Parts) =>
    `log('unary', typeof (await ${next(x)}), -(await ${next('2')}), !(await ${next('3')}), void (await ${next('4')}));`,
  'computed-names': (n: number, x: string, { next }: Parts) =>
    `const named${n} = { [\`k\${await ${next(x)}}\`]: await ${next('2')}, async [\`m\${await ${next('3')}}\`]() {\n  return 1;\n} };\nlog('named', Object.keys(named${n}).join());`,
  'made-by-new': (n: number, x: string, { next }: Parts) =>
    `const load${n} = async () => class {\n  constructor(readonly value: number) {}\n};\nlog('new', new (await load${n}())(await ${next(x)}).value);`,
  'called-with-this': (n: number, x: string, { next }: Parts) =>
    `async function bound${n}(this: { by: number }, k: number, ...rest: number[]): Promise<number> {\n  return this.by * k + rest.length + (await ${next(x)});\n}\nlog('bound', await bound${n}.call({ by: 2 }, 3), await bound${n}.apply({ by: 3 }, [1, 2, 3]), await bound${n}.bind({ by: 4 }, 5)());`,
  'throws-value': (n: number, x: string, { next }: Parts) =>
    `try {\n  if (${x} % 2 === 1) throw await ${next(x)};\n  throw { code: await ${next('2')} };\n} catch (thrown) {\n  log('thrown', JSON.stringify(thrown));\n}`,
  'iife-arguments': (n: number, x: string, { next }: Parts) =>
    `log('iife', await (async (a: number, { b }: { b: number }) => {\n  log('arguments', a, b);\n  return a + b + (await ${next('a')});\n})(await ${next(x)}, { b: await ${next('2')} }));`,
  'captured-late': (n: number, x: string, { next }: Parts) =>
    `let state${n} = 'before';\nconst late${n} = (async () => {\n  log('in', state${n});\n  await ${next(x)};\n  log('then', state${n});\n  return state${n};\n})();\nstate${n} = 'after';\nlog('late', await late${n});`,
  'switch-true': (n: number, x: string, { next }: Parts) =>
    `const pick${n} = async (k: number): Promise<string> => {\n  switch (true) {\n    case (await ${next('k')}) > 100:\n      return 'big';\n    case k > 1: {\n      const inner = await ${next('k + 1')};\n      if (inner > 3) break;\n      return \`small \${inner}\`;\n    }\n    default:\n      return 'least';\n  }\n  return 'left';\n};\nlog('pick', await pick${n}(${x}), await pick${n}(1));`,
  'labelled-block': (n: number, x: string, { next, body }: Parts) =>
    `done${n}: {\n  if ((await ${next(x)}) % 2 === 0) break done${n};\n  try {\n    if ((await ${next('2')}) % 2 === 0) break done${n};\n${body()}\n  } finally {\n    log('block ends');\n  }\n}`,
  'inherited-static': (n: number, x: string, { next }: Parts) =>
    `class Base${n} {\n  static async open(k: number): Promise<number> {\n    return k + (await ${next('k')});\n  }\n}\nclass Heir${n} extends Base${n} {\n  static override async open(k: number): Promise<number> {\n    return (await super.open(k)) * 2;\n  }\n}\nlog('heir', await Heir${n}.open(${x}));`,
  'guarded-type': (n: number, x: string, { next }: Parts) =>
    `const either${n} = (k: number): number | Promise<number> => (k > 2 ? ${next('k')} : k);\nlog('either', await either${n}(${x}), await either${n}(1));`,
  'awaited-list': (n: number, x: string, { next }: Parts) =>
    `const list${n} = async (): Promise<number[]> => [await ${next(x)}, 2];\nconst [head${n} = 0, ...tail${n}] = await list${n}();\nlog('list', head${n}, tail${n}.length, Math.max(...(await list${n}())), (await list${n}())[0], (await list${n}()).length);`,
} satisfies Readonly<Record<string, (n: number, x: string, parts: Parts) => string>>;

export type RareForm = keyof typeof rareForms;
