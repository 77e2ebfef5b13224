import { ts } from 'ts-morph';
import { defineTransform, refuse, template } from '../src/transform.ts';

export default defineTransform({
  id: 'sync-symbol',
  code: 'UA109',
  claims: 'async-symbol',
  applicability: 'safe',
  summary: 'Turn `Symbol.asyncIterator` and `Symbol.asyncDispose` into `Symbol.iterator` and `Symbol.dispose`',
  reasons: {
    both: {
      short: 'The class has both the async member and its blocking twin.',
      extra: 'Two members of one name would be left. Remove one of them.',
    },
  },
  rewrite(site, node) {
    const name = site.symbol === 'asyncIterator' ? 'iterator' : 'dispose';
    if (site.twin) return refuse('both', `\`[Symbol.${name}]\` stands beside \`[Symbol.${site.symbol}]\`.`);
    return ts.isPropertyAccessExpression(node) ? template`Symbol.${name}` : undefined;
  },
});
