import type { Row } from './row.ts';

const got = '@unawait/std/got';
const ky = '@unawait/std/ky';
const verbs = ['get', 'post', 'put', 'patch', 'head', 'delete'];
const type = (api: string, call: string, module: string): Row => ({
  api,
  form: 'type',
  call,
  imports: { [call]: module },
});
const errorClass = (api: string, call: string, module: string): readonly Row[] => [
  type(api, call, module),
  { api, form: 'value', call, imports: { [call]: module } },
];
const member = (api: string): Row => ({ api, form: 'member', same: true });

/** What these ids are rewritten to depends on what follows the call: the transform `client-chain` does it. */
const request = (api: string, call: string, imports?: Readonly<Record<string, string>>): Row => ({
  api,
  call,
  ...(imports && { imports }),
});
const withHandlers = 'handlers, hooks and streams are driven by the event loop';

export const gotClient: readonly Row[] = [
  ...['got#default', 'got#got'].flatMap((base) => [
    request(base, 'gotSync($*).send()', { gotSync: got }),
    ...verbs.map((verb) => request(`${base}.${verb}`, `gotSync.${verb}($*).send()`, { gotSync: got })),
    request(`${base}.extend`, 'gotSync.extend($*)', { gotSync: got }),
    ...['stream', 'paginate', 'paginate.all', 'paginate.each'].map((name): Row => ({
      api: `${base}.${name}`,
      refuse: withHandlers,
    })),
  ]),
  ...verbs.map((verb) => request(`got#Got.${verb}`, `$this.${verb}($*).send()`)),
  request('got#Got', '$this($*).send()'),
  request('got#Got.extend', '$this.extend($*)'),
  ...['stream', 'paginate', 'defaults'].map((name): Row => ({ api: `got#Got.${name}`, refuse: withHandlers })),
  ...['json', 'text', 'buffer'].map((name): Row => ({ api: `got#CancelableRequest.${name}`, same: true })),
  type('got#Got', 'GotSync', got),
  type('got#Response', 'GotSyncResponse', got),
  ...(
    'statusCode statusMessage headers rawHeaders httpVersion body rawBody url requestUrl redirectUrls retryCount ok ' +
    'isFromCache'
  )
    .split(' ')
    .flatMap((name) => [member(`got#Response.${name}`), member(`got#PlainResponse.${name}`)]),
  // The response of `got` is one of `node:http` in its types.
  ...['headers', 'rawHeaders', 'httpVersion'].map((name) => member(`node:http#IncomingMessage.${name}`)),
  ...errorClass('got#RequestError', 'GotSyncError', got),
  ...errorClass('got#HTTPError', 'GotSyncHttpError', got),
  ...errorClass('got#TimeoutError', 'GotSyncTimeoutError', got),
  ...errorClass('got#ParseError', 'GotSyncParseError', got),
  ...errorClass('got#MaxRedirectsError', 'GotSyncMaxRedirectsError', got),
  ...['RequestError', 'HTTPError', 'TimeoutError', 'ParseError', 'MaxRedirectsError'].flatMap((name) =>
    ['name', 'message', 'stack', 'cause', 'code', 'response', 'options'].map((each) => member(`got#${name}.${each}`)),
  ),
];

const limit = 'The time limit covers the reading of the body too';

export const kyClient: readonly Row[] = [
  ...['ky#default', 'ky#ky'].flatMap((base) => [
    { ...request(base, 'kySync($*).send()', { kySync: ky }), note: limit },
    ...verbs.map((verb) => ({
      ...request(`${base}.${verb}`, `kySync.${verb}($*).send()`, { kySync: ky }),
      note: limit,
    })),
    request(`${base}.create`, 'kySync.create($*)', { kySync: ky }),
    request(`${base}.extend`, 'kySync.extend($*)', { kySync: ky }),
  ]),
  ...verbs.map((verb) => ({ ...request(`ky#KyInstance.${verb}`, `$this.${verb}($*).send()`), note: limit })),
  { ...request('ky#KyInstance', '$this($*).send()'), note: limit },
  request('ky#KyInstance.create', '$this.create($*)'),
  request('ky#KyInstance.extend', '$this.extend($*)'),
  ...['json', 'text', 'arrayBuffer', 'blob'].flatMap((name): Row[] => [
    { api: `ky#ResponsePromise.${name}`, same: true },
    { api: `ky#KyResponse.${name}`, same: true },
    { api: `global#BodyMixin.${name}`, same: true },
  ]),
  { api: 'ky#ResponsePromise.formData', refuse: 'form data is parsed asynchronously only' },
  type('ky#KyInstance', 'KySync', ky),
  type('ky#KyResponse', 'SyncResponse', '@unawait/std/http'),
  ...['status', 'statusText', 'ok', 'headers', 'url', 'redirected', 'type', 'body', 'bodyUsed'].map((name) =>
    member(`ky#KyResponse.${name}`),
  ),
  { api: 'ky#KyResponse.clone', same: true, yields: 'global#Response', note: 'The body is read whole for the copy' },
  ...errorClass('ky#HTTPError', 'KySyncHttpError', ky),
  ...errorClass('ky#TimeoutError', 'KySyncTimeoutError', ky),
  ...['HTTPError', 'TimeoutError'].flatMap((name) =>
    ['name', 'message', 'stack', 'cause', 'response', 'request', 'options'].map((each) => member(`ky#${name}.${each}`)),
  ),
];
