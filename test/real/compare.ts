import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { diffArrays } from 'diff';
import { ts } from 'ts-morph';
import type { Call } from './packages.ts';

type Callable = (...args: readonly unknown[]) => unknown;

/** What is seen of a call: its result or its error, and the files that are there afterwards. */
export interface Seen {
  readonly result?: unknown;
  readonly error?: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, string>>;
  /** What a blocking function must never give. */
  readonly promise: boolean;
}

/** An export by its dotted path; the module is loaded by Node, not by the test runner. */
export function exported(module: string, path: string): Callable {
  const loaded = createRequire(import.meta.url)(module) as Record<string, unknown>;
  let value: unknown = loaded;
  for (const name of path.split('.')) {
    const holder = value as Record<string, unknown>;
    // What a CommonJS module exports is its default.
    value = name === 'default' && !('default' in holder) ? holder : holder[name];
  }
  if (typeof value !== 'function') throw new Error(`\`${module}\` exports no function \`${path}\`.`);
  return value as Callable;
}

/** Runs one call in a folder of its own. */
export async function see(run: Callable, { args, files = {} }: Call): Promise<Seen> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'unawait-run-')));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    const outcome = await settle(() => run(...(put(args, '$dir', folder) as unknown[])));
    return { ...(put(outcome, folder, '$dir') as typeof outcome), files: read(folder) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function settle(run: () => unknown): Promise<Omit<Seen, 'files'>> {
  let promise = false;
  try {
    const given = run();
    promise = given instanceof Promise;
    return { result: await given, promise };
  } catch (thrown) {
    const error = thrown as Error & { code?: unknown; path?: unknown };
    return { error: { name: error.name, message: error.message, code: error.code, path: error.path }, promise };
  }
}

/** `text` stands for `by` in every string of a value. */
function put(value: unknown, text: string, by: string): unknown {
  if (typeof value === 'string') return value.replaceAll(text, by);
  if (Array.isArray(value)) return value.map((each) => put(each, text, by));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, put(each, text, by)]));
}

function read(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const texts = entries.map((entry): [string, string] => {
    const path = join(entry.parentPath, entry.name);
    return [relative(folder, path), entry.isFile() ? readFileSync(path, 'utf8') : '(folder)'];
  });
  return Object.fromEntries(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How many lines of the twins come out of the converted functions, in their order, names of twins aside. */
export function sameLines(
  converted: string,
  original: string,
  twins: Readonly<Record<string, string>>,
): { lines: number; same: number } {
  let lines = 0;
  let same = 0;
  for (const [name, twin] of Object.entries(twins)) {
    const wanted = renamed(declarationLines(original, twin), twins);
    lines += wanted.length;
    for (const { count, added, removed } of diffArrays([...declarationLines(converted, name)], wanted))
      if (!added && !removed) same += count;
  }
  return { lines, same };
}

/** Lines of a top-level function, without indentation, blank lines and comments that only speak to tools. */
function declarationLines(text: string, name: string): readonly string[] {
  const source = ts.createSourceFile('package.js', text, ts.ScriptTarget.Latest, true);
  const found = source.statements.find((statement) => {
    if (ts.isFunctionDeclaration(statement)) return statement.name?.text === name;
    return (
      ts.isVariableStatement(statement) && statement.declarationList.declarations.some((d) => d.name.getText() === name)
    );
  });
  if (!found) throw new Error(`No function \`${name}\` is declared.`);
  const lines = found
    .getText()
    .split('\n')
    .map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('// eslint-'));
}

function renamed(lines: readonly string[], twins: Readonly<Record<string, string>>): string[] {
  return lines.map((line) =>
    Object.entries(twins).reduce((text, [name, twin]) => text.replaceAll(new RegExp(`\\b${twin}\\b`, 'g'), name), line),
  );
}
