import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';

/** The package's folder: a bundle must lie within to find koffi. */
export const packageFolder = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The sources as one file that a bare Node can import, in a thread or a process of its own. `parts` are loaded as a
 * bundle has to: by importing them.
 */
export function bundle(contents: string): string {
  const cache = join(packageFolder, 'node_modules/.cache/unawait-std');
  mkdirSync(cache, { recursive: true });
  const outfile = join(mkdtempSync(join(cache, 'bundle-')), 'library.mjs');
  buildSync({
    stdin: { contents, resolveDir: join(packageFolder, 'src'), loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  return pathToFileURL(outfile).href;
}

/** net, http and tls with all their parts. */
export const library = bundle(
  `export * from './net.ts'; export * from './http.ts'; export { TlsStream } from './tls.ts'; import './parts/bridge.ts'; import './parts/native.ts';`,
);
