import { ts } from 'ts-morph';

import type { Out } from './layout.ts';
import { settleExpression, settleList } from './tails.ts';
import {
  claimNames,
  declaredNames,
  referencesTo,
  settler,
  shown,
  skipParentheses,
  statementsOf,
  Stop,
  type FunctionLiteral,
  type Work,
} from './shape.ts';

export interface Split {
  /** What happens on an error; undefined: nothing looks at it. */
  readonly failure: readonly Out[] | undefined;
  readonly success: readonly Out[];
  /** Where the error and the results may be named. */
  readonly failed: readonly ts.Node[];
  readonly succeeded: readonly ts.Node[];
}

export function bodyOf(work: Work, handler: FunctionLiteral, tail: boolean): readonly Out[] {
  const list = statementsOf(handler);
  if (!list) return settleExpression(work, handler.body as ts.Expression, tail);
  claimNames(work, declaredNames(list));
  const { outs, settles } = settleList(work, list, tail);
  if (!settles) throw new Stop('never-settles', `The promise may stay pending after \`${shown(work, handler)}\`.`);
  return outs;
}

/** The two ways through `(error, result) => …`. */
export function splitHandler(work: Work, handler: FunctionLiteral, error: ts.Identifier, tail: boolean): Split {
  const list = statementsOf(handler);
  const only =
    list?.length === 1 && ts.isExpressionStatement(list[0]!)
      ? list[0].expression
      : list
        ? undefined
        : (handler.body as ts.Expression);
  const expression = only && skipParentheses(ts.isVoidExpression(only) ? only.expression : only);
  if (referencesTo(work, error, handler.body).length === 0) {
    return { failure: undefined, success: bodyOf(work, handler, tail), failed: [], succeeded: [handler.body] };
  }
  if (expression && ts.isConditionalExpression(expression)) {
    const test = errorTest(work, expression.condition, error);
    if (test === undefined) throw unclear(work, handler);
    const [failed, succeeded] = test
      ? [expression.whenTrue, expression.whenFalse]
      : [expression.whenFalse, expression.whenTrue];
    refuseError(work, error, [succeeded]);
    return {
      failure: settleExpression(work, failed, tail),
      success: settleExpression(work, succeeded, tail),
      failed: [failed],
      succeeded: [succeeded],
    };
  }
  if (
    expression &&
    ts.isCallExpression(expression) &&
    settler(work, expression.expression) === 'resolve' &&
    expression.arguments.length === 1
  ) {
    const test = errorTest(work, expression.arguments[0]!, error);
    if (test === undefined || ts.isIdentifier(skipParentheses(expression.arguments[0]!))) throw unclear(work, handler);
    const answer = (value: boolean): Out => ({ resolve: [String(value)], effect: false, inert: true, tail });
    return { failure: [answer(test)], success: [answer(!test)], failed: [], succeeded: [] };
  }
  const [first, ...rest] = list ?? [];
  if (!first || !ts.isIfStatement(first)) throw unclear(work, handler);
  const test = errorTest(work, first.expression, error);
  if (test === undefined) throw unclear(work, handler);
  const branch = (one: ts.Statement): readonly ts.Statement[] => (ts.isBlock(one) ? one.statements : [one]);
  const then = branch(first.thenStatement);
  if (first.elseStatement && rest.length > 0) throw unclear(work, handler);
  const otherwise = first.elseStatement ? branch(first.elseStatement) : rest;
  const [failed, succeeded] = test ? [then, otherwise] : [otherwise, then];
  refuseError(work, error, succeeded);
  claimNames(work, declaredNames(succeeded));
  // Where the first branch does not return, what follows must do nothing but settle once more.
  const settle = (one: readonly ts.Statement[]) =>
    settleList(work, one, one === then && rest.length > 0 && !rest.every((s) => isSettling(work, s)) ? false : tail);
  const failure = settle(failed);
  const success = settle(succeeded);
  if (!failure.settles || !success.settles)
    throw new Stop('never-settles', `The promise may stay pending after \`${shown(work, handler)}\`.`);
  return { failure: failure.outs, success: success.outs, failed, succeeded };
}

function isSettling(work: Work, statement: ts.Statement): boolean {
  if (!ts.isExpressionStatement(statement)) return false;
  const call = skipParentheses(statement.expression);
  return ts.isCallExpression(call) && settler(work, call.expression) !== undefined;
}

const unclear = (work: Work, handler: FunctionLiteral): Stop =>
  new Stop('callback', `\`${shown(work, handler)}\` does not begin with a look at its error.`);

function refuseError(work: Work, error: ts.Identifier, where: readonly ts.Node[]): void {
  if (referencesTo(work, error, where).length > 0)
    throw new Stop('callback', `\`${error.text}\` is used where the call succeeded.`);
}

/** True: there is an error · false: there is none · undefined: it asks something else. */
function errorTest(work: Work, node: ts.Expression, error: ts.Identifier): boolean | undefined {
  const expression = skipParentheses(node);
  const isError = (e: ts.Expression): boolean =>
    ts.isIdentifier(skipParentheses(e)) && work.context.types.same(error, skipParentheses(e));
  if (isError(expression)) return true;
  if (ts.isPrefixUnaryExpression(expression) && expression.operator === ts.SyntaxKind.ExclamationToken) {
    const inner = errorTest(work, expression.operand, error);
    return inner === undefined ? undefined : !inner;
  }
  if (!ts.isBinaryExpression(expression) || !isError(expression.left)) return undefined;
  const nothing = /^(null|undefined)$/.test(work.context.text(expression.right));
  switch (expression.operatorToken.kind) {
    case ts.SyntaxKind.ExclamationEqualsToken:
    case ts.SyntaxKind.ExclamationEqualsEqualsToken:
      return nothing ? true : undefined;
    case ts.SyntaxKind.EqualsEqualsToken:
    case ts.SyntaxKind.EqualsEqualsEqualsToken:
      return nothing ? false : undefined;
    case ts.SyntaxKind.InstanceOfKeyword:
      return work.context.text(expression.right) === 'Error' ? true : undefined;
    default:
      return undefined;
  }
}
