import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadWorkspace } from '../../src/load/workspace.ts';
import { plan } from '../../src/pipeline.ts';
import { recheck } from '../../src/recheck.ts';
import { esm, folder, options, write } from './convert.ts';

it('names a promise that is left in what was converted, and what a second run would change', () => {
  const root = join(folder(), 'project');
  write(root, { ...esm, 'a.ts': 'export async function f(): Promise<number> {\n  return 1;\n}\n' });
  const first = plan(loadWorkspace(root), options);
  expect(first.plan.blocking).toEqual(['a.ts#f']);
  write(root, {
    'a.ts': 'export function f(): number {\n  void new Promise((go) => process.once("exit", go));\n  return 1;\n}\n',
  });
  const place = { file: 'a.ts', line: 2, column: 8 };
  expect(recheck(loadWorkspace(root), first, options).residual).toContainEqual({
    ...place,
    message: '`f` was converted, and a promise is left in it (executor).',
  });
  write(root, { 'a.ts': 'export async function g(): Promise<number> {\n  return 1;\n}\n' });
  expect(recheck(loadWorkspace(root), first, options)).toEqual({ unstable: ['a.ts'], residual: [] });
});
