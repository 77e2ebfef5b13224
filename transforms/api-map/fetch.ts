import type { Row } from './row.ts';

const notHere = '\\b(RequestInfo|Request|FormData|Blob|File|ReadableStream|Readable|AsyncIterable|any|unknown)\\b';

const call: Omit<Row, 'api'> = {
  call: 'fetchSync($1, $2)',
  imports: { fetchSync: '@unawait/std/http' },
  when: { 1: `^(?!.*${notHere})`, 2: `^(?!.*${notHere})` },
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
  },
  { api: 'node-fetch#default', ...other },
  ...initOf('node-fetch#RequestInit'),
  ...responseOf('node-fetch#Response'),
  ...headersOf('node-fetch#Headers'),
  { api: 'node-fetch#Response.buffer', call: 'Buffer.from($this.arrayBuffer())' },
  ...errorOf('node-fetch#FetchError', 'NodeFetchSyncError', ['type', 'code', 'errno', 'erroredSysCall']),
  ...errorOf('node-fetch#AbortError', 'NodeFetchSyncAbortError', ['type']),
];

const undiciStd = '@unawait/std/undici';
const requestCall: Omit<Row, 'api'> = {
  call: 'undiciRequestSync($1, $2)',
  imports: { undiciRequestSync: undiciStd },
  when: { 1: '^(string|URL|"[^]*"|`[^]*`)( \\| (string|URL))*$', 2: `^(?!.*${notHere})` },
  options: {
    at: 2,
    timeout: 'timeout',
    keepsSignal: true,
    only: ['method', 'headers', 'body', 'query', 'signal'],
    plain: { body: 'a body that is a stream' },
  },
};

const undici: readonly Row[] = [
  { api: 'undici#request', ...requestCall },
  { api: 'undici#request', refuse: 'the blocking client takes a string or `URL`, and a text or byte body' },
  ...['stream', 'pipeline', 'connect', 'upgrade', 'setGlobalDispatcher', 'install'].map((name): Row => ({
    api: `undici#${name}`,
    refuse: 'it works on the event loop',
    unlocks,
  })),
  ...['Client', 'Pool', 'Agent', 'Dispatcher', 'BalancedPool', 'ProxyAgent', 'RetryAgent'].flatMap((name): Row[] =>
    ['request', 'stream', 'pipeline', 'connect', 'close', 'destroy'].map((method) => ({
      api: `undici#${name}.${method}`,
      refuse: 'the blocking client has agents of its own',
      unlocks,
    })),
  ),
  ...(
    [
      ['undici#Dispatcher.ResponseData', 'UndiciSyncResponse'],
      ['undici#BodyReadable', 'UndiciSyncBody'],
    ] as const
  ).map(([api, name]): Row => ({ api, form: 'type', call: name, imports: { [name]: undiciStd } })),
  ...['statusCode', 'statusText', 'headers', 'trailers', 'body'].map((name): Row => ({
    api: `undici#Dispatcher.ResponseData.${name}`,
    form: 'member',
    same: true,
  })),
  ...['text', 'json', 'arrayBuffer', 'bytes', 'blob', 'dump'].map((name): Row => ({
    api: `undici#BodyReadable.${name}`,
    same: true,
  })),
  { api: 'undici#BodyReadable.bodyUsed', form: 'member', same: true },
  { api: 'undici#BodyReadable.formData', refuse: 'form data is parsed asynchronously only' },
];

/** Clients with a shape of their own. */
export const httpClients: readonly Row[] = [
  ...undici,
  ...['node:http', 'node:https'].flatMap((module): Row[] => [
    { api: `${module}#get`, refuse: 'the response arrives by event', unlocks },
    { api: `${module}#request`, refuse: 'the response arrives by event', unlocks },
    { api: `${module}#createServer`, refuse: 'a server lives on the event loop' },
  ]),
];
