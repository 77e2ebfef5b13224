import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';
import { Worker, type MessagePort } from 'node:worker_threads';
import type { WorkerData } from './protocol.ts';

/**
 * What a worker runs first. It is text, so that it works the same from built JavaScript and from TypeScript sources
 * under a test runner: it installs the module hooks, then imports the worker.
 */
const bootstrap = `
import * as nodeModule from 'node:module';
import { workerData } from 'node:worker_threads';
const { hooksUrl, workerUrl } = workerData;
if (nodeModule.registerHooks) nodeModule.registerHooks((await import(hooksUrl)).syncHooks);
else nodeModule.register(hooksUrl);
await import(workerUrl);
`;

const bootstrapUrl = new URL(`data:text/javascript,${encodeURIComponent(bootstrap)}`);

/** Starts a worker that imports `target` and talks through `port`. It does not keep the process alive. */
export function startWorker(target: string, state: SharedArrayBuffer, port: MessagePort): Worker {
  const data: WorkerData = { target, state, port, hooksUrl: hooksUrl(), workerUrl: besideThis('worker') };
  const worker = new Worker(bootstrapUrl, { workerData: data, transferList: [port] });
  worker.unref();
  return worker;
}

/** From source, this file and its neighbours end in `.ts`. */
function besideThis(name: string): string {
  return new URL(`./${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url).href;
}

function hooksUrl(): string {
  const url = besideThis('hooks');
  if (url.endsWith('.js')) return url;
  // The hooks are what makes TypeScript loadable, so their own source needs someone else.
  const { transformSync } = nodeModule.createRequire(url)('esbuild') as typeof import('esbuild');
  const { code } = transformSync(readFileSync(fileURLToPath(url), 'utf8'), { loader: 'ts', format: 'esm' });
  return `data:text/javascript,${encodeURIComponent(code)}`;
}
