import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { skipParentheses, walk } from './syntax.ts';

/** What is done with the promise `name`, and what with its value: `await x` and `x`, `x` and `x`, `x.then(f)` and `f(x)`. */
export function doSame(draft: Draft, promised: ts.Expression, plain: ts.Expression, name: string): boolean {
  const value = ts.isAwaitExpression(promised) ? skipParentheses(promised.expression) : promised;
  if (value.getText() === name) return plainOf(plain).getText() === name;
  // `(await x).length` and `x.length`
  if (holdsAwaitOf(promised, name) && withoutAwaits(promised, name) === withoutAwaits(plain, name)) return true;
  if (!ts.isCallExpression(value) || value.arguments.length !== 1 || value.expression.getText() !== `${name}.then`)
    return false;
  const [handler] = value.arguments;
  const done = plainOf(plain);
  if (ts.isIdentifier(handler!))
    // A name has no effects of its own, and means the same in both arms.
    return (
      ts.isCallExpression(done) &&
      done.expression.getText() === handler.text &&
      done.arguments.length === 1 &&
      done.arguments[0]!.getText() === name
    );
  return ts.isArrowFunction(handler!) && !ts.isBlock(handler.body) && isBodyFor(draft, handler, done, name);
}

function holdsAwaitOf(node: ts.Expression, name: string): boolean {
  return [...walk(node)].some((n) => ts.isAwaitExpression(n) && skipParentheses(n.expression).getText() === name);
}

const withoutAwaits = (node: ts.Expression, name: string): string =>
  node
    .getText()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(new RegExp(String.raw`\(await ${name}\)|\bawait ${name}(?![\w$.[(?!])`, 'g'), name);

const plainOf = (node: ts.Expression): ts.Expression =>
  ts.isAwaitExpression(node) ? skipParentheses(node.expression) : node;

/** `(v) => f(v, 1)` and `f(x, 1)` */
function isBodyFor(draft: Draft, handler: ts.ArrowFunction, plain: ts.Expression, name: string): boolean {
  const [parameter, ...more] = handler.parameters;
  if (!parameter || more.length > 0 || !ts.isIdentifier(parameter.name) || parameter.initializer) return false;
  const body = skipParentheses(handler.body as ts.Expression);
  const words = [...walk(body)].filter(ts.isIdentifier);
  if (words.some((word) => ts.isShorthandPropertyAssignment(word.parent) || word.text === name)) return false;
  const uses = words.filter((word) => draft.checker.declarations(word).includes(parameter));
  let text = body.getText();
  for (const { start, end } of uses
    .map((use) => ({ start: use.getStart() - body.getStart(), end: use.end - body.getStart() }))
    .toSorted((a, b) => b.start - a.start))
    text = text.slice(0, start) + name + text.slice(end);
  return text.replaceAll(/\s+/g, ' ') === plain.getText().replaceAll(/\s+/g, ' ');
}
