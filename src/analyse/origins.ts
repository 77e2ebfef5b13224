import { ts } from 'ts-morph';
import type { Checker } from '../checker/checker.ts';
import { isCopy } from './copies.ts';
import { givenTo, isFunctionLike, keyOf, skipParentheses } from './syntax.ts';

/** Where the promises were made that a name is given one of, by a loop, a pattern or a callback. */
export interface Origin {
  /** What keeps them: `jobs` of `for (const job of jobs)`. */
  readonly slots: readonly ts.Declaration[];
  /** Made on the spot: `for (const job of names.map(load))`. */
  readonly made: readonly ts.Expression[];
}

const none: Origin = { slots: [], made: [] };
const same = /^(concat|entries|filter|flat|reverse|slice|sort|toReversed|toSorted|values)$/;

/** Of a name that nothing is assigned to: what it is taken from. */
export function originOf(declaration: ts.Node, checker: Checker): Origin | undefined {
  let at = declaration;
  while (ts.isBindingElement(at)) {
    if (ts.isObjectBindingPattern(at.parent)) {
      const kept = propertyOf(at, at.parent, checker);
      if (kept.length > 0) return { slots: kept, made: [] };
    }
    at = at.parent.parent;
  }
  if (ts.isVariableDeclaration(at)) {
    const { parent: loop } = at.parent;
    if (ts.isForOfStatement(loop)) return keptIn(loop.expression, checker);
    return at !== declaration && at.initializer ? keptIn(at.initializer, checker) : undefined;
  }
  if (!ts.isParameter(at) || !ts.isExpression(at.parent)) return undefined;
  const call = givenTo(at.parent);
  const receiver = call && ts.isPropertyAccessExpression(call.expression) ? call.expression.expression : undefined;
  return receiver && checker.bearing(checker.typeOf(receiver)) === 'container' ? keptIn(receiver, checker) : undefined;
}

/** Declarations of the property that an element of a pattern reads. */
function propertyOf(
  element: ts.BindingElement,
  pattern: ts.ObjectBindingPattern,
  checker: Checker,
): readonly ts.Declaration[] {
  const name = keyOf(element.propertyName) ?? (ts.isIdentifier(element.name) ? element.name.text : undefined);
  const found = name === undefined ? undefined : checker.property(checker.typeOf(pattern), name);
  return (found?.declarations ?? []).filter((each) => checker.isOwn(each) && !isFunctionLike(each));
}

function keptIn(source: ts.Expression, checker: Checker): Origin {
  const from = containerOf(source, checker);
  if (ts.isObjectLiteralExpression(from)) return none;
  if (!ts.isIdentifier(from) && !ts.isPropertyAccessExpression(from)) return { slots: [], made: [from] };
  return { slots: checker.declarations(from).filter((each) => checker.isOwn(each)), made: [] };
}

/** `jobs` of `Object.entries(jobs)`, `[...jobs]`, `jobs.slice(1)`. */
function containerOf(source: ts.Expression, checker: Checker): ts.Expression {
  let at = skipParentheses(source);
  for (;;) {
    const inner = copied(at, checker);
    if (!inner) return at;
    at = skipParentheses(inner);
  }
}

function copied(node: ts.Expression, checker: Checker): ts.Expression | undefined {
  if (ts.isNonNullExpression(node) || ts.isAsExpression(node)) return node.expression;
  if (ts.isArrayLiteralExpression(node)) {
    const [only, ...others] = node.elements;
    return only && others.length === 0 && ts.isSpreadElement(only) ? only.expression : undefined;
  }
  if (ts.isNewExpression(node)) return /^(Set|Map)$/.test(node.expression.getText()) ? node.arguments?.[0] : undefined;
  if (!ts.isCallExpression(node)) return undefined;
  const { expression: callee } = node;
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  if (checker.bearing(checker.typeOf(callee.expression)) === 'container' && same.test(callee.name.text))
    return callee.expression;
  return isCopy(node, checker) ? node.arguments[0] : undefined;
}
