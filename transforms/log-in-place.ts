import { ts } from 'ts-morph';
import { type Answer, type Context, defineTransform, type Piece, semicolon, template } from '../src/transform.ts';
import { inPlace, standing } from './floating/statement.ts';

export default defineTransform({
  id: 'log-in-place',
  code: 'UA128',
  claims: ['escape', 'callback'],
  applicability: { policy: 'float-log' },
  summary: 'Run work in place that nobody waited for, and log its errors',
  docs:
    'As `run-in-place`, for a statement, and for a callback of `forEach` that is written there; an error is written to the console, and what follows is done all the same. It takes the policy `float-log`; where ' +
    '`float-inline` is allowed too, that one is followed.',
  priority: 4,
  reasons: {},
  rewrite(site, node, context) {
    if (site.kind === 'callback') return site.given === 'written' ? eachLogged(site.api, node, context) : undefined;
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

/** `forEach(async (x) => { … })`: the body of each call in `try`. */
function eachLogged(api: string, node: ts.Node, { source }: Context): Answer {
  if (!/^(global|node:url)#[\w.]+\.forEach$/.test(api)) return undefined;
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return undefined;
  const { body, modifiers, asteriskToken } = node;
  if (asteriskToken) return undefined;
  const start = node.getStart(source);
  const words = modifiers?.at(-1)?.end ?? start;
  const from = words + /^[ \t]*/.exec(source.text.slice(words))![0].length;
  const head: Piece = { span: { start: from, end: body.getStart(source) } };
  const end = semicolon(source);
  const work = ts.isBlock(body) ? template`try ${indented(body, source)}` : template`try {\n    ${body}${end}\n  }`;
  return {
    rewrite: template`${head}{\n  ${work} catch (error) {\n    console.error(error)${end}\n  }\n}`,
    note: `\`${api.slice(api.indexOf('#') + 1)}\` drops the promise of its callback; in place, each call is done before the next, and its errors are logged.`,
    drops: 'The word `async` goes with the promise.',
  };
}

/** The block one level deeper. */
function indented(body: ts.Block, source: ts.SourceFile): Piece {
  return { span: { start: body.getStart(source), end: body.end } };
}
