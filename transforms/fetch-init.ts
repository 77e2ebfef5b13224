import { ts } from 'ts-morph';
import { defineTransform, keep, refuse, template } from '../src/transform.ts';

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

export default defineTransform({
  id: 'fetch-init',
  code: 'UA143',
  claims: 'api-member',
  applicability: 'safe',
  priority: 10,
  summary: 'Carry the options of `fetch` over to `fetchSync`',
  docs: '`signal: AbortSignal.timeout(n)` becomes `timeout: n`. Other signals cannot fire while the thread blocks.',
  reasons: {
    signal: {
      short: 'A signal cannot fire while the thread blocks.',
      extra:
        '`AbortSignal.timeout(n)` becomes the option `timeout`; a signal that somebody else fires has no blocking form.',
    },
    option: {
      short: 'The option has no blocking counterpart.',
      extra: 'The blocking client does not know this option of `fetch`.',
    },
  },
  rewrite(site, node, { text }) {
    const [, name] = /^global#RequestInit\.(\w+)$/.exec(site.api) ?? [];
    if (name === undefined) return undefined;
    if (kept.has(name)) return keep();
    if (name !== 'signal') return refuse('option', `\`fetchSync\` has no option \`${name}\`.`);
    const value = ts.isPropertyAssignment(node) ? node.initializer : undefined;
    const [limit] =
      value && ts.isCallExpression(value) && text(value.expression) === 'AbortSignal.timeout' ? value.arguments : [];
    if (!limit) return refuse('signal', `\`${text(node).slice(0, 80)}\` cannot fire while the thread blocks.`);
    return { rewrite: template`timeout: ${limit}`, drops: 'The signal becomes the option that it stands for.' };
  },
});
