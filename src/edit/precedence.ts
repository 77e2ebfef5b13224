import { ts } from 'ts-morph';

const { SyntaxKind } = ts;

/** How tightly an expression holds together, as the grammar has it. */
export const Level = {
  comma: 0,
  assignment: 1,
  conditional: 2,
  or: 3,
  and: 4,
  bitOr: 5,
  bitXor: 6,
  bitAnd: 7,
  equality: 8,
  relational: 9,
  shift: 10,
  additive: 11,
  multiplicative: 12,
  power: 13,
  unary: 14,
  update: 15,
  call: 16,
  member: 17,
  primary: 18,
} as const;

const operators = new Map<ts.SyntaxKind, number>([
  [SyntaxKind.CommaToken, Level.comma],
  [SyntaxKind.QuestionQuestionToken, Level.or],
  [SyntaxKind.BarBarToken, Level.or],
  [SyntaxKind.AmpersandAmpersandToken, Level.and],
  [SyntaxKind.BarToken, Level.bitOr],
  [SyntaxKind.CaretToken, Level.bitXor],
  [SyntaxKind.AmpersandToken, Level.bitAnd],
  [SyntaxKind.EqualsEqualsToken, Level.equality],
  [SyntaxKind.EqualsEqualsEqualsToken, Level.equality],
  [SyntaxKind.ExclamationEqualsToken, Level.equality],
  [SyntaxKind.ExclamationEqualsEqualsToken, Level.equality],
  [SyntaxKind.LessThanToken, Level.relational],
  [SyntaxKind.GreaterThanToken, Level.relational],
  [SyntaxKind.LessThanEqualsToken, Level.relational],
  [SyntaxKind.GreaterThanEqualsToken, Level.relational],
  [SyntaxKind.InstanceOfKeyword, Level.relational],
  [SyntaxKind.InKeyword, Level.relational],
  [SyntaxKind.LessThanLessThanToken, Level.shift],
  [SyntaxKind.GreaterThanGreaterThanToken, Level.shift],
  [SyntaxKind.GreaterThanGreaterThanGreaterThanToken, Level.shift],
  [SyntaxKind.PlusToken, Level.additive],
  [SyntaxKind.MinusToken, Level.additive],
  [SyntaxKind.AsteriskToken, Level.multiplicative],
  [SyntaxKind.SlashToken, Level.multiplicative],
  [SyntaxKind.PercentToken, Level.multiplicative],
  [SyntaxKind.AsteriskAsteriskToken, Level.power],
]);

function operatorLevel(kind: ts.SyntaxKind): number {
  return operators.get(kind) ?? Level.assignment;
}

export function levelOf(node: ts.Node): number {
  switch (node.kind) {
    case SyntaxKind.BinaryExpression:
      return operatorLevel((node as ts.BinaryExpression).operatorToken.kind);
    case SyntaxKind.ArrowFunction:
    case SyntaxKind.YieldExpression:
      return Level.assignment;
    case SyntaxKind.ConditionalExpression:
      return Level.conditional;
    case SyntaxKind.AsExpression:
    case SyntaxKind.SatisfiesExpression:
      return Level.relational;
    case SyntaxKind.PrefixUnaryExpression: {
      const { operator } = node as ts.PrefixUnaryExpression;
      return operator === SyntaxKind.PlusPlusToken || operator === SyntaxKind.MinusMinusToken
        ? Level.update
        : Level.unary;
    }
    case SyntaxKind.TypeOfExpression:
    case SyntaxKind.VoidExpression:
    case SyntaxKind.DeleteExpression:
    case SyntaxKind.AwaitExpression:
    case SyntaxKind.TypeAssertionExpression:
      return Level.unary;
    case SyntaxKind.PostfixUnaryExpression:
    case SyntaxKind.JsxElement:
    case SyntaxKind.JsxSelfClosingElement:
    case SyntaxKind.JsxFragment:
      return Level.update;
    case SyntaxKind.CallExpression:
      return Level.call;
    case SyntaxKind.NewExpression:
      return (node as ts.NewExpression).arguments === undefined ? Level.call : Level.member;
    case SyntaxKind.PropertyAccessExpression:
    case SyntaxKind.ElementAccessExpression:
    case SyntaxKind.NonNullExpression:
    case SyntaxKind.TaggedTemplateExpression:
      return Level.member;
    default:
      return Level.primary;
  }
}

/**
 * Whether `inner` must stand in parentheses as that child of `parent` which `child` is now (`inner` itself, or parentheses around it).
 * `bared` looks through parentheses that are going to be taken away. What depends on the beginning of a statement is not asked here.
 */
