/** Text of the generated modules: dense in calls, awaits, imports, generics and unions, and free of type errors. */

/** What the modules of one folder share. */
export function areaText(area: number): string {
  return `import { setTimeout as delay } from 'node:timers/promises';

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Error };

export interface Entry {
  readonly kind: 'file' | 'alias' | 'gone';
  readonly key: string;
  readonly text: string;
}

/** Where entries of area ${area} come from. */
export interface Source<T> {
  get(key: string): Promise<T>;
  size(keys: readonly string[]): Promise<number>;
}

export abstract class Cached<T> implements Source<T> {
  protected readonly cache = new Map<string, T>();

  protected abstract read(key: string): Promise<T>;
  protected abstract weigh(value: T): number;

  async get(key: string): Promise<T> {
    const hit = this.cache.get(key);
    if (hit !== undefined) return hit;
    const value = await this.read(key);
    this.cache.set(key, value);
    return value;
  }

  async size(keys: readonly string[]): Promise<number> {
    let total = 0;
    for (const key of keys) total += this.weigh(await this.get(key));
    return total;
  }
}

export async function attempt<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

export async function inTurn<T, U>(items: readonly T[], turn: (item: T, index: number) => Promise<U>): Promise<U[]> {
  const done: U[] = [];
  for (const [index, item] of items.entries()) done.push(await turn(item, index));
  return done;
}

export async function again<T>(times: number, work: () => Promise<T>): Promise<T> {
  for (let left = times; ; left--) {
    const result = await attempt(work);
    if (result.ok) return result.value;
    if (left === 0) throw result.error;
    await delay(10);
  }
}
`;
}

/** One module. `others` are modules that it may import: their number, and the specifier that leads to them. */
export function moduleText(
  number: number,
  others: readonly { readonly number: number; readonly from: string }[],
): string {
  const kinds = [storeText, serviceText, pipelineText, recordText];
  return kinds[number % kinds.length]!(number, others);
}

type Others = readonly { readonly number: number; readonly from: string }[];

function imports(others: Others, names: (n: number) => string): string {
  return others.map(({ number, from }) => `import { ${names(number)} } from '${from}';\n`).join('');
}

/** Every module exports these, so that any module can call any other. */
const common = (n: number): string => `load${n}, Store${n}, format${n}`;

function calls(others: Others, indent: string): string {
  return others
    .map(
      ({ number }, i) =>
        `${indent}total += await load${number}(name);\n${indent}const store${i} = new Store${number}(name);\n${indent}if ((await store${i}.get(name)).kind !== 'gone') total += await store${i}.size([name, format${number}(name, total)]);\n`,
    )
    .join('');
}

function storeText(n: number, others: Others): string {
  return `import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { attempt, Cached, type Entry } from './types.js';
${imports(others, common)}
/** Entries on disk, below a folder. */
export class Store${n} extends Cached<Entry> {
  constructor(private readonly folder: string) {
    super();
  }

  protected override async read(key: string): Promise<Entry> {
    const path = join(this.folder, key);
    const found = await attempt(() => stat(path));
    if (!found.ok) return { kind: 'gone', key, text: '' };
    const text = await readFile(path, 'utf8');
    return { kind: found.value.isFile() ? 'file' : 'alias', key, text: text.trim() };
  }

  protected override weigh(entry: Entry): number {
    return entry.kind === 'file' ? entry.text.length : 0;
  }

  async longest(keys: readonly string[]): Promise<Entry | undefined> {
    const entries = await Promise.all(keys.map((key) => this.get(key)));
    return entries.filter((entry) => entry.kind === 'file').sort((a, b) => b.text.length - a.text.length)[0];
  }
}

export async function load${n}(name: string): Promise<number> {
  const store = new Store${n}(name);
  let total = await store.size([name, name + '.bak']);
  const longest = await store.longest([name]);
  total += longest?.text.split('\\n').map((line) => line.trimEnd().length).reduce((a, b) => a + b, 0) ?? 0;
${calls(others, '  ')}  return total;
}

export const format${n} = (name: string, total: number): string => [name.padEnd(12), total.toFixed(2)].join(': ').toUpperCase();
`;
}

function serviceText(n: number, others: Others): string {
  return `import { readFile, writeFile } from 'node:fs/promises';
import { again, attempt, type Entry, type Result, type Source } from './types.js';
${imports(others, common)}
interface Options${n}<T> {
  readonly parse: (text: string) => T;
  readonly onChange?: (before: T | undefined, after: T) => Promise<void>;
}

type Change${n} = { readonly kind: 'added'; readonly key: string } | { readonly kind: 'same' } | { readonly kind: 'lost'; readonly error: Error };

class Reader${n}<T extends object> {
  private last: T | undefined;

  constructor(private readonly options: Options${n}<T>) {}

  async read(path: string): Promise<T> {
    const value = this.options.parse(await again(2, () => readFile(path, 'utf8')));
    await this.options.onChange?.(this.last, value);
    this.last = value;
    return value;
  }

  async tryRead(path: string): Promise<Result<T>> {
    return attempt(async () => this.read(path));
  }
}

export class Store${n} implements Source<Entry> {
  private readonly changes: Change${n}[] = [];
  private readonly reader = new Reader${n}<{ text: string }>({
    parse: (text) => ({ text }),
    onChange: async (before, after) => {
      if (before?.text !== after.text) await this.note({ kind: 'added', key: after.text.slice(0, 8) });
    },
  });

  constructor(private readonly journal: string) {}

  async get(key: string): Promise<Entry> {
    const result = await this.reader.tryRead(key);
    if (result.ok) return { kind: 'file', key, text: result.value.text };
    await this.note({ kind: 'lost', error: result.error });
    return { kind: 'gone', key, text: '' };
  }

  async size(keys: readonly string[]): Promise<number> {
    let total = 0;
    for (const key of keys) {
      const { text } = await this.get(key);
      total += text.length;
    }
    return total;
  }

  private async note(change: Change${n}): Promise<void> {
    this.changes.push(change);
    if (change.kind === 'same') return;
    const line = change.kind === 'added' ? change.key : change.error.message;
    await writeFile(this.journal, line + '\\n', { flag: 'a' });
  }
}

export async function load${n}(name: string): Promise<number> {
  const store = new Store${n}(name);
  let total = (await store.get(name)).text.length;
${calls(others, '  ')}  return total + (await store.size([name]));
}

export function format${n}(name: string, total: number): string {
  return \`\${name.toLowerCase()}=\${Math.round(total).toString(16)}\`;
}
`;
}

