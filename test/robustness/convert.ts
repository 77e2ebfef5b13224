import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ts } from 'ts-morph';
import { expect, onTestFinished } from 'vitest';
import { loadWorkspace, type Workspace } from '../../src/load/workspace.ts';
import { plan, type Planned } from '../../src/pipeline.ts';
import { lostCalls } from '../../src/lost-calls.ts';
import { recheck } from '../../src/recheck.ts';
import { writeChanges } from '../../src/write.ts';

export const options = { onlySafe: false, policies: [], include: [], exclude: [] };

/** A tsconfig in the usual style, with options of the test's own. */
export function tsconfig(
  compilerOptions: Readonly<Record<string, unknown>> = {},
  rest: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({
    compilerOptions: {
      target: 'es2022',
      module: 'nodenext',
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: ['node'],
      ...compilerOptions,
    },
    ...rest,
  });
}

/** What most projects of these tests begin with. */
export const esm = { 'package.json': '{ "name": "robust", "type": "module" }', 'tsconfig.json': tsconfig() };

export function folder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'unawait-robust-')));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export function write(root: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
}

export interface Result {
  readonly workspace: Workspace;
  readonly planned: Planned;
  /** Every own source of the result, as it stands on disk. */
  readonly text: (file: string) => string;
  /** Names of the functions and modules that turned blocking. */
  readonly blocking: readonly string[];
  /** Name and place of what was found, by `reason`. */
  readonly refused: readonly string[];
}

/** Converts a project on disk and holds the result to what must be true of every result. */
export async function convert(root: string): Promise<Result> {
  const workspace = loadWorkspace(root);
  const planned = plan(workspace, options);
  expect(planned.problems).toEqual([]);
  expect(planned.plan.refusals.filter((r) => r.bug !== undefined)).toEqual([]);
  expect(JSON.stringify([planned.facts, planned.plan])).not.toContain(root);
  const out = join(folder(), 'result');
  await writeChanges(root, planned.changes, { out });
  if (planned.changes.some(({ after }) => after.includes('@unawait/std'))) installLibrary(out);
  const result = loadWorkspace(out);
  expect([...result.texts.keys()]).toEqual([...workspace.texts.keys()]);
  for (const [file, { text, bom }] of workspace.texts) {
    const after = result.texts.get(file)!;
    expect(after.bom, file).toBe(bom);
    expect(ends(after.text), file).toEqual(ends(text));
  }
  expect(recheck(result, planned, options)).toEqual({ unstable: [], residual: [] });
  expect(lostCalls(planned)).toEqual([]);
  expect(typeErrorsOf(result).filter((error) => !typeErrorsOf(workspace).includes(error))).toEqual([]);
  const texts = new Map([...result.texts].map(([file, { text }]) => [file, text]));
  return {
    workspace,
    planned,
    text: (file) => texts.get(file)!,
    blocking: planned.plan.blocking,
    refused: planned.plan.refusals.map(({ site, reason }) => `${site.split(':')[0]!} ${reason}`),
  };
}

/** Installs the library that converted code imports. */
function installLibrary(root: string): void {
  const to = join(root, 'node_modules/@unawait/std');
  for (const part of ['package.json', 'dist']) cpSync(join(library, part), join(to, part), { recursive: true });
}

const library = fileURLToPath(new URL('../../std/', import.meta.url));

/** Writes a project to a new folder and converts it. */
export async function convertFiles(files: Readonly<Record<string, string | Uint8Array>>): Promise<Result> {
  const root = join(folder(), 'project');
  write(root, files);
  return convert(root);
}

/** The same project under another path. */
export function moved(root: string): string {
  const to = join(folder(), 'elsewhere', 'deeper');
  cpSync(root, to, { recursive: true });
  return to;
}

/** Which line ends a text has. */
function ends(text: string): string[] {
  return [...new Set(text.match(/\r\n|\n|\r/g))].sort();
}

function typeErrorsOf({ root, programs }: Workspace): string[] {
  return programs.flatMap(({ program, files }) =>
    files.flatMap((file) =>
      program
        .getSemanticDiagnostics(program.getSourceFile(join(root, file)))
        .map(({ code, messageText }) => `${file} TS${code} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`),
    ),
  );
}
