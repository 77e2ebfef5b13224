import { ts } from 'ts-morph';
import { defineTransform, template } from '../src/transform.ts';
import { inPlace } from './floating/statement.ts';

export default defineTransform({
  id: 'run-in-place',
  code: 'UA127',
  claims: ['escape', 'callback'],
  applicability: { policy: 'float-inline' },
  summary: 'Run work in place that nobody waited for',
  docs:
    'A floating promise runs beside what follows it. Blocking, the work is done where it was started: before what follows, and its errors are ' +
    'thrown there; `.catch(handler)` becomes `try` and `catch`. That is another program, so it takes the policy `float-inline`.',
  priority: 5,
  reasons: {},
  rewrite(site, node, context) {
    if (site.kind === 'callback') {
      if (!/^(global|node:url)#[\w.]+\.forEach$/.test(site.api)) return undefined;
      const name = site.api.slice(site.api.indexOf('#') + 1);
      return {
        keep: true,
        note: `\`${name}\` drops the promise of its callback; in place, each call is done before the next, and its errors are thrown here.`,
      };
    }
    if (site.how !== 'discarded') return undefined;
    const shown = context.text(node).split('\n', 1)[0]!.slice(0, 80);
    const before = `Nobody waits for \`${shown}\`; in place, it is done before what follows`;
    if (ts.isExpressionStatement(node)) {
      const { caught, ...claim } = inPlace(node, context);
      return { ...claim, note: caught ? `${before}.` : `${before}, and its errors are thrown here.` };
    }
    const note = `${before}, and its errors are thrown here.`;
    return ts.isVoidExpression(node) ? { rewrite: template`${node.expression}`, note } : { keep: true, note };
  },
});
