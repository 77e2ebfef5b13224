import type { LambdaScenario, PayloadSpec, ScenarioEvent } from './scenario.ts';

export interface BuiltInOptions {
  /** A payload on which the project's handler throws. Without one, only payloads that are not JSON end in an error. */
  readonly failing?: PayloadSpec;
}

const MIB = 1024 * 1024;
/** Long enough that calls made together are both open before the first is answered, on a busy machine too. */
const ANSWER_DELAY_MS = 5;

/** The scenarios every Lambda runtime is put through; payloads that a handler does not know may well end in an error: equally on both sides. */
export function lambdaScenarios(options: BuiltInOptions = {}): LambdaScenario[] {
  const failing = options.failing ?? { text: '{"not": json' };
  return [payloads(failing), refusals(failing), slowAnswers(), cutConnections(failing), ...endings()];
}

function plain(about: string, payload: PayloadSpec, more: Partial<ScenarioEvent> = {}): ScenarioEvent {
  return { about, payload, ...more };
}

function small(about: string, more: Partial<ScenarioEvent> = {}): ScenarioEvent {
  return plain(about, { json: { about } }, more);
}

function scenario(name: string, events: readonly ScenarioEvent[], more: Partial<LambdaScenario> = {}): LambdaScenario {
  return { runtime: 'lambda', name, events, reach: { events: events.length }, answerDelayMs: ANSWER_DELAY_MS, ...more };
}

function payloads(failing: PayloadSpec): LambdaScenario {
  const context = JSON.stringify({ client: { app_title: 'reference' }, custom: { key: 'value' } });
  return scenario('payloads', [
    small('an object'),
    plain('an empty payload', { text: '' }),
    plain('null', { json: null }),
    plain('a number', { json: -1.5e-7 }),
    plain('an empty string', { json: '' }),
    plain('an empty object', { text: ' {} \n' }),
    plain('a list', { json: [1, [2, [3, []]], { a: [] }] }),
    plain('umlauts, Chinese, emoji', { json: { text: 'Grüße 世界 👋🏽 \u{10FFFF}' } }),
    plain('escapes and control characters', { text: '{"text":"\\u0000\\u001f\\ud83d\\ude00\\ud800 \\"\\\\/"}' }),
    plain('a byte order mark', { text: '\u{FEFF}{"a":1}' }),
    plain('bytes that are not UTF-8', { base64: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]).toString('base64') }),
    plain('all byte values', { base64: Buffer.from(Array.from({ length: 256 }, (_, n) => n)).toString('base64') }),
    plain('what looks like the end of a request', { json: { text: '\r\n\r\n0\r\n\r\nHTTP/1.1 202 Accepted\r\n' } }),
    plain('not JSON', { text: '{"not": json' }),
    plain('an error of the handler', failing),
    small('after an error'),
    small('with a client context', { headers: { 'Lambda-Runtime-Client-Context': context } }),
    small('with an identity', {
      headers: { 'Lambda-Runtime-Cognito-Identity': '{"cognitoIdentityId":"id","cognitoIdentityPoolId":"pool"}' },
    }),
    small('with a tenant', { headers: { 'Lambda-Runtime-Aws-Tenant-Id': 'tenant-1' } }),
    small('without trace and invocation id', {
      headers: { 'Lambda-Runtime-Trace-Id': null, 'Lambda-Runtime-Invocation-Id': null },
    }),
    small('an error of the handler again, chunked', {
      payload: failing,
      faults: [{ on: 'next', do: 'chunked', bytes: 7 }],
    }),
    small('in small pieces', { faults: [{ on: 'next', do: 'fragment', bytes: 100 }] }),
    plain(
      '1 MiB, chunked',
      { fill: 'ä', bytes: MIB, before: '"', after: '"' },
      { faults: [{ on: 'next', do: 'chunked', bytes: 60_000 }] },
    ),
    plain('6 MiB', { fill: 'x', bytes: 6 * MIB, before: '{"text":"', after: '"}' }),
    plain('more than a response may have', { fill: 'y', bytes: 6 * MIB + 200, before: '"', after: '"' }),
    small('the last one'),
  ]);
}

function refusals(failing: PayloadSpec): LambdaScenario {
  return scenario('refused responses', [
    small('before'),
    small('400 on the response', { faults: [{ on: 'response', do: 'refuse', status: 400 }] }),
    small('403 on the response', { faults: [{ on: 'response', do: 'refuse', status: 403 }] }),
    small('413 on the response', { faults: [{ on: 'response', do: 'refuse', status: 413 }] }),
    plain('400 on the error', failing, { faults: [{ on: 'error', do: 'refuse', status: 400 }] }),
    plain('403 on the error', failing, { faults: [{ on: 'error', do: 'refuse', status: 403 }] }),
    small('403 on the poll, twice', { faults: [{ on: 'next', do: 'refuse', status: 403, times: 2 }] }),
    small('after'),
  ]);
}

function slowAnswers(): LambdaScenario {
  return scenario('slow answers', [
    small('a slow poll', { faults: [{ on: 'next', do: 'delay', ms: 250 }] }),
    small('a slow and chopped poll', {
      faults: [
        { on: 'next', do: 'delay', ms: 100 },
        { on: 'next', do: 'fragment', bytes: 40 },
      ],
    }),
    small('a slow answer to the response', { faults: [{ on: 'response', do: 'delay', ms: 150 }] }),
    small('an answer to the response in pieces', { faults: [{ on: 'response', do: 'fragment', bytes: 16 }] }),
    small('connections closed after the answer', {
      faults: [
        { on: 'next', do: 'close' },
        { on: 'response', do: 'close' },
      ],
    }),
    small('after'),
  ]);
}

function cutConnections(failing: PayloadSpec): LambdaScenario {
  const events = [
    small('before'),
    small('a poll cut before the answer', { faults: [{ on: 'next', do: 'drop', when: 'before-answer' }] }),
    small('a poll cut in the head', { faults: [{ on: 'next', do: 'drop', when: 'in-head' }] }),
    small('a poll cut in the body', { faults: [{ on: 'next', do: 'drop', when: 'in-body' }] }),
    small('a poll answered with garbage', { faults: [{ on: 'next', do: 'garbage' }] }),
    small('a response cut, and lost', { faults: [{ on: 'response', do: 'drop', when: 'before-answer' }] }),
    small('a response cut, but taken', { faults: [{ on: 'response', do: 'drop', when: 'in-head', accepted: true }] }),
    plain('an error cut', failing, { faults: [{ on: 'error', do: 'drop', when: 'before-answer' }] }),
    small('after'),
  ];
  // A runtime may as well give up at the first cut connection: then both sides must.
  return scenario('cut connections', events, { reach: { events: 1 } });
}

function endings(): LambdaScenario[] {
  return [
    scenario(
      '500 on the poll',
      [small('before'), small('500', { faults: [{ on: 'next', do: 'refuse', status: 500 }] })],
      {
        reach: { events: 1 },
      },
    ),
    scenario('500 on the response', [
      small('before'),
      small('500', { faults: [{ on: 'response', do: 'refuse', status: 500 }] }),
    ]),
    scenario('the service goes away', [small('before'), small('gone', { faults: [{ on: 'next', do: 'shutdown' }] })], {
      reach: { events: 1 },
    }),
    scenario('a handler that does not exist', [small('never delivered')], {
      handler: 'no-such-folder/no-such-module.handler',
      reach: 'init-error',
    }),
  ];
}
