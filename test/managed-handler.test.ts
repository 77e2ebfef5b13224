import { expect, test } from 'vitest';
import { convert } from '../src/convert.ts';
import { temporaryProject } from './temporary-project.ts';

const types = `export interface Context { awsRequestId: string }
export type Handler<E = any, R = any> = (event: E, context: Context, callback: (error?: Error, result?: R) => void) => void | Promise<R>;
`;

function project(files: Readonly<Record<string, string>>): string {
  return temporaryProject({
    'package.json': '{ "name": "app", "private": true, "type": "module" }',
    'tsconfig.json':
      '{ "compilerOptions": { "module": "NodeNext", "target": "ES2023", "strict": true, "types": ["node"] }, "include": ["src"] }',
    'node_modules/@types/aws-lambda/index.d.ts': types,
    'node_modules/@types/aws-lambda/package.json': '{ "name": "@types/aws-lambda", "types": "index.d.ts" }',
    'src/load.ts': `import { readFile } from 'node:fs/promises';

export async function load(path: string): Promise<string> {
  return await readFile(path, 'utf8');
}
`,
    'src/handler.ts': `import type { Handler } from 'aws-lambda';
import { load } from './load.js';

export const handler: Handler<{ path: string }, string> = async (event) => {
  const text = await load(event.path);
  return text.trim();
};
`,
    ...files,
  });
}

test('a handler for the managed runtime of Lambda stays async', async () => {
  const { plan, changes } = await convert({ project: project({}) });
  expect(plan.refusals.map((r) => [r.reason, r.unlocks])).toContainEqual([
    'async-shim/needs-policy',
    '--policy async-shim',
  ]);
  expect(plan.blocking).not.toContain('src/handler.ts#handler');
  expect(changes.find((c) => c.file === 'src/handler.ts')?.after ?? '').not.toContain('= (event) =>');
});

test('by policy what it does blocks, and it still gives a promise', async () => {
  const { changes, report } = await convert({ project: project({}), policies: ['async-shim'] });
  expect(changes.find((c) => c.file === 'src/handler.ts')?.after).toContain(`= async (event) => {
  const text = load(event.path);
  return text.trim();
};`);
  expect(report.findings.filter((f) => f.kind === 'breaking-change')).toEqual([]);
});

test('one that others call keeps giving them a promise', async () => {
  const again = `import { handler } from './handler.js';

export async function twice(): Promise<void> {
  await handler({ path: 'a' }, { awsRequestId: '1' }, () => undefined);
}
`;
  const { plan } = await convert({ project: project({ 'src/again.ts': again }), policies: ['async-shim'] });
  expect(plan.refusals.map((r) => r.reason)).toContain('hand-over-callback/promise-only');
  expect(plan.blocking).not.toContain('src/handler.ts#handler');
});

test('what a private package without entries exports breaks nobody', async () => {
  const breaking = async (manifest: string): Promise<number> => {
    const { report } = await convert({ project: project({ 'package.json': manifest, 'src/handler.ts': '' }) });
    return report.findings.filter((f) => f.kind === 'breaking-change').length;
  };
  expect(await breaking('{ "name": "app", "private": true, "type": "module" }')).toBe(0);
  expect(await breaking('{ "name": "lib", "private": true, "type": "module", "main": "src/load.js" }')).toBe(1);
  expect(await breaking('{ "name": "lib", "type": "module" }')).toBe(1);
});
