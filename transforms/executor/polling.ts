import { ts } from 'ts-morph';
import { fresh, imported, type Piece } from '../../src/transform.ts';
import { negated, type Out } from './layout.ts';
import {
  commentsOf,
  isFunctionLiteral,
  mentionsSettler,
  ownNodes,
  referencesTo,
  settler,
  shown,
  skipParentheses,
  statementsOf,
  Stop,
  type FunctionLiteral,
  type Work,
} from './shape.ts';
import { timerOf } from './time-limit.ts';
import { refuseReturns, withComments } from './unsettled.ts';
import { noteThrows } from './waits.ts';

/** `const timer = setInterval(() => {…}, ms);` */
interface Interval {
  readonly statement: ts.Statement;
  readonly name: ts.Identifier;
  readonly callback: FunctionLiteral;
  readonly ms: ts.Expression;
}

/** A timer beside it that gives up. */
interface Limit {
  readonly statement: ts.Statement;
  readonly name: ts.Identifier | undefined;
  readonly ms: ts.Expression;
  readonly body: readonly ts.Statement[];
}

/** One poll while it is read. */
interface Poll extends Interval {
  readonly work: Work;
  readonly limit: Limit | undefined;
  /** A value that the promise is resolved with at the one place where it is, to stand behind the loop. */
  readonly after: { readonly value: readonly Piece[] | undefined; readonly inert: boolean } | undefined;
}

/**
 * An executor that looks again and again, by `setInterval`, until it clears the interval and settles, or until a `setTimeout` beside it does: a
 * loop that sleeps first. Undefined where it does not do so.
 */
export function settlePolling(work: Work, list: readonly ts.Statement[]): readonly Out[] | undefined {
  const interval = list.map((statement) => intervalOf(work, statement)).find((each) => each !== undefined);
  if (!interval || !isStill(interval.ms)) return undefined;
  const beside = list.filter((s) => s !== interval.statement && mentionsSettler(work, s));
  const limit = beside.length === 1 ? limitOf(work, beside[0]!) : undefined;
  if (beside.length > (limit ? 1 : 0)) return undefined;
  const before = list.filter((s) => s !== interval.statement && s !== limit?.statement);
  if (list.indexOf(interval.statement) < before.length) return undefined;
  if (before.some((s) => referencesTo(work, interval.name, s).length > 0)) return undefined;
  const body = statementsOf(interval.callback)!;
  const places = resolvesIn(work, [...body, ...(limit?.body ?? [])]);
  const [only, ...more] = places;
  const single = only && more.length === 0 && !usesLocal(only, body) ? only : undefined;
  const [value] = single?.arguments ?? [];
  const after = single && { value: value && [value], inert: isStillOrNone(value) };
  const poll: Poll = { ...interval, work, after, limit };
  noteThrows(work, [interval.callback.body]);
  if (interval.callback.modifiers) work.notes.add('Each look is over before the next begins.');
  const sleep: Out = { line: [imported('@unawait/std/time', 'sleepSync'), '(', interval.ms, ')', work.semi] };
  const end = limit && { name: fresh('end'), done: endOf(poll, limit.body) };
  const late: Out[] = end
    ? [{ sections: [{ head: ['if (Date.now() >= ', end.name, ')'], body: end.done }], short: end.done.length === 1 }]
    : [];
  const loop: Out = {
    sections: [{ head: ['for (;;)'], body: [sleep, ...late, ...stepsOf(poll, body)] }],
    short: false,
  };
  const lines = before.map((statement): Out => {
    refuseReturns(work, statement);
    return { line: [withComments(work, statement)] };
  });
  if (limit && end) lines.push({ line: ['const ', end.name, ' = Date.now() + ', limit.ms, work.semi] });
  const comments = [interval.statement, ...(limit ? [limit.statement] : [])].flatMap((s) => commentsOf(work, s));
  return [
    ...lines,
    ...comments.map((span): Out => ({ line: [{ span }] })),
    loop,
    ...(after ? [{ resolve: after.value, effect: false, inert: after.inert, tail: true }] : []),
  ];
}

/** `const timeout = setTimeout(() => { clearInterval(timer); reject(…); }, ms);` */
function limitOf(work: Work, statement: ts.Statement): Limit | undefined {
  const timer = timerOf(work, statement);
  const fn = timer && skipParentheses(timer.callback);
  const body = fn && ts.isArrowFunction(fn) && fn.parameters.length === 0 ? statementsOf(fn) : undefined;
  return timer && body && isStill(timer.ms) ? { statement, name: timer.name, ms: timer.ms, body } : undefined;
}

