import { join } from 'node:path';
import { expect, it } from 'vitest';
import { explain } from '../../src/index.ts';
import { loadWorkspace } from '../../src/load/workspace.ts';
import { lostCalls } from '../../src/lost-calls.ts';
import { plan } from '../../src/pipeline.ts';
import { recheck } from '../../src/recheck.ts';
import { convert, esm, folder, options, tsconfig, write } from './convert.ts';

it('tells decorators of the old kind that may wrap a method from those that note it', async () => {
  const root = join(folder(), 'project');
  write(root, {
    'package.json': esm['package.json'],
    'tsconfig.json': tsconfig({ experimentalDecorators: true }),
    'a.ts': `
function logged(_target: object, _key: string, property: PropertyDescriptor): void {
  const method = property.value as () => Promise<unknown>;
  property.value = async function (this: unknown) {
    return await method.call(this);
  };
}
function traced(_target: object, _key: string, property: PropertyDescriptor): PropertyDescriptor {
  return property;
}
function noted(_target: object, _key: string): void {}
export class A {
  @logged async load(): Promise<number> {
    return 1;
  }
  @traced async save(): Promise<void> {}
  @noted async name(): Promise<string> {
    return 'a';
  }
}
`,
  });
  const { blocking, text } = await convert(root);
  expect(blocking).toEqual(['a.ts#A.name']);
  expect(text('a.ts')).toContain('  @logged async load(): Promise<number> {');
  expect(text('a.ts')).toContain('  @noted name(): string {');
});

it('finds what is planted in a result of JavaScript: a promise, an await, and a call that is gone', () => {
  const root = join(folder(), 'project');
  const before =
    'export async function f(g) {\n  g(1);\n  return 1;\n}\nexport async function twice() {\n  return 2 * (await f(Number));\n}\n';
  write(root, { 'package.json': esm['package.json'], 'a.js': before });
  const first = plan(loadWorkspace(root), options);
  expect(first.plan.blocking).toEqual(['a.js#f', 'a.js#twice']);
  const [change] = first.changes;
  write(root, { 'a.js': change!.after });
  expect(recheck(loadWorkspace(root), first, options)).toEqual({ unstable: [], residual: [] });
  expect(lostCalls(first)).toEqual([]);
  write(root, { 'a.js': change!.after.replace('return 1', 'return Promise.reject(1)').replace('2 * ', 'await ') });
  const planted = recheck(loadWorkspace(root), first, options);
  expect(planted.residual.map(({ line, message }) => `${line}: ${message}`)).toContainEqual(
    '3: `f` was converted, and a promise is left in it (promise-static).',
  );
  const after = change!.after.replace('  g(1);\n', '');
  expect(
    lostCalls({ ...first, changes: [{ ...change!, after }] }).map(({ line, message }) => `${line}: ${message}`),
  ).toEqual(['2: The call of `g` is not where it was in the result, and no change says so.']);
});

it('turns the declarations beside JavaScript with the functions that they speak of', async () => {
  const root = join(folder(), 'project');
  write(root, {
    'package.json': '{ "name": "robust" }',
    'a.js': `exports.load = async function (name) { return name.length; };
exports.each = async function (list, visit) { for (const one of list) await visit(one); };
class Pool { async query(text) { return [text]; } async close() {} }
exports.Pool = Pool;
exports.createStore = () => ({ async get(key) { return key; } });
`,
    'a.d.ts': `export interface Store { get(key: string): Promise<string> }
export type Later<T> = Promise<T>;
export declare function load(name: string): Promise<number>;
export declare function each<T>(list: T[], visit: (one: T) => Promise<void>): Promise<void>;
export declare class Pool { query(text: string): Promise<string[]>; close(): Later<void> }
export declare function createStore(): Store;
`,
  });
  const { blocking, refused, text } = await convert(root);
  expect(blocking.filter((each) => each.startsWith('a.js'))).toEqual([
    'a.js#Pool.close',
    'a.js#Pool.query',
    'a.js#exports.load',
    'a.js#get',
  ]);
  expect(refused).toEqual(['a.d.ts refuse-escape/declared', 'a.js remove-await/maybe-thenable']);
  expect(text('a.d.ts')).toBe(`export interface Store { get(key: string): string }
export type Later<T> = T;
export declare function load(name: string): number;
export declare function each<T>(list: T[], visit: (one: T) => Promise<void>): Promise<void>;
export declare class Pool { query(text: string): string[]; close(): Later<void> }
export declare function createStore(): Store;
`);
});

it('holds JavaScript back whose declarations speak of functions that are not found', async () => {
  const root = join(folder(), 'project');
  write(root, {
    'package.json': esm['package.json'],
    'a.js': `export const api = build({ run: async () => 1 });
export async function other() { return 2; }
function build(methods) { return methods; }
`,
    'a.d.ts': `export const api: { run(): Promise<number> };
export function other(): Promise<number>;
export function another(): Promise<number>;
`,
  });
  const { blocking, refused } = await convert(root);
  expect(blocking).toEqual([]);
  expect(refused).toEqual(['a.d.ts refuse-escape/declared', 'a.d.ts refuse-escape/declared']);
});

it('explains the chain from a member of a family to the one that keeps it async', async () => {
  const root = join(folder(), 'project');
  write(root, {
    ...esm,
    'a.ts': `export interface Job { run(): Promise<void> }
export abstract class Base implements Job { abstract run(): Promise<void> }
export class Wait extends Base {
  override async run() { await new Promise((go) => process.once('message', go)); }
}
export class Note extends Base {
  override async run() { console.log('note'); }
}
`,
  });
  const text = await explain('Note.run', { project: root });
  expect(
    text
      .trimEnd()
      .split('\n')
      .map((line) => line.trim()),
  ).toEqual([
    'Note.run (a.ts:7:3) stays async, because it',
    'overrides or implements Base.run (a.ts:2:45)',
    'which overrides or implements Wait.run (a.ts:4:3)',
    "which holds new Promise((go) => process.once('message', go)) (a.ts:4:32)",
    'a.ts:4:32: The promise waits for the event `message`. [unwrap-executor/event]',
  ]);
});
