/**
 * Writes what follows from metadata: `transforms/index.ts` and the pages in `docs/`. `--check` writes nothing and exits with 1 when
 * something is stale.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { transformIndex } from './generate-index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** File names of the transforms of sites; the table's interpreter is made by the pipeline for each project. */
function transformNames(): string[] {
  return readdirSync(join(root, 'transforms'))
    .filter((name) => name.endsWith('.ts') && name !== 'swap-api.ts')
    .filter((name) => readFileSync(join(root, 'transforms', name), 'utf8').includes('export default defineTransform('))
    .map((name) => name.slice(0, -'.ts'.length))
    .sort();
}

async function main(check: boolean): Promise<number> {
  const wanted = new Map<string, string>();
  wanted.set('transforms/index.ts', transformIndex(transformNames()));
  const formatted = new Map<string, string>();
  for (const [path, text] of wanted) {
    formatted.set(path, await format(text, { ...(await resolveConfig(join(root, path))), filepath: path }));
  }
  return put(formatted, check);
}

function put(files: ReadonlyMap<string, string>, check: boolean): number {
  let stale = 0;
  for (const [path, text] of files) {
    const target = join(root, path);
    if (existsSync(target) && readFileSync(target, 'utf8') === text) continue;
    stale++;
    if (check) console.error(`${path} is stale. Run \`npm run generate\`.`);
    else {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
      console.log(`${path} is written.`);
    }
  }
  return check && stale > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.includes('--check'));
