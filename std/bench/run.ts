import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { table } from './table.ts';
import type { Run } from './table.ts';

/**
 * Measures the library against its peers, prints the table, and puts it where it was asked for.
 *
 *     npm run bench -w std -- [--json FILE] [--readme] [--rounds 5] [--budget 250]
 *     npm run bench -w std -- --from FILE --readme
 *
 * `--readme` writes the table into the README. `--from` takes what `--json` wrote earlier instead of measuring.
 */
const option = (name: string, otherwise: string): string => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? otherwise : (process.argv[at + 1] ?? otherwise);
};
/** Where npm was called, it is told; here it stands in the package. */
const fileOf = (name: string): string => resolve(process.env['INIT_CWD'] ?? '.', name);

const from = option('from', '');
const run =
  from === ''
    ? await (await import('./measure.ts')).measure(Number(option('rounds', '5')), option('budget', '250'))
    : (JSON.parse(readFileSync(fileOf(from), 'utf8')) as Run);
const text = table(run);
console.log(text);
if (option('json', '') !== '') writeFileSync(fileOf(option('json', '')), `${JSON.stringify(run, null, 2)}\n`);
if (process.argv.includes('--readme')) {
  const readme = fileURLToPath(new URL('../README.md', import.meta.url));
  const found = /(?<=<!-- bench -->\n)[^]*(?=<!-- \/bench -->)/;
  const whole = readFileSync(readme, 'utf8');
  if (!found.test(whole)) throw new Error('README.md has no place for the table: <!-- bench --> and <!-- /bench -->.');
  writeFileSync(
    readme,
    whole.replace(found, () => `\n${text}\n\n`),
  );
}
