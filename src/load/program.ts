import { readFileSync, statSync } from 'node:fs';
import { relative } from 'node:path';
import { Project, ts } from 'ts-morph';
import { resolveToSources, type SourceOfOutput } from './built-output.ts';
import { isOverflow, tooDeepToParse } from './depth.ts';

/** ts-morph keeps TypeScript's library files under this path, in memory. */
const LIBRARY = '/node_modules/typescript/lib';

/** Declaration files of libraries as parsed, shared by all programs of the process: they are most of what is read. */
const parsed = new Map<string, ts.SourceFile>();

/** Where declarations that we write ourselves stand, as a package would have them. */
const ADDED = '/node_modules/@types/added/index.d.ts';

/**
 * A program over `roots` (absolute) with the TypeScript that ts-morph carries. It is made without a ts-morph `Project`, which would not
 * say which files are ES modules and which CommonJS, and so would resolve imports of `NodeNext` projects wrongly.
 */
export function createProgram(
  roots: readonly string[],
  options: ts.CompilerOptions,
  sourceOf?: SourceOfOutput,
): ts.Program {
  return ts.createProgram({ rootNames: roots, options, host: createHost(roots, options, sourceOf) });
}

/** The same program with declarations (`text`) of what is global beside it; what was read is read no second time. */
export function withGlobals(program: ts.Program, text: string, sourceOf?: SourceOfOutput): ts.Program {
  const roots = program.getRootFileNames();
  const options = program.getCompilerOptions();
  const host = createHost(roots, options, sourceOf);
  const disk = { ...host };
  const added = ts.createSourceFile(ADDED, text, options.target ?? ts.ScriptTarget.ES2023);
  host.fileExists = (path) => path === ADDED || disk.fileExists(path);
  host.getSourceFile = (path, ...rest) =>
    path === ADDED ? added : (program.getSourceFile(path) ?? disk.getSourceFile(path, ...rest));
  return ts.createProgram({ rootNames: [...roots, ADDED], options, host });
}

function createHost(
  roots: readonly string[],
  options: ts.CompilerOptions,
  sourceOf: SourceOfOutput | undefined,
): ts.CompilerHost {
  // The checker's binder sets the parents of all nodes.
  const host = ts.createCompilerHost(options);
  const disk = { ...host };
  host.getDefaultLibLocation = () => LIBRARY;
  host.getDefaultLibFileName = (each) => `${LIBRARY}/${ts.getDefaultLibFileName(each)}`;
  // An import of a JavaScript file that is ours leads to its text, not to the declarations beside it: those do not turn by themselves.
  const declared = new Set(
    roots.flatMap((root) => (/\.[cm]?jsx?$/.test(root) ? [root.replace(/\.([cm]?)jsx?$/, '.d.$1ts')] : [])),
  );
  host.fileExists = (path) => libraryText(path) !== undefined || (!declared.has(path) && disk.fileExists(path));
  host.readFile = (path) => libraryText(path) ?? disk.readFile(path);
  if (sourceOf !== undefined) resolveToSources(host, options, sourceOf);
  host.getSourceFile = (path, version, onError, again) => {
    const carriedText = libraryText(path);
    const installed = path.includes('/node_modules/') && /\.d\.[cm]?ts$/.test(path);
    if (carriedText === undefined && !installed)
      return parseOwn(path, () => disk.getSourceFile(path, version, onError, again));
    const stat = carriedText === undefined ? statSync(path, { throwIfNoEntry: false }) : { mtimeMs: 0, size: 0 };
    const text = carriedText ?? (stat && disk.readFile(path));
    if (!stat || text === undefined) return undefined;
    const settings = typeof version === 'number' ? [version] : [version.languageVersion, version.impliedNodeFormat];
    const key = [path, stat.mtimeMs, stat.size, ...settings].join('|');
    // Parents are set by the checker's binder, for those it needs.
    const file = parsed.get(key) ?? ts.createSourceFile(path, text, version);
    parsed.set(key, file);
    return file;
  };
  return host;
}

function parseOwn(path: string, parse: () => ts.SourceFile | undefined): ts.SourceFile | undefined {
  try {
    return parse();
  } catch (error) {
    if (!isOverflow(error)) throw error;
    throw tooDeepToParse(relative(process.cwd(), path), readFileSync(path, 'utf8'));
  }
}

let carried: ts.ModuleResolutionHost | undefined;

function libraryText(path: string): string | undefined {
  if (!path.startsWith(`${LIBRARY}/lib.`)) return undefined;
  carried ??= new Project({ useInMemoryFileSystem: true }).getModuleResolutionHost();
  return carried.fileExists(path) ? carried.readFile(path) : undefined;
}
