import { ts } from 'ts-morph';
import { defineTransform, template } from '../src/transform.ts';
import { lineBreakBefore } from './api-map/call-arguments.ts';

export default defineTransform({
  id: 'send-request',
  code: 'UA165',
  claims: 'idiom',
  applicability: 'safe',
  summary: 'Send a request of `superagent` where it was waited for',
  docs:
    'A request of `superagent` is put together call by call and sent when somebody waits for it: ' +
    '`await superagent.get(url).query(q)` becomes `superagentSync.get(url).query(q).response()`. A request may be kept in a variable, be handed ' +
    'to functions of the project and be returned by them. What its methods become is said in the API map.',
  reasons: {},
  rewrite(site, node, { source }) {
    if (site.idiom !== 'send-request' || !ts.isExpression(node)) return undefined;
    const gap = ts.isCallExpression(node) ? lineBreakBefore(node.expression, source) : '';
    return template`${node}${gap}.response()`;
  },
});
