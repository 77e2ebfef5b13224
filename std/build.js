import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Writes `dist/node`: the entries that have a `module` condition, each in one file with what they share in others.
 * Node takes these, since thirty small files cost 20 ms at the start of a program; bundlers take the small files,
 * of which they keep what is used.
 */
const here = fileURLToPath(new URL('.', import.meta.url));
const { exports } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
/** @type {Record<string, string>} */
const entryPoints = {};
for (const target of Object.values(exports)) {
  if (typeof target === 'string' || target.module === undefined) continue;
  const name = target.module.slice('./dist/'.length, -'.js'.length);
  if (target.default !== `./dist/node/${name}.js`)
    throw new Error(`${target.default} is not what stands beside ${target.module}`);
  entryPoints[name] = join(here, 'src', `${name}.ts`);
}

const { metafile } = await build({
  entryPoints,
  outdir: join(here, 'dist/node'),
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  metafile: true,
  ignoreAnnotations: true,
  plugins: [
    {
      // Each entry names these, so that what they have in common is one file and not one for each set of sharers.
      name: 'one-core',
      setup({ onLoad }) {
        const core = ['net', 'http', 'parts/native']
          .map((name) => `import ${JSON.stringify(join(here, 'src', `${name}.ts`))};`)
          .join('');
        onLoad({ filter: /\.ts$/ }, ({ path }) =>
          Object.values(entryPoints).includes(path)
            ? { contents: `${core}\n${readFileSync(path, 'utf8')}`, loader: 'ts' }
            : undefined,
        );
      },
    },
    {
      // One class for all: modules that stay as they are throw it too.
      name: 'one-interrupted-error',
      setup: ({ onResolve }) =>
        void onResolve({ filter: /\/interrupted-error\.ts$/ }, () => ({ path: '#interrupted-error', external: true })),
    },
  ],
});

const written = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const name of readdirSync(join(here, 'dist/node'))) {
  if (name.endsWith('.js') && !written.has(name)) rmSync(join(here, 'dist/node', name));
}
