import { notHere } from './fetch.ts';
import type { Row } from './row.ts';

const std = '@unawait/std/undici';
const unlocks = 'Write the request with `fetch`';
const onLoop = 'it works on the event loop';

/** What a request may be given; a stream as the body is refused by its type. */
const settings = ['method', 'headers', 'body', 'query', 'signal', 'headersTimeout', 'bodyTimeout'];
const body = { body: 'a body that is a stream' };

/** Dispatchers that have no blocking form, and what may be one of them. */
const others = '\\b(\\w*ProxyAgent|RetryAgent|BalancedPool|RoundRobinPool|Mock\\w+|H2CClient|Dispatcher)\\b';

const request: Omit<Row, 'api'> = {
  call: 'undiciRequestSync($1, $2)',
  imports: { undiciRequestSync: std },
  when: { 1: '^(string|URL|"[^]*"|`[^]*`)( \\| (string|URL))*$', 2: `^(?!.*${notHere})(?!.*${others})` },
  options: { at: 2, timeout: 'timeout', keepsSignal: true, only: [...settings, 'dispatcher'], plain: body },
};

/** Of `connect` in the options of a client: what TLS is given, by name. */
const tls = '(?:(?:ca|cert|key|passphrase|rejectUnauthorized|servername): [^;{}()]+; )';
const options = [
  'connect',
  'connections',
  'pipelining',
  'keepAliveTimeout',
  'keepAliveMaxTimeout',
  'keepAliveTimeoutThreshold',
  'headersTimeout',
  'bodyTimeout',
  'maxHeaderSize',
];

/** A class that sends requests, on connections of its own. `at`: the position of its options. */
function dispatcher(name: string, call: string, at: 1 | 2): readonly Row[] {
  const api = `undici#${name}`;
  const imports = { [call]: std };
  const own: readonly Row[] = [
    { api, form: 'type', call, imports },
    {
      api: `${api}.constructor`,
      call: at === 1 ? `new ${call}($1)` : `new ${call}($1, $2)`,
      imports,
      yields: api,
      when: { [at]: `^(?!.*\\bconnect: (?!\\{ ${tls}*\\};))` },
      options: { at, only: options },
    },
    {
      api: `${api}.constructor`,
      refuse:
        'of `connect` the blocking client knows `ca`, `cert`, `key`, `passphrase`, `rejectUnauthorized` and `servername`, written out',
    },
    {
      api: `${api}.request`,
      same: true,
      when: { 1: `^(?!.*${notHere})` },
      options: {
        at: 1,
        timeout: 'timeout',
        keepsSignal: true,
        only: [...settings, 'path', ...(name === 'Agent' ? ['origin'] : [])],
        plain: body,
      },
    },
    { api: `${api}.request`, refuse: 'the blocking client sends text and bytes' },
    { api: `${api}.close`, same: true },
    { api: `${api}.destroy`, same: true },
    ...['closed', 'destroyed'].map((member): Row => ({ api: `${api}.${member}`, form: 'member', same: true })),
    ...['stats', 'pipelining'].map((member): Row => ({
      api: `${api}.${member}`,
      form: 'member',
      refuse: 'one request is sent at a time',
    })),
  ];
  const refused = ['stream', 'pipeline', 'connect', 'upgrade', 'dispatch', 'compose', 'on', 'once', 'addListener'];
  return [...own, ...refused.map((method): Row => ({ api: `${api}.${method}`, refuse: onLoop, unlocks }))];
}

const member = (api: string): Row => ({ api, form: 'member', same: true });

export const undici: readonly Row[] = [
  { api: 'undici#request', ...request },
  {
    api: 'undici#request',
    refuse:
      'the blocking client takes a string or `URL`, a text or byte body, and a `Client`, `Pool` or `Agent` as the dispatcher',
  },
  ...['stream', 'pipeline', 'connect', 'upgrade', 'setGlobalDispatcher', 'install'].map((name): Row => ({
    api: `undici#${name}`,
    refuse: onLoop,
    unlocks,
  })),
  ...dispatcher('Client', 'UndiciSyncClient', 2),
  ...dispatcher('Pool', 'UndiciSyncPool', 2),
  ...dispatcher('Agent', 'UndiciSyncAgent', 1),
  ...['Dispatcher', 'BalancedPool', 'ProxyAgent', 'EnvHttpProxyAgent', 'RetryAgent'].flatMap((name): Row[] =>
    ['request', 'stream', 'pipeline', 'connect', 'close', 'destroy'].map((method) => ({
      api: `undici#${name}.${method}`,
      refuse: 'the blocking client has agents of its own',
      unlocks: 'Use a `Client`, `Pool` or `Agent`',
    })),
  ),
  ...(
    [
      ['undici#Dispatcher.ResponseData', 'UndiciSyncResponse'],
      ['undici#BodyReadable', 'UndiciSyncBody'],
    ] as const
  ).map(([api, name]): Row => ({ api, form: 'type', call: name, imports: { [name]: std } })),
  ...['statusCode', 'statusText', 'headers', 'trailers', 'body'].map((name) =>
    member(`undici#Dispatcher.ResponseData.${name}`),
  ),
  ...['text', 'json', 'arrayBuffer', 'bytes', 'blob', 'dump'].map((name): Row => ({
    api: `undici#BodyReadable.${name}`,
    same: true,
  })),
  member('undici#BodyReadable.bodyUsed'),
  { api: 'undici#BodyReadable.formData', refuse: 'form data is parsed asynchronously only' },
];
