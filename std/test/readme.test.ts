import { spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settings, type Ports } from './readme-settings.ts';
import { packageFolder } from './servers/bundle.ts';
import { makeCertificate } from './servers/certificates.ts';

interface Example {
  heading: string;
  code: string;
  /** Where it stands, for messages. */
  place: string;
}

/** The TypeScript blocks of a page, each under its heading, whose first module names it. */
function examplesOf(page: string): Example[] {
  const text = readFileSync(join(packageFolder, page), 'utf8');
  const examples: Example[] = [];
  let heading = '';
  for (const [whole, title, code] of text.matchAll(/^#+ ([^\n]+)$|^```ts\n(.*?)^```$/gms)) {
    if (title !== undefined) heading = /`(@[^`]+)`/.exec(title)?.[1] ?? title;
    else {
      const line = text.slice(0, text.indexOf(whole)).split('\n').length;
      examples.push({ heading, code: code!, place: `${page}:${line}` });
    }
  }
  return examples;
}

const examples = [...examplesOf('README.md'), ...examplesOf('docs/backends.md')];
const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
  exports: Record<string, { types: string }>;
};

/** The source behind a subpath of the package: what is built may be older. */
function sourceOf(specifier: string): string {
  const types = manifest.exports[`.${specifier.slice('@unawait/std'.length)}`]?.types;
  if (types === undefined) throw new Error(`${specifier} is not exported`);
  return join(packageFolder, types.replace('./dist/', 'src/').replace('.d.ts', '.ts'));
}

/** In the package's folder, so that its sources and what they import are found. */
mkdirSync(join(packageFolder, 'node_modules/.cache'), { recursive: true });
const folder = mkdtempSync(join(packageFolder, 'node_modules/.cache/readme-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An example as a program: with what it leaves out, the sources for the package, and its servers for its addresses. */
function programOf({ heading, code, place }: Example, ports: Ports): string {
  const { before = '', replace = [] } = settings(ports)[heading]!;
  const parts = ['proxy', 'bridge', 'native', 'tls'];
  let text = code;
  for (const [from, to] of replace) {
    if (!text.includes(from)) throw new Error(`${place} has no \`${from}\``);
    text = text.replaceAll(from, to);
  }
  const imports = parts
    .map((part) => `import ${JSON.stringify(join(packageFolder, `src/parts/${part}.ts`))};`)
    .join('\n');
  return `${imports}\n${before}\n${text}\nexport {};\n`.replace(
    /'(@unawait\/std\/[^']+)'/g,
    (_match, specifier: string) => JSON.stringify(sourceOf(specifier)),
  );
}

const closing: { close(): unknown }[] = [];
afterAll(() => closing.forEach((server) => server.close()));

async function listening(server: net.Server): Promise<number> {
  server.listen(0);
  closing.push(server);
  await once(server, 'listening');
  return (server.address() as net.AddressInfo).port;
}

const authority = { name: 'Readers', ...makeCertificate({ name: 'Readers', authority: true }) };
const certificate = makeCertificate({ name: 'x', names: ['localhost', 'intern.example'], issuer: authority });
const environment: NodeJS.ProcessEnv = {};
let ports: Ports;

