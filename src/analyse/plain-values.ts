import { ts } from 'ts-morph';

/** Operators that give a number or a boolean, whatever they are given. `+` is none of them: of two values of no known type it says nothing. */
const PLAIN_OPERATORS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
  ts.SyntaxKind.InKeyword,
  ts.SyntaxKind.InstanceOfKeyword,
  ts.SyntaxKind.MinusToken,
  ts.SyntaxKind.AsteriskToken,
  ts.SyntaxKind.SlashToken,
  ts.SyntaxKind.PercentToken,
]);
const ARMS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
]);
const PLAIN_KINDS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.StringLiteral,
  ts.SyntaxKind.NumericLiteral,
  ts.SyntaxKind.BigIntLiteral,
  ts.SyntaxKind.NoSubstitutionTemplateLiteral,
  ts.SyntaxKind.TemplateExpression,
  ts.SyntaxKind.TrueKeyword,
  ts.SyntaxKind.FalseKeyword,
  ts.SyntaxKind.TypeOfExpression,
]);

/** Its syntax says that it is a string, a number or a boolean: no type needs to be asked to know that it carries no promise and no function. */
export function isPlainValue(node: ts.Expression): boolean {
  const open = [node];
  for (let next = open.pop(); next; next = open.pop()) {
    if (PLAIN_KINDS.has(next.kind)) continue;
    if (ts.isPrefixUnaryExpression(next) && next.operator === ts.SyntaxKind.ExclamationToken) continue;
    if (ts.isConditionalExpression(next)) open.push(next.whenTrue, next.whenFalse);
    // In JavaScript a comment may say what stands in parentheses.
    else if (ts.isParenthesizedExpression(next) && !isJavaScript(next)) open.push(next.expression);
    else if (ts.isBinaryExpression(next) && ARMS.has(next.operatorToken.kind)) open.push(next.left, next.right);
    else if (!ts.isBinaryExpression(next) || !PLAIN_OPERATORS.has(next.operatorToken.kind)) return false;
  }
  return true;
}

/** An object or array literal of plain values. */
export function isPlainLiteral(node: ts.Expression): boolean {
  if (isJavaScript(node) || (!ts.isObjectLiteralExpression(node) && !ts.isArrayLiteralExpression(node))) return false;
  const open: ts.Expression[] = [node];
  for (let next = open.pop(); next; next = open.pop()) {
    if (ts.isArrayLiteralExpression(next)) open.push(...next.elements);
    else if (ts.isObjectLiteralExpression(next)) {
      for (const each of next.properties) {
        if (!ts.isPropertyAssignment(each) || ts.isComputedPropertyName(each.name)) return false;
        open.push(each.initializer);
      }
    } else if (!isPlainValue(next)) return false;
  }
  return true;
}

/** A declaration whose type is that of the plain value it is set to. */
export function isPlainDeclaration(node: ts.Node): boolean {
  if (isJavaScript(node)) return false;
  if (ts.isPropertyAssignment(node)) return isPlainValue(node.initializer);
  if (!ts.isVariableDeclaration(node) && !ts.isPropertyDeclaration(node)) return false;
  return node.type === undefined && node.initializer !== undefined && isPlainValue(node.initializer);
}

/** An expression that has a type of its own, known to the compiler wherever it stands. */
export function isTypedLiteral(node: ts.Expression): boolean {
  return (
    isPlainValue(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isObjectLiteralExpression(node) ||
    ts.isArrayLiteralExpression(node)
  );
}

const isJavaScript = (node: ts.Node): boolean => (node.flags & ts.NodeFlags.JavaScriptFile) !== 0;
