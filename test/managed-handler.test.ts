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
  const { plan, changes } = await convert({ project: project({ 'src/again.ts': again }), policies: ['async-shim'] });
  expect(plan.blocking).toContain('src/handler.ts#handler');
  expect(plan.blocking).not.toContain('src/again.ts#twice');
  expect(changes.find((c) => c.file === 'src/again.ts')).toBeUndefined();
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

const untyped = `import { load } from './load.js';

export const handler = async (event: { path: string }, _context: object): Promise<string> => {
  const text = await load(event.path);
  return text.trim();
};
`;

test('a handler is known by its name and parameters, and becomes a shim over a blocking function', async () => {
  const written = project({ 'src/handler.ts': untyped });
  const { changes } = await convert({ project: written, policies: ['async-shim'] });
  expect(changes.find((c) => c.file === 'src/handler.ts')?.after).toBe(`import { load } from './load.js';

const handlerSync = (event: { path: string }, _context: object): string => {
  const text = load(event.path);
  return text.trim();
};

export const handler = async (event: { path: string }, _context: object): Promise<string> => handlerSync(event, _context);
`);
});

test('in a project with a runtime loop of its own, handlers are called by that', async () => {
  const runtime = "export const api = process.env['AWS_LAMBDA_RUNTIME_API'];\n";
  const { plan } = await convert({ project: project({ 'src/handler.ts': untyped, 'src/runtime.ts': runtime }) });
  expect(plan.blocking).toContain('src/handler.ts#handler');
});

test.each([
  [
    'a callback',
    'export async function handler(event: any, context: any, callback: any): Promise<void> { callback(null, event); }',
  ],
  [
    'an open loop',
    "export async function handler(event: any, context: any): Promise<string> { context.callbackWaitsForEmptyEventLoop = false; return ''; }",
  ],
  [
    'a streamed answer',
    'declare const awslambda: any;\nexport const handler = awslambda.streamifyResponse(async (event: any, stream: any): Promise<void> => { stream.end(); });',
  ],
])('a handler with %s stays as it is', async (_what, text) => {
  const { plan, changes } = await convert({ project: project({ 'src/handler.ts': text }), policies: ['async-shim'] });
  expect(plan.refusals.map((r) => r.reason)).toContain('refuse-loop/lambda-answer');
  expect(changes.map((c) => c.file)).not.toContain('src/handler.ts');
});

test.each([
  [
    'a declaration',
    'export async function handler(event: { path: string }): Promise<string> { return await load(event.path); }',
  ],
  [
    'a default',
    'export default async function handler(event: { path: string }): Promise<string> { return await load(event.path); }',
  ],
])('%s', async (_what, text) => {
  const file = `import { load } from './load.js';\n\n${text}\n`;
  const { changes } = await convert({ project: project({ 'src/handler.ts': file }), policies: ['async-shim'] });
  const after = changes.find((c) => c.file === 'src/handler.ts')!.after;
  expect(after).toContain('function handlerSync(event: { path: string }): string { return load(event.path); }');
  expect(after).toMatch(
    /async function handler\(event: \{ path: string \}\): Promise<string> \{\n {2}return handlerSync\(event\);\n\}/,
  );
});

test('CommonJS', async () => {
  const files = {
    'src/load.ts': '',
    'src/handler.ts': '',
    'handler.cjs':
      "const { readFile } = require('node:fs/promises');\nexports.handler = async (event) => (await readFile(event.path, 'utf8')).trim();\n",
  };
  const { changes } = await convert({ project: project(files), policies: ['async-shim'] });
  expect(changes.find((c) => c.file === 'handler.cjs')!.after).toContain(
    "exports.handler = async (event) => readFileSync(event.path, 'utf8').trim();",
  );
});
