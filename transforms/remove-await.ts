import { ts } from 'ts-morph';
import { defineTransform, refuse, template } from '../src/transform.ts';

export default defineTransform({
  id: 'remove-await',
  code: 'UA101',
  claims: 'await',
  applicability: 'safe',
  summary: 'Remove `await` where the operand no longer yields a promise',
  reasons: {
    'maybe-thenable': {
      short: 'The operand may be a promise or another thenable: its type does not say.',
      extra:
        'The operand is `any`, `unknown`, an unconstrained type parameter or a custom thenable. Give it a type that is surely a promise ' +
        '(then its producer must convert) or surely a plain value.',
    },
  },
  rewrite(site, node, { text }) {
    if (site.operand === 'unknown' && !site.onlyCalls) {
      return refuse(
        'maybe-thenable',
        `\`${text(node.expression).split('\n', 1)[0]!.slice(0, 80)}\` may be a thenable: its type does not say.`,
        'a type for the operand',
      );
    }
    if (site.operand === 'plain' && isYieldPoint(node)) {
      const statement = node.parent;
      const rewrite = template`${node.expression}`;
      return site.concurrent
        ? { rewrite, applicability: 'noted', note: 'An ordering point is removed: other work could run here.' }
        : { rewrite, ...(ts.isExpressionStatement(statement) && {}) };
    }
    return template`${node.expression}`;
  },
});

/** `await null`: only there to let other work run. */
function isYieldPoint(node: ts.AwaitExpression): boolean {
  return ts.isExpressionStatement(node.parent);
}
