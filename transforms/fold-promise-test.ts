import { ts } from 'ts-morph';
import { defineTransform, template } from '../src/transform.ts';

export default defineTransform({
  id: 'fold-promise-test',
  code: 'UA135',
  claims: 'idiom',
  applicability: 'noted',
  priority: 1,
  summary:
    'Leave out the test for a promise where both arms do the same: `x instanceof Promise ? await x : x` becomes `x`',
  docs: 'Only where the type says that the value may be a promise, and only where the arms are alike. Other tests for promises keep their function async.',
  reasons: {},
  rewrite(site, node) {
    if (site.idiom !== 'promise-test' || !ts.isConditionalExpression(node)) return undefined;
    return {
      rewrite: template`${node.whenFalse}`,
      note: 'There are no promises to be told apart any more: both arms did the same with the value.',
      drops: 'The other arm did the same with a promise of the value.',
    };
  },
});
