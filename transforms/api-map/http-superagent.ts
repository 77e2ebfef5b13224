import type { Row } from './row.ts';

const std = '@unawait/std/superagent';
const versions = '>=9';
const imports = { superagentSync: std };
const verbs = ['get', 'head', 'post', 'put', 'patch', 'delete', 'del', 'options'];
const requests = ['superagent#request.Request', 'superagent#SARequest'];
const responses = ['superagent#Response', 'superagent#request.Response'];
const type = (api: string, call: string): Row => ({ api, form: 'type', call, imports: { [call]: std }, versions });
const each = (bases: readonly string[], names: string, row: Omit<Row, 'api'>): readonly Row[] =>
  bases.flatMap((base) => names.split(' ').map((name) => ({ api: `${base}.${name}`, versions, ...row })));

const loose = 'A stream or form data as the body would be refused when the call runs';
/** What `superagentSync` cannot send. */
const sendable = '^(?!.*\\b(FormData|Blob|File|Readable|ReadStream|ReadableStream|Stream)\\b)';
const shortTypes = 'json|form|urlencoded|form-data|html|txt|text|xml|css|csv|js|pdf|png|jpg|jpeg|gif|svg';
const byEvent = 'the result comes by callback or event';
const streams = 'streams and form data are driven by the event loop';

/** A row that holds for what can be sent, one for what may be anything, and the refusal of the rest; `at` is the position of the body. */
const withBody = (api: string, at: number, row: Omit<Row, 'api'>): readonly Row[] => [
  { api, ...row, versions, when: { [at]: `${sendable}(?!.*\\b(any|unknown)\\b)` } },
  { api, ...row, versions, when: { [at]: sendable }, note: loose },
  { api, versions, refuse: 'the blocking client sends text, bytes and plain data' },
];

/** By an import, by a namespace, and as `require` gives it. */
const calls: readonly Row[] = [
  ...['default', '*', 'request'].map((name): Row => ({
    ...{ api: `superagent#${name}`, call: 'superagentSync($*)', imports, versions, most: 2 },
  })),
  ...['superagent#', 'superagent#request.SuperAgentStatic.'].flatMap((base) =>
    verbs.flatMap((verb) => withBody(base + verb, 2, { call: `superagentSync.${verb}($*)`, imports, most: 2 })),
  ),
  ...['agent', 'Request'].map((name): Row => ({
    api: `superagent#${name}`,
    refuse: 'agents that keep cookies have no blocking form',
    unlocks: 'Set the headers of each request',
  })),
];

export const superagent: readonly Row[] = [
  ...calls,
  ...requests.map((api) => type(api, 'SuperagentSyncRequest')),
  ...each(requests, 'set unset get query auth timeout redirects maxResponseSize responseType withCredentials', {
    same: true,
  }),
  ...each(requests, 'ca cert key disableTLSCerts', { same: true }),
  ...each(requests, 'ok', { same: true, functions: 'kept' }),
  ...each(requests, 'retry', { same: true, most: 1 }),
  ...each(requests, 'buffer', { same: true, when: { 1: '^true$' } }),
  ...each(requests, 'buffer', { refuse: 'a body that nobody has read is a stream' }),
  ...each(requests, 'type accept', { same: true, when: { 1: `^("(${shortTypes})"|"[^"]+/[^"]+"|string)$` } }),
  ...each(requests, 'type accept', { refuse: 'the blocking client does not know this short name of a type' }),
  ...requests.flatMap((base) => withBody(`${base}.send`, 1, { same: true })),
  ...each(requests, 'end on once addListener', { refuse: byEvent, unlocks: 'Await the request' }),
  ...each(requests, 'attach field pipe write', { refuse: streams }),
  ...each(requests, 'use parse serialize', {
    refuse: 'plugins, parsers and serializers are called by the promises of `superagent`',
  }),
  ...each(requests, 'agent lookup connect http2 pfx trustLocalhost', {
    refuse: 'the blocking client has agents of its own',
  }),
  ...each(requests, 'sortQuery toJSON abort clearTimeout', { refuse: 'the blocking request has no such method' }),
  ...responses.map((api) => type(api, 'SuperagentSyncResponse')),
  ...each(
    responses,
    'accepted badRequest body charset clientError created error forbidden header headers info links noContent notAcceptable notFound ok ' +
      'redirect redirects serverError status statusCode statusType text type unauthorized unprocessableEntity',
    { form: 'member', same: true },
  ),
  ...each(responses, 'get', { same: true }),
  ...each(responses, 'files request xhr', { form: 'member', refuse: 'the blocking response has no such member' }),
  ...each(responses, 'on once pipe setEncoding', { refuse: streams }),
  type('superagent#request.ResponseError', 'SuperagentSyncError'),
  type('superagent#request.HTTPError', 'SuperagentSyncHttpError'),
  type('superagent#HTTPError', 'SuperagentSyncHttpError'),
  ...each(['superagent#request.ResponseError'], 'name message stack cause status response timeout', {
    form: 'member',
    same: true,
  }),
  ...each(['superagent#request.HTTPError', 'superagent#HTTPError'], 'name message stack status text method path', {
    form: 'member',
    same: true,
  }),
];
