import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** What a server's function is given in its worker. */
export interface ServerContext<Data> {
  data: Data;
  require: NodeJS.Require;
  /** Reports where the server listens; the test goes on then. */
  ready: (info: unknown) => void;
  /** Numbers that the test can read while it blocks, and write. */
  shared: Int32Array;
}

export interface RunningServer {
  /** What `ready` was given: a port, usually. */
  info: number;
  shared: Int32Array;
  stop: () => Promise<unknown>;
}

/**
 * Runs a server in a thread of its own, for a blocking client in this one would keep it from answering. The function's
 * text is sent: it may use only what it is given.
 */
export async function inWorker<Data = undefined>(
  serve: (context: ServerContext<Data>) => void,
  data?: Data,
): Promise<RunningServer> {
  const shared = new Int32Array(new SharedArrayBuffer(64));
  const source =
    `const __name = (target) => target; const { workerData, parentPort } = require('node:worker_threads');` +
    `(${serve.toString()})({ ...workerData, require, ready: (info) => parentPort.postMessage(info) });`;
  const worker = new Worker(source, { eval: true, execArgv: [], workerData: { data, shared } });
  const info = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return { info, shared, stop: () => worker.terminate() };
}

export const require = createRequire(import.meta.url);
