import { createRequire } from 'node:module';

/** The worker that synckit runs: one request by undici, of which it gives the size. */
const require = createRequire(import.meta.url);
const { runAsWorker } = require('synckit') as {
  runAsWorker: (act: (url: string, options?: object) => Promise<number>) => void;
};
const { request } = require('undici') as {
  request: (url: string, options?: object) => Promise<{ body: { arrayBuffer(): Promise<ArrayBuffer> } }>;
};

runAsWorker(async (url, options) => (await (await request(url, options)).body.arrayBuffer()).byteLength);
