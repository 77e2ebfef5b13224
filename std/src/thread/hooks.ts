// Module hooks of the worker: TypeScript beside `.js` specifiers, transpiled by what the project itself has installed.
// This file is loaded alone (a `data:` URL when the package runs from source), so it imports Node's modules only.
import { existsSync, readFileSync, statSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

interface ResolveContext {
  parentURL?: string | undefined;
}
interface Resolved {
  url: string;
  format?: string | null | undefined;
  shortCircuit?: boolean;
}
interface Loaded {
  format: string;
  source: string;
  shortCircuit: boolean;
}

/** As in protocol.ts. */
const cwdScheme = 'unawait-cwd:';
const typescriptFile = /\.([cm]?)tsx?$/;
const siblings: [RegExp, string[]][] = [
  [/\.js$/, ['.ts', '.tsx']],
  [/\.jsx$/, ['.tsx']],
  [/\.mjs$/, ['.mts']],
  [/\.cjs$/, ['.cts']],
  [/$/, ['.ts', '.tsx', '.mts', '.js', '.mjs', '/index.ts', '/index.tsx', '/index.js']],
];

/** The asynchronous form, for `module.register`. */
export async function resolve(
  specifier: string,
  context: ResolveContext,
  next: (specifier: string, context: ResolveContext) => Promise<Resolved>,
): Promise<Resolved> {
  const asked = fromCwd(specifier, context);
  try {
    return await next(...asked);
  } catch (error) {
    return insteadOf(...asked, error);
  }
}

export async function load(
  url: string,
  context: object,
  next: (url: string, context: object) => Promise<object>,
): Promise<object> {
  return loadTypeScript(url) ?? (await next(url, context));
}

/** The synchronous form, for `module.registerHooks`; it serves `require` too. */
export const syncHooks = {
  resolve(specifier: string, context: ResolveContext, next: (s: string, c: ResolveContext) => Resolved): Resolved {
    const asked = fromCwd(specifier, context);
    try {
      return next(...asked);
    } catch (error) {
      return insteadOf(...asked, error);
    }
  },
  load(url: string, context: object, next: (url: string, context: object) => object): object {
    return loadTypeScript(url) ?? next(url, context);
  },
};

function fromCwd(specifier: string, context: ResolveContext): [string, ResolveContext] {
  if (!specifier.startsWith(cwdScheme)) return [specifier, context];
  return [specifier.slice(cwdScheme.length), { ...context, parentURL: pathToFileURL(`${process.cwd()}/`).href }];
}

/** The TypeScript file (or the file without its extension) that a missing path stands for; else throws `error`. */
function insteadOf(specifier: string, context: ResolveContext, error: unknown): Resolved {
  const candidate = /^(\.{0,2}\/|file:)/.test(specifier) ? findSibling(specifier, context.parentURL) : undefined;
  if (candidate === undefined) throw error;
  return { url: candidate, format: formatOf(candidate), shortCircuit: true };
}

function findSibling(specifier: string, parentURL: string | undefined): string | undefined {
  const asked = new URL(specifier, parentURL?.startsWith('file:') === true ? parentURL : undefined);
  const { search, hash } = asked;
  asked.search = asked.hash = '';
  const path = fileURLToPath(asked);
  for (const [ending, replacements] of siblings) {
    if (!ending.test(path)) continue;
    for (const replacement of replacements) {
      const candidate = path.replace(ending, replacement);
      if (existsSync(candidate) && statSync(candidate).isFile()) return pathToFileURL(candidate).href + search + hash;
    }
  }
  return undefined;
}

function formatOf(url: string): string {
  return /\.c[jt]s$/.test(new URL(url).pathname) ? 'commonjs' : 'module';
}

function loadTypeScript(url: string): Loaded | undefined {
  if (!url.startsWith('file:')) return undefined;
  const { pathname } = new URL(url);
  if (!typescriptFile.test(pathname) || pathname.endsWith('.d.ts')) return undefined;
  const path = fileURLToPath(url);
  const format = formatOf(url);
  const source = transpilerFor(path)(readFileSync(path, 'utf8'), path, format === 'commonjs');
  return { format, source: format === 'module' ? withCommonJsNames(source) : source, shortCircuit: true };
}

/** Test runners give TypeScript modules the names of CommonJS; a module written for one may lean on them. */
function withCommonJsNames(source: string): string {
  const missing = ['__filename', '__dirname', 'require'].filter(
    (name) =>
      new RegExp(`\\b${name}\\b`).test(source) &&
      !new RegExp(`\\b(const|let|var|function)\\s+${name}\\b|\\bimport\\b[^;'"]*\\b${name}\\b`).test(source),
  );
  if (missing.length === 0) return source;
  const values: Record<string, string> = {
    __filename: `process.getBuiltinModule('node:url').fileURLToPath(import.meta.url)`,
    __dirname: `process.getBuiltinModule('node:url').fileURLToPath(new URL('.', import.meta.url)).replace(/(?<=.)[\\\\/]$/, '')`,
    require: `process.getBuiltinModule('node:module').createRequire(import.meta.url)`,
  };
  return `${missing.map((name) => `const ${name} = ${values[name] ?? 'undefined'};`).join('')}${source}`;
}

type Transpile = (source: string, path: string, commonjs: boolean) => string;

interface Esbuild {
  transformSync(source: string, options: object): { code: string };
}
interface TypeScript {
  transpileModule?(source: string, options: object): { outputText: string };
  ModuleKind: { ESNext: number; CommonJS: number };
  ScriptTarget: { ES2022: number };
  JsxEmit: { ReactJSX: number };
}

/** By folder, since one thread may load modules of several projects. */
const found = new Map<string, Transpile>();

/** What turns TypeScript into JavaScript: the project's esbuild, its typescript, or Node's own stripper. */
function transpilerFor(path: string): Transpile {
  const folder = dirname(path);
  const transpile = found.get(folder) ?? esbuildFrom(path) ?? typescriptFrom(path) ?? strippingOfNode();
  if (transpile === undefined) {
    throw Object.assign(
      new Error(
        `Cannot load ${path} in a thread: install \`typescript\` or \`esbuild\` in the project, or use Node ≥ 22.13`,
      ),
      { code: 'ERR_UNKNOWN_FILE_EXTENSION' },
    );
  }
  found.set(folder, transpile);
  return transpile;
}

function esbuildFrom(path: string): Transpile | undefined {
  // A test runner's own esbuild will do where the project does not list it.
  const esbuild = [undefined, 'tsx', 'vite', 'vitest']
    .map((host) => requireFrom(path, 'esbuild', host) as Esbuild | undefined)
    .find((module) => typeof module?.transformSync === 'function');
  if (esbuild === undefined) return undefined;
  return (source, file, commonjs) =>
    esbuild.transformSync(source, {
      loader: file.endsWith('x') ? 'tsx' : 'ts',
      format: commonjs ? 'cjs' : 'esm',
      target: 'node20',
      sourcefile: file,
      sourcemap: 'inline',
      sourcesContent: false,
    }).code;
}

function typescriptFrom(path: string): Transpile | undefined {
  const ts = requireFrom(path, 'typescript') as TypeScript | undefined;
  if (typeof ts?.transpileModule !== 'function') return undefined;
  const { ModuleKind, ScriptTarget, JsxEmit } = ts;
  return (source, fileName, commonjs) =>
    ts.transpileModule!(source, {
      fileName,
      compilerOptions: {
        module: commonjs ? ModuleKind.CommonJS : ModuleKind.ESNext,
        target: ScriptTarget.ES2022,
        jsx: JsxEmit.ReactJSX,
        inlineSourceMap: true,
        esModuleInterop: true,
      },
    }).outputText;
}

function strippingOfNode(): Transpile | undefined {
  const strip: unknown = Reflect.get(nodeModule, 'stripTypeScriptTypes');
  if (typeof strip !== 'function') return undefined;
  // Node 26 has dropped the mode that takes enums and parameter properties too.
  const mode = Number.parseInt(process.versions.node) < 26 ? 'transform' : 'strip';
  return (source, sourceUrl) => String(Reflect.apply(strip, undefined, [source, { mode, sourceUrl }]));
}

function requireFrom(path: string, name: string, host?: string): unknown {
  try {
    const require = nodeModule.createRequire(path);
    return host === undefined ? require(name) : nodeModule.createRequire(require.resolve(host))(name);
  } catch {
    return undefined;
  }
}
