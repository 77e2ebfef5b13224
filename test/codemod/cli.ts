import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const CLI = join(import.meta.dirname, 'node_modules/.bin/codemod');
/** Pinned by package.json beside this file. */
const VERSION = '1.18.3';

/** Installs the pinned Codemod CLI where it is missing (about 150 MB, so it is no part of the root install). Throws when it cannot. */
export function installCodemod(): void {
  if (installedVersion() === VERSION) return;
  try {
    execFileSync('npm', ['install', '--no-package-lock', '--no-audit', '--no-fund'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: 'pipe',
      timeout: 8 * 60_000,
    });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(
      `This test runs the Codemod CLI ${VERSION}, and \`npm install\` in test/codemod could not install it. Is the npm registry in reach?\n${stderr ?? String(error)}`,
    );
  }
  const version = installedVersion();
  if (version !== VERSION)
    throw new Error(`test/codemod should have installed the Codemod CLI ${VERSION}, and it has ${version ?? 'none'}.`);
}

function installedVersion(): string | undefined {
  if (!existsSync(CLI)) return undefined;
  return /\d+\.\d+\.\d+/.exec(execFileSync(CLI, ['--version'], { encoding: 'utf8', env: quiet(process.env) }))?.[0];
}

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the CLI in `folder`, which is its home too. No request can leave: the proxy it is told of is not there. */
export function codemod(folder: string, ...args: string[]): Promise<Outcome> {
  const nowhere = 'http://127.0.0.1:9';
  const env = { ...quiet(process.env), HOME: folder, HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, ALL_PROXY: nowhere };
  return new Promise((resolve) => {
    execFile(CLI, args, { cwd: folder, env, timeout: 5 * 60_000, maxBuffer: 1 << 26 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out, err });
    });
  });
}

function quiet(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, DISABLE_ANALYTICS: 'true', NO_COLOR: '1' };
}
