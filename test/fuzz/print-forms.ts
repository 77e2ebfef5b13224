import type { Form } from './program.ts';

/** What the printer of a function gives: a call, as an expression of type `Promise<number>`, and statements. */
export interface Parts {
  readonly next: (arg: string) => string;
  readonly body: () => string;
}

/** Constructs as people write them, each with calls inside; `n` makes their names unique, `x` is a number that is known there. */
export const forms: Readonly<Record<Form, (n: number, x: string, parts: Parts) => string>> = {
  deferred: (n, x, { next }) =>
    `let settle${n}: (value: number) => void = () => {};\nconst later${n} = new Promise<number>((resolve) => {\n  settle${n} = resolve;\n});\nsettle${n}(await ${next(x)});\nlog('deferred', await later${n});`,
  retry: (n, x, { next }) =>
    `for (let attempt${n} = 1; ; attempt${n}++) {\n  try {\n    if (attempt${n} < 3) throw new RangeError('again');\n    log('tried', await ${next(x)});\n    break;\n  } catch (error) {\n    if (!(error instanceof RangeError)) throw error;\n    await sleep(0);\n  }\n}`,
  poll: (n, x, { next }) =>
    `let left${n} = 2;\nconst ready${n} = async () => (await ${next(x)}) > 0 && --left${n} <= 0;\nwhile (!(await ready${n}())) await sleep(0);\nlog('ready', left${n});`,
  reduce: (n, x, { next }) =>
    `const total${n} = await [1, 2, 3].reduce(async (sum, k) => (await sum) + k + (await ${next(x)}), Promise.resolve(0));\nlog('total', total${n});`,
  table: (n, x, { next }) =>
    `const table${n}: Record<string, (k: number) => Promise<number>> = {\n  twice: async (k) => (await ${next('k')}) * 2,\n  async half(k) {\n    return (await ${next('k')}) / 2;\n  },\n};\nfor (const [name, run] of Object.entries(table${n})) log(name, await run(${x}));`,
  list: (n, x, { next }) =>
    `const steps${n}: (() => Promise<number>)[] = [() => ${next(x)}, async () => 4];\nfor (const step of steps${n}) log('step', await step());`,
  static: (n, x, { next }) =>
    `class Box${n}<T> {\n  static async of(value: number): Promise<Box${n}<number>> {\n    return new Box${n}(await ${next('value')});\n  }\n  constructor(readonly value: T) {}\n  async map<U>(change: (value: T) => Promise<U>): Promise<Box${n}<U>> {\n    return new Box${n}(await change(this.value));\n  }\n}\nconst box${n} = await (await Box${n}.of(${x})).map(async (v) => \`<\${v}>\`);\nlog('box', box${n}.value);`,
  'memo-class': (n, x, { next }) =>
    `class Lazy${n} {\n  #value: Promise<number> | undefined;\n  get(): Promise<number> {\n    this.#value ??= this.#load();\n    return this.#value;\n  }\n  async #load(): Promise<number> {\n    log('loads');\n    return await ${next(x)};\n  }\n}\nconst lazy${n} = new Lazy${n}();\nlog('lazy', await lazy${n}.get(), await lazy${n}.get());`,
  iterable: (n, x, { next }) =>
    `class Pages${n} {\n  async *[Symbol.asyncIterator](): AsyncGenerator<number> {\n    for (let page = 0; page < 3; page++) yield page + (await ${next(x)});\n  }\n}\nfor await (const page of new Pages${n}()) {\n  log('page', page);\n  if (page % 2 === 1) break;\n}`,
  delegate: (n, x, { next }) =>
    `async function* inner${n}(): AsyncGenerator<number, string> {\n  try {\n    yield await ${next(x)};\n    yield 2;\n    return 'ended';\n  } finally {\n    log('inner ends', await ${next('1')});\n  }\n}\nasync function* outer${n}(): AsyncGenerator<number> {\n  log('returned', yield* inner${n}());\n}\nfor await (const y of outer${n}()) log('delegated', y);`,
  'by-hand': (n, x, { next }) =>
    `async function* numbers${n}(): AsyncGenerator<number, void, number> {\n  let got = 0;\n  while (got < 3) got = yield got + (await ${next(x)});\n}\nconst it${n} = numbers${n}();\nlog('next', JSON.stringify(await it${n}.next()), JSON.stringify(await it${n}.next(5)), JSON.stringify(await it${n}.return()));`,
  'nested-then': (n, x, { next }) =>
    `const nested${n} = await ${next(x)}.then((a) => ${next('a')}.then((b) => a + b)).then((c) => (c > 5 ? ${next('c')} : c));\nlog('nested', nested${n});`,
  cause: (n, x, { next }) =>
    `class Failure${n} extends Error {\n  constructor(readonly code: number, cause: unknown) {\n    super('failure', { cause });\n  }\n}\ntry {\n  try {\n    await ${next(x)};\n    throw new TypeError('inner');\n  } catch (error) {\n    throw new Failure${n}(await ${next('2')}, error);\n  }\n} catch (error) {\n  if (!(error instanceof Failure${n})) throw error;\n  log('cause', error.code, (error.cause as Error).name);\n}`,
  'return-finally': (n, x, { next }) =>
    `const leave${n} = async () => {\n  try {\n    return await ${next(x)};\n  } finally {\n    log('leaving', await ${next('1')});\n  }\n};\nlog('left', await leave${n}());`,
  write: (n, x, { next }) =>
    `const file${n} = \`\${process.env['FUZZ_FILE']!}-${n}-\${${x}}\`;\nawait writeFile(file${n}, String(await ${next(x)}));\nawait appendFile(file${n}, '!');\nlog('written', await readFile(file${n}, 'utf8'), (await stat(file${n})).size);\nawait rm(file${n});\nlog('gone', await access(file${n}).then(() => 'no', (error: NodeJS.ErrnoException) => error.code));`,
  entries: (n, x, { next }) =>
    `const entries${n} = Object.fromEntries(await Promise.all(['a', 'b'].map(async (k, i) => [k, (await ${next(`${x} + i`)}) + i] as const)));\nlog('entries', JSON.stringify(entries${n}));`,
  concurrent: (n, x, { next }) =>
    `const pending${n} = [${next(x)}, ${next('7')}];\nlog('started');\nfor (const p of pending${n}) log('done', await p);`,
  conditional: (n, x, { next }) =>
    `const maybe${n} = ${x} % 2 === 0 ? ${next(x)} : undefined;\nlog('maybe', (await maybe${n}) ?? 'none', maybe${n} === undefined);`,
  overload: (n, x, { next }) =>
    `async function over${n}(a: string): Promise<string>;\nasync function over${n}(a: number): Promise<number>;\nasync function over${n}(a: string | number): Promise<string | number> {\n  return typeof a === 'string' ? a + (await ${next(x)}) : a;\n}\nlog('over', await over${n}('s'), (await over${n}(2)) + 1);`,
  generic: (n, x, { next }) =>
    `async function once${n}<T>(make: () => Promise<T>, fallback: T): Promise<T> {\n  try {\n    return await make();\n  } catch {\n    return fallback;\n  }\n}\nlog('generic', await once${n}(() => ${next(x)}, -1), await once${n}<string>(() => Promise.reject(new Error('no')), 'fell back'));`,
  settled: (n, x, { next }) =>
    `const outcome${n} = ${next(x)}.then(\n  (value) => ({ ok: true as const, value }),\n  (error: Error) => ({ ok: false as const, error }),\n);\nconst seen${n} = await outcome${n};\nlog('outcome', seen${n}.ok ? seen${n}.value : seen${n}.error.message);`,
  shorthand: (n, x, { next }) =>
    `const api${n} = { a: async () => await ${next(x)}, b: 1, async c(k = 2) { return k + this.b; } };\nconst { a: take${n} } = api${n};\nlog('api', await take${n}(), await api${n}.c());`,
  timer: (n, x, { next }) =>
    `setTimeout(() => log('timer', ${n}), 1);\nlog('before timer', await ${next(x)});\nawait sleep(4);`,
  sorted: (n, x, { next }) =>
    `const keyed${n} = [];\nfor (const k of [3, 1, 2]) keyed${n}.push({ k, by: await ${next(`${x} + k`)} });\nlog('sorted', keyed${n}.sort((a, b) => a.by - b.by).map(({ k }) => k).join());`,
  thenable: (n, x, { next }) =>
    `const odd${n} = { then(resolve: (value: number) => void) {\n  log('then called');\n  resolve(${x});\n} };\nlog('thenable', await odd${n}, await ${next(x)});`,
  'try-return': (n, x, { next }) =>
    `const risky${n} = async () => {\n  try {\n    return ${next(x)};\n  } catch (error) {\n    log('not caught here');\n    throw error;\n  }\n};\nlog('risky', await risky${n}().catch((error: Error) => error.message));`,
  tagged: (n, x, { next }) =>
    `const tag${n} = async (strings: TemplateStringsArray, ...values: number[]) => strings.join('_') + values.join();\nlog('tag', await tag${n}\`a\${await ${next(x)}}b\${${x}}\`);`,
  queue: (n, x, { next }) =>
    `let tail${n}: Promise<unknown> = Promise.resolve();\nconst enqueue${n} = (work: () => Promise<number>): Promise<number> => {\n  const run = tail${n}.then(work);\n  tail${n} = run.catch(() => undefined);\n  return run;\n};\nlog('queue', await enqueue${n}(() => ${next(x)}), await enqueue${n}(async () => 3));`,
  loops: (n, x, { next, body }) =>
    `let k${n} = 0;\ndo {\n  for (const key in { a: 1, b: await ${next(x)} }) {\n    if (key === 'b') continue;\n${body()}\n  }\n} while ((await ${next(`${x} + k${n}`)}) > 0 && ++k${n} < 2);`,
};
