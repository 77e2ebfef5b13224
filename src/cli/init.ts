import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../load/usage-error.ts';
import { EXIT } from './exit.ts';
import type { Terminal } from './output.ts';

const TEXT = `import { defineConfig } from 'unawait';

export default defineConfig({
  // Globs over files, or functions by id (\`src/db.ts#Pool.query\`). Only these turn blocking.
  include: [],
  exclude: [],
  // Changes that need a decision, by name. \`unawait report\` says which would help.
  policies: [],
  // Blocking forms of APIs that unawait does not know.
  rows: [
    // { api: 'our-db#query', call: 'querySync($1)', imports: { querySync: 'our-db/sync' } },
  ],
  // How \`unawait verify\` runs the project; found out where it is left out.
  verify: {},
});
`;

/** `unawait init`: writes a configuration that changes nothing yet. Throws `UsageError` where there is one. */
export function initCommand(terminal: Terminal, project: string): number {
  if (!statSync(project, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`There is no folder ${project}.`);
  const present = readdirSync(project).find((name) => /^unawait\.config\.\w+$/.test(name));
  if (present !== undefined) throw new UsageError(`${join(project, present)} is there already.`);
  const file = join(project, 'unawait.config.ts');
  try {
    writeFileSync(file, TEXT, { flag: 'wx' });
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${(error as Error).message}`);
  }
  terminal.stdout.write(`Wrote ${file}. Next: unawait report\n`);
  return EXIT.done;
}
