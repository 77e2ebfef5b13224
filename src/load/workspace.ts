import { isUtf8 } from 'node:buffer';
import { closeSync, existsSync, openSync, readFileSync, readSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { ts } from 'ts-morph';
import { sourcesOfOutput } from './built-output.ts';
import { compiledHelper } from './compiled.ts';
import type { Config } from './config.ts';
import { type Declared, declarationsFor } from './declarations.ts';
import { entryFiles } from './entries.ts';
import { withFallbacks } from './fallbacks.ts';
import { declaresGlobals, isJavaScript, isSource, type Listing, listFolder } from './folder.ts';
import {
  installedVersion,
  missingDependencies,
  nodeTypes,
  packageJsonProblem,
  packagePaths,
  typescriptMajor,
} from './packages.ts';
import { createProgram } from './program.ts';
import { isGeneratedFile, testMatcher } from './test-files.ts';
import { namesRunner } from './test-globals.ts';
import { nearest, type ParsedTsconfig, parseTsconfigs, plainOptions, readingOptions } from './tsconfigs.ts';
import { readOrRefuse } from './unreadable.ts';
import { UsageError } from './usage-error.ts';

/** One TypeScript program; `tsconfig` is null for files that no tsconfig governs. */
interface Program {
  readonly tsconfig: string | null;
  readonly program: ts.Program;
  /** Own sources, sorted; a file that several tsconfigs include is in one program's list only. */
  readonly files: readonly string[];
  /** Where it is undefined, only a declaration file beside a JavaScript file speaks of that. */
  readonly declared?: Declared;
}

/** A project as read from disk. Paths are relative to `root`, with `/`. */
export interface Workspace {
  /** Absolute, links resolved. */
  readonly root: string;
  readonly programs: readonly Program[];
  /** Each own source as it is compiled (a byte order mark taken off). */
  readonly texts: ReadonlyMap<string, { readonly text: string; readonly bom: boolean }>;
  readonly packageJsons: ReadonlyMap<string, string>;
  readonly tsconfigs: ReadonlyMap<string, string>;
  /** Own sources that code outside of the project can import; every one where it is not said. */
  readonly entries?: ReadonlySet<string>;
  /** Folders (project-relative) that the project's compilers write to. */
  readonly outputs: readonly string[];
  /** Sentences about what was left out or is missing. */
  readonly warnings: readonly string[];
  /** Version of an installed package, as the root resolves it. */
  versionOf(name: string): string | undefined;
  isTest(file: string): boolean;
  isGenerated(file: string): boolean;
  /** The helper that a file calls in place of `await`, where a compiler made it of asynchronous code. */
  compiledHelper(file: string): string | undefined;
}

/** Folders of files that are meant to be broken, or to be filled in. */
const FOR_TESTS = /(^|\/)(__)?(fixtures?|testdata|templates?)(__)?\//;

/**
 * Reads a project: a folder (every tsconfig in it, and the sources that none includes) or one tsconfig with its references.
 * Throws `UsageError` for a path that is missing, a project without sources, a broken tsconfig, or broken syntax.
 */
export function loadWorkspace(project: string, config: Config = {}): Workspace {
  const { root, tsconfig } = locate(project);
  const listing = listFolder(root, tsconfig === undefined);
  const warnings: string[] = [];
  const chosen = tsconfig === undefined ? config.tsconfigs?.map((path) => posix.normalize(path)) : [tsconfig];
  const required = new Set(chosen ?? ['tsconfig.json']);
  for (const path of chosen ?? []) {
    if (!existsSync(join(root, path))) throw new UsageError(`There is no tsconfig ${path} in ${root}.`);
  }
  const parsed = parseTsconfigs(root, chosen ?? listing.tsconfigs, required, (message) => warnings.push(message));
  const plan = assign(root, listing, parsed, tsconfig === undefined);
  if (plan.every((each) => each.files.length === 0)) {
    throw new UsageError(
      tsconfig === undefined
        ? `No TypeScript or JavaScript sources were found in ${root}. Name the folder that holds them, or look at \`include\` of its tsconfig.`
        : `${tsconfig} includes no sources under ${root}.`,
    );
  }
  const packageJsons = readAll(root, listing.packageJsons);
  for (const [file, text] of packageJsons) {
    if (FOR_TESTS.test(file)) continue;
    const problem = packageJsonProblem(text);
    if (problem !== undefined)
      warnings.push(`${file} is passed over: ${problem} What it exports and depends on is unknown.`);
  }
  const missing = missingDependencies(root, packageJsons);
  if (missing.length > 0) {
    const names = missing.slice(0, 3).join(', ') + (missing.length > 3 ? ', …' : '');
    warnings.push(
      `${missing.length} dependencies are not installed (${names}): what they return is unknown. Install them first.`,
    );
  }
  const paths = packagePaths(root, packageJsons, parsed);
  const texts = new Map<string, { text: string; bom: boolean }>();
  const major = typescriptMajor(root);
  const fallback = nodeTypes(root);
  const isTest = testMatcher(config.tests);
  const hasRunner = namesRunner(root, packageJsons);
  const isTested = (file: string): boolean => hasRunner || isTest(file);
  const sourceOf = sourcesOfOutput(root, parsed, new Set(plan.flatMap(({ files }) => files)));
  // A tsconfig says which declarations hold; without one, those of the project do that are no module.
  const globals = listing.declarations
    .map((file) => join(root, file))
    .filter((path) => declaresGlobals(readFileSync(path, 'utf8')));
  const programs = plan
    .filter((each) => each.files.length > 0)
    .map((each): Program => {
      const base = each.parsed === null ? plainOptions(root) : readingOptions(each.parsed.options, major);
      const options = {
        ...base,
        ...(each.needsJavaScript && { allowJs: true, checkJs: base.checkJs ?? false }),
        ...(Object.keys(paths).length > 0 && { paths: { ...paths, ...base.paths } }),
      };
      const declared = declarationsFor(root, each.files, packageJsons);
      const sources = [...new Set([...each.files, ...declared.keys()])].sort();
      const own = sources.map((file) => join(root, file));
      const named = each.parsed?.fileNames ?? globals;
      const roots = [...named, ...own, ...(fallback === undefined ? [] : [fallback])];
      const program = withFallbacks(
        createProgram([...new Set(roots)], options, sourceOf),
        root,
        each.files,
        isTested,
        sourceOf,
      );
      const files = readSources(root, program, sources, texts, warnings);
      return { tsconfig: each.parsed?.path ?? null, program, files, declared };
    });
  const broken = brokenFiles(root, programs, new Set(parsed.flatMap((each) => each.fileNames)), warnings);
  for (const file of broken) texts.delete(file);
  const generated = new Set([...texts].filter(([file, { text }]) => isGeneratedFile(file, text)).map(([file]) => file));
  const compiled = compiledFiles(root, programs);
  return {
    root,
    programs: programs.map((each) => ({ ...each, files: each.files.filter((file) => !broken.has(file)) })),
    texts,
    packageJsons,
    entries: entryFiles(root, packageJsons, parsed, texts.keys()),
    tsconfigs: readAll(root, [...new Set([...listing.tsconfigs, ...parsed.map((each) => each.path)])].sort()),
    outputs: outputFolders(root, parsed),
    warnings,
    versionOf: (name) => installedVersion(root, name),
    isTest,
    isGenerated: (file) => generated.has(file),
    compiledHelper: (file) => compiled.get(file),
  };
}

function locate(project: string): { root: string; tsconfig?: string } {
  const path = resolve(project);
  if (!existsSync(path)) throw new UsageError(`There is no ${project}. Name a folder or a tsconfig.`);
  if (statSync(path).isDirectory()) return { root: realpathSync(path) };
  if (!path.endsWith('.json'))
    throw new UsageError(`${project} is neither a folder nor a tsconfig. To select files use --include.`);
  const real = realpathSync(path);
  return { root: dirname(real), tsconfig: relative(dirname(real), real) };
}

interface Assignment {
  readonly parsed: ParsedTsconfig | null;
  readonly files: string[];
  needsJavaScript: boolean;
}

/** Gives each source one program: of the tsconfigs that include it the nearest, else the nearest above it, else a plain one. */
function assign(root: string, listing: Listing, parsed: readonly ParsedTsconfig[], strays: boolean): Assignment[] {
  const assignments = new Map<ParsedTsconfig | null, Assignment>(
    [...parsed, null].map((each) => [each, { parsed: each, files: [], needsJavaScript: false }]),
  );
  const including = new Map<string, ParsedTsconfig[]>();
  for (const each of parsed) {
    for (const name of each.fileNames) {
      const file = ownPath(root, name);
      if (file === undefined) continue;
      const others = including.get(file);
      if (others === undefined) including.set(file, [each]);
      else others.push(each);
    }
  }
  const outputs = outputFolders(root, parsed).map((folder) => `${folder}/`);
  const sources = new Set(listing.sources);
  for (const file of new Set([...including.keys(), ...(strays ? listing.sources : [])])) {
    const owners = including.get(file);
    if (owners !== undefined) {
      assignments.get(nearest(file, owners)!)!.files.push(file);
      continue;
    }
    if (outputs.some((folder) => file.startsWith(folder)) || isOutputBesideSource(file, sources)) continue;
    const above = parsed.filter((each) => dirname(each.path) === '.' || file.startsWith(`${dirname(each.path)}/`));
    const assignment = assignments.get(nearest(file, above) ?? null)!;
    assignment.files.push(file);
    if (isJavaScript(file)) assignment.needsJavaScript = true;
  }
  for (const each of assignments.values()) each.files.sort();
  return [...assignments.values()];
}

function compiledFiles(root: string, programs: readonly Program[]): ReadonlyMap<string, string> {
  const all = programs.flatMap(({ program, files }) =>
    files.map((file) => [file, program.getSourceFile(join(root, file))] as const),
  );
  return new Map(
    all.flatMap(([file, source]) => {
      const helper = source && compiledHelper(source);
      return helper === undefined ? [] : [[file, helper] as const];
    }),
  );
}

function outputFolders(root: string, parsed: readonly ParsedTsconfig[]): string[] {
  const folders = parsed
    .flatMap(({ options }) => [options.outDir, options.declarationDir])
    .flatMap((folder) => {
      const path = folder === undefined ? '' : relative(root, folder).split(sep).join('/');
      return path === '' || path.startsWith('..') ? [] : [path];
    });
  return [...new Set(folders)].sort();
}

/** The project-relative path of a source of our own; undefined for declarations, dependencies, what lies outside, and links. */
function ownPath(root: string, file: string): string | undefined {
  const path = relative(root, file).split(sep).join('/');
  if (path.startsWith('../') || /(^|\/)node_modules\//.test(path) || !isSource(path)) return undefined;
  return realpathSync(file) === resolve(file) ? path : undefined;
}

function isOutputBesideSource(file: string, sources: ReadonlySet<string>): boolean {
  if (!isJavaScript(file)) return false;
  const typed = file.replace(/js(x?)$/, 'ts$1');
  return sources.has(typed) || sources.has(`${typed}x`);
}

/** Own sources of a program with their texts; what could not be written back as it was is left out. */
function readSources(
  root: string,
  program: ts.Program,
  files: readonly string[],
  texts: Map<string, { text: string; bom: boolean }>,
  warnings: string[],
): string[] {
  return files.filter((file) => {
    const path = join(root, file);
    // TypeScript passes over a file that it cannot read without a word.
    const mark = readOrRefuse(file, () => byteOrderMark(path));
    const source = program.getSourceFile(path);
    if (source === undefined) return false;
    if (mark === 'utf-16' || (source.text.includes('\uFFFD') && !isUtf8(readFileSync(path)))) {
      warnings.push(`${file} is left alone: it is not UTF-8.`);
      return false;
    }
    texts.set(file, { text: source.text, bom: mark === 'utf-8' });
    return true;
  });
}

function byteOrderMark(path: string): 'utf-8' | 'utf-16' | null {
  const handle = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(3);
    readSync(handle, bytes);
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
    return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff) ? 'utf-16' : null;
  } finally {
    closeSync(handle);
  }
}

