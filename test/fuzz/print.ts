import { forms } from './print-forms.ts';
import { printMore } from './print-more.ts';
import { rareForms } from './print-rare.ts';
import type { Fn, Program, Stmt } from './program.ts';

/** Names in a printed program count up, so that no two clash. */
interface Printer {
  readonly program: Program;
  /** Index of the function that is printed; it may call those behind it. */
  readonly at: number;
  next: number;
  /** Statements stand in a generator's own body, where a value is yielded before it returns. */
  generator: boolean;
}

/** What the name of a function of some shapes begins with; of others it is `f`. */
const nameStart: Partial<Record<Fn['shape'], string>> = { method: 'C', override: 'C', namespace: 'N' };

const fsImport = `import { access, appendFile, readFile, rm, stat, writeFile } from 'node:fs/promises';`;

/** The program as files: `lib.ts`, `main.ts` (exports `main(log, file)`). */
export function printProgram(program: Program): Record<string, string> {
  const parts = { 'lib.ts': [] as string[], 'main.ts': [] as string[] };
  for (let at = program.functions.length - 1; at >= 0; at--) {
    const fn = program.functions[at]!;
    parts[inLibrary(program, at) ? 'lib.ts' : 'main.ts'].push(
      printFunction({ program, at, next: 0, generator: fn.shape === 'generator' }, fn),
    );
  }
  const library = program.functions.flatMap((fn, i) =>
    inLibrary(program, i) ? [`${nameStart[fn.shape] ?? 'f'}${i}`] : [],
  );
  return {
    'lib.ts':
      [
        fsImport,
        `import { setTimeout as sleep } from 'node:timers/promises';`,
        `export const trace: string[] = [];`,
        `export function log(...what: unknown[]): void {\n  trace.push(what.map(String).join(' '));\n}`,
        `export async function apply(work: (n: number) => Promise<number>, n: number): Promise<number> {\n  log('apply');\n  return (await work(n)) + 1;\n}`,
        `export async function safe(p: Promise<number>): Promise<number> {\n  try {\n    return await p;\n  } catch {\n    log('safe');\n    return -5;\n  }\n}`,
        `export async function read(file: string): Promise<number> {\n  await sleep(0);\n  return (await readFile(file, 'utf8')).length;\n}`,
        ...parts['lib.ts'],
      ].join('\n\n') + '\n',
    'main.ts':
      [
        fsImport,
        `import { setTimeout as sleep } from 'node:timers/promises';`,
        `import { apply, log, read, safe, trace${library.map((l) => `, ${l}`).join('')} } from './lib.js';`,
        ...parts['main.ts'],
        `export async function main(): Promise<string[]> {\n  try {\n    log('result', await ${reach(program, 0, '1', 0)});\n  } catch (error) {\n    log('failed', (error as Error).message);\n  }\n  return trace;\n}`,
        `void [sleep, apply, read, safe, access, appendFile, readFile, rm, stat, writeFile];`,
      ].join('\n\n') + '\n',
  };
}

/** Only a function whose callees all lie in the library may lie there: the tail of the list. */
function inLibrary(program: Program, at: number): boolean {
  return program.functions.slice(at).every((fn) => fn.library);
}

function printFunction(p: Printer, fn: Fn): string {
  const body = indent([`log('f${p.at}', x);`, ...fn.body.map((s) => stmt(p, s, 'x'))].join('\n'));
  const end = indent(`return x + ${p.at};`);
  const exported = inLibrary(p.program, p.at) ? 'export ' : '';
  switch (fn.shape) {
    case 'function':
      return `${exported}async function f${p.at}(x: number): Promise<number> {\n${body}\n${end}\n}`;
    case 'plain-returning':
      return `${exported}function f${p.at}(x: number): Promise<number> {\n  return (async () => {\n${indent(body)}\n${indent(end)}\n  })();\n}`;
    case 'arrow':
      return `${exported}const f${p.at} = async (x: number) => {\n${body}\n${end}\n};`;
    case 'generic':
      return `${exported}async function f${p.at}<T extends number>(x: T): Promise<number> {\n${body}\n${end}\n}`;
    case 'method':
      return `${exported}class C${p.at} {\n  #seen = 0;\n  async run(x: number): Promise<number> {\n    this.#seen += x;\n${indent(body)}\n    return this.#seen + ${p.at};\n  }\n}`;
    case 'override':
      return `abstract class B${p.at} {\n  abstract step(x: number): Promise<number>;\n  async run(x: number): Promise<number> {\n    log('base ${p.at}');\n    return (await this.step(x)) + 1;\n  }\n}\n\n${exported}class C${p.at} extends B${p.at} {\n  async step(x: number): Promise<number> {\n${indent(body)}\n${indent(end)}\n  }\n  override async run(x: number): Promise<number> {\n    return (await super.run(x)) * 2;\n  }\n}`;
    case 'interface':
      return `interface I${p.at} {\n  run(x: number): Promise<number>;\n}\n\n${exported}const f${p.at}: I${p.at} = {\n  async run(x) {\n${indent(body)}\n${indent(end)}\n  },\n};`;
    case 'namespace':
      return `${exported}namespace N${p.at} {\n  export async function run(x: number): Promise<number> {\n${indent(body)}\n${indent(end)}\n  }\n}`;
    case 'generator':
      return `${exported}async function* f${p.at}(x: number): AsyncGenerator<number> {\n  try {\n    yield x;\n${indent(body)}\n    yield x + ${p.at};\n  } finally {\n    log('closed ${p.at}');\n  }\n}`;
  }
}

