import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, types } from 'node:util';

/** What became of a case: its value or error as text, and the files it left. */
export interface Outcome {
  readonly value?: string;
  readonly error?: string;
  readonly files: readonly string[];
}

/** Runs every case in a folder of its own, one after the other, and prints the outcomes as JSON. */
export async function runAll(cases: Readonly<Record<string, unknown>>): Promise<void> {
  const outcomes: Record<string, Outcome> = {};
  for (const [name, run] of Object.entries(cases)) {
    if (typeof run === 'function' && run.length === 0) outcomes[name] = await outcomeOf(run as () => unknown);
  }
  process.stdout.write(JSON.stringify(outcomes), () => process.exit(0));
}

async function outcomeOf(run: () => unknown): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'unawait-case-'));
  prepare(folder);
  process.chdir(folder);
  const text = (value: unknown): string =>
    show(value)
      .replaceAll(folder, '<folder>')
      .replaceAll(/\.\d{7,}\b/g, '.<number>');
  let result: { value: string } | { error: string };
  try {
    result = { value: text(await run()) };
  } catch (error) {
    result = { error: text(error) };
  }
  const files = listing(folder, '');
  process.chdir(tmpdir());
  rmSync(folder, { recursive: true });
  return { ...result, files };
}

function prepare(folder: string): void {
  const write = (path: string, text: string | Buffer): void => writeFileSync(join(folder, path), text);
  mkdirSync(join(folder, 'dir'));
  mkdirSync(join(folder, 'none'));
  write('a.txt', 'hello\n');
  write('empty.txt', '');
  write('lines.txt', 'one\r\ntwo\n\nüber\nlast');
  write('big.bin', Buffer.alloc(300_000, 'abc'));
  write('package.json', '{ "name": "cases", "version": "1.0.0" }');
  write('dir/b.json', '{ "b": 1 }');
  write('dir/c.txt', 'c');
  symlinkSync('a.txt', join(folder, 'link'));
}

/** Every entry below the folder, with the content of files. */
function listing(folder: string, prefix: string): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(prefix, entry.name);
      const name = path.replace(/\btmp-.{6}$/, 'tmp-XXXXXX');
      if (entry.isSymbolicLink()) return [`${name} -> ${readlinkSync(join(folder, path))}`];
      if (entry.isDirectory()) return [`${name}/`, ...listing(folder, path)];
      return [`${name}: ${readFileSync(join(folder, path)).toString('latin1').slice(0, 200)}`];
    });
}

/** Stats differ from run to run in their times and numbers; what a program can rely on is shown. */
function show(value: unknown): string {
  if (value instanceof Error) return showError(value);
  const stats = value as {
    mode?: number | bigint;
    size?: number | bigint;
    isFile?: () => boolean;
    isSymbolicLink?: () => boolean;
  } | null;
  if (stats !== null && typeof stats === 'object' && typeof stats.isFile === 'function' && stats.mode !== undefined) {
    return `Stats ${Object.keys(stats).join()} ${inspect([stats.mode, stats.isFile(), stats.isSymbolicLink!()])}`;
  }
  return inspect(value, { depth: 8, maxArrayLength: 1000, maxStringLength: 10_000, sorted: true });
}

function showError(error: Error): string {
  const own = Object.getOwnPropertyNames(error)
    .filter((key) => !['stack', 'message', 'cause'].includes(key))
    .sort();
  const members = own.map(
    (key) => `${key}=${inspect((error as unknown as Record<string, unknown>)[key], { depth: 4 })}`,
  );
  const { name } = error.constructor;
  const kind = types.isNativeError(error) ? name : `not native ${name}`;
  const cause = error.cause === undefined ? '' : ` cause { ${show(error.cause)} }`;
  return `${kind} ${error.name}: ${error.message} [${members.join(', ')}]${cause}`;
}
