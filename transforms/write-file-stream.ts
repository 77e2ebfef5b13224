import { ts } from 'ts-morph';
import { defineTransform, imported, semicolon, template } from '../src/transform.ts';

const drops = 'What is written is written when `write` and `end` return: there is nothing to wait for.';

export default defineTransform({
  id: 'write-file-stream',
  code: 'UA168',
  claims: 'idiom',
  applicability: 'safe',
  summary: 'Write a file piece by piece, without its stream',
  docs:
    '`createWriteStream(path)`, of which only `write` and `end` are called and whose end is waited for, becomes `new FileWriterSync(path)`. ' +
    'The wait for `finish`, `close` or `drain` goes. What is piped into it, and a `try` that would catch something else, keep the stream.',
  reasons: {},
  rewrite(site, node, { source }) {
    if (site.idiom === 'file-writer') {
      const [path, options] = (node as ts.CallExpression).arguments;
      const rest = options ? template`, ${options}` : '';
      return {
        rewrite: template`new ${imported('@unawait/std/fs', 'FileWriterSync')}(${path!}${rest})`,
        drops: 'The file is opened where the stream was made.',
        applicability: 'noted',
        note: 'What fails is thrown where the file is opened or written, before it was told at the wait.',
      };
    }
    if (site.idiom === 'file-writer-wait') return { rewrite: template``, drops };
    if (site.idiom === 'file-writer-drain') {
      let call: ts.Expression = (node as ts.IfStatement).expression;
      while (ts.isParenthesizedExpression(call) || ts.isPrefixUnaryExpression(call))
        call = ts.isParenthesizedExpression(call) ? call.expression : call.operand;
      return { rewrite: template`${call}${semicolon(source)}`, drops };
    }
    if (site.idiom === 'file-writer-end')
      return { rewrite: template`${endedIn(node)}.end()${semicolon(source)}`, drops };
    return undefined;
  },
});

/** The stream of `await new Promise((resolve) => out.end(resolve))`. */
function endedIn(node: ts.Node): ts.Expression {
  const stack = [node];
  for (let inner = stack.pop(); inner; inner = stack.pop()) {
    if (ts.isPropertyAccessExpression(inner) && inner.name.text === 'end') return inner.expression;
    ts.forEachChild(inner, (child) => void stack.push(child));
  }
  throw new Error('The wait ends nothing.');
}