beforeAll(async () => {
  const web = http.createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    if (request.url === '/large') response.end('large\n');
    else response.end('[{"name":"first"},{"name":"second"}]');
  });
  const secure = https.createServer(certificate, (_request, response) => response.end('secure'));
  const lines = net.createServer((socket) => socket.on('error', () => undefined).end('+PONG\r\n'));
  const datagrams = dgram.createSocket('udp4').on('message', (data, { port, address }) => {
    datagrams.send(data, port, address);
  });
  datagrams.bind(0, '127.0.0.1');
  closing.push(datagrams);
  await once(datagrams, 'listening');
  ports = {
    web: await listening(web),
    secure: await listening(secure),
    lines: await listening(lines),
    datagrams: datagrams.address().port,
  };
  const proxy = http.createServer().on('connect', (_request, socket: net.Socket) => {
    const there = net.connect(ports.secure, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      there.pipe(socket).pipe(there);
    });
    for (const each of [there, socket]) each.on('error', () => undefined);
  });
  environment['HTTPS_PROXY'] = `http://127.0.0.1:${await listening(proxy)}`;
  environment['AUTHORITY'] = authority.cert;
  environment['NODE_EXTRA_CA_CERTS'] = join(folder, 'authority.pem');
  writeFileSync(join(folder, 'authority.pem'), authority.cert);
  // What the examples find in their folder and on their path.
  writeFileSync(join(folder, 'access.log'), 'GET /\nGET /a\n');
  writeFileSync(join(folder, 'data.bin'), 'data');
  writeFileSync(join(folder, 'handler.js'), `export const handler = () => 'handled';`);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const mock = `import { createServer } from 'node:http';
    export class MockServer {
      requests: { method: string; path: string }[] = [];
      port = 0;
      async start(): Promise<void> {
        const server = createServer(({ method, url }, response) => {
          this.requests.push({ method: method!, path: url! });
          response.end();
        });
        await new Promise<void>((resolve) => server.listen(0, resolve));
        this.port = (server.address() as import('node:net').AddressInfo).port;
      }
    }`;
  writeFileSync(join(folder, 'mock-server.ts'), mock);
  mkdirSync(join(folder, 'bin'));
  for (const name of ['git', 'npm']) {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\necho ${name} "$@"\n`);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
  environment['PATH'] = `${join(folder, 'bin')}:${process.env['PATH']}`;
  symlinkSync(join(packageFolder, '../node_modules'), join(folder, 'node_modules'));
  examples.forEach((example, index) => {
    writeFileSync(join(folder, `example-${index}.ts`), programOf(example, ports));
  });
});

/** Runs all of them in one process, one after the other, and tells what each printed and threw. */
async function runAll(): Promise<string[]> {
  const main = `for (const index of ${JSON.stringify(examples.map((_example, index) => index))}) {
      process.stdout.write('\\n== ' + index + '\\n');
      try { await import('./example-' + index + '.ts'); } catch (error) { console.log('THROWN', error); }
    }
    process.exit(0);`;
  writeFileSync(join(folder, 'main.ts'), main);
  const tsx = pathToFileURL(join(packageFolder, '../node_modules/tsx/dist/esm/index.mjs')).href;
  const child = spawn(process.execPath, ['--import', tsx, 'main.ts'], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const guard = setTimeout(() => child.kill('SIGKILL'), 40_000);
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
  await once(child, 'close');
  clearTimeout(guard);
  return output.split(/\n== \d+\n/).slice(1);
}

describe('the examples', () => {
  it('have a setting each, and every module has one', () => {
    const headings = examples.map(({ heading }) => heading);
    expect(Object.keys(settings(ports)).sort()).toEqual([...new Set(headings)].sort());
    const shown = examples.flatMap(({ code }) =>
      [...code.matchAll(/'(@unawait\/std\/[^']+)'/g)].map(([, path]) => path),
    );
    const exported = Object.keys(manifest.exports).map((path) => `@unawait/std${path.slice(1)}`);
    const untold = ['@unawait/std/package.json', '@unawait/std/parts/winsock'];
    expect(exported.filter((path) => !shown.includes(path) && !untold.includes(path))).toEqual([]);
  });

  it('compile', () => {
    const config = ts.readConfigFile(join(packageFolder, '../tsconfig.json'), (path) => ts.sys.readFile(path));
    const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, join(packageFolder, '..'));
    const files = examples.map((_example, index) => join(folder, `example-${index}.ts`));
    const program = ts.createProgram(files, {
      ...options,
      noEmit: true,
      noUnusedLocals: false,
      rewriteRelativeImportExtensions: false,
    });
    const found = files.flatMap((file, index) =>
      ts
        .getPreEmitDiagnostics(program, program.getSourceFile(file))
        .map(({ messageText }) => `${examples[index]!.place}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`),
    );
    expect(found).toEqual([]);
  });

  it('run', async () => {
    const outputs = await runAll();
    const told = examples.map(({ place, heading }, index) => {
      const output = outputs[index] ?? 'never began';
      const lines = output.split('\n');
      const missing = (settings(ports)[heading]!.prints ?? []).filter((line) => !lines.includes(line));
      return { place, missing, thrown: /THROWN[^]*|never began/.exec(output)?.[0] };
    });
    expect(told).toEqual(examples.map(({ place }) => ({ place, missing: [], thrown: undefined })));
  });
});
