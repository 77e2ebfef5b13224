import type { Row } from './row.ts';

const std = '@unawait/std/axios';
const imports = { axiosSync: std };
const versions = '>=1';
/** Options are of a swapped type: each is a site of its own. */
const options = { at: 2, elsewhere: true } as const;
const unlocks = 'Write the request with `fetch`';
/** What `axiosSync` cannot send. */
const sendable = '^(?!.*\\b(FormData|Blob|File|Readable|ReadStream|ReadableStream|Stream)\\b)';
const typed = `${sendable}(?!.*\\b(any|unknown)\\b)`;

const bare = ['get', 'delete', 'head', 'options'];
const withData = ['post', 'put', 'patch'];
const loose = 'A stream or form data as the body would be refused when the call runs';

/** A verb by its two forms: on the client itself, and on an instance, whose text stays. */
function verb(name: string): readonly Row[] {
  const global: Omit<Row, 'api'> = { call: `axiosSync.${name}$T($*)`, imports, versions, options };
  const own: Omit<Row, 'api'> = { same: true, versions, options };
  const rowsFor = (form: Omit<Row, 'api'>, api: string): Row[] =>
    withData.includes(name)
      ? [
          { api, ...form, when: { 2: typed } },
          { api, ...form, when: { 2: sendable }, note: loose },
          { api, refuse: 'the blocking client sends text, bytes and plain data', versions },
        ]
      : [{ api, ...form }];
  return [
    ...['axios#default', 'axios#AxiosStatic'].flatMap((base) => rowsFor(global, `${base}.${name}`)),
    ...rowsFor(own, `axios#AxiosInstance.${name}`),
  ];
}

/** Options that mean the same, by name. Those with values to look at are the transform `client-option`'s. */
const kept = [
  'url',
  'method',
  'baseURL',
  'allowAbsoluteUrls',
  'headers',
  'params',
  'data',
  'timeout',
  'timeoutErrorMessage',
  'auth',
  'responseType',
  'responseEncoding',
  'validateStatus',
  'maxRedirects',
  'maxContentLength',
  'maxBodyLength',
  'decompress',
  'proxy',
  'httpAgent',
  'httpsAgent',
  'signal',
  'withCredentials',
  'xsrfCookieName',
  'xsrfHeaderName',
];
const later = 'it is called while the request runs';
const agents = 'the blocking client has agents of its own';
const refused: Readonly<Record<string, string>> = {
  adapter: 'the blocking client has one way to send',
  transformRequest: 'the blocking client transforms as `axios` does by default',
  transformResponse: 'the blocking client transforms as `axios` does by default',
  transitional: 'the blocking client transforms as `axios` does by default',
  paramsSerializer: 'the blocking client writes parameters as `axios` does by default',
  formSerializer: 'the blocking client writes forms as `axios` does by default',
  cancelToken: 'nothing can cancel while the thread blocks',
  onUploadProgress: later,
  onDownloadProgress: later,
  beforeRedirect: later,
  socketPath: agents,
  transport: agents,
  lookup: agents,
};

const member = (api: string): Row => ({ api, form: 'member', same: true });
const type = (name: string, call: string): Row => ({
  api: `axios#${name}`,
  form: 'type',
  call,
  imports: { [call]: std },
  versions,
});

const rows: readonly Row[] = [
  ...['axios#default', 'axios#AxiosStatic'].flatMap((base): Row[] => [
    { api: base, call: 'axiosSync$T($*)', imports, versions, options, most: 2 },
    { api: `${base}.request`, call: 'axiosSync.request$T($*)', imports, versions, options },
    { api: `${base}.create`, call: 'axiosSync.create($*)', imports, versions, options, yields: 'axios#AxiosInstance' },
    { api: `${base}.getUri`, call: 'axiosSync.getUri($*)', imports, versions, options },
    { api: `${base}.all`, refuse: 'it waits for promises', unlocks: 'Write `Promise.all`' },
    { api: `${base}.defaults`, form: 'member', refuse: 'options of all requests are given to `axios.create`' },
    { api: `${base}.interceptors`, form: 'member', refuse: 'interceptors are called by the promises of `axios`' },
    ...['postForm', 'putForm', 'patchForm'].map((name): Row => ({
      api: `${base}.${name}`,
      refuse: 'form data is sent from a stream',
      unlocks,
    })),
  ]),
  ...[...bare, ...withData].flatMap(verb),
  { api: 'axios#AxiosInstance', same: true, versions, options, most: 2 },
  { api: 'axios#AxiosInstance.request', same: true, versions, options },
  { api: 'axios#AxiosInstance.getUri', same: true, versions },
  { api: 'axios#AxiosInstance.create', same: true, versions, yields: 'axios#AxiosInstance' },
  member('axios#AxiosInstance.defaults'),
  {
    api: 'axios#AxiosInstance.interceptors',
    form: 'member',
    refuse: 'interceptors are called by the promises of `axios`',
    unlocks: 'Put what they do into a function of your own around the requests',
  },
  {
    ...{ api: 'axios#isAxiosError', call: 'isAxiosError$T($*)', imports: { isAxiosError: std }, versions },
    example: ['if (axios.isAxiosError(error))', 'if (isAxiosError(error))'],
  },
  { api: 'axios#AxiosStatic.isAxiosError', call: 'isAxiosError$T($*)', imports: { isAxiosError: std }, versions },
  { api: 'axios#isCancel', call: 'isCancel($*)', imports: { isCancel: std }, versions },
  { api: 'axios#AxiosError', form: 'value', call: 'AxiosSyncError', imports: { AxiosSyncError: std }, versions },
  { api: 'axios#AxiosError.constructor', call: 'new AxiosSyncError($*)', imports: { AxiosSyncError: std }, versions },
  type('AxiosError', 'AxiosSyncError'),
  type('AxiosInstance', 'AxiosSyncInstance'),
  type('AxiosResponse', 'AxiosSyncResponse'),
  type('AxiosRequestConfig', 'AxiosSyncConfig'),
  type('CreateAxiosDefaults', 'AxiosSyncConfig'),
  ...['AxiosRequestConfig', 'CreateAxiosDefaults'].flatMap((config): Row[] => [
    ...kept.map((name) => member(`axios#${config}.${name}`)),
    ...Object.entries(refused).map(([name, refuse]): Row => ({
      api: `axios#${config}.${name}`,
      form: 'member',
      refuse,
    })),
  ]),
  ...['data', 'status', 'statusText', 'headers', 'config'].map((name) => member(`axios#AxiosResponse.${name}`)),
  {
    api: 'axios#AxiosResponse.request',
    form: 'member',
    refuse: 'no request of `node:http` stands behind it',
  },
  ...['name', 'message', 'stack', 'cause', 'code', 'response', 'status', 'config', 'request', 'isAxiosError'].map(
    (name) => member(`axios#AxiosError.${name}`),
  ),
  { api: 'axios#AxiosError.toJSON', same: true, versions },
];

/** The rows by the names of the ES module's types, and by those of the CommonJS one's, which lie in a namespace. */
export const axios: readonly Row[] = [
  ...rows,
  ...rows
    .filter(({ api }) => !api.startsWith('axios#default.'))
    .map((row) => ({
      ...row,
      api: row.api.replace(/^axios#(default$)?/, (_all, all) => (all ? 'axios#axios' : 'axios#axios.')),
    })),
];
