import { ts } from 'ts-morph';
import { type Answer, type Context, defineTransform, imported, keep, refuse, verbatim } from '../src/transform.ts';

const noted = 'Nobody can abort this while it blocks; a signal that was aborted before still throws.';

/** Options that depend on their value, by the API ids they have. */
const rules: readonly { readonly api: RegExp; readonly answer: (value: ts.Expression, context: Context) => Answer }[] =
  [
    {
      api: /^axios#(axios\.)?\w+\.responseType$/,
      answer: (value, context) => oneOf(value, context, ['json', 'text', 'arraybuffer']),
    },
    {
      api: /^axios#(axios\.)?\w+\.proxy$/,
      answer: (value) =>
        value.kind === ts.SyntaxKind.FalseKeyword
          ? keep()
          : refuse('value', 'The blocking client takes `proxy: false`, or the proxies of the environment.'),
    },
    { api: /^axios#(axios\.)?\w+\.https?Agent$/, answer: agent },
    { api: /^axios#(axios\.)?\w+\.signal$/, answer: signal },
    { api: /^axios#(axios\.)?\w+\.data$/, answer: body },
  ];

export default defineTransform({
  id: 'client-option',
  code: 'UA147',
  claims: 'api-member',
  applicability: 'safe',
  priority: 10,
  summary: 'Look at the options of `axios` whose value decides whether there is a blocking form',
  docs:
    '`responseType`, `proxy`, `signal` and `data` have a blocking form for some of their values, `httpAgent` and `httpsAgent` where they are made ' +
    'in place: `new https.Agent({ ca })` becomes `new Agent({ ca })` of `@unawait/std/http`. Other options keep their text, or are refused ' +
    'by their name in the API map.',
  reasons: {
    signal: {
      short: 'A time limit by signal cannot fire while the thread blocks.',
      extra: 'Give the client its own option for the time limit, `timeout`.',
    },
    value: {
      short: 'The option has a blocking form for other values.',
      extra: 'The blocking client knows some values of this option. Write one of them out at the call.',
    },
    agent: {
      short: 'The agent lives on the event loop.',
      extra:
        'The blocking client has agents of its own. Write `new https.Agent({ … })` out at the option, with options of TLS and `keepAlive`.',
    },
    body: {
      short: 'The body has no blocking form.',
      extra: 'Streams, blobs and form data are read asynchronously. Send text, bytes or plain data.',
    },
  },
  rewrite(site, node, context) {
    const rule = rules.find(({ api }) => api.test(site.api));
    if (!rule) return undefined;
    const value = ts.isPropertyAssignment(node)
      ? node.initializer
      : ts.isShorthandPropertyAssignment(node)
        ? node.name
        : undefined;
    return value && rule.answer(value, context);
  },
});

function oneOf(value: ts.Expression, { types }: Context, known: readonly string[]): Answer {
  const text = types.text(value);
  if (text.split(' | ').every((each) => each === 'undefined' || known.includes(each.replaceAll('"', ''))))
    return keep();
  return refuse(
    'value',
    `The blocking client knows ${known.map((each) => `\`${each}\``).join(', ')}, not \`${text}\`.`,
  );
}

const agentOptions = new Set(
  'ca cert key passphrase rejectUnauthorized servername keepAlive maxFreeSockets'.split(' '),
);

/** `new https.Agent({ ca })`, where its options are written out. */
function agent(value: ts.Expression, { types, text, source }: Context): Answer {
  if (!ts.isNewExpression(value) || !/^node:https?#Agent\.constructor$/.test(types.api(value) ?? ''))
    return refuse('agent', `\`${text(value)}\` is not made here, or is another agent than that of Node.`);
  const [options, ...more] = value.arguments ?? [];
  const own = imported('@unawait/std/http', 'Agent');
  const name = text(value.parent).startsWith('httpsAgent') ? 'httpsAgent' : 'httpAgent';
  const drops = 'The agent of Node becomes the blocking one.';
  if (!options) return { rewrite: { pieces: [`${name}: new `, own, '()'] }, drops, applicability: 'safe' };
  if (!ts.isObjectLiteralExpression(options) || more.length > 0)
    return refuse('agent', `Which options \`${text(options)}\` has cannot be seen here.`);
  for (const property of options.properties) {
    const key =
      property.name && (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name))
        ? property.name.text
        : text(property);
    if (!agentOptions.has(key)) return refuse('agent', `The blocking agent has no option \`${key}\`.`);
  }
  return {
    rewrite: { pieces: [`${name}: new `, own, '(', verbatim(source, options), ')'] },
    drops,
    applicability: 'safe',
  };
}

function signal(value: ts.Expression, { text }: Context): Answer {
  return text(value).includes('AbortSignal.')
    ? refuse('signal', `\`${text(value)}\` cannot fire while the thread blocks.`)
    : keep(noted);
}

function body(value: ts.Expression, { types, text }: Context): Answer {
  const streams = /\b(FormData|Blob|File|Readable|ReadStream|ReadableStream|Stream|AsyncIterable|AsyncGenerator)\b/;
  const type = types.text(value);
  if (streams.test(type)) return refuse('body', `\`${text(value)}\` is a \`${type}\`.`);
  return /\b(any|unknown)\b/.test(type)
    ? keep('A stream or form data as the body would be refused when the call runs.')
    : keep();
}