function intervalOf(work: Work, statement: ts.Statement): Interval | undefined {
  const [declaration, ...more] = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [];
  const call = declaration?.initializer && skipParentheses(declaration.initializer);
  if (!declaration || more.length > 0 || !call || !ts.isCallExpression(call) || !ts.isIdentifier(declaration.name))
    return undefined;
  if (!/^(global|node:timers)#setInterval$/.test(work.context.types.api(call) ?? '')) return undefined;
  const [callback, ms, ...values] = call.arguments;
  const fn = callback && skipParentheses(callback);
  if (!fn || !ms || values.length > 0 || !isFunctionLiteral(fn) || !statementsOf(fn)) return undefined;
  if (fn.parameters.length > 0 || !ts.isArrowFunction(fn)) return undefined;
  return { statement, name: declaration.name, callback: fn, ms };
}

/** The statements of the callback; where it settles the loop ends. */
function stepsOf(poll: Poll, list: readonly ts.Statement[]): Out[] {
  const { work } = poll;
  const outs: Out[] = [];
  for (const [i, statement] of list.entries()) {
    if (!isAbout(poll, statement)) {
      const rest = list.slice(i + 1);
      const unless =
        rest[0] && isAbout(poll, rest[0]) && ts.isExpressionStatement(rest[0]) ? skipOf(poll, statement) : undefined;
      // `if (!ready()) return; clearInterval(timer); resolve();`
      if (unless) {
        const body = endOf(poll, rest);
        return [...outs, { sections: [{ head: ['if (', negated(unless), ')'], body }], short: body.length === 1 }];
      }
      const skipped = skipOf(poll, statement);
      outs.push(skipped ? { line: ['if (', skipped, ') continue', work.semi] } : plain(poll, statement));
      continue;
    }
    if (ts.isExpressionStatement(statement)) return [...outs, ...endOf(poll, list.slice(list.indexOf(statement)))];
    if (!ts.isIfStatement(statement))
      throw new Stop('goes-on', `\`${shown(work, statement)}\` does not end the interval.`);
    outs.push(
      ...commentsOf(work, statement).map((span): Out => ({ line: [{ span }] })),
      ...branchesOf(poll, statement),
    );
  }
  return outs;
}

function plain({ work }: Poll, statement: ts.Statement): Out {
  refuseReturns(work, statement);
  return { line: [withComments(work, statement)] };
}

/** The condition of `if (…) return;`: the next look comes later. */
function skipOf({ work }: Poll, statement: ts.Statement): ts.Expression | undefined {
  if (!ts.isIfStatement(statement) || statement.elseStatement || commentsOf(work, statement).length > 0)
    return undefined;
  const [only, ...more] = listOf(statement.thenStatement);
  return only && more.length === 0 && isLast(only) ? statement.expression : undefined;
}

/** `if (…) { clearInterval(timer); resolve(); } else …`: what ends the loop needs no `else` behind it. */
function branchesOf(poll: Poll, statement: ts.IfStatement): Out[] {
  const { work } = poll;
  const { expression, thenStatement, elseStatement } = statement;
  if (mentionsSettler(work, expression))
    throw new Stop('escapes', `\`${shown(work, expression)}\` asks what settles the promise.`);
  const then = endOf(poll, listOf(thenStatement));
  const section: Out = { sections: [{ head: ['if (', expression, ')'], body: then }], short: then.length === 1 };
  if (!elseStatement) return [section];
  return [
    section,
    ...(ts.isIfStatement(elseStatement) && isAbout(poll, elseStatement)
      ? branchesOf(poll, elseStatement)
      : stepsOf(poll, listOf(elseStatement))),
  ];
}

const listOf = (node: ts.Statement): readonly ts.Statement[] => (ts.isBlock(node) ? node.statements : [node]);

/** The end of the loop: the interval is cleared, and the promise settled, by the last statements. */
function endOf(poll: Poll, list: readonly ts.Statement[]): Out[] {
  const { work } = poll;
  const outs: Out[] = [];
  let end: Out | undefined;
  let over = false;
  for (const [i, statement] of list.entries()) {
    if (isLast(statement) && i === list.length - 1 && end) continue;
    const value =
      ts.isExpressionStatement(statement) || ts.isReturnStatement(statement) ? statement.expression : undefined;
    const call = value && skipParentheses(value);
    const kind = call && ts.isCallExpression(call) ? settler(work, call.expression) : undefined;
    const which = call && cleared(poll, call);
    if (which) over ||= which === 'interval';
    else if (call && kind && !end) end = settled(poll, kind, call as ts.CallExpression);
    else if (end || isAbout(poll, statement))
      throw new Stop('goes-on', `Work goes on after the promise is settled: \`${shown(work, statement)}\`.`);
    else {
      refuseReturns(work, statement);
      outs.push({ line: [withComments(work, statement)] });
      continue;
    }
    outs.push(...commentsOf(work, statement).map((span): Out => ({ line: [{ span }] })));
  }
  if (!end || !over)
    throw new Stop('goes-on', 'The interval goes on where the promise is settled, or the other way round.');
  return [...outs, end];
}

const isLast = (statement: ts.Statement): boolean => ts.isReturnStatement(statement) && !statement.expression;

function settled(poll: Poll, kind: 'resolve' | 'reject', call: ts.CallExpression): Out {
  const { work, after } = poll;
  const [value, ...more] = call.arguments;
  if (more.length > 0 || (value && (ts.isSpreadElement(value) || mentionsSettler(work, value))))
    throw new Stop('escapes', `\`${shown(work, call)}\` hands on what settles the promise.`);
  if (kind === 'reject') return { reject: [value ?? 'undefined'] };
  if (value && work.context.types.colour(value) !== 'plain')
    throw new Stop('maybe-thenable', `\`${shown(work, value)}\` may be a thenable: its type does not say.`);
  if (after) return { line: ['break', work.semi] };
  return { resolve: value && [value], effect: false, inert: isStillOrNone(value), tail: false };
}

/** It settles the promise, or has to do with the interval or its limit. */
function isAbout({ work, name, limit }: Poll, node: ts.Node): boolean {
  const timers = [name, ...(limit?.name ? [limit.name] : [])];
  return mentionsSettler(work, node) || timers.some((timer) => referencesTo(work, timer, node).length > 0);
}

/** `interval` of `clearInterval(timer)`, `timeout` of `clearTimeout(limit)` */
function cleared({ work, name, limit }: Poll, call: ts.Expression): 'interval' | 'timeout' | undefined {
  if (!ts.isCallExpression(call) || call.arguments.length !== 1) return undefined;
  const timer = call.arguments[0] as ts.Identifier;
  const callee = work.context.text(call.expression);
  if (callee === 'clearInterval' && referencesTo(work, name, timer).includes(timer)) return 'interval';
  const other = callee === 'clearTimeout' ? limit?.name : undefined;
  return other && referencesTo(work, other, timer).includes(timer) ? 'timeout' : undefined;
}

function resolvesIn(work: Work, list: readonly ts.Statement[]): ts.CallExpression[] {
  return list
    .flatMap((s) => [...ownNodes(s)])
    .filter((n): n is ts.CallExpression => ts.isCallExpression(n) && settler(work, n.expression) === 'resolve');
}

/** The value names what the callback declares: behind the loop there is no such name. */
function usesLocal({ arguments: [value] }: ts.CallExpression, list: readonly ts.Statement[]): boolean {
  if (!value) return false;
  const words = [...ownNodes(value)].filter(ts.isIdentifier);
  const declared = list
    .flatMap((s) => [...ownNodes(s)])
    .filter((n) => ts.isVariableDeclaration(n) || ts.isBindingElement(n));
  const nested = list
    .flatMap((s) => [...ownNodes(s)])
    .some((n) => ts.isIterationStatement(n, false) || ts.isSwitchStatement(n));
  return nested || declared.some(({ name }) => !ts.isIdentifier(name) || words.some((w) => w.text === name.text));
}

const isStillOrNone = (value: ts.Expression | undefined): boolean => value === undefined || isStill(value);

/** A number or a name: it may be read again and again. */
function isStill(node: ts.Expression): boolean {
  if (ts.isBinaryExpression(node))
    return isStill(node.left) && isStill(node.right) && /^[-+*/]$/.test(node.operatorToken.getText());
  if (ts.isPropertyAccessExpression(node)) return isStill(node.expression);
  return ts.isIdentifier(node) || ts.isLiteralExpression(node) || /^(this|true|false|null)$/.test(node.getText());
}
