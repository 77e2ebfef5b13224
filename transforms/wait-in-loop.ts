import { ts } from 'ts-morph';
import { defineTransform, imported, template, type Piece } from '../src/transform.ts';

export default defineTransform({
  id: 'wait-in-loop',
  code: 'UA162',
  claims: 'idiom',
  applicability: 'safe',
  summary: 'Write `p-wait-for` as a loop with a sleep',
  docs: 'The condition is asked, and asked again after each pause of `interval` milliseconds (20 by default), until it holds.',
  reasons: {},
  rewrite(site, node, { source }) {
    if (site.idiom !== 'wait-for') return undefined;
    const statement = node as ts.ExpressionStatement;
    let call: ts.Expression = statement.expression;
    while (!ts.isCallExpression(call)) call = (call as ts.AwaitExpression | ts.ParenthesizedExpression).expression;
    const [condition, options] = call.arguments;
    const asked: Piece = ts.isArrowFunction(condition!) ? condition.body : [condition!, '()'];
    const first = options && (options as ts.ObjectLiteralExpression).properties[0];
    const pause: Piece = first ? (first as ts.PropertyAssignment).initializer : '20';
    const end = source.text[statement.end - 1] === ';' ? ';' : '';
    return {
      rewrite: template`while (!${asked}) ${imported('@unawait/std/time', 'sleepSync')}(${pause})${end}`,
      drops: 'The condition is written where it was called.',
    };
  },
});
