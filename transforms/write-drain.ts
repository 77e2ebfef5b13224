import { ts } from 'ts-morph';
import { defineTransform, template } from '../src/transform.ts';

export default defineTransform({
  id: 'write-drain',
  code: 'UA141',
  claims: 'idiom',
  applicability: 'safe',
  summary: 'Write without waiting for `drain`: a blocking write returns when all is taken',
  reasons: {},
  rewrite(site, node, { source }) {
    if (site.idiom !== 'write-drain' || !ts.isIfStatement(node)) return undefined;
    let call: ts.Expression = node.expression;
    while (ts.isParenthesizedExpression(call) || ts.isPrefixUnaryExpression(call))
      call = ts.isParenthesizedExpression(call) ? call.expression : call.operand;
    const semicolon = source.text.slice(node.thenStatement.pos, node.end).includes(';') ? ';' : '';
    if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return undefined;
    const args = call.arguments.map((a, i) => (i ? [', ', a] : [a]));
    return {
      rewrite: template`${call.expression.expression}.writeAll(${args})${semicolon}`,
      drops: 'A blocking write returns when the system has taken everything, so there is no `drain` to wait for.',
    };
  },
});
