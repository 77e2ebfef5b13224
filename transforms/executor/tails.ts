import { ts } from 'ts-morph';

import { negated, type Out } from './layout.ts';
import { isInert } from '../api-map/call-arguments.ts';
import {
  checkBody,
  commentsOf,
  mentionsSettler,
  settler,
  shown,
  skipParentheses,
  statementsOf,
  Stop,
  type FunctionLiteral,
  type Work,
} from './shape.ts';
import { waitOf } from './waits.ts';
import { handedOn, isLoneReturn, isUnref, refuseReturns, withComments } from './unsettled.ts';

/** What a list of statements becomes, and whether every way through it settles the promise. */
export interface Settled {
  readonly outs: readonly Out[];
  readonly settles: boolean;
}

/** Body of a function that runs once and last; what settles the promise in it ends everything. */
export function settleFunction(work: Work, fn: FunctionLiteral, tail: boolean): Settled {
  checkBody(fn);
  const list = statementsOf(fn);
  if (list) return settleList(work, list, tail);
  return { outs: settleExpression(work, fn.body as ts.Expression, tail), settles: true };
}

/** `tail`: nothing runs after the last of these statements. */
export function settleList(work: Work, list: readonly ts.Statement[], tail: boolean): Settled {
  const outs: Out[] = [];
  const statements = list.filter((s) => !work.ignored.has(s));
  for (const [i, statement] of statements.entries()) {
    const rest = statements.slice(i + 1);
    if (!mentionsSettler(work, statement)) {
      refuseReturns(work, statement);
      outs.push({ line: [withComments(work, statement)] });
      if (ts.isThrowStatement(statement)) return { outs, settles: true };
      continue;
    }
    const ends = rest.length === 0 ? tail : isLoneReturn(rest);
    if (list.length > 1) outs.push(...commentsOf(work, statement).map((span): Out => ({ line: [{ span }] })));
    const found = settleStatement(work, statement, rest, ends, tail);
    outs.push(...found.outs);
    if (found.settles) return { outs, settles: true };
  }
  return { outs, settles: false };
}

function settleStatement(
  work: Work,
  statement: ts.Statement,
  rest: readonly ts.Statement[],
  ends: boolean,
  tail: boolean,
): Settled {
  const isReturn = ts.isReturnStatement(statement);
  const expression = settlingExpression(work, statement);
  if (expression) {
    if (!isReturn && !ends && !isHarmless(work, rest) && !isUnref(work, statement, rest))
      throw new Stop('goes-on', `Work goes on after \`${shown(work, expression)}\`.`);
    return {
      outs: settleExpression(work, expression, tail && (ends || !isReturn || rest.length === 0)),
      settles: true,
    };
  }
  if (ts.isBlock(statement)) {
    const inner = settleList(work, statement.statements, ends);
    if (statement.statements.some((s) => ts.isVariableStatement(s)))
      return { outs: [{ sections: [{ head: [], body: inner.outs }], short: false }], settles: inner.settles };
    return inner;
  }
  if (ts.isIfStatement(statement))
    return settleIf(work, statement, ends || isHarmless(work, rest), tail && rest.length === 0);
  if (ts.isTryStatement(statement)) return settleTry(work, statement, ends);
  if (
    ts.isForOfStatement(statement) ||
    ts.isForStatement(statement) ||
    ts.isForInStatement(statement) ||
    ts.isWhileStatement(statement)
  ) {
    const body = ts.isBlock(statement.statement) ? statement.statement.statements : [statement.statement];
    const inner = settleList(work, body, false);
    const { source } = work.context;
    const head = { span: { start: statement.getStart(source), end: statement.statement.getStart(source) } };
    const trimmed = { span: { start: head.span.start, end: source.text.slice(0, head.span.end).trimEnd().length } };
    return { outs: [{ sections: [{ head: [trimmed], body: inner.outs }], short: false }], settles: false };
  }
  throw handedOn(work, statement);
}

function settleIf(work: Work, statement: ts.IfStatement, ends: boolean, last: boolean): Settled {
  const branch = (one: ts.Statement): Settled => settleList(work, ts.isBlock(one) ? one.statements : [one], ends);
  const head = ['if (', statement.expression, ')'];
  const then = branch(statement.thenStatement);
  const short = !ts.isBlock(statement.thenStatement);
  const other = statement.elseStatement;
  if (!other)
    return {
      outs: [{ sections: [{ head, body: then.outs }], short: short || (isOneReject(then.outs) && short) }],
      settles: false,
    };
  const otherwise = branch(other);
  const settles = then.settles && otherwise.settles;
  // What follows a branch that always leaves needs no `else`.
  if (
    then.settles &&
    last &&
    isShortExit(then.outs) &&
    otherwise.outs.every((o) => !('line' in o) || !ts.isVariableStatement(o.line[0] as ts.Node))
  ) {
    return { outs: [{ sections: [{ head, body: then.outs }], short }, ...otherwise.outs], settles };
  }
  return {
    outs: [
      {
        sections: [
          { head, body: then.outs },
          { head: ['else'], body: otherwise.outs },
        ],
        short: short && !ts.isBlock(other),
      },
    ],
    settles,
  };
}

