import type { Row } from './row.ts';
import { concurrency } from './concurrency.ts';
import { fetches, httpClients } from './fetch.ts';
import { axios } from './http-axios.ts';
import { gotClient, kyClient } from './http-got-ky.ts';
import { superagent } from './http-superagent.ts';
import { undici } from './http-undici.ts';
import { nodeChildProcess } from './node-child-process.ts';
import { nodeCrypto, subtleCrypto } from './node-crypto.ts';
import { nodeDns } from './node-dns.ts';
import { nodeDir, nodeFileHandle, nodeFsPromises } from './node-fs-promises.ts';
import { nodeFsCallbacks } from './node-fs-callbacks.ts';
import { nodeNet } from './node-net.ts';
import { nodeProcess } from './node-process.ts';
import { nodeStreams } from './node-streams.ts';
import { nodeTls } from './node-tls.ts';
import { nodeTimers } from './node-timers.ts';
import { nodeZlib } from './node-zlib.ts';
import { npmCommandLines } from './npm-command-lines.ts';
import { npmCompilers } from './npm-compilers.ts';
import { npmFiles } from './npm-files.ts';
import { npmFind } from './npm-find.ts';
import { npmProcesses } from './npm-processes.ts';
import { npmServices } from './npm-services.ts';
import { satisfies } from './version-range.ts';

export type { Row } from './row.ts';

/** Every row, by module. */
export const rows: readonly Row[] = [
  ...nodeFsPromises,
  ...nodeFileHandle,
  ...nodeDir,
  ...nodeFsCallbacks,
  ...nodeTimers,
  ...nodeNet,
  ...nodeTls,
  ...nodeDns,
  ...nodeChildProcess,
  ...nodeZlib,
  ...nodeCrypto,
  ...subtleCrypto,
  ...nodeStreams,
  ...nodeProcess,
  ...fetches,
  ...httpClients,
  ...undici,
  ...axios,
  ...gotClient,
  ...kyClient,
  ...superagent,
  ...concurrency,
  ...npmFiles,
  ...npmFind,
  ...npmProcesses,
  ...npmCompilers,
  ...npmCommandLines,
  ...npmServices,
];

/** Rows by API id; where several stand under one id, a project's own come first. */
export type RowMap = ReadonlyMap<string, readonly Row[]>;

/**
 * The rows by API id, a project's own rows (`extra`) in front. `versionOf` tells the installed version of a package: rows whose
 * `versions` do not hold are left out. A row of a package for `name` stands under `default.name` too, a callback API's under
 * `node:util#promisify(…)`.
 */
export function rowsByApi(extra: readonly Row[] = [], versionOf?: (name: string) => string | undefined): RowMap {
  const map = new Map<string, Row[]>();
  const add = (api: string, row: Row): void => {
    const known = map.get(api);
    if (known) known.push(row);
    else map.set(api, [row]);
  };
  for (const row of [...extra, ...rows]) {
    const module = row.api.slice(0, row.api.indexOf('#'));
    const version = row.versions !== undefined ? versionOf?.(module) : undefined;
    if (version !== undefined && !satisfies(version, row.versions!)) continue;
    const ofPackage = !/^node:|^global#|#default(\.|$)/.test(row.api);
    for (const api of ofPackage ? [row.api, row.api.replace('#', '#default.')] : [row.api]) {
      add(api, row);
      if (row.form === 'callback') add(promisified(api), row);
    }
  }
  return map;
}

/** API id of `util.promisify(f)`, for the function's own id. */
export function promisified(api: string): string {
  return `node:util#promisify(${api})`;
}

/** The rows for one use of an API; a `call` or `callback` row serves a reference to the function too. */
export function findRows(map: RowMap, api: string, form: 'call' | 'member' | 'type' | 'value'): readonly Row[] {
  const found = map.get(api) ?? [];
  const wanted = form === 'call' ? ['call', 'callback'] : form === 'value' ? ['value', 'call', 'callback'] : [form];
  for (const kind of wanted) {
    const rows = found.filter((candidate) => (candidate.form ?? 'call') === kind);
    if (rows.length > 0) return rows;
  }
  return [];
}

/** Ids of the types whose values change: what a row of `form: 'type'` names. */
export const swappedTypes: ReadonlySet<string> = new Set(
  rows.filter((row) => row.form === 'type').map((row) => row.api),
);
