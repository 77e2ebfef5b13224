/**
 * Writes what follows from metadata: `transforms/index.ts` and the pages in `docs/`. `--check` writes nothing and exits with 1 when
 * something is stale.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedFiles, root, strayPages } from './generated-files.ts';

const check = process.argv.includes('--check');
const files = await generatedFiles();
let stale = 0;

for (const [path, text] of files) {
  const target = join(root, path);
  if (existsSync(target) && readFileSync(target, 'utf8') === text) continue;
  stale++;
  if (check) {
    console.error(`${path} is stale. Run \`npm run generate\`.`);
    continue;
  }
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  console.log(`${path} is written.`);
}

for (const path of strayPages(files)) {
  stale++;
  if (check) console.error(`${path} is of a transform that is gone. Run \`npm run generate\`.`);
  else rmSync(join(root, path));
}

process.exitCode = check && stale > 0 ? 1 : 0;
