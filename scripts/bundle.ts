import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';

/** What the Codemod registry accepts, in bytes. */
const LIMIT = { files: 50_000_000, archive: 10_000_000 };
/** Types of Node inside the bundle. Publishing would drop a folder called `node_modules`. */
const TYPES = 'node-types';
/** TypeScript is CommonJS inside of an ES module: it asks for these. */
const CLASSIC_NAMES = `import { createRequire as requireFrom } from 'node:module';
import { fileURLToPath as pathOfUrl } from 'node:url';
const require = requireFrom(import.meta.url);
const __filename = pathOfUrl(import.meta.url);
const __dirname = pathOfUrl(new URL('.', import.meta.url));`;

const root = join(import.meta.dirname, import.meta.url.endsWith('.ts') ? '..' : '../..');

export interface Bundle {
  readonly files: number;
  readonly bytes: number;
  /** Of all files together; an archive adds a little for their names. */
  readonly gzippedBytes: number;
}

/**
 * Writes the engine with all that it needs into `folder` (emptied first): `unawait.mjs`, the command line, and `texts.mjs`, which the
 * preview asks. Types of Node come along for projects that have none; TypeScript's own are inside of ts-morph.
 * Throws when the result is too large to be published.
 */
export async function bundleEngine(folder: string): Promise<Bundle> {
  rmSync(folder, { recursive: true, force: true });
  await build({
    entryPoints: { unawait: join(root, 'src/cli.ts'), texts: join(root, 'scripts/codemod-texts.ts') },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'eof',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // A CommonJS wrapper that hands `require` on (jsonc-parser has one) cannot be followed.
    mainFields: ['module', 'main'],
    // `verify` alone asks for it, and the codemod does not verify.
    external: ['esbuild'],
    plugins: [typesBeside],
    banner: { js: CLASSIC_NAMES },
    logLevel: 'warning',
  });
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  writeFileSync(
    join(folder, 'package.json'),
    `${JSON.stringify({ name: 'unawait', version, type: 'module' }, null, 2)}\n`,
  );
  copyTypes(join(folder, TYPES));
  return measured(folder);
}

/** The loader looks for types of Node among the installed packages; in the bundle they lie beside it. */
const typesBeside: Plugin = {
  name: 'types-beside',
  setup(each) {
    const installed = `'@types/node/package.json'`;
    each.onLoad({ filter: /[\\/]src[\\/]load[\\/]packages\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (text.split(installed).length !== 2) throw new Error(`${path} no longer looks for ${installed} in one place.`);
      return { contents: text.replace(installed, `'./${TYPES}/package.json'`), loader: 'ts' };
    });
  },
};

/** Declarations of Node, and of the fetch that they refer to by a package name that would lead nowhere. */
function copyTypes(to: string): void {
  const from = packageFolder('@types/node', import.meta.url);
  const fetchTypes = packageFolder('undici-types', pathToFileURL(join(from, 'package.json')).href);
  mkdirSync(to, { recursive: true });
  const isType = (path: string): boolean => !/\.[^./\\]+$/.test(path) || /\.d\.[cm]?ts$|package\.json$/.test(path);
  cpSync(from, to, { recursive: true, dereference: true, filter: (path) => isType(path.slice(from.length)) });
  cpSync(fetchTypes, join(to, 'undici-types'), {
    recursive: true,
    dereference: true,
    filter: (path) => isType(path.slice(fetchTypes.length)),
  });
  for (const path of filesOf(to)) {
    const text = readFileSync(join(to, path), 'utf8');
    const up = '../'.repeat(path.split('/').length - 1) || './';
    const led = text.replaceAll(/(["'])undici-types\1/g, `$1${up}undici-types/index$1`);
    if (led !== text) writeFileSync(join(to, path), led);
  }
}

function packageFolder(name: string, from: string): string {
  return dirname(createRequire(from).resolve(`${name}/package.json`));
}

function measured(folder: string): Bundle {
  const texts = filesOf(folder).map((path) => readFileSync(join(folder, path)));
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  const gzippedBytes = gzipSync(Buffer.concat(texts)).length;
  if (bytes > LIMIT.files || gzippedBytes > LIMIT.archive) {
    throw new Error(`The bundle has ${bytes} bytes, ${gzippedBytes} gzipped: too much to be published.`);
  }
  return { files: texts.length, bytes, gzippedBytes };
}

/** Paths relative to `folder`, with `/`. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? join(root, 'codemod/bundle');
  const { files, bytes, gzippedBytes } = await bundleEngine(folder);
  const megabytes = (n: number): string => (n / 1e6).toFixed(1);
  console.log(`${folder}: ${files} files, ${megabytes(bytes)} MB, ${megabytes(gzippedBytes)} MB gzipped.`);
}
