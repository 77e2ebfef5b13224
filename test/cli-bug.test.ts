import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { unawait } from './cli-terminal.ts';
import { temporaryProject } from './temporary-project.ts';

vi.mock('../transforms/index.ts', async (original) => {
  const { transforms } = await original<typeof import('../transforms/index.ts')>();
  const planted = {
    id: 'planted',
    code: 'UA999',
    claims: 'await',
    applicability: 'safe',
    summary: '',
    reasons: {},
    priority: 1_000,
    rewrite(_site: unknown, node: { getText(): string }) {
      if (node.getText().includes('bad')) throw new TypeError('cannot read the tea leaves');
      return undefined;
    },
  };
  return { transforms: [planted, ...transforms] };
});

const GOOD = `import { readFile } from 'node:fs/promises';
export async function good(): Promise<string> {
  return await readFile('a', 'utf8');
}
`;

test('a transform that throws is exit 3 with the transform, the site and where to report; the run goes on', async () => {
  const root = temporaryProject({
    'tsconfig.json': '{ "compilerOptions": { "module": "nodenext", "strict": true } }',
    'package.json': '{ "type": "module" }',
    'good.ts': GOOD,
    'bad.ts': GOOD.replaceAll("'a'", "'bad'"),
  });
  const { code, out, err } = await unawait(['run', root, '--allow-dirty']);
  expect(code).toBe(3);
  expect(err).toContain('unawait has a bug in `planted` at bad.ts:3:10: ');
  expect(err).toContain('cannot read the tea leaves');
  expect(err).toMatch(/Please report this.*\(unawait \d+\.\d+\.\d+, Node v/);
  expect(out).toContain('Bugs of unawait');
  expect(readFileSync(join(root, 'bad.ts'), 'utf8')).toContain('await');
  expect(readFileSync(join(root, 'good.ts'), 'utf8')).not.toContain('await');
});

test('a getter that throws in the configuration is for the user to put right', async () => {
  const root = temporaryProject({
    'a.js': '',
    'unawait.config.mjs': "export default { get include() { throw new Error('no token'); } };",
  });
  const { code, err } = await unawait(['report', root]);
  expect([code, err]).toEqual([2, 'error: unawait.config.mjs could not be loaded: no token\n']);
});
