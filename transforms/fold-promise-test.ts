import { ts } from 'ts-morph';
import { defineTransform, template } from '../src/transform.ts';

const note = 'There are no promises to be told apart any more: both arms did the same with the value.';

export default defineTransform({
  id: 'fold-promise-test',
  code: 'UA135',
  claims: 'idiom',
  applicability: 'noted',
  priority: 1,
  summary:
    'Leave out the test for a promise where both arms do the same: `x instanceof Promise ? await x : x` becomes `x`',
  docs:
    'Only where the type says that the value may be a promise, and only where the arms are alike: `if (isPromise(x)) x = await x;` goes, and so ' +
    'does `if (x instanceof Promise) return x.then(f);` in front of `return f(x);`. A guard may be called by its name: `types.isPromise`, or a ' +
    'function of the project that only looks at its argument; it goes where nothing else asks it. Other tests for promises keep their function async.',
  reasons: {},
  rewrite(site, node) {
    switch (site.idiom) {
      case 'promise-test':
        return {
          rewrite: template`${(node as ts.ConditionalExpression).whenFalse}`,
          note,
          drops: 'The other arm did the same with a promise of the value.',
        };
      case 'promise-branch':
        return { rewrite: template``, note, drops: 'What follows does the same with the value.' };
      case 'promise-arms': {
        const other = (node as ts.IfStatement).elseStatement!;
        const kept = ts.isBlock(other) ? other.statements[0]! : other;
        return { rewrite: template`${kept}`, note, drops: 'The other arm did the same with a promise of the value.' };
      }
      case 'promise-guard':
        return { rewrite: template``, applicability: 'safe', drops: 'Nothing asks it any more.' };
      default:
        return undefined;
    }
  },
});