function pipelineText(n: number, others: Others): string {
  return `import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { Cached, type Entry, inTurn } from './types.js';
${imports(others, common)}
type Step${n}<In, Out> = (input: In) => Promise<Out>;

function chain${n}<A, B, C>(first: Step${n}<A, B>, second: Step${n}<B, C>): Step${n}<A, C> {
  return async (input) => second(await first(input));
}

const lines${n}: Step${n}<string, string[]> = async (path) => {
  const text = await readFile(path, 'utf8');
  return text.split(/\\r?\\n/).filter((line) => line.length > 0);
};

const count${n}: Step${n}<string[], number> = async (lines) => lines.map((line) => line.length).reduce((a, b) => a + b, 0);

async function* walk${n}(folder: string): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk${n}(path);
    else if (extname(path) === '.txt') yield path;
  }
}

export class Store${n} extends Cached<Entry> {
  constructor(private readonly root: string) {
    super();
  }

  protected override async read(key: string): Promise<Entry> {
    for await (const path of walk${n}(this.root)) {
      if (path.endsWith(key)) return { kind: 'file', key, text: (await lines${n}(path)).join('\\n') };
    }
    return { kind: 'gone', key, text: '' };
  }

  protected override weigh({ text }: Entry): number {
    return text.length;
  }

  async save(entries: readonly Entry[]): Promise<void> {
    await inTurn(entries, async (entry, index) => {
      const path = join(this.root, String(index), entry.key);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, entry.text);
    });
  }
}

export async function load${n}(name: string): Promise<number> {
  const measure = chain${n}(lines${n}, count${n});
  let total = await measure(name);
  const store = new Store${n}(name);
  await store.save([await store.get(name)]);
${calls(others, '  ')}  return total;
}

export const format${n} = (name: string, total: number): string => name.replaceAll('/', '.') + '#' + total.toString();
`;
}

/** Mostly plain code, as most code is. */
function recordText(n: number, others: Others): string {
  return `import { readFile } from 'node:fs/promises';
import type { Entry, Result, Source } from './types.js';
${imports(others, common)}
export interface Record${n} {
  readonly id: number;
  readonly name: string;
  readonly tags: readonly string[];
  readonly parent?: Record${n};
}

type Field${n} = keyof Record${n};
type Shown${n} = { readonly [K in Field${n}]: string };

export function parse${n}(text: string): Result<Record${n}> {
  const [id, name, ...tags] = text.split(',').map((part) => part.trim());
  const number = Number(id);
  if (!Number.isInteger(number)) return { ok: false, error: new RangeError(\`\${id} is no number\`) };
  return { ok: true, value: { id: number, name: name ?? '', tags: tags.filter((tag) => tag !== '') } };
}

export function show${n}(record: Record${n}): Shown${n} {
  return {
    id: record.id.toString().padStart(6, '0'),
    name: record.name.slice(0, 1).toUpperCase() + record.name.slice(1),
    tags: [...record.tags].sort((a, b) => a.localeCompare(b)).join(' '),
    parent: record.parent === undefined ? '' : show${n}(record.parent).name,
  };
}

export function group${n}(records: readonly Record${n}[]): ReadonlyMap<string, readonly Record${n}[]> {
  const groups = new Map<string, Record${n}[]>();
  for (const record of records) {
    for (const tag of record.tags) groups.set(tag, [...(groups.get(tag) ?? []), record]);
  }
  return groups;
}

export class Store${n} implements Source<Entry> {
  constructor(private readonly file: string) {}

  async get(key: string): Promise<Entry> {
    const found = (await this.records()).find((record) => record.name === key);
    return found === undefined ? { kind: 'gone', key, text: '' } : { kind: 'alias', key, text: show${n}(found).tags };
  }

  async size(keys: readonly string[]): Promise<number> {
    const groups = group${n}(await this.records());
    return keys.map((key) => groups.get(key)?.length ?? 0).reduce((a, b) => a + b, 0);
  }

  private async records(): Promise<Record${n}[]> {
    const text = await readFile(this.file, 'utf8');
    return text.split('\\n').flatMap((line) => {
      const result = parse${n}(line);
      return result.ok ? [result.value] : [];
    });
  }
}

export async function load${n}(name: string): Promise<number> {
  let total = await new Store${n}(name).size([name]);
${calls(others, '  ')}  return total;
}

export function format${n}(name: string, total: number): string {
  return Object.entries({ name, total }).map(([key, value]) => \`\${key}: \${value}\`).join('; ');
}
`;
}
