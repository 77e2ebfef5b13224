import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { Transform } from '../src/transform.ts';
import swapApi from '../transforms/swap-api.ts';
import { docPages } from './generate-docs.ts';
import { transformIndex } from './generate-index.ts';
import { semanticsPage } from './generate-semantics.ts';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** File names of the transforms of sites; the table's interpreter is made by the pipeline for each project. */
function transformNames(): string[] {
  return readdirSync(join(root, 'transforms'))
    .filter((name) => name.endsWith('.ts') && name !== 'swap-api.ts')
    .filter((name) => readFileSync(join(root, 'transforms', name), 'utf8').includes('export default defineTransform('))
    .map((name) => name.slice(0, -'.ts'.length))
    .sort();
}

/** Every transform, by its file, whether or not the index names it yet. */
export async function everyTransform(): Promise<Transform[]> {
  const found: Transform[] = [];
  for (const name of transformNames()) {
    const module = (await import(`../transforms/${name}.ts`)) as { readonly default: Transform };
    found.push(module.default);
  }
  return [...found, swapApi];
}

/** What follows from metadata: paths and texts. */
export async function generatedFiles(): Promise<Map<string, string>> {
  const index = 'transforms/index.ts';
  const options = { ...(await resolveConfig(join(root, index))), filepath: index };
  return new Map([
    [index, await format(transformIndex(transformNames()), options)],
    ...docPages(await everyTransform(), join(root, 'fixtures')),
    ['docs/semantics.md', semanticsPage()],
  ]);
}

/** Pages of transforms that are gone. */
export function strayPages(files: ReadonlyMap<string, string>): string[] {
  return readdirSync(join(root, 'docs/transforms'))
    .map((name) => `docs/transforms/${name}`)
    .filter((path) => !files.has(path));
}
