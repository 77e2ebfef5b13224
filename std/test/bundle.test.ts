import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backends } from './servers/backends.ts';
import { packageFolder } from './servers/bundle.ts';
import { gzippedSize } from '../bench/bundle-size.ts';
import { inWorker } from './servers/in-worker.ts';
import type { RunningServer, ServerContext } from './servers/in-worker.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await inWorker(({ require, ready }: ServerContext<undefined>) => {
    const http = require('node:http') as typeof import('node:http');
    const server = http.createServer((_request, response) => response.end('hello'));
    server.listen(0, '127.0.0.1', () => ready((server.address() as import('node:net').AddressInfo).port));
  });
});
afterAll(() => server.stop());

/** Bundles a program with the sources and runs it by itself. */
function runBundled(
  program: string,
  format: 'esm' | 'cjs',
  backend: string,
  cwd = packageFolder,
  flags: readonly string[] = [],
): { status: number | null; out: string } {
  const cache = join(packageFolder, 'node_modules/.cache/unawait-std');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'program-'));
  const outfile = join(folder, format === 'esm' ? 'program.mjs' : 'program.cjs');
  writeFileSync(join(folder, 'entry.ts'), program.replaceAll("'std/", `'${join(packageFolder, 'src')}/`));
  buildSync({
    entryPoints: [join(folder, 'entry.ts')],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format,
    logLevel: 'error',
    logOverride: { 'empty-import-meta': 'silent' },
  });
  const env = { ...process.env, UNAWAIT_BACKEND: backend, NODE_OPTIONS: '' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, outfile], {
    encoding: 'utf8',
    env,
    cwd,
  });
  return { status, out: stdout + (status === 0 ? '' : stderr) };
}

const request = (): string => `console.log(fetchSync('http://127.0.0.1:${server.info}/').text());`;

describe.each(['esm', 'cjs'] as const)('a program bundled as %s', (format) => {
  it.each(backends)('works on %s', (backend) => {
    const program = `import { fetchSync } from 'std/http.ts'; import 'std/parts/bridge.ts'; import 'std/parts/native.ts'; ${request()}`;
    expect(runBundled(program, format, backend)).toEqual({ status: 0, out: 'hello\n' });
  });

  it('loads neither undici nor what it has no use for', () => {
    const program = `import { fetchSync } from 'std/http.ts';
      const text = fetchSync('http://127.0.0.1:${server.info}/').text();
      const { moduleLoadList } = process as unknown as { moduleLoadList: string[] };
      const unwanted = /undici|NativeModule (net|http|tls|worker_threads|zlib|crypto)$/;
      console.log(text, moduleLoadList.filter((name) => unwanted.test(name)).join());`;
    expect(runBundled(program, format, 'descriptor')).toEqual({ status: 0, out: 'hello \n' });
  });

  it('serves by the descriptor where it was given no other part', () => {
    const program = `import { backendName } from 'std/net.ts'; import { fetchSync } from 'std/http.ts'; console.log(backendName()); ${request()}`;
    expect(runBundled(program, format, '')).toEqual({ status: 0, out: 'descriptor\nhello\n' });
  });

  it('takes no file of the working directory for a part', () => {
    const folder = mkdtempSync(join(packageFolder, 'node_modules/.cache/unawait-std/elsewhere-'));
    mkdirSync(join(folder, 'parts'));
    writeFileSync(join(folder, 'parts/native.js'), `throw console.log('taken');`);
    const program = `import { fetchSync } from 'std/http.ts'; ${request()}`;
    expect(runBundled(program, format, '', folder)).toEqual({ status: 0, out: 'hello\n' });
  });

  it('says which part it lacks, and takes it when it is imported', () => {
    const forced = `import { backendName } from 'std/net.ts'; try { console.log(backendName()); } catch (error) { console.log((error as Error).message); }`;
    expect(runBundled(forced, format, 'koffi').out).toContain("import '@unawait/std/parts/native'");
    const proxied = `import { Agent, requestSync } from 'std/http.ts'; try { requestSync({ port: 1, agent: new Agent({ proxy: 'http://127.0.0.1:1' }) }); } catch (error) { console.log((error as Error).message); }`;
    expect(runBundled(proxied, format, 'descriptor').out).toContain("import '@unawait/std/parts/proxy'");
    expect(runBundled(`import 'std/parts/proxy.ts'; ${proxied}`, format, 'descriptor').out).toContain('ECONNREFUSED');
    const lookUp = `import { lookupSync } from 'std/net.ts'; try { lookupSync('nobody.invalid'); } catch (error) { console.log((error as Error).message); }`;
    expect(runBundled(lookUp, format, 'descriptor').out).toContain("import '@unawait/std/parts/bridge'");
    expect(runBundled(`import 'std/parts/bridge.ts'; ${lookUp}`, format, 'descriptor').out).toContain('ENOTFOUND');
    const secure = `import { requestSync } from 'std/http.ts'; try { requestSync('https://127.0.0.1:1/'); } catch (error) { console.log((error as Error).message); }`;
    expect(runBundled(secure, format, 'descriptor').out).toContain("import '@unawait/std/parts/tls'");
    const whole = `import 'std/tls.ts'; import 'std/parts/native.ts'; import 'std/parts/bridge.ts'; ${secure}`;
    expect(runBundled(whole, format, backends[0]!).out).toContain('connect ECONNREFUSED 127.0.0.1:1');
  });
});

describe('what a bundle weighs, minified and gzipped', () => {
  // Little above what they are: who needs more room says so here. Last: the ports that `fetch` refuses, 270 bytes.
  it.each([
    ['connectSync', `export { connectSync } from './net.ts';`, 5900],
    ['requestSync', `export { requestSync } from './http.ts';`, 9900],
    [
      'connectSync and requestSync',
      `export { connectSync } from './net.ts'; export { requestSync } from './http.ts';`,
      11_900,
    ],
    ['fetchSync', `export { fetchSync } from './http.ts';`, 12_620],
    ['net and http whole', `export * from './net.ts'; export * from './http.ts';`, 16_370],
  ])('%s', (_name, contents, most) => {
    expect(gzippedSize(contents)).toBeLessThanOrEqual(most);
  });
});

describe('the permission model', () => {
  it('leaves the descriptor a way to its handle', () => {
    const known = process.allowedNodeEnvironmentFlags;
    const flags = [known.has('--permission') ? '--permission' : '--experimental-permission', '--allow-fs-read=*'];
    if (known.has('--allow-net')) flags.push('--allow-net');
    const program = `import { connectSync } from 'std/net.ts'; import { fetchSync } from 'std/http.ts'; ${request()}
      try { connectSync(1, '127.0.0.1'); } catch (error) { console.log((error as Error).message); }
      try { connectSync('/nowhere.sock'); } catch (error) { console.log((error as Error).message); }`;
    expect(runBundled(program, 'esm', 'descriptor', packageFolder, flags)).toEqual({
      status: 0,
      out: 'hello\nconnect ECONNREFUSED 127.0.0.1:1\nconnect ENOENT /nowhere.sock\n',
    });
  });
});

describe('an unknown backend', () => {
  it('is refused by name', () => {
    const program = `import { backendName } from 'std/net.ts'; try { backendName(); } catch (error) { console.log((error as Error).message); }`;
    expect(runBundled(program, 'esm', 'carrier-pigeon').out).toBe(
      'UNAWAIT_BACKEND is `carrier-pigeon`, which is not known. Take one of koffi, ffi, descriptor, bridge, or unset it.\n',
    );
  });
});