const indent = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ');

/** The callee that a statement of function `at` means: one behind it, or none. */
function target(program: Program, at: number, wanted: number): number | undefined {
  const behind = program.functions.length - at - 1;
  return behind <= 0 ? undefined : at + 1 + (wanted % behind);
}

/** An expression of type Promise<number> that calls function `i`. */
function reach(program: Program, i: number, arg: string, depth: number): string {
  const { shape } = program.functions[i]!;
  if (shape === 'method' || shape === 'override') return `new C${i}().run(${arg})`;
  if (shape === 'interface') return `f${i}.run(${arg})`;
  if (shape === 'namespace') return `N${i}.run(${arg})`;
  if (shape === 'generator')
    return `(async () => {\n  let sum${depth} = 0;\n  for await (const y of f${i}(${arg})) sum${depth} += y;\n  return sum${depth};\n})()`;
  return `f${i}(${arg})`;
}

function call(p: Printer, wanted: number, arg: string): string {
  const i = target(p.program, p.at, wanted);
  return i === undefined ? `apply(async (n) => n + 1, ${arg})` : reach(p.program, i, arg, p.next++);
}

const block = (p: Printer, body: readonly Stmt[], x: string): string =>
  `{\n${indent(body.map((s) => stmt(p, s, x)).join('\n'))}\n}`;

