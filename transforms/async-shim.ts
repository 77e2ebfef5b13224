import { ts } from 'ts-morph';
import { type Answer, type Context, defineTransform, type Piece, template } from '../src/transform.ts';

type Written = ts.ArrowFunction | ts.FunctionExpression | ts.MethodDeclaration;

export default defineTransform({
  id: 'async-shim',
  code: 'UA112',
  claims: 'callback',
  applicability: { policy: 'async-shim' },
  summary: 'Keep a function async towards a library that demands a promise, and convert what it does',
  docs:
    'A function that is handed over by its name gets an async one around it: `lib.use(async (x) => handler(x))`. One that is written where it is handed over ' +
    'keeps the word `async`, and what it does blocks.',
  priority: 5,
  reasons: {},
  rewrite(site, node, context) {
    if (site.accepts !== 'promise-only' || site.loop) return undefined;
    const name = site.api.slice(site.api.indexOf('#') + 1);
    const note = `\`${name}\` demands a promise: what it calls stays async, and blocks while it works.`;
    if (site.given === 'written') return written(node as ts.Node as Written, note, context);
    if (site.given !== 'named' || !ts.isIdentifier(node)) return undefined;
    const names = site.parameters.map(({ name: each }) => each);
    if (names.some((each) => each.replace('...', '') === node.text)) return undefined;
    const declared = site.parameters.map((each) => each.declared).join(', ');
    return { rewrite: template`async (${declared}) => ${node}(${names.join(', ')})`, note };
  },
});

/** The function as it is, with the word `async`: what stands in its body is claimed by others. */
function written(node: Written, note: string, { source, text }: Context): Answer {
  const { body, type, asteriskToken } = node;
  if (!body || asteriskToken) return undefined;
  const isAsync = node.modifiers?.some((m) => m.kind === ts.SyntaxKind.AsyncKeyword) ?? false;
  const start = node.getStart(source);
  const upToBody = body.getStart(source);
  const head: Piece = type
    ? [{ span: { start, end: type.getStart(source) } }, text(type), { span: { start: type.end, end: upToBody } }]
    : { span: { start, end: upToBody } };
  return {
    rewrite: template`${isAsync ? '' : 'async '}${head}${{ span: { start: upToBody, end: node.end } }}`,
    note,
    drops: 'The function stays async.',
  };
}
