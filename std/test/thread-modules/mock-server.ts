import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
// Exists as TypeScript only, on purpose.
import { HttpError, Mood } from './status.js';

export { HttpError, Mood };

interface Recorded {
  method: string;
  path: string;
  body: Buffer;
}

/** A mock as people write them: asynchronous, in the loop, with its state in fields. */
export class MockServer {
  requests: Recorded[] = [];
  config: { status: number; headers: Record<string, string> } = { status: 200, headers: {} };
  readonly seen = new Map<string, number>();
  readonly tags = new Set(['a']);
  onStop: (() => string) | undefined;
  #server: Server | undefined;

  constructor(private readonly greeting = 'hello') {}

  get port(): number {
    return (this.#server?.address() as AddressInfo | null)?.port ?? 0;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.port}/`);
  }

  async start(): Promise<number> {
    this.#server = createServer(
      (request, response) =>
        void this.#answer(request).then((body) => {
          response.writeHead(this.config.status, this.config.headers).end(body);
        }),
    );
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    return this.port;
  }

  async #answer(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '';
    this.requests.push({ method: request.method ?? '', path, body: Buffer.concat(chunks) });
    this.seen.set(path, (this.seen.get(path) ?? 0) + 1);
    console.log('mock saw', path);
    return this.greeting;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  async fail(status: number): Promise<never> {
    await sleep(1);
    throw Object.assign(new HttpError(status, `status ${status}`), {
      code: 'E_MOCK',
      detail: { at: 1 },
      cause: new TypeError('deep'),
    });
  }

  same(other: MockServer): boolean {
    return other === this;
  }

  async *pages(count: number): AsyncGenerator<number, string> {
    for (let page = 1; page <= count; page++) {
      await sleep(1);
      yield page;
    }
    return 'done';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
