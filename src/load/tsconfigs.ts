import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { ts } from 'ts-morph';
import { UsageError } from './usage-error.ts';

/** A tsconfig as TypeScript reads it, with what it extends. */
export interface ParsedTsconfig {
  /** Project-relative. */
  readonly path: string;
  readonly options: ts.CompilerOptions;
  /** Absolute, as TypeScript lists them. */
  readonly fileNames: readonly string[];
  readonly files: ReadonlySet<string>;
}

/** Errors after which the options or the files of a tsconfig cannot be trusted: unreadable, circular or missing `extends`. */
const FATAL = new Set([5083, 18000, 6053, 5058, 5014]);

/** Values that TypeScript passes over: the option is then not what was meant. */
const MISSET = new Set([5024, 6046]);

/**
 * Parses `paths` (project-relative) and, transitively, the references of each that lie under `root`.
 * A broken tsconfig is a `UsageError` when `required` names it, else a warning and left out.
 */
export function parseTsconfigs(
  root: string,
  paths: readonly string[],
  required: ReadonlySet<string>,
  warn: (message: string) => void,
): ParsedTsconfig[] {
  const parsed: ParsedTsconfig[] = [];
  const queue = new Set(paths);
  for (const path of queue) {
    const result = parse(root, path);
    if ('problem' in result) {
      if (required.has(path)) throw new UsageError(`${path} cannot be used: ${result.problem}`);
      warn(`${path} is left out: ${result.problem}`);
      continue;
    }
    for (const error of result.errors)
      if (MISSET.has(error.code)) warn(`${dirname(path) === '.' ? '' : `${dirname(path)}/`}${describe(error)}`);
    parsed.push({ path, options: result.options, fileNames: result.fileNames, files: new Set(result.fileNames) });
    for (const reference of result.projectReferences ?? []) {
      const target = relative(root, referenced(reference.path)).split(sep).join('/');
      if (!target.startsWith('../') && existsSync(join(root, target))) queue.add(target);
    }
  }
  return parsed;
}

function parse(root: string, path: string): ts.ParsedCommandLine | { problem: string } {
  const file = join(root, path);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { problem: (error as Error).message };
  }
  const source = ts.parseJsonText(file, text);
  const syntax = (source as unknown as { parseDiagnostics?: ts.Diagnostic[] }).parseDiagnostics?.[0];
  if (syntax) return { problem: describe(syntax) };
  const result = ts.parseJsonSourceFileConfigFileContent(source, ts.sys, dirname(file), undefined, file);
  const fatal = result.errors.find((error) => FATAL.has(error.code));
  return fatal ? { problem: describe(fatal) } : result;
}

function describe(diagnostic: ts.Diagnostic): string {
  const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ');
  if (diagnostic.file === undefined || diagnostic.start === undefined) return message;
  const { line, character } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start);
  return `${basename(diagnostic.file.fileName)}:${line + 1}:${character + 1}: ${message}`;
}

function referenced(path: string): string {
  return existsSync(path) && statSync(path).isDirectory() ? join(path, 'tsconfig.json') : path;
}

/**
 * Which tsconfig owns a file that several include: the nearest above it, `tsconfig.json` before its siblings, then by name.
 * Editors choose so too, and a base or build variant never takes a file from the tsconfig that people work with.
 */
export function nearest<T extends { readonly path: string }>(file: string, tsconfigs: readonly T[]): T | undefined {
  return tsconfigs.toSorted((a, b) => distance(file, a.path) - distance(file, b.path) || byName(a.path, b.path))[0];
}

/** Folders between a tsconfig and a file below it; farther than any of those for a file that is not below. */
function distance(file: string, tsconfig: string): number {
  const folder = dirname(tsconfig);
  if (folder !== '.' && !file.startsWith(`${folder}/`)) return 1e6;
  return file.split('/').length - (folder === '.' ? 0 : folder.split('/').length);
}

function byName(a: string, b: string): number {
  const plain = Number(!/(^|\/)[tj]sconfig\.json$/.test(a)) - Number(!/(^|\/)[tj]sconfig\.json$/.test(b));
  return plain || (a < b ? -1 : 1);
}

/**
 * Options for reading a project with the TypeScript that we carry: nothing is emitted, and defaults that changed in TypeScript 6
 * are put back to what an older project was written for.
 */
export function readingOptions(options: ts.CompilerOptions, typescriptMajor: number): ts.CompilerOptions {
  const { incremental: _1, composite: _2, tsBuildInfoFile: _3, ...rest } = options;
  return {
    ...rest,
    noEmit: true,
    skipLibCheck: true,
    ignoreDeprecations: '6.0',
    types: options.types ?? ['*'],
    ...(options.strict === undefined && typescriptMajor < 6 && { strict: false }),
  };
}

/** For files that no tsconfig governs: plain JavaScript, its JSDoc types used, nothing reported. */
export function plainOptions(root: string): ts.CompilerOptions {
  const typeRoots: string[] = [];
  for (let folder = root; ; folder = dirname(folder)) {
    typeRoots.push(join(folder, 'node_modules/@types'));
    if (dirname(folder) === folder) break;
  }
  return {
    allowJs: true,
    checkJs: false,
    strict: true,
    noImplicitAny: false,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    jsx: ts.JsxEmit.Preserve,
    resolveJsonModule: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['*'],
    typeRoots,
  };
}
