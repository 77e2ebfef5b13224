import { ts } from 'ts-morph';
import type { Piece } from '../../src/transform.ts';

import { commentsOf, mentionsSettler, ownNodes, settler, shown, Stop, type Work } from './shape.ts';

/** The statement with the comments in front of it and on its last line; without any, the statement. */
export function withComments(work: Work, statement: ts.Statement): Piece {
  const { text } = work.context.source;
  const spans = commentsOf(work, statement);
  if (spans.length === 0) return statement;
  const start = Math.min(statement.getStart(work.context.source), ...spans.map((s) => s.start));
  const end = Math.max(statement.end, ...spans.map((s) => s.end));
  return { span: { start, end: start + text.slice(start, end).trimEnd().length } };
}

/** Why what settles the promise is out of sight: an event, a callback, or anything else. */
export function handedOn(work: Work, node: ts.Node): Stop {
  const event = eventIn(node);
  if (event !== undefined) return new Stop('event', `The promise waits for the event \`${event}\`.`);
  for (const inner of ownNodes(node)) {
    if (
      !ts.isCallExpression(inner) ||
      settler(work, inner.expression) ||
      !inner.arguments.some((a) => mentionsSettler(work, a))
    )
      continue;
    if (keeps(work, inner)) return kept(work, inner);
    return (
      givenFunction(work, inner) ??
      new Stop(
        'callback',
        `\`${shown(work, inner.expression)}\` settles the promise from a callback, and has no blocking twin.`,
      )
    );
  }
  return new Stop('escapes', `\`${shown(work, node)}\` hands on what settles the promise.`);
}

/** `fn` of `const promisify = (fn) => (...args) => new Promise(…)`: what it stands for shows only where `promisify` is called. */
export function givenFunction({ executor }: Work, { expression }: ts.CallExpression): Stop | undefined {
  const callee =
    ts.isPropertyAccessExpression(expression) && /^(call|apply)$/.test(expression.name.text)
      ? expression.expression
      : expression;
  if (!ts.isIdentifier(callee)) return undefined;
  for (let up: ts.Node | undefined = executor; up; up = up.parent as ts.Node | undefined) {
    if (!ts.isFunctionLike(up)) continue;
    if (up.parameters.some(({ name }) => ts.isIdentifier(name) && name.text === callee.text))
      return new Stop(
        'callback',
        `\`${callee.text}\` is whatever this function is given: nothing here says that it has a blocking twin.`,
        '`promisify` of `node:util` in its place: what that is given is looked up',
      );
  }
  return undefined;
}

/** The call keeps what settles the promise, for somebody else to call: `waiting.push(resolve)`, `pending.set(id, { resolve, reject })`. */
export function keeps(work: Work, { expression, arguments: given }: ts.CallExpression): boolean {
  return (
    ts.isPropertyAccessExpression(expression) &&
    /^(push|unshift|set|add|enqueue)$/.test(expression.name.text) &&
    given.some((argument) => !ts.isFunctionLike(argument) && mentionsSettler(work, argument))
  );
}

/** Why a call that keeps it is refused. */
export function kept(work: Work, call: ts.CallExpression): Stop {
  return new Stop('escapes', `\`${shown(work, call)}\` keeps what settles the promise for others to call: a deferred.`);
}

/** `close` of `server.on('close', resolve)`. */
function eventIn(statement: ts.Node): string | undefined {
  for (const node of ownNodes(statement)) {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) continue;
    const [event] = node.arguments;
    if (/^(on|once|addListener|addEventListener|prepend\w+)$/.test(node.expression.name.text) && event)
      return ts.isStringLiteralLike(event) ? event.text : event.getText();
  }
  return undefined;
}

/** `const timer = setTimeout(…); timer.unref();` */
export function isUnref(work: Work, statement: ts.Statement, rest: readonly ts.Statement[]): boolean {
  if (!ts.isVariableStatement(statement)) return false;
  const { name } = statement.declarationList.declarations[0]!;
  const unrefs = rest.every((one) => {
    if (
      !ts.isExpressionStatement(one) ||
      !ts.isCallExpression(one.expression) ||
      !ts.isPropertyAccessExpression(one.expression.expression)
    )
      return false;
    const { expression, name: member } = one.expression.expression;
    return ts.isIdentifier(name) && work.context.types.same(name, expression) && member.text === 'unref';
  });
  if (unrefs) work.notes.add('The timer kept nothing alive; the wait does now.');
  return unrefs;
}

export function isLoneReturn(rest: readonly ts.Statement[]): boolean {
  return rest.length === 1 && ts.isReturnStatement(rest[0]!) && !rest[0].expression;
}

/** A `return` on a way that did not settle leaves the promise pending for ever. */
export function refuseReturns(work: Work, statement: ts.Statement): void {
  if (ts.isFunctionDeclaration(statement)) return;
  for (const node of ownNodes(statement)) {
    if (ts.isReturnStatement(node))
      throw new Stop('never-settles', `The promise stays pending after \`${shown(work, node)}\`.`);
  }
}
