import { ts } from 'ts-morph';
import { defineTransform, template } from '../src/transform.ts';

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
    return template`${node}${lineBreakOf(node, source)}.response()`;
  },
});

/** What stands in front of the last call of a chain that is written with a line for each. */
function lineBreakOf(node: ts.Expression, source: ts.SourceFile): string {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return '';
  const { expression, name } = node.expression;
  const indent = /^\r?\n([ \t]*)\.$/.exec(source.text.slice(expression.end, name.getStart(source)))?.[1];
  return indent === undefined ? '' : `\n${indent}`;
}
