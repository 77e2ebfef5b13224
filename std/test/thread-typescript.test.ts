import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { importInThread, stopThread } from '../src/thread.ts';

const library = new URL('../src/thread.ts', import.meta.url);
const installed = (name: string) => dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`)));

/** Writes a project with the given files, in which the given packages are installed. */
function project(files: Record<string, string>, packages: string[] = []): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'unawait-project-')));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  for (const name of packages) symlinkSync(installed(name), join(root, 'node_modules', name));
  return root;
}

const files = {
  'main.ts': `
    import { other } from './other.js';
    import { plain } from './plain.js';
    import { bare } from './bare';
    import { inFolder } from './folder';
    import { strict } from './strict.mjs';
    import type { Nothing } from './types.js';
    enum Kind { A = 'a' }
    export class Box<T> { constructor(readonly value: T, private kind: Kind = Kind.A) {} kindOf(): Kind { return this.kind; } }
    export const all = (): string[] => [other, plain, bare, inFolder, strict];
    export const failing = (): never => {
      const nothing: Nothing | undefined = undefined;
      throw new Error(String(nothing));
    };
    export const where = (): string[] => [__filename, __dirname, typeof require('node:fs').readFileSync];
  `,
  'other.ts': `export const other: string = 'other';`,
  'plain.js': `export const plain = 'plain';`,
  'bare.ts': `export const bare = 'bare' satisfies string;`,
  'folder/index.ts': `export const inFolder = 'folder';`,
  'strict.mts': `export const strict = 'strict' as const;`,
  'types.ts': `export interface Nothing { a: 1 }`,
};
interface Main {
  all(): string[];
  failing(): never;
  where(): string[];
  Box: new (value: number) => { value: number; kindOf(): string };
}

describe('TypeScript in a thread', () => {
  it.each(['esbuild', 'typescript'])('is transpiled by the %s of the project', (name) => {
    const root = project({ ...files, 'package.json': '{ "type": "module" }' }, [name]);
    const view = importInThread<Main>(join(root, 'main.js'));
    expect(view.all()).toEqual(['other', 'plain', 'bare', 'folder', 'strict']);
    expect(new view.Box(3).kindOf()).toBe('a');
    expect(view.where()).toEqual([join(root, 'main.ts'), root, 'function']);
    expect(() => view.failing()).toThrow(
      expect.objectContaining({ stack: expect.stringMatching(/failing .*main\.ts:13:/) as string }),
    );
    stopThread(view);
  });

  it('is taken for a module also in a project of CommonJS', () => {
    const { 'plain.js': _plain, ...rest } = files;
    const root = project({ ...rest, 'plain.ts': files['plain.js'], 'package.json': '{}' }, ['typescript']);
    const view = importInThread<Main>(pathToFileURL(join(root, 'main.ts')));
    expect(view.all()).toEqual(['other', 'plain', 'bare', 'folder', 'strict']);
    stopThread(view);
  });

  it('says what is missing where nothing can transpile it', () => {
    const root = project({ 'main.ts': `export const a: number = 1;` });
    const load = () => importInThread<{ a: number }>(join(root, 'main.ts'));
    if (Reflect.get(process.features, 'typescript') === undefined) {
      expect(load).toThrow(/install `typescript` or `esbuild` in the project/);
    } else {
      const view = load();
      expect(view.a).toBe(1);
      stopThread(view);
    }
  });

  it('reports a syntax error at the import', () => {
    const root = project({ 'main.ts': `export const a: = 1;` }, ['esbuild']);
    expect(() => importInThread(join(root, 'main.ts'))).toThrow(/Unexpected "="/);
  });
});

describe('a converted test', () => {
  const root = project(
    {
      'package.json': '{ "type": "module" }',
      'mock-server.ts': `
        import http from 'node:http';
        import type { AddressInfo } from 'node:net';
        export class MockServer {
          requests: { method: string | undefined; path: string | undefined }[] = [];
          #server = http.createServer((request, response) => {
            this.requests.push({ method: request.method, path: request.url });
            console.log('served', request.url);
            response.end('ok');
          });
          async start(): Promise<void> { await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve)); }
          get port(): number { return (this.#server.address() as AddressInfo).port; }
          async stop(): Promise<void> { await new Promise((resolve) => this.#server.close(resolve)); }
        }`,
      'client.test.ts': `
        import { execFileSync } from 'node:child_process';
        import { afterAll, beforeEach, expect, it } from 'vitest';
        import { importInThread } from ${JSON.stringify(fileURLToPath(library))};
        const { MockServer } = importInThread<typeof import('./mock-server.js')>(new URL('./mock-server.js', import.meta.url));
        const server = new MockServer();
        server.start();
        beforeEach(() => { server.requests.length = 0; });
        afterAll(() => server.stop());
        const get = (path) => execFileSync(process.execPath, ['-e', \`
          require('node:http').get('http://127.0.0.1:\${server.port}\${path}', { agent: false }, (r) => r.pipe(process.stdout))\`]).toString();
        it('serves', () => {
          expect(get('/a')).toBe('ok');
          expect(server.requests).toEqual([{ method: 'GET', path: '/a' }]);
        });
        it('starts afresh', () => {
          get('/b');
          expect(server.requests).toHaveLength(1);
        });`,
    },
    ['vitest', 'typescript'],
  );

  it.each(['forks', 'threads'])('runs and ends in the pool of %s', (pool) => {
    const args = [join(installed('vitest'), 'vitest.mjs'), 'run', '--pool', pool, '--no-color'];
    const { VITEST: _vitest, ...env } = process.env;
    const { stdout, stderr, status } = spawnSync(process.execPath, args, {
      cwd: root,
      env,
      encoding: 'utf8',
      timeout: 40_000,
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/Tests +2 passed/);
    expect(stdout).toMatch(/served \/b/);
    expect(status).toBe(0);
  });
});
