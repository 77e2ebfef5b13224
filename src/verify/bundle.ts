import { isAbsolute, join, relative, sep } from 'node:path';
import { build } from 'esbuild';
import type { BundleSide } from '../model/verdict.ts';
import { readPackageJson } from './package-json.ts';
import type { Built } from './prepare-program.ts';

/** Native code stays outside of a bundle; so does what is only there where somebody installed it. */
const EXTERNAL = ['koffi', '*.node', 'node:*'];
const PROJECT = '(project)';

/** Size of the program as one minified file, and what each package has in it. */
export async function measureBundle(built: Built): Promise<BundleSide> {
  const format = readPackageJson(built.project).type === 'module' || built.entry.endsWith('.mjs') ? 'esm' : 'cjs';
  const { metafile } = await build({
    entryPoints: [built.entry],
    absWorkingDir: built.project,
    outfile: join(built.project, 'bundle.out.js'),
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node20',
    format,
    external: EXTERNAL,
    logLevel: 'silent',
  });
  const shares = new Map<string, number>();
  let bytes = 0;
  for (const output of Object.values(metafile.outputs)) {
    bytes += output.bytes;
    for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
      const from = packageOf(isAbsolute(input) ? relative(built.project, input) : input);
      shares.set(from, (shares.get(from) ?? 0) + bytesInOutput);
    }
  }
  const sorted = [...shares].map(([from, size]) => ({ from, bytes: size })).sort((a, b) => b.bytes - a.bytes);
  return { bytes, shares: sorted };
}

function packageOf(path: string): string {
  const parts = path.split(sep).join('/').split('/');
  const at = parts.lastIndexOf('node_modules');
  const name = parts[at + 1];
  if (at < 0 || name === undefined) return PROJECT;
  return name.startsWith('@') ? `${name}/${parts[at + 2] ?? ''}` : name;
}
