import { ts } from 'ts-morph';
import type { Colour } from '../model/facts.ts';
import type { Checker } from './checker.ts';

/** Operators whose result is a number, a string or a `bigint`, whatever they are given. */
const ARITHMETIC = new Set([
  ts.SyntaxKind.PlusToken,
  ts.SyntaxKind.MinusToken,
  ts.SyntaxKind.AsteriskToken,
  ts.SyntaxKind.AsteriskAsteriskToken,
  ts.SyntaxKind.SlashToken,
  ts.SyntaxKind.PercentToken,
  ts.SyntaxKind.PlusEqualsToken,
]);

/** Operators that give one of their operands. */
const CHOOSING = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
]);

/** The colour of an expression's value: of its type, or of what it does where its type is `any`: `x + 1`, `JSON.parse(text)`. */
export function valueColour(checker: Checker, node: ts.Expression): Colour {
  const whole = checker.colour(checker.typeOf(node));
  return whole === 'unknown' && parts(node).every((each) => isPlain(checker, each)) ? 'plain' : whole;
}

/** The expressions of which it gives one. */
function parts(node: ts.Expression): ts.Expression[] {
  const found: ts.Expression[] = [];
  const stack = [node];
  while (stack.length > 0) {
    const each = stack.pop()!;
    if (ts.isParenthesizedExpression(each)) stack.push(each.expression);
    else if (ts.isConditionalExpression(each)) stack.push(each.whenTrue, each.whenFalse);
    else if (ts.isBinaryExpression(each) && CHOOSING.has(each.operatorToken.kind)) stack.push(each.left, each.right);
    else found.push(each);
  }
  return found;
}

function isPlain(checker: Checker, node: ts.Expression): boolean {
  if (ts.isBinaryExpression(node) && ARITHMETIC.has(node.operatorToken.kind)) return true;
  // What JSON describes has no function in it, and so no `then` that could be called.
  if (ts.isCallExpression(node) && node.arguments.length === 1 && checker.api(node) === 'global#JSON.parse')
    return true;
  return checker.colour(checker.typeOf(node)) === 'plain';
}
