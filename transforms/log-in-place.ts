import { ts } from 'ts-morph';
import { defineTransform, template } from '../src/transform.ts';
import { inPlace, standing } from './floating/statement.ts';

export default defineTransform({
  id: 'log-in-place',
  code: 'UA128',
  claims: 'escape',
  applicability: { policy: 'float-log' },
  summary: 'Run work in place that nobody waited for, and log its errors',
  docs:
    'As `run-in-place`, for a statement; an error is written to the console, and what follows is done all the same. It takes the policy `float-log`; where ' +
    '`float-inline` is allowed too, that one is followed.',
  priority: 4,
  reasons: {},
  rewrite(site, node, context) {
    if (site.how !== 'discarded' || !ts.isExpressionStatement(node)) return undefined;
    const shown = context.text(node).split('\n', 1)[0]!.slice(0, 80);
    const { caught, rewrite, drops } = inPlace(node, context);
    const note = `Nobody waits for \`${shown}\`; in place, it is done before what follows${caught ? '' : ', and its errors are logged'}.`;
    if (caught) return { rewrite, note, ...(drops !== undefined && { drops }) };
    const end = context.source.text[node.end - 1] === ';' ? ';' : '';
    const logged = template`try {\n  ${rewrite}\n} catch (error) {\n  console.error(error)${end}\n}`;
    return { rewrite: standing(node, logged), note };
  },
});
