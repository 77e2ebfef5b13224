import { ts } from 'ts-morph';
import { type Answer, type Context, type Piece, refuse, template } from '../../src/transform.ts';

/** Names that chai-as-promised adds. */
const settling = /^(rejected|rejectedWith|fulfilled|eventually|become)$/;

/** `expect(p).to.be.rejectedWith(x)` → `expect(() => p).to.throw(x)`, `expect(p).to.eventually.equal(x)` → `expect(p).to.equal(x)`. */
export function rewriteChai(
  node: ts.CallExpression | ts.PropertyAccessExpression,
  context: Context,
): Exclude<Answer, undefined> | undefined {
  const links: ts.PropertyAccessExpression[] = [];
  let at: ts.Expression = ts.isCallExpression(node) ? node.expression : node;
  for (; ts.isPropertyAccessExpression(at); at = at.expression) links.unshift(at);
  const [subject] = ts.isCallExpression(at) ? at.arguments : [];
  const names = links.map((link) => link.name.text);
  const settled = names.filter((name) => settling.test(name));
  const last = names.at(-1)!;
  if (!subject || !ts.isCallExpression(at) || settled.length !== 1) return undefined;
  if (context.types.colour(subject) === 'unknown')
    return refuse('untyped', `Nothing says that \`${context.text(subject).slice(0, 80)}\` is a promise.`);
  const [how] = settled;
  const catches = how === 'rejected' || how === 'rejectedWith' || how === 'fulfilled';
  if (catches && names.includes('not'))
    return refuse('negated-throw', `\`not.${how}\` asks for no error, or for another one.`);
  if (how !== 'eventually' && last !== how) return undefined;
  const { source } = context;
  const open: Piece = { span: { start: node.getStart(source), end: subject.getStart(source) } };
  const pieces: Piece[] = [open, catches ? template`() => ${subject}` : subject];
  pieces.push({ span: { start: subject.end, end: at.end } });
  for (const link of links) {
    const { text } = link.name;
    const from = link.expression.end;
    if (text === 'eventually') continue;
    // `be` goes with what it belongs to.
    if (text === 'be' && (catches || how === 'become')) continue;
    if (text === how) {
      const dot: Piece = { span: { start: from, end: link.name.getStart(source) } };
      pieces.push(dot, how === 'become' ? 'deep.equal' : how === 'fulfilled' ? 'not.throw' : 'throw');
    } else pieces.push({ span: { start: from, end: link.end } });
  }
  if (ts.isCallExpression(node)) pieces.push({ span: { start: node.expression.end, end: node.end } });
  else pieces.push('()');
  return { pieces };
}
