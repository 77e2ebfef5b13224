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

/** For packages whose `RequestInit` is a type of its own. */
const packaged: Omit<Row, 'api'> = {
  ...call,
  when: { 1: call.when![1]!, 2: `^(?!.*(\\bRequestInit\\b|${notHere}))` },
  options: {
    at: 2,
    timeout: 'timeout',
    refuse: {
      dispatcher: 'the blocking client has agents of its own',
      integrity: 'the blocking client does not check it',
      window: 'it has no meaning here',
    },
    drop: { referrerPolicy: 'no referrer is sent either way', priority: 'nothing runs beside the request' },
  },
};

/** Where the arguments are of types that the blocking client does not take. */
const other: Omit<Row, 'api'> = {
  refuse: 'the blocking client takes a string or `URL` and a plain object with a text, byte or form-encoded body',
  unlocks: 'Write the URL and the options out at the call',
};

const client = 'errors, retries, hooks and results of this client have no blocking form';
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

/** Global `fetch`, and the packages that have its shape. */
export const fetches: readonly Row[] = [
  { api: 'global#fetch', ...call, example: ['const response = await fetch(url);', 'const response = fetchSync(url);'] },
  { api: 'global#fetch', ...other },
  {
    api: 'global#AbortSignal.timeout',
    refuse: 'its timer cannot fire while the thread blocks',
    unlocks: 'Write `signal: AbortSignal.timeout(n)` in the options of the call: it becomes the time limit there',
  },
  // Its properties are the transform `fetch-init`'s.
  { api: 'global#RequestInit', form: 'type', call: 'FetchSyncInit', imports: { FetchSyncInit: '@unawait/std/http' } },
  ...['method', 'headers', 'body', 'redirect'].map((name): Row => ({
    api: `global#RequestInit.${name}`,
    form: 'member',
    same: true,
  })),
  ...responseOf('global#Response'),
  { api: 'global#Headers', form: 'type', call: 'SyncHeaders', imports: { SyncHeaders: '@unawait/std/http' } },
  {
    api: 'global#Headers.constructor',
    call: 'new SyncHeaders($1)',
    imports: { SyncHeaders: '@unawait/std/http' },
    yields: 'global#Headers',
  },
  ...['append', 'delete', 'entries', 'forEach', 'get', 'getSetCookie', 'has', 'keys', 'set', 'values'].map(
    (name): Row => ({
      api: `global#Headers.${name}`,
      same: true,
      functions: 'kept',
    }),
  ),
  { api: 'undici#fetch', ...packaged },
  { api: 'undici#fetch', ...other },
  ...responseOf('undici#Response'),
  {
    api: 'node-fetch#default',
    ...packaged,
    note: 'A failure throws the `TypeError` of `fetch`, where `node-fetch` threw a `FetchError`',
  },
  { api: 'node-fetch#default', ...other },
  ...responseOf('node-fetch#Response'),
  {
    api: 'node-fetch#Response.buffer',
    refuse: 'the blocking response has `bytes()` instead',
    unlocks: 'Write `Buffer.from(await response.arrayBuffer())`',
  },
];

/** Clients with a shape of their own. */
export const httpClients: readonly Row[] = [
  ...[
    'request',
    'stream',
    'pipeline',
    'connect',
    'upgrade',
    'Client.request',
    'Pool.request',
    'Agent.request',
    'Dispatcher.request',
  ].map((name): Row => ({ api: `undici#${name}`, refuse: client, unlocks })),
  ...['superagent'].flatMap((name): Row[] =>
    ['default', 'default.get', 'default.post', 'default.put', 'default.patch', 'default.delete', 'default.head'].map(
      (member) => ({
        api: `${name}#${member}`,
        refuse: client,
        unlocks,
      }),
    ),
  ),
  ...['node:http', 'node:https'].flatMap((module): Row[] => [
    { api: `${module}#get`, refuse: 'the response arrives by event', unlocks },
    { api: `${module}#request`, refuse: 'the response arrives by event', unlocks },
    { api: `${module}#createServer`, refuse: 'a server lives on the event loop' },
  ]),
];
