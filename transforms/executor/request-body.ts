import { ts } from 'ts-morph';
import type { Piece } from '../../src/transform.ts';
import { methodCall, sameValue } from './scene.ts';
import { isFunctionLiteral, skipParentheses, Stop, type Work } from './shape.ts';

/** What a statement writes to a request. */
export interface Written {
  /** What decides whether it is written. */
  readonly when: ts.Expression | undefined;
  readonly data: ts.Expression | undefined;
  /** What is written where `when` does not hold. */
  readonly otherwise: ts.Expression | undefined;
  /** It ends the request. */
  readonly ends: boolean;
  /** It is given to `end` alone, which tells its length. */
  readonly whole: boolean;
}

interface Branch {
  readonly data: ts.Expression | undefined;
  readonly ends: boolean;
  readonly whole: boolean;
}

/** `request.write(a)`, `if (body) request.write(text)`, `body ? request.end(body) : request.end()`; undefined where it is something else. */
export function writtenBy(work: Work, request: ts.Identifier, statement: ts.Statement): Written | undefined {
  const branch = (list: readonly ts.Statement[]): Branch | undefined => branchOf(work, request, list);
  const plain = branch([statement]);
  if (plain) return { when: undefined, otherwise: undefined, ...plain };
  if (ts.isIfStatement(statement)) {
    const then = branch(statementsIn(statement.thenStatement));
    const other = statement.elseStatement && branch(statementsIn(statement.elseStatement));
    if (!then || (statement.elseStatement && !other)) return undefined;
    return either(statement.expression, then, other);
  }
  const expression = ts.isExpressionStatement(statement) ? skipParentheses(statement.expression) : undefined;
  if (expression && ts.isConditionalExpression(expression)) {
    const then = callOf(work, request, expression.whenTrue);
    const other = callOf(work, request, expression.whenFalse);
    return then && other && either(expression.condition, then, other);
  }
  if (
    expression &&
    ts.isBinaryExpression(expression) &&
    expression.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken
  ) {
    const then = callOf(work, request, expression.right);
    return then && either(expression.left, then, undefined);
  }
  return undefined;
}

function either(when: ts.Expression, then: Branch, other: Branch | undefined): Written | undefined {
  if (then.ends !== (other?.ends ?? false)) return undefined;
  const whole = (then.whole || !then.data) && (!other?.data || other.whole);
  return { when, data: then.data, otherwise: other?.data, ends: then.ends, whole };
}

const statementsIn = (statement: ts.Statement): readonly ts.Statement[] =>
  ts.isBlock(statement) ? statement.statements : [statement];

/** One body at most, and the end or not. */
function branchOf(work: Work, request: ts.Identifier, list: readonly ts.Statement[]): Branch | undefined {
  let branch: Branch = { data: undefined, ends: false, whole: false };
  for (const statement of list) {
    const call = methodCall(statement)?.call;
    const one = call && callOf(work, request, call);
    if (!one || branch.ends || (one.data && branch.data)) return undefined;
    branch = { data: branch.data ?? one.data, ends: one.ends, whole: one.whole && !branch.data };
  }
  return list.length > 0 ? branch : undefined;
}

/** `request.write(data)`, `request.end(data)`, `request.end()`. */
function callOf(work: Work, request: ts.Identifier, expression: ts.Expression): Branch | undefined {
  const call = skipParentheses(expression);
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return undefined;
  const { name, expression: receiver } = call.expression;
  if (!sameValue(work, request, receiver) || !/^(write|end)$/.test(name.text)) return undefined;
  const [data, encoding, ...more] = call.arguments;
  if (more.length > 0 || (encoding && !/^(['"`])utf-?8\1$/i.test(work.context.text(encoding)))) return undefined;
  if (data && (isFunctionLiteral(skipParentheses(data)) || ts.isSpreadElement(data))) return undefined;
  if (name.text === 'write' && !data) return undefined;
  return { data, ends: name.text === 'end', whole: name.text === 'end' };
}

/** The body as one argument; undefined where there is none. */
export function bodyPieces(work: Work, writes: readonly Written[]): readonly Piece[] | undefined {
  const bodies = writes.filter(({ data, otherwise }) => data ?? otherwise);
  const [only, ...more] = bodies;
  if (!only) return undefined;
  if (more.length > 0) {
    if (bodies.some(({ when }) => when))
      throw new Stop('event', 'The body of the request is written in parts, some of them on a condition.');
    return ['[', ...bodies.flatMap(({ data }, i): Piece[] => (i > 0 ? [', ', data!] : [data!])), ']'];
  }
  const { when, data, otherwise } = only;
  if (!when) return [data!];
  if (data && !otherwise && work.context.text(skipParentheses(when)) === work.context.text(data)) return [data];
  const condition: Piece[] = bindsLooser(when) ? ['(', when, ')'] : [when];
  return [...condition, ' ? ', data ?? 'undefined', ' : ', otherwise ?? 'undefined'];
}

function bindsLooser(node: ts.Expression): boolean {
  return (
    ts.isConditionalExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isYieldExpression(node) ||
    (ts.isBinaryExpression(node) &&
      (node.operatorToken.kind === ts.SyntaxKind.CommaToken ||
        (node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
          node.operatorToken.kind <= ts.SyntaxKind.LastAssignment)))
  );
}
