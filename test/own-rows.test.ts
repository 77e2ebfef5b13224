import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Report } from '../src/model/report.ts';
import { rowSkeleton } from '../src/report/row-skeleton.ts';
import { unawait } from './cli-terminal.ts';
import { temporaryProject } from './temporary-project.ts';

const FILES = {
  'package.json': '{ "name": "shop", "type": "module", "private": true }',
  'tsconfig.json':
    '{ "compilerOptions": { "strict": true, "module": "nodenext", "target": "es2022", "noEmit": true }, "include": ["src"] }',
  'src/orders.ts': `import { ping, query } from 'our-db';

export async function orders(): Promise<string[]> {
  return (await query('orders')).split(',');
}

export async function total(): Promise<number> {
  return (await orders()).length;
}

export async function alive(): Promise<boolean> {
  return await ping();
}
`,
  'node_modules/our-db/package.json':
    '{ "name": "our-db", "version": "2.1.0", "type": "module", "types": "index.d.ts" }',
  'node_modules/our-db/index.d.ts': `export declare function query(text: string): Promise<string>;
export declare function querySync(text: string): string;
export declare function ping(): Promise<boolean>;
`,
};

const config = (...rows: string[]): string =>
  `import { defineConfig } from 'unawait';\nexport default defineConfig({ rows: [${rows.join(', ')}] });\n`;

test('an API without a row is counted with its skeleton in every format; with the row in the configuration it converts', async () => {
  const root = temporaryProject(FILES);
  const report = JSON.parse((await unawait(['report', root, '--json'])).out) as Report;
  const row = "{ api: 'our-db#query', sync: 'our-db#querySync' }";
  expect(report.missingRows).toEqual([
    { api: 'our-db#query', sites: 1, frees: 2, row },
    { api: 'our-db#ping', sites: 1, frees: 1, row: "{ api: 'our-db#ping', sync: 'our-db#pingSync' }" },
  ]);
  expect((await unawait(['report', root])).out).toContain(`frees   2  our-db#query (1 call)\n             ${row}\n`);
  expect((await unawait(['report', root, '--format', 'markdown'])).out).toContain(`\`\`\`ts\n${row},\n`);
  expect((await unawait(['report', root, '--format', 'html'])).out).toContain(row.replaceAll("'", '&#39;'));

  writeFileSync(join(root, 'unawait.config.ts'), config(row));
  const dry = await unawait(['run', root, '--dry-run']);
  expect(dry.out).toContain("+import { ping, querySync } from 'our-db';");
  expect(dry.out).toContain("+  return querySync('orders').split(',');");
  expect(dry.out).toContain('+  return orders().length;');
});

test('a row holds for the versions it names', async () => {
  const root = temporaryProject({
    ...FILES,
    'unawait.config.ts': config("{ api: 'our-db#query', sync: 'our-db#querySync', versions: '>=3' }"),
  });
  expect((JSON.parse((await unawait(['report', root, '--json'])).out) as Report).counts.blocking).toBe(0);
  writeFileSync(
    join(root, 'unawait.config.ts'),
    config("{ api: 'our-db#query', sync: 'our-db#querySync', versions: '>=2' }"),
  );
  expect((JSON.parse((await unawait(['report', root, '--json'])).out) as Report).counts.blocking).toBe(2);
});

test('a row of the project comes before the built-in one', async () => {
  const root = temporaryProject({
    ...FILES,
    'src/orders.ts':
      "import { readFile } from 'node:fs/promises';\nexport const load = async (): Promise<string> => await readFile('a', 'utf8');\n",
    'unawait.config.ts': config("{ api: 'node:fs/promises#readFile', refuse: 'our disks are remote' }"),
  });
  const { out } = await unawait(['report', root]);
  expect(out).toContain('our disks are remote');
});

test.each([
  ["{ api: 'our-db#query', sync: 'querySync' }", '(our-db#query) needs `module#name` for `sync`'],
  [
    "{ api: 'our-db#query', call: 'querySync($1)', import: { querySync: 'our-db' } }",
    '(our-db#query) has no key `import`',
  ],
  ["{ api: 'our-db#query' }", '(our-db#query) says nothing of a blocking form'],
])('the wrong row %s is a usage error that names the row', async (row, message) => {
  const root = temporaryProject({
    ...FILES,
    'unawait.config.mjs': `export default { rows: [{ api: 'a#b', same: true }, ${row}] };`,
  });
  const { code, err } = await unawait(['report', root]);
  expect([code, err]).toEqual([2, expect.stringContaining(`unawait.config.mjs: rows[1] ${message}`)]);
});

test.each([
  ['our-db#Client.get', "{ api: 'our-db#Client.get', call: '$this.getSync($*)' }"],
  [
    'our-db#Client.constructor',
    "{ api: 'our-db#Client.constructor', call: 'new ClientSync($*)', imports: { ClientSync: 'our-db' } }",
  ],
  ['our-db#default', "{ api: 'our-db#default', sync: 'our-db#sync' }"],
  ['our-db#default.load', "{ api: 'our-db#default.load', sync: 'our-db#loadSync' }"],
  ['node:util#promisify(our-db#load)', "{ api: 'our-db#load', form: 'callback', sync: 'our-db#loadSync' }"],
])('the skeleton of %s', (api, row) => {
  expect(rowSkeleton(api)).toBe(row);
});
