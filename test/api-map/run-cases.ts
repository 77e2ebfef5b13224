import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build, type Plugin } from 'esbuild';
import type { Outcome } from './child.ts';

const here = import.meta.dirname;
const std = join(here, '../../std/src');
const tsx = createRequire(import.meta.url).resolve('tsx');

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What the child reads from its standard input. */
  readonly input?: string;
}

/** Runs the cases of one module in a child process; `text` is the module's text, `name` its file name in `folder`. */
export async function runCases(
  folder: string,
  name: string,
  text: string,
  { env = {}, input = '' }: RunOptions = {},
): Promise<Record<string, Outcome>> {
  const output = mkdtempSync(join(tmpdir(), 'unawait-contract-'));
  try {
    const outfile = join(output, 'run.mjs');
    const module = join(folder, name);
    await build({
      stdin: {
        contents: `import * as cases from ${JSON.stringify(module)};\nimport { runAll } from ${JSON.stringify(join(here, 'child.ts'))};\nimport '@unawait/std/parts/bridge';\nimport '@unawait/std/parts/tls';\nimport '@unawait/std/parts/proxy';\nawait runAll(cases);\n`,
        resolveDir: folder,
        loader: 'ts',
      },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
      alias: { '@unawait/std': std },
      banner: {
        js: `import { createRequire as cr } from 'node:module'; const require = cr(${JSON.stringify(module)});`,
      },
      plugins: [bridgedStaysOut, packagesStayOut, replacing(module, text)],
    });
    writeFileSync(join(output, 'package.json'), '{ "type": "module" }');
    const loader = text.includes('@unawait/std/crypto') ? ['--import', tsx] : [];
    const running = promisify(execFile)(process.execPath, [...loader, outfile], {
      timeout: 120_000,
      maxBuffer: 1 << 26,
      env: { ...process.env, TZ: 'UTC', NODE_PATH: join(here, '../../node_modules'), ...env },
    });
    running.child.stdin!.end(input);
    return JSON.parse((await running).stdout) as Record<string, Outcome>;
  } finally {
    rmSync(output, { recursive: true });
  }
}

/** What starts a worker thread of its own loads that thread's files, so it is no part of a bundle. */
const bridgedStaysOut: Plugin = {
  name: 'bridged-stays-out',
  setup(building) {
    building.onResolve({ filter: /^@unawait\/std\/crypto$/ }, () => ({ path: join(std, 'crypto.ts'), external: true }));
  },
};

/** Packages are loaded from where the case stands, as they are. */
const packagesStayOut: Plugin = {
  name: 'packages-stay-out',
  setup(building) {
    building.onResolve({ filter: /^[^./]/ }, ({ path, resolveDir, kind, pluginData }) => {
      if (kind === 'entry-point' || pluginData === 'asked' || path.startsWith('node:') || path.startsWith('@unawait/'))
        return undefined;
      return building
        .resolve(path, { resolveDir, kind, pluginData: 'asked' })
        .then((found) => ({ path: found.path || path, external: true }));
    });
  },
};

function replacing(module: string, text: string): Plugin {
  return {
    name: 'replacing',
    setup(building) {
      building.onLoad({ filter: /\.m?[jt]s$/ }, ({ path }) =>
        resolve(path) === resolve(module)
          ? { contents: text, loader: path.endsWith('ts') ? 'ts' : 'js', resolveDir: resolve(module, '..') }
          : undefined,
      );
    },
  };
}
