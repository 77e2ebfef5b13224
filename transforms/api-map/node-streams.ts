import type { Row } from './row.ts';

const loop = 'streams live on the event loop';
const readInputSync = {
  imports: { readInputSync: '@unawait/std/fs' },
  drops: { 1: 'Standard input is read through its descriptor.' },
};
/** The options of a dialogue over standard input and output. */
const standard =
  '^\\{ (?=.*\\binput: NodeJS\\.ReadStream & \\{ fd: 0; \\};)' +
  '((input: NodeJS\\.ReadStream|output: NodeJS\\.WriteStream) & \\{ fd: [012]; \\}; |(terminal: (boolean|true|false)|crlfDelay: number); )+\\}$';
const stdin = { 1: '\\bfd: 0\\b' };
const socket = { 1: '^(net\\.|tls\\.)?(TLS)?Socket$' };

/** What drains a stream, waits for an event, or asks a question. */
export const nodeStreams: readonly Row[] = [
  {
    api: 'node:stream/consumers#text',
    call: 'new TextDecoder().decode(readInputSync())',
    when: stdin,
    ...readInputSync,
    example: ['await text(process.stdin)', 'new TextDecoder().decode(readInputSync())'],
  },
  { api: 'node:stream/consumers#text', call: 'new TextDecoder().decode($1.readToEnd())', when: socket },
  { api: 'node:stream/consumers#text', refuse: loop },
  {
    api: 'node:stream/consumers#json',
    call: 'JSON.parse(new TextDecoder().decode(readInputSync()))',
    when: stdin,
    ...readInputSync,
  },
  { api: 'node:stream/consumers#json', call: 'JSON.parse(new TextDecoder().decode($1.readToEnd()))', when: socket },
  { api: 'node:stream/consumers#json', refuse: loop },
  { api: 'node:stream/consumers#buffer', call: 'readInputSync()', when: stdin, ...readInputSync },
  { api: 'node:stream/consumers#buffer', call: '$1.readToEnd()', when: socket },
  { api: 'node:stream/consumers#buffer', refuse: loop },
  { api: 'node:stream/consumers#arrayBuffer', refuse: loop },
  { api: 'node:stream/consumers#blob', refuse: loop },
  {
    api: 'node:stream/promises#pipeline',
    refuse: loop,
    unlocks: 'Read, convert and write the whole: `writeFile(to, await gzip(await readFile(from)))`',
  },
  { api: 'node:stream/promises#finished', refuse: loop },
  ...['', 'internal.', 'Stream.'].flatMap((namespace): Row[] =>
    ['pipeline', 'finished', 'Readable.from'].map((name) => ({ api: `node:stream#${namespace}${name}`, refuse: loop })),
  ),
  ...['EventEmitter.once', 'EventEmitter.on', 'once', 'on', 'internal.once', 'internal.on'].map((name): Row => ({
    api: `node:events#${name}`,
    refuse: 'events arrive on the event loop',
  })),
  ...['node:stream/web#ReadableStream', 'global#ReadableStream'].flatMap((stream): Row[] => [
    { api: stream, form: 'type', call: 'Iterable<Uint8Array>' },
    { api: `${stream}.getReader`, call: '$this[Symbol.iterator]()', most: 0 },
    { api: `${stream}DefaultReader`, form: 'type', call: 'Iterator<Uint8Array>' },
    { api: `${stream}DefaultReader.read`, call: '$this.next()' },
    { api: `${stream}DefaultReader.releaseLock`, refuse: loop },
    ...['pipeTo', 'pipeThrough', 'tee', 'cancel', 'values', 'constructor'].map((name): Row => ({
      api: `${stream}.${name}`,
      refuse: loop,
      unlocks: 'Iterate over the stream with `for await`',
    })),
  ]),
  ...dialogue('node:readline', {
    question: 'hands the answer to a callback: only one that settles a `new Promise` is written out',
  }),
  ...dialogue('node:readline/promises', {}),
  {
    api: 'node:worker_threads#Worker.constructor',
    refuse: 'messages of a worker arrive on the event loop',
    unlocks: '`@unawait/std/thread`',
  },
  {
    api: 'node:worker_threads#Worker.terminate',
    refuse: 'the end of a worker is told on the event loop',
    unlocks: '`@unawait/std/thread`',
  },
  {
    api: 'node:worker_threads#MessagePort.on',
    refuse: 'messages arrive on the event loop',
    unlocks: '`receiveMessageOnPort`',
  },
  { api: 'node:worker_threads#receiveMessageOnPort', same: true },
  { api: 'node:util#aborted', refuse: 'nothing can fire a signal while the thread blocks' },
  {
    api: 'node:http2#connect',
    refuse: 'HTTP/2 sessions live on the event loop',
    unlocks: 'Write the request with `fetch`',
  },
  { api: 'node:dgram#createSocket', refuse: 'datagrams arrive by event', unlocks: '`UdpSocket` of `@unawait/std/net`' },
  { api: 'node:inspector/promises#Session.post', refuse: 'the inspector answers on the event loop' },
];

/** `createInterface` over standard input, which is asked question by question. */
function dialogue(module: string, refused: Readonly<Record<string, string>>): Row[] {
  const imports = { DialogueSync: '@unawait/std/fs' };
  const member = `${module}#Interface`;
  const made = {
    imports,
    yields: member,
    note: 'The terminal edits the line, and where the input ends a question throws',
  };
  return [
    { api: member, form: 'type', call: 'DialogueSync', imports },
    { api: `${module}#createInterface`, call: 'new DialogueSync($1)', when: { 1: standard }, most: 1, ...made },
    {
      api: `${module}#createInterface`,
      call: 'new DialogueSync({ input: $1 })',
      byArity: { 2: 'new DialogueSync({ input: $1, output: $2 })' },
      when: { 1: '^NodeJS\\.ReadStream & \\{ fd: 0; \\}$', 2: '^NodeJS\\.WriteStream & \\{ fd: [12]; \\}$' },
      most: 2,
      ...made,
    },
    {
      api: `${module}#createInterface`,
      refuse: 'lines arrive on the event loop',
      unlocks: 'The line reader of `@unawait/std/fs`',
    },
    refused['question'] === undefined
      ? { api: `${member}.question`, same: true, most: 1 }
      : { api: `${member}.question`, refuse: refused['question'] },
    { api: `${member}.close`, same: true },
    ...['on', 'once', 'addListener', 'prompt', 'write', 'pause', 'resume', 'setPrompt'].map((name): Row => ({
      api: `${member}.${name}`,
      refuse: 'a dialogue by lines lives on the event loop',
    })),
  ];
}
