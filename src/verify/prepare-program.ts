import { cpSync, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { startChild } from '../reference/child.ts';
import { findCompiler, runCompiler } from './compile.ts';
import { tail, toolEnvironment } from './environment.ts';
import type { VerifyOptions } from './options.ts';
import { readPackageJson, type PackageJson } from './package-json.ts';
import { projectFiles } from './project-files.ts';

/** A built program in a staged folder. */
export interface Built {
  readonly project: string;
  /** Absolute path of the JavaScript that Node runs. */
  readonly entry: string;
  readonly handler: string;
  readonly taskRoot: string;
}

/** What is run and how, found in the source and used for both sides. */
export interface ProgramPlan {
  readonly runtime: 'lambda' | 'program';
  /** Project-relative. */
  readonly entry: string;
  readonly handler: string;
  readonly build: BuildStep;
}

type BuildStep =
  /** JavaScript as it is. */
  | { readonly by: 'nothing' }
  | { readonly by: 'command'; readonly command: string }
  /** Each TypeScript file becomes JavaScript beside it. */
  | { readonly by: 'transpile'; readonly tsconfig: string | null };

const MODULE_EXTENSIONS = ['.js', '.mjs', '.cjs'];
const HANDLER = /export\s+(const|let|var|(async\s+)?function)\s+handler\b|exports\.handler\s*=/;

/** Finds out how the project is run; a sentence says what is missing. */
export async function planProgram(
  project: string,
  options: VerifyOptions,
): Promise<ProgramPlan | { readonly missing: string }> {
  const packageJson = readPackageJson(project);
  const files = projectFiles(project);
  const entry = normalise(options.entry ?? entryOf(packageJson));
  if (entry === null)
    return {
      missing:
        'No entry: package.json has neither `main`, `bin` nor a script `start` that names a file. Name one with --entry.',
    };
  const runtime = options.runtime ?? ((await callsRuntimeApi(project, files)) ? 'lambda' : 'program');
  const handler = options.handler ?? (runtime === 'lambda' ? await findHandler(project, files) : '');
  if (handler === null)
    return { missing: 'No handler: no module in a folder `handlers` exports one. Name it with --handler.' };
  return {
    runtime,
    entry,
    handler,
    build:
      options.build === undefined ? findBuild(entry, files, packageJson) : { by: 'command', command: options.build },
  };
}

function findBuild(entry: string, files: readonly string[], packageJson: PackageJson): BuildStep {
  const tsconfig = ['tsconfig.build.json', 'tsconfig.json'].find((file) => files.includes(file)) ?? null;
  if (/\.[cm]?ts$/.test(entry)) return { by: 'transpile', tsconfig };
  const script = packageJson.scripts?.['build'];
  if (script !== undefined) return { by: 'command', command: script };
  if (files.includes(entry) || tsconfig === null) return { by: 'nothing' };
  return { by: 'command', command: `tsc -p ${tsconfig} --noEmit false` };
}

/** Builds a staged project; throws an `Error` with what the build printed where it leaves no program. */
export async function buildProgram(
  plan: ProgramPlan,
  project: string,
  options: VerifyOptions,
  timeoutMs: number,
): Promise<Built> {
  let failure = '';
  if (plan.build.by === 'command') {
    const child = startChild({
      command: 'sh',
      args: ['-c', plan.build.command],
      cwd: project,
      env: toolEnvironment(project),
      timeoutMs,
    });
    const run = await child.finished;
    if (run.exit.code !== 0) failure = tail(`${run.stdout}\n${run.stderr}`);
  } else if (plan.build.by === 'transpile') {
    failure = await transpile(plan.build.tsconfig, project, timeoutMs);
  }
  const entry = join(project, plan.entry.replace(/\.([cm]?)ts$/, '.$1js'));
  // A build with type errors that still leaves its output is judged by what that output does.
  if (!existsSync(entry))
    throw new Error(`The build leaves no ${plan.entry.replace(/\.([cm]?)ts$/, '.$1js')}.\n${failure}`.trim());
  const taskRoot =
    options.taskRoot === undefined ? findTaskRoot(project, entry, plan.handler) : join(project, options.taskRoot);
  return { project, entry, handler: plan.handler, taskRoot };
}

async function transpile(tsconfig: string | null, project: string, timeoutMs: number): Promise<string> {
  const compiler = findCompiler(project);
  if (compiler === null) return 'There is no TypeScript, neither in the project nor with unawait.';
  const [major = 0, minor = 0] = compiler.version.split('.').map(Number);
  const newer = (thanMajor: number, thanMinor: number): boolean =>
    major > thanMajor || (major === thanMajor && minor >= thanMinor);
  const output = `${project}.output`;
  const args = [
    ...(tsconfig === null ? projectFiles(project).filter((file) => /\.[cm]?ts$/.test(file)) : ['-p', tsconfig]),
    ...['--noEmit', 'false', '--emitDeclarationOnly', 'false', '--declaration', 'false', '--composite', 'false'],
    ...[
      '--incremental',
      'false',
      '--noEmitOnError',
      'false',
      '--sourceMap',
      'false',
      '--rootDir',
      '.',
      '--outDir',
      output,
    ],
    ...(newer(5, 5) ? ['--noCheck'] : []),
    ...(newer(5, 7) ? ['--rewriteRelativeImportExtensions'] : []),
  ];
  const run = await runCompiler(compiler, project, args, timeoutMs);
  // Not written there at once: an output folder is left out of what is compiled, and this one would be all.
  if (existsSync(output)) cpSync(output, project, { recursive: true });
  return run.failure ?? run.errors.map((error) => `${error.file ?? ''} ${error.code} ${error.message}`).join('\n');
}

function entryOf(packageJson: PackageJson): string | null {
  const started = /(?:^|\s)(?:node|tsx)\s+(?:-\S+\s+)*(\S+\.[cm]?[jt]s)/.exec(
    packageJson.scripts?.['start'] ?? '',
  )?.[1];
  const bin = typeof packageJson.bin === 'string' ? packageJson.bin : Object.values(packageJson.bin ?? {})[0];
  return started ?? packageJson.main ?? bin ?? null;
}

function normalise(entry: string | null): string | null {
  return entry === null ? null : posix.normalize(entry).replace(/^\.\//, '');
}

async function callsRuntimeApi(project: string, files: readonly string[]): Promise<boolean> {
  for (const file of files.filter((each) => /\.[cm]?[jt]s$/.test(each))) {
    if ((await readFile(join(project, file), 'utf8')).includes('AWS_LAMBDA_RUNTIME_API')) return true;
  }
  return false;
}

/** The first module, by name, in a folder `handlers` of the sources that exports a `handler`. */
async function findHandler(project: string, files: readonly string[]): Promise<string | null> {
  for (const file of files) {
    const match = /^(?:src\/|lib\/)?(handlers\/[^/]+|index|handler)\.[cm]?[jt]s$/.exec(file);
    if (match !== null && HANDLER.test(await readFile(join(project, file), 'utf8'))) return `${match[1] ?? ''}.handler`;
  }
  return null;
}

/** The folder below which the handler's module lies once built: beside the entry, the project, or its `src`. */
function findTaskRoot(project: string, entry: string, handler: string): string {
  const module = posix.join(posix.dirname(handler), posix.basename(handler).split('.')[0] ?? '');
  const folders = [dirname(entry), project, join(project, 'src'), join(project, 'dist')];
  return (
    folders.find((folder) => MODULE_EXTENSIONS.some((ext) => existsSync(join(folder, module + ext)))) ?? dirname(entry)
  );
}
