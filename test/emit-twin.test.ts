import { expect, test } from 'vitest';
import { convert } from '../src/convert.ts';
import { recheck } from '../src/recheck.ts';
import { loadWorkspace } from '../src/load/workspace.ts';
import { temporaryProject } from './temporary-project.ts';

const files = {
  'package.json': '{ "name": "lib", "type": "module", "exports": "./dist/index.js" }',
  'tsconfig.json':
    '{ "compilerOptions": { "module": "NodeNext", "target": "ES2023", "strict": true, "types": ["node"], "rootDir": "src", "outDir": "dist" }, "include": ["src"] }',
  'src/index.ts': "export { load } from './load.js';\n",
  'src/load.ts': `import { read } from './read.js';

export async function load(path: string): Promise<string> {
  return (await read(path)).trim();
}

export async function unseen(path: string): Promise<string> {
  return (await read(path)).trim();
}
`,
  'src/read.ts': `import { readFile } from 'node:fs/promises';

export async function read(path: string): Promise<string> {
  return await readFile(path, 'utf8');
}

export async function own(path: string): Promise<number> {
  return (await readFile(path)).length;
}
`,
};

const policies = ['emit-twin'];

test('what the package exports and what that calls get twins; the rest converts as ever', async () => {
  const { changes, plan, report } = await convert({ project: temporaryProject(files), policies });
  const texts = new Map(changes.map(({ file, after }) => [file, after]));
  expect(plan.twins).toEqual(['src/load.ts#loadSync', 'src/read.ts#readSync']);
  expect(texts.get('src/index.ts')).toBe("export { load, loadSync } from './load.js';\n");
  expect(texts.get('src/load.ts')).toContain(files['src/load.ts'].split('\n\n')[1]!);
  // It calls what stays async, and nobody outside of the package sees it.
  expect(texts.get('src/load.ts')).not.toContain('unseenSync');
  expect(texts.get('src/load.ts')).toContain('export async function unseen(');
  expect(texts.get('src/read.ts')).toContain('export function own(path: string): number {');
  expect(report.findings.filter(({ kind }) => kind === 'breaking-change')).toEqual([]);
  expect(report.unlocks).toEqual([]);
  expect(report.policies).toEqual([]);
});

test('a second run finds nothing to do, with the policy and without it', async () => {
  const first = await convert({ project: temporaryProject(files), policies });
  const written = { ...files, ...Object.fromEntries(first.changes.map(({ file, after }) => [file, after])) };
  const project = temporaryProject(written);
  const choices = { onlySafe: false, include: [], exclude: [] };
  for (const each of [policies, []])
    expect(recheck(loadWorkspace(project), first, { ...choices, policies: each })).toEqual({
      unstable: [],
      residual: [],
    });
});
