/** The smallest program for each client: one request, then the end. Ours is bundled, with the part that its backend needs. */
export const coldPrograms: Record<string, (url: string) => string> = {
  empty: () => '',
  'std koffi': (url) => `import 'native'; import { requestSync } from 'std'; requestSync(${url});`,
  'std descriptor': (url) => `import { requestSync } from 'std'; requestSync(${url});`,
  'std bridge': (url) => `import { requestSync } from 'std'; import 'bridge'; requestSync(${url});`,
  'std ffi': (url) => `import 'native'; import { requestSync } from 'std'; requestSync(${url});`,
  node: (url) =>
    `import http from 'node:http'; http.get(${url}, (r) => { r.resume(); r.on('end', () => process.exit()); });`,
  fetch: (url) => `await (await fetch(${url})).arrayBuffer(); process.exit();`,
  undici: (url) =>
    `import { request } from 'undici'; await (await request(${url})).body.arrayBuffer(); process.exit();`,
  'sync-fetch': (url) => `import fetch from 'sync-fetch'; fetch(${url}).buffer();`,
};