/** Only throws: nothing of the finish can change that. */
const isOneReject = (outs: readonly Out[]): boolean => outs.length === 1 && 'reject' in outs[0]!;

const isShortExit = (outs: readonly Out[]): boolean => isOneReject(outs);

function settleTry(work: Work, statement: ts.TryStatement, ends: boolean): Settled {
  const { catchClause, finallyBlock, tryBlock } = statement;
  if (finallyBlock && mentionsSettler(work, finallyBlock))
    throw new Stop('escapes', 'The promise is settled in `finally`.');
  const { waits } = work;
  const tried = settleList(work, tryBlock.statements, ends);
  if (catchClause && rejects(tried.outs))
    throw new Stop('goes-on', 'What is rejected inside of `try` would be caught there.');
  if (!catchClause)
    return {
      outs: [
        {
          sections: [
            { head: ['try'], body: tried.outs },
            { head: ['finally'], body: finallyBlock!.statements.map((s) => ({ line: [s] })) },
          ],
          short: false,
        },
      ],
      settles: tried.settles,
    };
  const caught = settleList(work, catchClause.block.statements, ends);
  const settles = tried.settles && caught.settles;
  const variable = catchClause.variableDeclaration?.name;
  const only = caught.outs.length === 1 ? caught.outs[0]! : undefined;
  const [value] = only && 'reject' in only ? only.reject : [];
  if (
    tried.settles &&
    !finallyBlock &&
    variable &&
    ts.isIdentifier(variable) &&
    isNode(value) &&
    ts.isIdentifier(value) &&
    value.text === variable.text
  ) {
    return { outs: tried.outs, settles };
  }
  if (work.waits > waits)
    throw new Stop('goes-on', 'What fails after the wait would be caught by the `try` around it.');
  const sections = [
    { head: ['try'], body: tried.outs },
    {
      head: catchClause.variableDeclaration ? ['catch (', catchClause.variableDeclaration, ')'] : ['catch'],
      body: caught.outs,
    },
    ...(finallyBlock ? [{ head: ['finally'], body: finallyBlock.statements.map((s): Out => ({ line: [s] })) }] : []),
  ];
  return { outs: [{ sections, short: false }], settles };
}

const isNode = (value: unknown): value is ts.Node =>
  typeof value === 'object' && value !== null && 'kind' in value && 'pos' in value;

function rejects(outs: readonly Out[]): boolean {
  return outs.some((out) => 'reject' in out || ('sections' in out && out.sections.some(({ body }) => rejects(body))));
}

/** The expression of a statement that settles: `resolve(x)`, `a ? resolve(x) : reject(e)`, a wait whose callback settles. */
function settlingExpression(work: Work, statement: ts.Statement): ts.Expression | undefined {
  if (ts.isVariableStatement(statement)) {
    const [only, ...more] = statement.declarationList.declarations;
    const init = only?.initializer;
    return init && more.length === 0 && waitOf(work, init) ? init : undefined;
  }
  if (!ts.isExpressionStatement(statement) && !ts.isReturnStatement(statement)) return undefined;
  if (!statement.expression) return undefined;
  const expression = bare(statement.expression);
  if (ts.isConditionalExpression(expression))
    return mentionsSettler(work, expression.whenTrue) && mentionsSettler(work, expression.whenFalse)
      ? expression
      : undefined;
  if (ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.CommaToken)
    return expression;
  if (!ts.isCallExpression(expression)) return undefined;
  return settler(work, expression.expression) || passedOn(work, expression) || waitOf(work, expression)
    ? expression
    : undefined;
}

/** `f()` of `f().then(resolve, reject)` and `f().then(resolve).catch(reject)`: another promise settles this one. */
function passedOn(work: Work, call: ts.CallExpression): ts.Expression | undefined {
  const [last, ...caught] = chained(call, 'catch') ?? [];
  const then = last ? skipParentheses(last) : call;
  if (!ts.isCallExpression(then)) return undefined;
  const [promise, ...handlers] = chained(then, 'then') ?? [];
  const given = [...handlers, ...caught].map((handler) => settler(work, skipParentheses(handler)));
  return promise && given.length === 2 && given[0] === 'resolve' && given[1] === 'reject' ? promise : undefined;
}

