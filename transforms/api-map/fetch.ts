import type { Row } from './row.ts';

export const notHere =
  '\\b(RequestInfo|Request|FormData|Blob|File|ReadableStream|Readable|AsyncIterable|any|unknown)\\b';

const call: Omit<Row, 'api'> = {
  call: 'fetchSync($1, $2)',
  imports: { fetchSync: '@unawait/std/http' },
  // Whether form data holds a file is looked at by `fetch-request`.
  when: { 1: `^(?!.*${notHere})`, 2: `^(?!.*${notHere.replace('FormData|', '')})` },
  // `RequestInit` is a swapped type: its properties are sites of their own.
  options: { at: 2, elsewhere: true },
  yields: 'global#Response',
};

/** Where the arguments are of types that the blocking client does not take. */
const other: Omit<Row, 'api'> = {
  refuse: 'the blocking client takes a string or `URL` and a plain object with a text, byte or form-encoded body',
  unlocks: 'Write the URL and the options out at the call',
};

const unlocks = 'Write the request with `fetch`';

/** The members of `Response`, which `SyncResponse` answers at once, by the name of the type. */
function responseOf(type: string): readonly Row[] {
  return [
    { api: type, form: 'type', call: 'SyncResponse', imports: { SyncResponse: '@unawait/std/http' } },
    ...['status', 'statusText', 'ok', 'headers', 'url', 'redirected', 'type', 'body', 'bodyUsed'].map((name): Row => ({
      api: `${type}.${name}`,
      form: 'member',
      same: true,
    })),
    ...['text', 'json', 'arrayBuffer', 'bytes', 'blob'].map((name): Row => ({ api: `${type}.${name}`, same: true })),
    { api: `${type}.clone`, same: true, yields: type, note: 'The body is read whole for the copy' },
    { api: `${type}.formData`, refuse: 'form data is parsed asynchronously only' },
    {
      api: `${type}.constructor`,
      refuse: 'a `Response` that is made here is not the blocking one',
      unlocks: 'In a test, answer from a server instead',
    },
    { api: `${type}.json`, form: 'value', refuse: 'a `Response` that is made here is not the blocking one' },
  ];
}

/** `RequestInit`; its properties are the transform `fetch-init`'s. */
function initOf(type: string): readonly Row[] {
  return [
    { api: type, form: 'type', call: 'FetchSyncInit', imports: { FetchSyncInit: '@unawait/std/http' } },
    ...['method', 'headers', 'body', 'redirect'].map((name): Row => ({
      api: `${type}.${name}`,
      form: 'member',
      same: true,
    })),
  ];
}

function headersOf(type: string): readonly Row[] {
  const imports = { SyncHeaders: '@unawait/std/http' };
  return [
    { api: type, form: 'type', call: 'SyncHeaders', imports },
    { api: `${type}.constructor`, call: 'new SyncHeaders($1)', imports, yields: type },
    ...['append', 'delete', 'entries', 'forEach', 'get', 'getSetCookie', 'has', 'keys', 'set', 'values'].map(
      (name): Row => ({ api: `${type}.${name}`, same: true, functions: 'kept' }),
    ),
  ];
}

const nodeFetch = '@unawait/std/node-fetch';

/** An error's class, and its members. */
function errorOf(api: string, call: string, members: readonly string[]): readonly Row[] {
  const imports = { [call]: nodeFetch };
  return [
    { api, form: 'type', call, imports },
    { api, form: 'value', call, imports },
    ...['name', 'message', 'stack', ...members].map((name): Row => ({
      api: `${api}.${name}`,
      form: 'member',
      same: true,
    })),
  ];
}

/** Global `fetch`, and the packages that have its shape. */
export const fetches: readonly Row[] = [
  { api: 'global#fetch', ...call, example: ['const response = await fetch(url);', 'const response = fetchSync(url);'] },
  { api: 'global#fetch', ...other },
  {
    api: 'global#AbortSignal.timeout',
    refuse: 'its timer cannot fire while the thread blocks',
    unlocks: 'Write `signal: AbortSignal.timeout(n)` in the options of the call: it becomes the time limit there',
  },
  ...initOf('global#RequestInit'),
  ...responseOf('global#Response'),
  ...headersOf('global#Headers'),
  { api: 'undici#fetch', ...call, yields: 'undici#Response' },
  { api: 'undici#fetch', ...other },
  ...initOf('undici#RequestInit'),
  ...responseOf('undici#Response'),
  ...headersOf('undici#Headers'),
  {
    ...{ api: 'node-fetch#default', ...call, versions: '>=3', yields: 'node-fetch#Response' },
    ...{ call: 'nodeFetchSync($1, $2)', imports: { nodeFetchSync: nodeFetch } },
    when: { 1: `^(?!.*${notHere})`, 2: `^(?!.*${notHere})` },
  },
  { api: 'node-fetch#default', ...other },
  ...initOf('node-fetch#RequestInit'),
  ...responseOf('node-fetch#Response'),
  ...headersOf('node-fetch#Headers'),
  { api: 'node-fetch#Response.buffer', call: 'Buffer.from($this.arrayBuffer())' },
  ...errorOf('node-fetch#FetchError', 'NodeFetchSyncError', ['type', 'code', 'errno', 'erroredSysCall']),
  ...errorOf('node-fetch#AbortError', 'NodeFetchSyncAbortError', ['type']),
];

/** Clients with a shape of their own. */
export const httpClients: readonly Row[] = [
  ...['node:http', 'node:https'].flatMap((module): Row[] => [
    { api: `${module}#get`, refuse: 'the response arrives by event', unlocks },
    { api: `${module}#request`, refuse: 'the response arrives by event', unlocks },
    { api: `${module}#createServer`, refuse: 'a server lives on the event loop' },
  ]),
];
