import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';

/** Bundles a source file of the library to JavaScript that a bare Node can import, and gives the bundle's URL. */
export function bundled(source: URL): string {
  const outfile = join(mkdtempSync(join(tmpdir(), 'unawait-bundle-')), 'library.mjs');
  buildSync({ entryPoints: [source.pathname], outfile, bundle: true, platform: 'node', format: 'esm' });
  return pathToFileURL(outfile).href;
}
