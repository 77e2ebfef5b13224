import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';

const src = fileURLToPath(new URL('../src', import.meta.url));

/** How many bytes a program that says `contents` adds to a bundle, minified and gzipped. Paths are relative to `src`. */
export function gzippedSize(contents: string): number {
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: src, loader: 'ts' },
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}

/** What the bundles of the usual programs weigh. */
export const bundleSizes = (): Record<string, number> => ({
  connectSync: gzippedSize(`export { connectSync } from './net.ts';`),
  requestSync: gzippedSize(`export { requestSync } from './http.ts';`),
  'connectSync and requestSync': gzippedSize(
    `export { connectSync } from './net.ts'; export { requestSync } from './http.ts';`,
  ),
  fetchSync: gzippedSize(`export { fetchSync } from './http.ts';`),
  'net and http whole': gzippedSize(`export * from './net.ts'; export * from './http.ts';`),
});
