import { ts } from 'ts-morph';
import { defineTransform, imported, keep, refuse, template } from '../src/transform.ts';

export default defineTransform({
  id: 'store-promise',
  code: 'UA122',
  claims: ['store', 'promise-value'],
  applicability: 'safe',
  summary: 'Keep the value, or the outcome, where a promise was kept',
  docs:
    'A promise that is awaited next is its value. Where other work stands between, the outcome is kept: `settled` of `@unawait/std/outcome` runs the ' +
    'call and keeps a failure, `unwrap` gives the value or throws where the `await` stood. A field, a map or a parameter holds the value when ' +
    'every read awaits it.',
  priority: 10,
  reasons: {
    shared: {
      short: 'The promise is kept, and not every read of it can do with a value.',
      extra: 'Await it where it is made, or keep a function that makes it.',
    },
    'awaits-inside': {
      short: 'The call whose outcome is kept awaits its arguments.',
      extra:
        'A failure of an argument was thrown at once, and would be kept with that of the call. Await the argument in a statement of its own.',
    },
  },
  rewrite(site, node, { text }) {
    if (site.kind === 'promise-value') {
      if (site.form === 'outcome') return template`${imported('@unawait/std/outcome', 'unwrap')}(${node})`;
      return site.form === 'thunk' ? template`${node}()` : undefined;
    }
    const shown = text(node).split('\n', 1)[0]!.slice(0, 80);
    switch (site.form) {
      case 'value':
        return site.why === '' ? keep() : keep(site.why);
      case 'none':
        return refuse(
          'shared',
          `The promise of \`${shown}\` is kept: ${site.why.charAt(0).toLowerCase()}${site.why.slice(1)}.`,
        );
      case 'outcome':
      case 'thunk':
        if (holdsAwait(node)) return refuse('awaits-inside', `\`${shown}\` awaits an argument.`);
        if (site.form === 'thunk') return template`() => ${node}`;
        return {
          rewrite: template`${imported('@unawait/std/outcome', 'settled')}(() => ${node})`,
          applicability: 'noted',
          note: site.why,
        };
    }
  },
});

function holdsAwait(node: ts.Node): boolean {
  const stack: ts.Node[] = [node];
  while (stack.length > 0) {
    const inner = stack.pop()!;
    if (ts.isAwaitExpression(inner) || ts.isYieldExpression(inner)) return true;
    if (!ts.isFunctionLike(inner)) ts.forEachChild(inner, (child) => void stack.push(child));
  }
  return false;
}