export function needsParens(
  inner: ts.Node,
  child: ts.Node,
  parent: ts.Node,
  bared: (node: ts.Node) => ts.Node,
): boolean {
  const level = levelOf(inner);
  if (ts.isParenthesizedExpression(parent)) return false;
  if (ts.isBinaryExpression(parent)) return inBinary(inner, child, parent, bared);
  if (ts.isConditionalExpression(parent)) {
    if (parent.condition !== child) return level < Level.assignment;
    return level <= Level.conditional || ts.isAsExpression(inner) || ts.isSatisfiesExpression(inner);
  }
  if (isAccess(parent)) {
    if (accessed(parent) === child) return afterAccess(inner, child, parent, bared);
    return level < Level.assignment && !ts.isElementAccessExpression(parent);
  }
  if (ts.isNewExpression(parent)) {
    if (parent.expression !== child) return level < Level.assignment;
    return level < Level.member || isInstantiation(inner) || callsInSpine(inner, bared);
  }
  if (ts.isPrefixUnaryExpression(parent)) {
    const { operator } = parent;
    const steps = operator === SyntaxKind.PlusPlusToken || operator === SyntaxKind.MinusMinusToken;
    return level < (steps ? Level.call : Level.unary);
  }
  if (ts.isPostfixUnaryExpression(parent)) return level < Level.call;
  if (ts.isAsExpression(parent) || ts.isSatisfiesExpression(parent)) return level < Level.relational;
  if (
    ts.isTypeOfExpression(parent) ||
    ts.isVoidExpression(parent) ||
    ts.isDeleteExpression(parent) ||
    ts.isAwaitExpression(parent) ||
    ts.isTypeAssertionExpression(parent)
  ) {
    return level < Level.unary;
  }
  if (ts.isDecorator(parent))
    return !isDecoratorName(ts.isCallExpression(inner) ? bared(inner.expression) : inner, bared);
  if (ts.isExpressionWithTypeArguments(parent)) {
    return level < Level.call || isInstantiation(inner);
  }
  return level === Level.comma && !takesComma(parent, child);
}

/** Statements and brackets in which a comma expression stands without parentheses. */
function takesComma(parent: ts.Node, child: ts.Node): boolean {
  return (
    ts.isExpressionStatement(parent) ||
    ts.isIfStatement(parent) ||
    ts.isWhileStatement(parent) ||
    ts.isDoStatement(parent) ||
    ts.isSwitchStatement(parent) ||
    ts.isReturnStatement(parent) ||
    ts.isThrowStatement(parent) ||
    ts.isWithStatement(parent) ||
    ts.isTemplateSpan(parent) ||
    ts.isCaseClause(parent) ||
    ts.isForStatement(parent) ||
    (ts.isForInStatement(parent) && parent.expression === child)
  );
}

function inBinary(
  inner: ts.Node,
  child: ts.Node,
  parent: ts.BinaryExpression,
  bared: (node: ts.Node) => ts.Node,
): boolean {
  const level = levelOf(inner);
  const operator = parent.operatorToken.kind;
  const outer = operatorLevel(operator);
  if (ts.isBinaryExpression(inner)) {
    const own = inner.operatorToken.kind;
    if (isNullish(own) !== isNullish(operator) && isLogical(own) && isLogical(operator)) return true;
    // `a < b > (c)` is a call with type arguments.
    if (own === SyntaxKind.LessThanToken && operator === SyntaxKind.GreaterThanToken) return true;
  }
  if (outer === Level.assignment) return parent.left === child ? level < Level.call : level < Level.assignment;
  if (parent.left !== child) {
    const own = beginsWithCast(inner, bared) ? Math.min(level, Level.relational) : level;
    return operator === SyntaxKind.AsteriskAsteriskToken ? own < outer : own <= outer;
  }
  return level < (operator === SyntaxKind.AsteriskAsteriskToken ? Level.update : outer);
}

/** `a as T + b` is a sum, yet only where nothing stands to its left. */
function beginsWithCast(inner: ts.Node, bared: (node: ts.Node) => ts.Node): boolean {
  let node = inner;
  while (ts.isBinaryExpression(node)) node = bared(node.left);
  return ts.isAsExpression(node) || ts.isSatisfiesExpression(node);
}

function isNullish(kind: ts.SyntaxKind): boolean {
  return kind === SyntaxKind.QuestionQuestionToken;
}

function isLogical(kind: ts.SyntaxKind): boolean {
  return isNullish(kind) || kind === SyntaxKind.BarBarToken || kind === SyntaxKind.AmpersandAmpersandToken;
}

type Access =
  | ts.PropertyAccessExpression
  | ts.ElementAccessExpression
  | ts.CallExpression
  | ts.NonNullExpression
  | ts.TaggedTemplateExpression;

