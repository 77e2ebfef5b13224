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

test('a readonly arrow function of a class gets a twin; a field that may be set and a member of an object say why not', async () => {
  const members = {
    ...files,
    'src/index.ts': "export { Store, api, table } from './store.js';\n",
    'src/store.ts': `import { readFile } from 'node:fs/promises';

export class Store {
  /** Of one file. */
  readonly load = async (path: string): Promise<string> => {
    return await this.#read(path);
  };

  save = async (path: string): Promise<string> => await readFile(path, 'utf8');

  async both(path: string): Promise<string> {
    return (await this.load(path)) + (await this.load(path));
  }

  readonly #read = async (path: string): Promise<string> => await readFile(path, 'utf8');
}

export async function table(path: string): Promise<string> {
  const own = { read: async (): Promise<string> => await readFile(path, 'utf8') };
  return await own.read();
}

export const api = {
  load: async (path: string): Promise<string> => await readFile(path, 'utf8'),
  async save(path: string): Promise<void> {
    await readFile(path);
  },
};
`,
  };
  const { changes, plan } = await convert({ project: temporaryProject(members), policies });
  const text = changes.find(({ file }) => file === 'src/store.ts')!.after;
  expect(text).toContain('  readonly loadSync = (path: string): string => {\n    return this.#readSync(path);\n  };\n');
  expect(text).toContain(
    '  bothSync(path: string): string {\n    return this.loadSync(path) + this.loadSync(path);\n  }\n',
  );
  expect(text).toContain("  readonly #readSync = (path: string): string => readFileSync(path, 'utf8');\n");
  expect(text).toContain("  const own = { read: (): string => readFileSync(path, 'utf8') };\n  return own.read();\n");
  const said = plan.refusals.filter(({ reason }) => reason === 'settle/twin-impossible').map(({ detail }) => detail);
  expect(said.sort()).toEqual([
    '`Store.save` is exported and cannot have a twin: `save` may be set to another function: it is not `readonly`.',
    '`api.load` is exported and cannot have a twin: `load` is a member of an object, and what goes through its members would meet the twin.',
    '`api.save` is exported and cannot have a twin: `save` is a member of an object, and what goes through its members would meet the twin.',
  ]);
});
