import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { convert } from '../src/convert.ts';
import { temporaryProject } from './temporary-project.ts';

const library = `let calls = 0;
export async function measure(text, { factor }) {
  await new Promise((done) => setTimeout(done, 1));
  if (factor < 0) throw Object.assign(new RangeError('negative'), { code: 'E_NEGATIVE', factor });
  return { length: text.length * factor, calls: ++calls, seen: new Date(0), bytes: new Uint8Array([1, 2]) };
}
`;
const types = `export interface Measured { length: number; calls: number; seen: Date; bytes: Uint8Array }
export declare function measure(text: string, options: { factor: number }): Promise<Measured>;
`;

const program = (call: string): string => `import ${call === 'measure' ? '{ measure }' : '* as slow'} from 'slow-lib';

/**
 * @param {string} text
 * @param {number} factor
 */
async function run(text, factor) {
  const measured = await ${call}(text, { factor });
  return { ...measured, seen: measured.seen.toISOString(), bytes: [...measured.bytes] };
}

async function main() {
  console.log(await run('abc', 2));
  console.log(await run('abcd', 1));
  try {
    await run('abc', -1);
  } catch (error) {
    console.log(error.name, error.message, error.code, error.factor);
  }
}

await main();
`;

test.each(['measure', 'slow.measure'])('%s gives and throws the same through a worker', async (call) => {
  const project = temporaryProject({
    'package.json': '{ "name": "app", "private": true, "type": "module" }',
    'main.js': program(call),
    'node_modules/slow-lib/package.json':
      '{ "name": "slow-lib", "type": "module", "exports": { "types": "./index.d.ts", "default": "./index.js" } }',
    'node_modules/slow-lib/index.js': library,
    'node_modules/slow-lib/index.d.ts': types,
  });
  mkdirSync(join(project, 'node_modules/@unawait'));
  symlinkSync(join(import.meta.dirname, '../std'), join(project, 'node_modules/@unawait/std'));
  const run = () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(project, 'main.js')], {
      encoding: 'utf8',
      cwd: '/',
      timeout: 30_000,
    });
    return { status, stdout, stderr };
  };
  const before = run();
  expect(before.stdout).toContain('E_NEGATIVE');
  expect((await convert({ project })).plan.refusals.map((r) => r.reason)).toContain('swap-api/no-row');
  const { changes, plan } = await convert({ project, policies: ['bridge'] });
  expect(plan.staysAsync).toEqual([]);
  const after = changes.find(({ file }) => file === 'main.js')!.after;
  expect(after).toContain("callSync(import.meta.resolve('slow-lib'), 'measure', [text, { factor }])");
  expect(after).not.toContain('await ');
  writeFileSync(join(project, 'main.js'), after);
  expect(run()).toEqual(before);
});