/** What a method is called on, and what it is given. */
function chained({ expression, arguments: given }: ts.CallExpression, name: string): ts.Expression[] | undefined {
  return ts.isPropertyAccessExpression(expression) && expression.name.text === name
    ? [expression.expression, ...given]
    : undefined;
}

function bare(node: ts.Expression): ts.Expression {
  let current = skipParentheses(node);
  while (ts.isVoidExpression(current)) current = skipParentheses(current.expression);
  return current;
}

/** An expression after which nothing more happens. */
export function settleExpression(work: Work, node: ts.Expression, tail: boolean): readonly Out[] {
  const expression = bare(node);
  if (ts.isConditionalExpression(expression)) {
    const then = settleExpression(work, expression.whenTrue, tail);
    const otherwise = settleExpression(work, expression.whenFalse, tail);
    if (isOneReject(then))
      return [{ sections: [{ head: ['if (', expression.condition, ')'], body: then }], short: true }, ...otherwise];
    if (isOneReject(otherwise))
      return [
        { sections: [{ head: ['if (', negated(expression.condition), ')'], body: otherwise }], short: true },
        ...then,
      ];
    return [
      {
        sections: [
          { head: ['if (', expression.condition, ')'], body: then },
          { head: ['else'], body: otherwise },
        ],
        short: false,
      },
    ];
  }
  if (ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.CommaToken) {
    if (mentionsSettler(work, expression.left))
      throw new Stop('goes-on', `Work goes on after \`${shown(work, expression.left)}\`.`);
    return [{ line: [expression.left, work.semi] }, ...settleExpression(work, expression.right, tail)];
  }
  if (ts.isCallExpression(expression)) {
    const kind = settler(work, expression.expression);
    if (kind) return [settleCall(work, kind, expression, tail)];
    const promise = passedOn(work, expression);
    if (promise) {
      if (work.context.types.colour(promise) === 'unknown')
        throw new Stop('maybe-thenable', `\`${shown(work, promise)}\` may be a thenable: its type does not say.`);
      work.waits++;
      return [{ resolve: [promise], effect: work.context.types.isVoid(promise, true), inert: false, tail }];
    }
    const wait = waitOf(work, expression);
    if (wait) return wait(tail);
  }
  throw handedOn(work, node);
}

function settleCall(work: Work, kind: 'resolve' | 'reject', call: ts.CallExpression, tail: boolean): Out {
  const whole = kind === 'resolve' ? spreadName(call) : undefined;
  if (whole) {
    if (/\bany\b|\bunknown\b/.test(work.context.types.text(whole)))
      throw new Stop('maybe-thenable', `\`${shown(work, whole)}\` may hold a thenable: its type does not say.`);
    return { resolve: [whole], effect: false, inert: true, tail };
  }
  const [value] = call.arguments;
  if (call.arguments.some((a) => ts.isSpreadElement(a) || mentionsSettler(work, a)))
    throw new Stop('escapes', `\`${shown(work, call)}\` hands on what settles the promise.`);
  if (kind === 'reject') return { reject: [value ?? 'undefined'] };
  if (value && work.context.types.colour(value) === 'unknown')
    throw new Stop('maybe-thenable', `\`${shown(work, value)}\` may be a thenable: its type does not say.`);
  // A rejection of that promise is not caught by a `try` around it.
  if (value && work.context.types.colour(value) === 'promise') work.waits++;
  return { resolve: value && [value], effect: false, inert: !value || isInert(value), tail };
}

/** `results` of `resolve(...results)`: a promise takes the first of them. */
function spreadName({ arguments: [only, ...more] }: ts.CallExpression): ts.Identifier | undefined {
  return only && more.length === 0 && ts.isSpreadElement(only) && ts.isIdentifier(only.expression)
    ? only.expression
    : undefined;
}

/** All that follows is to settle once more, without any work: a second call of `resolve` or `reject` does nothing. */
function isHarmless(work: Work, rest: readonly ts.Statement[]): boolean {
  return (
    rest.every((statement) => {
      if (!ts.isExpressionStatement(statement)) return false;
      const call = bare(statement.expression);
      return (
        ts.isCallExpression(call) &&
        settler(work, call.expression) !== undefined &&
        call.arguments.every((a) => isInert(a))
      );
    }) && rest.length > 0
  );
}
