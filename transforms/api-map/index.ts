import type { Row } from './row.ts';
import { nodeDir, nodeFileHandle, nodeFsPromises } from './node-fs-promises.ts';
import { satisfies } from './version-range.ts';

export type { OptionsRule, Row } from './row.ts';

/** Every row, by module. */
export const rows: readonly Row[] = [...nodeFsPromises, ...nodeFileHandle, ...nodeDir];

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
    add(row.api, row);
    if (!/^node:|^global#|#default(\.|$)/.test(row.api)) add(row.api.replace('#', '#default.'), row);
    if (row.form === 'callback') add(promisified(row.api), row);
  }
  return map;
}

/** API id of `util.promisify(f)`, for the function's own id. */
export function promisified(api: string): string {
  return `node:util#promisify(${api})`;
}

/** The row for one use of an API; a `sync` or `callback` row serves a reference to the function too. */
export function findRow(map: RowMap, api: string, form: 'call' | 'member' | 'type' | 'value'): Row | undefined {
  const found = map.get(api);
  if (!found) return undefined;
  const wanted = form === 'call' ? ['call', 'callback'] : form === 'value' ? ['value', 'call', 'callback'] : [form];
  for (const kind of wanted) {
    const row = found.find((candidate) => (candidate.form ?? 'call') === kind);
    if (row) return row;
  }
  return undefined;
}

/** Ids of every API with a row. */
export const apiIds: ReadonlySet<string> = new Set(rowsByApi().keys());

/** Ids of the types whose values change: what a row of `form: 'type'` names. */
export const swappedTypes: ReadonlySet<string> = new Set(
  rows.filter((row) => row.form === 'type').map((row) => row.api),
);
