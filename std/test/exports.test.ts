import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import { packageFolder } from './servers/bundle.ts';

const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
  exports: Record<string, string | { types: string; module?: string; default: string }>;
};
const entries = Object.entries(manifest.exports).flatMap(([path, target]) =>
  typeof target === 'string' ? [] : [{ name: `@unawait/std${path.slice(1)}`, ...target }],
);

/** A project that has the package installed, with a declaration file wherever its manifest promises one. */
const project = mkdtempSync(join(tmpdir(), 'unawait-exports-'));
const installed = join(project, 'node_modules/@unawait/std');
mkdirSync(installed, { recursive: true });
writeFileSync(join(installed, 'package.json'), JSON.stringify(manifest));
for (const { types } of entries) {
  mkdirSync(dirname(join(installed, types)), { recursive: true });
  writeFileSync(join(installed, types), 'export {};');
}
afterAll(() => rmSync(project, { recursive: true, force: true }));

describe('the types of each subpath', () => {
  it.each(entries)('$name come from a file of the sources', ({ types, module, ...target }) => {
    const source = types.replace('./dist/', 'src/').replace('.d.ts', '.ts');
    expect(existsSync(join(packageFolder, source)), source).toBe(true);
    expect(module ?? target.default).toBe(types.replace('.d.ts', '.js'));
  });

  it.each([
    // Deprecated, but many a CommonJS project still has it.
    ['Node10', ts.ModuleResolutionKind['Node10' as 'Node16'], ts.ModuleKind.CommonJS],
    ['Node16', ts.ModuleResolutionKind.Node16, ts.ModuleKind.Node16],
    ['NodeNext', ts.ModuleResolutionKind.NodeNext, ts.ModuleKind.NodeNext],
    ['Bundler', ts.ModuleResolutionKind.Bundler, ts.ModuleKind.ESNext],
  ])('are found under moduleResolution %s', (_name, moduleResolution, module) => {
    const found = entries.map(({ name }) => {
      const from = join(project, 'index.mts');
      const { resolvedModule } = ts.resolveModuleName(name, from, { moduleResolution, module }, ts.sys);
      return [name, resolvedModule?.resolvedFileName.slice(installed.length)];
    });
    expect(found).toEqual(entries.map(({ name, types }) => [name, types.slice(1)]));
  });
});

// What stands in dist may be older than the sources; a fresh build is not this test's to make.
const built = entries.filter((entry) => existsSync(join(packageFolder, entry.default)));

describe.runIf(built.length > 0)('what is built', () => {
  it('gives the same to `require` and to `import`, without a word', () => {
    const program = `
      const names = ${JSON.stringify(built.map(({ name }) => name))};
      (async () => {
        for (const name of names) {
          const [required, imported] = [require(name), await import(name)];
          const keys = Object.keys(imported);
          if (keys.length === 0 || keys.some((key) => required[key] !== imported[key])) console.log(name, keys);
        }
      })();`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=commonjs', '-e', program], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    expect([stdout, stderr]).toEqual(['', '']);
  });
});
