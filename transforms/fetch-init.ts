import { ts } from 'ts-morph';
import { type Context, defineTransform, keep, refuse, template } from '../src/transform.ts';

/** What `RequestInit` and `FetchSyncInit` have in common. */
const kept = new Set([
  'method',
  'headers',
  'body',
  'redirect',
  'cache',
  'credentials',
  'keepalive',
  'mode',
  'referrer',
  'duplex',
]);

const note = 'Nobody can abort this while it blocks; a signal that was aborted before still throws.';

export default defineTransform({
  id: 'fetch-init',
  code: 'UA143',
  claims: 'api-member',
  applicability: 'noted',
  priority: 10,
  summary: 'Carry the options of `fetch` over to `fetchSync`',
  docs:
    '`signal: AbortSignal.timeout(n)` becomes `timeout: n`, in `AbortSignal.any([…])` too. Other signals cannot fire while the thread blocks: ' +
    'they stay, and are looked at before the request.',
  reasons: {
    signal: {
      short: 'A signal is combined in a way that has no blocking form.',
      extra: 'One time limit and one other signal can be told apart. Give them to the call as such.',
    },
    option: {
      short: 'The option has no blocking counterpart.',
      extra: 'The blocking client does not know this option of `fetch`.',
    },
  },
  rewrite(site, node, { text, types }) {
    const [, name] = /^(?:global|undici|node-fetch)#RequestInit\.(\w+)$/.exec(site.api) ?? [];
    if (name === undefined) return undefined;
    if (name === 'body' && !isGiven(node) && unread.test(bodyType(node, types)))
      return refuse('option', `The body of \`fetchSync\` is text or bytes, not \`${bodyType(node, types)}\`.`);
    if (kept.has(name)) return keep();
    if (name !== 'signal') return refuse('option', `\`fetchSync\` has no option \`${name}\`.`);
    const value = ts.isPropertyAssignment(node) ? node.initializer : undefined;
    const combined = value && listOf(value, text);
    if (!value || !combined) return keep(note);
    const limits = combined.flatMap((each) => limitOf(each, text) ?? []);
    const others = combined.filter((each) => !limitOf(each, text));
    if (limits.length > 1 || others.length > 1) {
      return refuse('signal', `\`${text(value).slice(0, 80)}\` is more than one time limit and one signal.`);
    }
    const drops = 'The signal becomes the options that it stands for.';
    const [limit] = limits;
    const [other] = others;
    if (!other) return { rewrite: template`timeout: ${limit!}`, drops, applicability: 'safe' };
    return limit
      ? { rewrite: template`timeout: ${limit}, signal: ${other}`, drops, note }
      : { rewrite: template`signal: ${other}`, drops, note };
  },
});

/** Bodies that can only be read asynchronously. */
const unread = /\b(FormData|Blob|File|ReadableStream)\b/;

/** Where the options are written out at the call, the call is asked what its body is. */
const isGiven = (node: ts.Node): boolean =>
  ts.isCallExpression(node.parent.parent) || ts.isNewExpression(node.parent.parent);

function bodyType(node: ts.Node, types: Context['types']): string {
  const value = ts.isPropertyAssignment(node)
    ? node.initializer
    : ts.isShorthandPropertyAssignment(node)
      ? node.name
      : undefined;
  return value ? types.text(value) : '';
}

type Text = (node: ts.Node) => string;

/** The signals that a value combines: itself where it is a time limit, those of `AbortSignal.any([…])`; undefined for a plain signal. */
function listOf(value: ts.Expression, text: Text): readonly ts.Expression[] | undefined {
  if (limitOf(value, text)) return [value];
  if (!ts.isCallExpression(value) || text(value.expression) !== 'AbortSignal.any') return undefined;
  const [list] = value.arguments;
  return list && ts.isArrayLiteralExpression(list) && !list.elements.some(ts.isSpreadElement)
    ? list.elements
    : undefined;
}

/** `n` of `AbortSignal.timeout(n)` */
function limitOf(value: ts.Expression, text: Text): ts.Expression | undefined {
  return ts.isCallExpression(value) && text(value.expression) === 'AbortSignal.timeout'
    ? value.arguments[0]
    : undefined;
}
