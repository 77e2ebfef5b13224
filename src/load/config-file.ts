import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ts } from 'ts-morph';
import { checkConfig, type Config } from './config.ts';
import { UsageError } from './usage-error.ts';

const NAMES = ['ts', 'mts', 'js', 'mjs', 'cjs', 'json'].map((extension) => `unawait.config.${extension}`);
/** `import { defineConfig } from 'unawait'` works where unawait itself is not installed (npx). */
const FACE = 'data:text/javascript,export const defineConfig = (config) => config;';

/**
 * Reads the configuration: `explicit` (relative to the working directory), else `unawait.config.*` in `folder`, else `{}`.
 * Throws `UsageError` for a file that is missing, does not load, or holds a wrong value.
 */
export async function loadConfig(folder: string, explicit?: string): Promise<{ config: Config; file: string | null }> {
  const file = explicit === undefined ? find(folder) : resolve(explicit);
  if (file === null) return { config: {}, file };
  if (!existsSync(file)) throw new UsageError(`There is no configuration file ${explicit ?? file}.`);
  return { config: await read(file), file };
}

function find(folder: string): string | null {
  const found = NAMES.filter((name) => existsSync(join(folder, name)));
  if (found.length > 1) {
    throw new UsageError(
      `${found.join(' and ')} both configure this project; keep one of them, or name one with --config.`,
    );
  }
  return found.length === 0 ? null : join(folder, found[0]!);
}

async function read(file: string): Promise<Config> {
  const name = basename(file);
  try {
    if (extname(file) === '.json') {
      const parsed = ts.parseConfigFileTextToJson(file, readFileSync(file, 'utf8'));
      if (parsed.error) throw new Error(ts.flattenDiagnosticMessageText(parsed.error.messageText, ' '));
      return checkConfig(parsed.config, name);
    }
    return checkConfig(isCommonJs(file) ? createRequire(file)(file) : await importTranspiled(file, name), name);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${name} could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isCommonJs(file: string): boolean {
  const extension = extname(file);
  return extension === '.cjs' || (extension === '.js' && /\bmodule\.exports\b/.test(readFileSync(file, 'utf8')));
}

/** Transpiles the file and what it imports by relative path into a temporary folder, with absolute specifiers, and imports that. */
async function importTranspiled(file: string, name: string): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'unawait-config-'));
  try {
    const names = new Map([[file, '0.mjs']]);
    for (const source of names.keys()) writeFileSync(join(folder, names.get(source)!), transpile(source, names));
    const module = (await import(pathToFileURL(join(folder, '0.mjs')).href)) as { default?: unknown };
    if (module.default === undefined)
      throw new UsageError(`${name} has no default export; write \`export default defineConfig({ … })\`.`);
    return module.default;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Adds the relative imports it meets to `names`, which the caller is walking. */
function transpile(file: string, names: Map<string, string>): string {
  const result = ts.transpileModule(readFileSync(file, 'utf8'), {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  });
  const [error] = result.diagnostics ?? [];
  if (error) {
    const at = error.file?.getLineAndCharacterOfPosition(error.start ?? 0);
    throw new Error(`${file}:${(at?.line ?? 0) + 1}: ${ts.flattenDiagnosticMessageText(error.messageText, ' ')}`);
  }
  let code = result.outputText;
  const imports = ts.preProcessFile(code, true, true).importedFiles.toSorted((a, b) => b.pos - a.pos);
  for (const { fileName, pos } of imports) {
    const start = code.indexOf(fileName, pos);
    code = code.slice(0, start) + specifier(fileName, file, names) + code.slice(start + fileName.length);
  }
  const here = pathToFileURL(file).href;
  return code
    .replaceAll('import.meta.url', JSON.stringify(here))
    .replaceAll('import.meta.dirname', JSON.stringify(dirname(file)))
    .replaceAll('import.meta.filename', JSON.stringify(file));
}

function specifier(wanted: string, from: string, names: Map<string, string>): string {
  if (wanted === 'unawait') return FACE;
  if (isBuiltin(wanted) || /^(data|file):/.test(wanted)) return wanted;
  if (!wanted.startsWith('.')) return pathToFileURL(createRequire(from).resolve(wanted)).href;
  const target = [
    wanted,
    wanted.replace(/\.js$/, '.ts'),
    wanted.replace(/\.mjs$/, '.mts'),
    `${wanted}.ts`,
    `${wanted}.js`,
  ]
    .map((each) => resolve(dirname(from), each))
    .find((each) => existsSync(each));
  if (target === undefined) throw new Error(`${from} imports ${wanted}, which is not there.`);
  if (extname(target) === '.json') return pathToFileURL(target).href;
  if (!names.has(target)) names.set(target, `${names.size}.mjs`);
  return `./${names.get(target)!}`;
}
