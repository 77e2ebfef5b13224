import { ts } from 'ts-morph';
import { type Answer, type Context, defineTransform, type Piece, template } from '../src/transform.ts';
import { splitHandler } from './shim/split-handler.ts';

type Written = ts.ArrowFunction | ts.FunctionExpression | ts.FunctionDeclaration | ts.MethodDeclaration;

export default defineTransform({
  id: 'async-shim',
  code: 'UA112',
  claims: 'callback',
  applicability: { policy: 'async-shim' },
  summary: 'Keep a function async towards a library that demands a promise, and convert what it does',
  docs:
    'A function that is handed over by its name gets an async one around it: `lib.use(async (x) => handler(x))`. One that is written where it is handed over ' +
    'keeps the word `async`, and what it does blocks; so does a method that a library’s class or interface asks for.',
  priority: 5,
  reasons: {},
  rewrite(site, node, context) {
    if (site.accepts !== 'promise-only' || site.loop) return undefined;
    const name = site.api.slice(site.api.indexOf('#') + 1);
    const note = `\`${name}\` demands a promise: what it calls stays async, and blocks while it works.`;
    if (site.given === 'written') {
      const whole: ts.Node = node;
      const isHandler = site.api === 'aws-lambda#Handler';
      return (isHandler ? splitHandler(whole, note, context) : undefined) ?? written(whole, note, context);
    }
    if (site.given !== 'named' || !(ts.isIdentifier(node) || ts.isPropertyAccessExpression(node))) return undefined;
    const names = site.parameters.map(({ name: each }) => each);
    if (names.some((each) => each.replace('...', '') === context.text(node).split('.')[0])) return undefined;
    const declared = site.parameters.map((each) => each.declared).join(', ');
    return { rewrite: template`async (${declared}) => ${node}(${names.join(', ')})`, note };
  },
});

/** The function as it is, with the word `async`: what stands in its body is claimed by others. */
function written(whole: ts.Node, note: string, { source, text }: Context): Answer {
  const node = (ts.isVariableStatement(whole) ? whole.declarationList.declarations[0]!.initializer! : whole) as Written;
  const { body, type, asteriskToken } = node;
  if (!body || asteriskToken) return undefined;
  // `@type {Handler}` is claimed with what the function gives; `@returns {Promise<T>}` stays as it is.
  if ((node.flags & ts.NodeFlags.JavaScriptFile) !== 0 && (ts.getJSDocType(node) ?? ts.getJSDocType(whole)))
    return undefined;
  const isAsync = node.modifiers?.some((m) => m.kind === ts.SyntaxKind.AsyncKeyword) ?? false;
  const start = node.getStart(source);
  const upToBody = body.getStart(source);
  const before: Piece = whole === node ? '' : { span: { start: whole.getStart(source), end: start } };
  const words = node.modifiers?.at(-1)?.end ?? start;
  const at = words + (/^[ \t]*/.exec(source.text.slice(words))?.[0].length ?? 0);
  const rest: Piece = type
    ? [{ span: { start: at, end: type.getStart(source) } }, text(type), { span: { start: type.end, end: upToBody } }]
    : { span: { start: at, end: upToBody } };
  const head: Piece = [at > start ? { span: { start, end: at } } : '', isAsync ? '' : 'async ', rest];
  return {
    rewrite: template`${before}${head}${{ span: { start: upToBody, end: whole.end } }}`,
    note,
    drops: 'The function stays async.',
  };
}
