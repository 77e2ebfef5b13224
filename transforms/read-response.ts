import { ts } from 'ts-morph';
import { defineTransform, refuse, type Answer, type Context, type Piece } from '../src/transform.ts';
import { rowsByApi } from './api-map/index.ts';
import { statements, unwrap } from './executor/unwrap.ts';

const rows = rowsByApi();
const drops = 'The request is sent, and its answer begun to be read, by one call.';

export default defineTransform({
  id: 'read-response',
  code: 'UA171',
  claims: 'idiom',
  applicability: 'safe',
  summary: 'Send a request whose response is handed to who awaits it',
  docs:
    '`const response = await new Promise((resolve, reject) => http.get(url, resolve).on("error", reject))` becomes `requestSync(url, { stream: true })`: the ' +
    'call returns once the head is there, and the body is read where it is iterated, or by `text`, `json` and `buffer` of ' +
    '`node:stream/consumers`. A response that is piped, heard, or handed on keeps its function async.',
  reasons: {
    request: {
      short: 'The request has no blocking form.',
      extra: 'What is said of the executor of a request holds here, too: see `unwrap-executor`.',
    },
  },
  rewrite(site, node, context) {
    if (site.idiom === 'response-head')
      return headOf(node as ts.NewExpression, site.of === 'stream' ? 'stream' : 'whole', context);
    if (site.idiom === 'response-body') return bodyOf(node as ts.CallExpression, context);
    return undefined;
  },
});

function headOf(node: ts.NewExpression, response: 'stream' | 'whole', context: Context): Answer {
  const unwrapped = unwrap(node, context, rows, undefined, response);
  if ('stop' in unwrapped) return refuse('request', unwrapped.detail, unwrapped.unlocks);
  const { expression, work } = unwrapped;
  const pieces: readonly Piece[] = expression ?? [
    '(() => {\n  ',
    statements(unwrapped, { kind: 'return', last: true }, 1)!,
    '\n})()',
  ];
  if (response === 'whole') work.notes.add('The body of the response is read, too; nothing waited for it.');
  const note = [...work.notes].join(' ');
  return { rewrite: { pieces }, drops, ...(note !== '' && { applicability: 'noted', note }) };
}

/** `text(response)` */
function bodyOf(call: ts.CallExpression, { types }: Context): Answer {
  const name = /#(\w+)$/.exec(types.api(call) ?? '')?.[1];
  const bytes: readonly Piece[] = [call.arguments[0]!, '.readToEnd()'];
  const text: readonly Piece[] = ['new TextDecoder().decode(', ...bytes, ')'];
  const pieces = name === 'buffer' ? bytes : name === 'json' ? ['JSON.parse(', ...text, ')'] : text;
  return { rewrite: { pieces }, drops: 'The response itself is read.' };
}