/**
 * Broken syntax in a file that a tsconfig includes is a `UsageError`. A file that merely lies there (a fixture, a template) is left
 * out with a warning. Returns the files to leave out.
 */
function brokenFiles(
  root: string,
  programs: readonly Program[],
  included: ReadonlySet<string>,
  warnings: string[],
): Set<string> {
  const broken = new Set<string>();
  for (const { program, files } of programs) {
    for (const file of files) {
      const source = program.getSourceFile(join(root, file));
      const error = source && program.getSyntacticDiagnostics(source)[0];
      if (!error) continue;
      const { line, character } = source.getLineAndCharacterOfPosition(error.start);
      const message = `${file}:${line + 1}:${character + 1}: ${ts.flattenDiagnosticMessageText(error.messageText, ' ')}`;
      const stray = included.size > 0 ? !included.has(source.fileName) : FOR_TESTS.test(file);
      if (!stray) throw new UsageError(`${message} Correct it, or leave the file out of the tsconfig.`);
      warnings.push(`${message} The file is left alone.`);
      broken.add(file);
    }
  }
  return broken;
}

function readAll(root: string, paths: readonly string[]): Map<string, string> {
  const read = (path: string): string => readOrRefuse(path, () => readFileSync(join(root, path), 'utf8'));
  return new Map(paths.map((path) => [path, read(path).replace(/^\uFEFF/, '')]));
}

/** Counts the type errors of the source and describes the first; undefined when there are none. It checks everything, so it takes as long as `tsc`. */
export function typeErrors(workspace: Workspace): { count: number; first: string } | undefined {
  let count = 0;
  let first: string | undefined;
  for (const { program, files } of workspace.programs) {
    for (const file of files) {
      const source = program.getSourceFile(join(workspace.root, file));
      for (const error of source ? program.getSemanticDiagnostics(source) : []) {
        count++;
        const at = source!.getLineAndCharacterOfPosition(error.start ?? 0);
        first ??= `${file}:${at.line + 1}:${at.character + 1}: ${ts.flattenDiagnosticMessageText(error.messageText, ' ')}`;
      }
    }
  }
  return first === undefined ? undefined : { count, first };
}
