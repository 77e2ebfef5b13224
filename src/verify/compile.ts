import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { CompilerError, NewErrors } from '../model/verdict.ts';
import { startChild } from '../reference/child.ts';
import { tail, toolEnvironment } from './environment.ts';
import type { Sides } from './options.ts';
import { readPackageJson } from './package-json.ts';
import { projectFiles } from './project-files.ts';

export interface Compiler {
  /** The script that Node runs. */
  readonly bin: string;
  readonly version: string;
}

/** The project's own TypeScript, or ours where it has none. */
export function findCompiler(project: string): Compiler | null {
  for (const from of [join(project, 'package.json'), import.meta.url]) {
    try {
      const folder = dirname(createRequire(from).resolve('typescript/package.json'));
      const { bin, version } = readPackageJson(folder);
      const names = typeof bin === 'object' ? bin : {};
      const script = names['tsc'] ?? Object.entries(names).find(([name]) => /^tsc\d*$/.test(name))?.[1];
      if (script !== undefined && version !== undefined) return { bin: join(folder, script), version };
    } catch {
      // Not installed here.
    }
  }
  return null;
}

export interface CompileRun {
  readonly errors: readonly CompilerError[];
  /** The compiler did not do its work: what it printed. */
  readonly failure: string | null;
}

/** Runs the compiler in a staged project; one run for each tsconfig, errors of files they share once. With references it is built, which writes output. */
export async function checkTypes(
  compiler: Compiler,
  folder: string,
  tsconfigs: readonly string[],
  timeoutMs: number,
): Promise<CompileRun> {
  const seen = new Map<string, CompilerError>();
  const runs = tsconfigs.length > 0 ? tsconfigs.map((file) => ['-p', file]) : [plainArguments(folder)];
  const build = tsconfigs.some((file) => hasReferences(folder, file));
  for (const args of build ? [['-b', '--force', ...tsconfigs]] : runs) {
    const run = await runCompiler(compiler, folder, build ? args : [...args, '--noEmit'], timeoutMs);
    if (run.failure !== null) return run;
    for (const error of run.errors)
      seen.set(`${error.file}:${error.line}:${error.column}:${error.code}:${error.message}`, error);
  }
  return { errors: [...seen.values()], failure: null };
}

/** Whether a tsconfig stands on others, which only a build (`tsc -b`) takes along. */
export function hasReferences(folder: string, tsconfig: string): boolean {
  return /"references"\s*:\s*\[\s*\{/.test(readFileSync(join(folder, tsconfig), 'utf8'));
}

export async function runCompiler(
  compiler: Compiler,
  folder: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<CompileRun> {
  const child = startChild({
    command: process.execPath,
    args: [compiler.bin, ...args, '--pretty', 'false'],
    cwd: folder,
    env: toolEnvironment(folder),
    timeoutMs,
  });
  const { exit, stdout, stderr } = await child.finished;
  if (exit.by === 'watchdog') return { errors: [], failure: `The compiler was cut off after ${timeoutMs / 1000} s.` };
  const errors = parseCompilerOutput(stdout, folder);
  if (exit.code !== 0 && errors.length === 0)
    return { errors, failure: tail(stdout + stderr) || `Exit code ${exit.code ?? 'none'}.` };
  return { errors, failure: null };
}

/** `src/a.ts(3,5): error TS2322: …`, with indented lines that go on; or `error TS18003: …` without a place. */
export function parseCompilerOutput(output: string, folder: string): CompilerError[] {
  const errors: CompilerError[] = [];
  for (const line of output.split(/\r?\n/)) {
    const match = /^(?:(.+?)\((\d+),(\d+)\): )?error (TS\d+): (.*)$/.exec(line);
    const last = errors.at(-1);
    if (match !== null) {
      const [, file = null, row, column, code = '', message = ''] = match;
      errors.push({
        file,
        line: row === undefined ? null : Number(row),
        column: column === undefined ? null : Number(column),
        code,
        message: message.replaceAll(folder, '.'),
      });
    } else if (last !== undefined && line.startsWith('  ')) {
      errors[errors.length - 1] = { ...last, message: `${last.message}\n${line.replaceAll(folder, '.')}` };
    }
  }
  return errors;
}

/** Without Node's types no module of Node is found: neither the one the source imported nor the one that took its place. */
const NODE_MODULE =
  /(?<=^Cannot find (?:name|module) )'(?:node:)?(?:fs|timers|dns|readline|stream|child_process|net|http|https|zlib)(?:\/\w+)?'/;

/** The errors of the result that have no equal among those of the source, wherever it stands in the file. */
export function newErrors(before: readonly CompilerError[], after: readonly CompilerError[]): CompilerError[] {
  const key = ({ file, code, message }: CompilerError): string =>
    `${file}\n${code}\n${message.replace(NODE_MODULE, "'node:'")}`;
  const known = new Map<string, number>();
  for (const error of before) known.set(key(error), (known.get(key(error)) ?? 0) + 1);
  return after.filter((error) => {
    const left = known.get(key(error)) ?? 0;
    known.set(key(error), left - 1);
    return left <= 0;
  });
}

export function judgeTypes(compiler: Compiler | null, runs: Sides<CompileRun>): NewErrors {
  const { before, after } = runs;
  const errors = newErrors(before.errors, after.errors);
  const base = {
    typescript: compiler?.version ?? null,
    before: before.errors.length,
    after: after.errors.length,
    errors,
  };
  if (after.failure !== null)
    return { ...base, status: 'failed', summary: `The result was not compiled: ${after.failure}` };
  if (before.failure !== null)
    return { ...base, status: 'failed', summary: `The source was not compiled: ${before.failure}` };
  const had = before.errors.length > 0 ? `, ${count(before.errors.length, 'error')} of the source aside` : '';
  return errors.length === 0
    ? { ...base, status: 'passed', summary: `Compiles with TypeScript ${base.typescript ?? ''}${had}.` }
    : { ...base, status: 'failed', summary: `${count(errors.length, 'error')} that the source had not.` };
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A project without a tsconfig: only what the compiler says with the usual options. */
function plainArguments(folder: string): string[] {
  const files = projectFiles(folder).filter((file) => /\.[cm]?[jt]sx?$/.test(file));
  return ['--allowJs', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023', ...files];
}

/** The tsconfig files to check, of those asked for or usual, that both sides have. */
export function tsconfigsOf(folder: string, asked: readonly string[] | undefined): string[] {
  return (asked ?? ['tsconfig.json']).filter((file) => existsSync(join(folder, file)));
}