function isAccess(node: ts.Node): node is Access {
  return (
    ts.isPropertyAccessExpression(node) ||
    ts.isElementAccessExpression(node) ||
    ts.isCallExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isTaggedTemplateExpression(node)
  );
}

function accessed(node: Access): ts.Node {
  return ts.isTaggedTemplateExpression(node) ? node.tag : node.expression;
}

function afterAccess(inner: ts.Node, child: ts.Node, parent: Access, bared: (node: ts.Node) => ts.Node): boolean {
  const level = levelOf(inner);
  if (level < Level.call || isInstantiation(inner)) return true;
  if (ts.isNewExpression(inner)) return inner.arguments === undefined;
  if (ts.isNumericLiteral(inner) && ts.isPropertyAccessExpression(parent)) return /^[\d_]+$/.test(inner.getText());
  if (isOptional(inner)) return endsChain(child, parent);
  // The callee of `new` and the name of a decorator end at the first call.
  let node: ts.Node = parent;
  let below: ts.Node = child;
  while (isAccess(node) && accessed(node) === below) {
    if (ts.isCallExpression(node)) return ts.isDecorator(node.parent) ? !isDecoratorName(inner, bared) : false;
    below = node;
    node = node.parent;
  }
  if (ts.isNewExpression(node) && node.expression === below) return callsInSpine(inner, bared);
  return ts.isDecorator(node) && !isDecoratorName(inner, bared);
}

/** Whether what follows an optional chain in parentheses would become part of it. */
function endsChain(child: ts.Node, parent: ts.Node): boolean {
  let below = child;
  let node = parent;
  while (ts.isNonNullExpression(node) || ts.isParenthesizedExpression(node)) {
    below = node;
    node = node.parent;
  }
  if (!isAccess(node) || accessed(node) !== below) return false;
  return (node as ts.CallExpression).questionDotToken === undefined;
}

function isOptional(node: ts.Node): boolean {
  return (node.flags & ts.NodeFlags.OptionalChain) !== 0;
}

function callsInSpine(inner: ts.Node, bared: (node: ts.Node) => ts.Node): boolean {
  let node = inner;
  for (;;) {
    if (ts.isCallExpression(node) || isOptional(node)) return true;
    if (!isAccess(node)) return ts.isNewExpression(node) && node.arguments === undefined;
    node = bared(accessed(node));
  }
}

function isDecoratorName(inner: ts.Node, bared: (node: ts.Node) => ts.Node): boolean {
  let node = inner;
  while (ts.isPropertyAccessExpression(node) && node.questionDotToken === undefined) node = bared(node.expression);
  return ts.isIdentifier(node) || node.kind === SyntaxKind.ThisKeyword;
}

function isInstantiation(node: ts.Node): boolean {
  return ts.isExpressionWithTypeArguments(node);
}

/** The text after `inner` could be read as going on with what `inner` ends with: a type, type arguments, a JSX element. */
export function runsOn(inner: ts.Node, next: string, bared: (node: ts.Node) => ts.Node): boolean {
  let node = inner;
  for (;;) {
    if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return /^(?:&(?!&)|\|(?!\|)|[<[?](?!\?))/.test(next);
    if (isInstantiation(node)) return !/^[)\],;}:]/.test(next) && next !== '';
    if (isJsx(node)) return /^<[^<=]/.test(next);
    const last = lastOperand(node);
    if (last === undefined) return false;
    node = bared(last);
  }
}

/** Nothing can go on with what `inner` ends with: a block, a JSX element, `++`. */
export function isSealed(inner: ts.Node, bared: (node: ts.Node) => ts.Node): boolean {
  for (let node = inner; ;) {
    if (ts.isArrowFunction(node) && ts.isBlock(node.body)) return true;
    if (isJsx(node) || ts.isPostfixUnaryExpression(node)) return true;
    const last = lastOperand(node);
    if (last === undefined) return false;
    node = bared(last);
  }
}

function isJsx(node: ts.Node): boolean {
  return ts.isJsxElement(node) || ts.isJsxSelfClosingElement(node) || ts.isJsxFragment(node);
}

function lastOperand(node: ts.Node): ts.Node | undefined {
  if (ts.isBinaryExpression(node)) return node.right;
  if (ts.isConditionalExpression(node)) return node.whenFalse;
  if (ts.isPrefixUnaryExpression(node)) return node.operand;
  if (ts.isArrowFunction(node)) return ts.isBlock(node.body) ? undefined : node.body;
  if (
    ts.isTypeOfExpression(node) ||
    ts.isVoidExpression(node) ||
    ts.isDeleteExpression(node) ||
    ts.isAwaitExpression(node) ||
    ts.isYieldExpression(node) ||
    ts.isTypeAssertionExpression(node)
  ) {
    return node.expression;
  }
  return undefined;
}