function stmt(p: Printer, s: Stmt, x: string): string {
  const n = p.next++;
  const name = `v${n}`;
  switch (s.kind) {
    case 'log':
      return `log('at ${p.at}', ${s.n}, ${x});`;
    case 'call':
      return callStatement(s.form, call(p, s.callee, `${x} + 1`), name, x);
    case 'if':
      return `if (${x} % 2 ${s.odd ? '===' : '!=='} 1) ${block(p, s.then, x)} else ${block(p, s.otherwise, x)}`;
    case 'loop':
      return `for (let i${n} = 0; i${n} < 3; i${n}++) {\n${s.leave === 'none' ? '' : `  if (i${n} === 1) ${s.leave};\n`}${indent(s.body.map((t) => stmt(p, t, `(${x} + i${n})`)).join('\n'))}\n}`;
    case 'try': {
      const handler =
        s.has === 'finally'
          ? ''
          : ` catch (e${n}) {\n  log('caught', (e${n} as Error).message);\n${indent(s.handler.map((t) => stmt(p, t, x)).join('\n'))}\n}`;
      const last =
        s.has === 'catch'
          ? ''
          : ` finally {\n  log('finally');\n${indent(
              s.last
                .filter((t) => t.kind !== 'return')
                .map((t) => stmt(p, t, x))
                .join('\n'),
            )}\n}`;
      return `try ${block(p, s.body, x)}${handler}${last}`;
    }
    case 'throw':
      return `if (${x} % 4 === ${s.when}) throw new Error('thrown ${p.at}');`;
    case 'return': {
      const value = s.form === 'value' ? `${x} * 2` : call(p, s.callee, x);
      const returned = s.form === 'awaited' || (p.generator && s.form === 'promise') ? `await ${value}` : value;
      return `if (${x} % 3 !== 0) ${p.generator ? `{\n  yield ${returned};\n  return;\n}` : `return ${returned};`}`;
    }
    case 'all': {
      const calls = s.callees.map((c, i) => call(p, c, `${x} + ${i}`));
      if (s.form === 'all')
        return `const [${calls.map((_, i) => `${name}_${i}`).join(', ')}] = await Promise.all([${calls.join(', ')}]);\nlog('all', ${calls.map((_, i) => `${name}_${i}`).join(', ')});`;
      if (s.form === 'allSettled')
        return `for (const r of await Promise.allSettled([${calls.join(', ')}])) log('settled', r.status, r.status === 'fulfilled' ? r.value : (r.reason as Error).message);`;
      if (s.form === 'map')
        return `const ${name} = await Promise.all([1, 2].map(async (m) => (await ${call(p, s.callees[0]!, 'm')}) + ${x}));\nlog('map', ${name}.join());`;
      return `await Promise.all([1, 2].map(async (m) => {\n  log('each', m + (await ${call(p, s.callees[0]!, 'm')}));\n}));`;
    }
    case 'stored': {
      const between = s.between
        .filter((t) => t.kind !== 'return')
        .map((t) => stmt(p, t, x))
        .join('\n');
      const awaited = s.guarded
        ? `try {\n  log('stored', await ${name});\n} catch (e) {\n  log('late', (e as Error).message);\n}`
        : `log('stored', await ${name});`;
      return `const ${name} = ${call(p, s.callee, `${x} + 2`)};\n${between}\n${awaited}`;
    }
    case 'then': {
      const links = s.links.map((link, i) => {
        if (link === 'then') return `.then((r) => {\n  log('then ${i}', r);\n  return r + 1;\n})`;
        if (link === 'then2')
          return `.then((r) => r * 2, (e: Error) => {\n  log('rejected', e.message);\n  return 7;\n})`;
        return link === 'catch'
          ? `.catch((e: Error) => {\n  log('catch', e.message);\n  return 8;\n})`
          : `.finally(() => log('finally ${i}'))`;
      });
      return `const ${name} = await ${call(p, s.callee, x)}${links.join('')};\nlog('chain', ${name});`;
    }
    case 'iterate': {
      const i = target(p.program, p.at, s.callee);
      const source =
        i !== undefined && p.program.functions[i]!.shape === 'generator'
          ? `f${i}(${x})`
          : `[${x}, ${call(p, s.callee, x)}]`;
      return `for await (const y${n} of ${source}) {\n  log('item', y${n});\n${s.leave ? `  if (y${n} > 1) break;\n` : ''}${indent(
        s.body
          .filter((t) => t.kind !== 'return')
          .map((t) => stmt(p, t, `y${n}`))
          .join('\n'),
      )}\n}`;
    }
    case 'wait':
      return {
        sleep: `await sleep(0);`,
        timer: `await new Promise<void>((resolve) => setTimeout(resolve, 0));`,
        null: `await null;`,
        resolve: `log('resolved', await Promise.resolve(${x}));`,
        reject: `if (${x} === 3) await Promise.reject(new Error('rejected'));`,
        read: `log('read', await read(process.env['FUZZ_FILE']!));`,
        missing: `try {\n  await read('/nowhere/at/all');\n} catch (e) {\n  log('missing', (e as NodeJS.ErrnoException).code, (e as Error).message);\n}`,
      }[s.form];
    case 'callback': {
      const inner = { ...p, generator: false };
      const body = `async (z${n}: number) => {\n${indent(s.body.map((t) => stmt(inner, t, `z${n}`)).join('\n'))}\n  return z${n};\n}`;
      p.next = inner.next;
      if (s.form === 'apply') return `log('applied', await apply(${body}, ${x}));`;
      if (s.form === 'stored')
        return `const ${name} = ${body};\nlog('made', (await ${name}(${x})) + (await ${name}(1)));`;
      if (s.form === 'forEach') return `[1, 2].forEach(${body});`;
      return `log('kept', [1, 2].filter(${body}).length);`;
    }
    case 'floating': {
      const value = call(p, s.callee, x);
      if (s.form === 'caught') return `${guard(value)}.catch(() => log('ignored'));`;
      return s.form === 'void' ? `void ${value}.catch(() => 0);` : `${guard(value)}.then(() => log('later'), () => 0);`;
    }
    case 'memo': {
      if (s.form === 'map')
        return `const ${name} = new Map<number, Promise<number>>();\nif (!${name}.has(1)) ${name}.set(1, ${call(p, s.callee, x)});\nlog('memo', await ${name}.get(1), await ${name}.get(1));`;
      return `const ${name}: { value?: Promise<number> } = {};\n${name}.value ??= ${call(p, s.callee, x)};\nlog('memo', (await ${name}.value) + (await ${name}.value));`;
    }
    case 'form':
    case 'more':
    case 'rare': {
      const parts = {
        next: (arg: string) => call(p, s.callee, arg),
        body: () => indent(s.body.map((t) => stmt(p, t, x)).join('\n')),
      };
      if (s.kind === 'more') return printMore(s, n, x, parts);
      return s.kind === 'rare' ? rareForms[s.form](n, x, parts) : forms[s.form](n, x, parts);
    }
    case 'pass':
      return `log('safe', await safe(${call(p, s.callee, x)}));`;
  }
}

/** A statement may not begin with a function. */
const guard = (text: string): string => (text.startsWith('(') ? `void ${text}` : text);

function callStatement(form: string, value: string, name: string, x: string): string {
  switch (form) {
    case 'statement':
      return `await ${value};`;
    case 'const':
      return `const ${name} = await ${value};\nlog('got', ${name});`;
    case 'sum':
      return `log('sum', ${x} + (await ${value}), (await ${value}) - 1);`;
    case 'power':
      return `log('power', (await ${value}) ** 2);`;
    case 'template':
      return `log(\`text \${await ${value}}\`);`;
    case 'nested':
      return `log('nested', Math.max(await ${value}, ${x}));`;
    case 'conditional':
      return `log('either', await (${x} > 1 ? ${value} : ${x}));`;
    case 'spread':
      return `log('spread', ...[await ${value}, ${x}]);`;
    case 'optional':
      return `log('optional', (await ${value})?.toFixed(1));`;
    default:
      return `log('object', JSON.stringify({ a: await ${value}, b: ${x} }));`;
  }
}
