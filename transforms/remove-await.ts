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
    // `(await a.b)()` calls without a receiver; `a.b()` would give it one.
    const rewrite = isReceiverless(node) ? template`(0, ${node.expression})` : template`${node.expression}`;
    // A value that is there already was waited for too, wherever the `await` stands.
    if (site.operand !== 'plain' || !site.concurrent) return rewrite;
    return { rewrite, applicability: 'noted', note: 'An ordering point is removed: other work could run here.' };
  },
});

function isReceiverless(node: ts.AwaitExpression): boolean {
  let operand: ts.Expression = node.expression;
  while (ts.isParenthesizedExpression(operand)) operand = operand.expression;
  if (!ts.isPropertyAccessExpression(operand) && !ts.isElementAccessExpression(operand)) return false;
  let outer: ts.Node = node;
  while (ts.isParenthesizedExpression(outer.parent)) outer = outer.parent;
  const { parent } = outer;
  return (
    (ts.isCallExpression(parent) && parent.expression === outer) ||
    (ts.isTaggedTemplateExpression(parent) && parent.tag === outer)
  );
}
