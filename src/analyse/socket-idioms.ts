import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { spanOfStatement } from './settled-statements.ts';
import { skipParentheses, walk } from './syntax.ts';

/** Statements of one block that belong together around a socket; the site spans from the first to the last of them. */
export function collectSocketIdioms(draft: Draft, node: ts.Node): void {
  if (!ts.isBlock(node) && !ts.isSourceFile(node)) return;
  for (const [i, statement] of node.statements.entries()) {
    const closed = closeWait(draft, node.statements, i, doneBy);
    if (closed !== undefined) emit(draft, node, 'socket-close', node.statements[closed]!, statement);
    const ended = closed === undefined ? closeWait(draft, node.statements, i, closedAfter) : undefined;
    if (ended !== undefined) emit(draft, node, 'socket-end', node.statements[ended]!, statement);
    const previous = node.statements[i - 1];
    if (previous && isTimeoutOff(draft, previous, statement)) emit(draft, node, 'timeout-off', previous, statement);
  }
}

function emit(
  draft: Draft,
  block: ts.Block | ts.SourceFile,
  idiom: string,
  first: ts.Statement,
  last: ts.Statement,
): void {
  const source = block.getSourceFile();
  draft.emit({ kind: 'idiom', idiom }, block, draft.enclosing(first), -1, {
    start: first.getStart(source),
    end: spanOfStatement(last).end,
  });
}

/** What has happened when the method comes back, for each event that tells of it. */
const doneBy: Readonly<Record<string, RegExp>> = {
  close: /^destroy(Soon)?$/,
  connect: /^connect$/,
  finish: /^end$/,
};

/** The other side still has to end. */
const closedAfter: Readonly<Record<string, RegExp>> = { close: /^end$/ };

/**
 * `const closed = once(socket, 'close'); socket.destroy(); await closed;`, or the wait directly behind `socket.destroy()`: index of the
 * first statement that belongs to the wait that ends at `index`. So with `connect(…)` and `end(…)`.
 */
function closeWait(
  draft: Draft,
  list: readonly ts.Statement[],
  index: number,
  methods: Readonly<Record<string, RegExp>>,
): number | undefined {
  const statement = list[index]!;
  const waited = ts.isExpressionStatement(statement) ? skipParentheses(statement.expression) : undefined;
  if (!waited || !ts.isAwaitExpression(waited)) return undefined;
  const operand = skipParentheses(waited.expression);
  const direct = waitedFor(draft, operand, methods);
  if (direct) return index > 0 && does(list[index - 1]!, direct) ? index - 1 : undefined;
  if (!ts.isIdentifier(operand)) return undefined;
  const [declaration] = draft.checker.declarations(operand);
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
  const first = list.findIndex(
    (s) =>
      ts.isVariableStatement(s) &&
      s.declarationList.declarations.length === 1 &&
      s.declarationList.declarations[0] === declaration,
  );
  const subject = waitedFor(draft, skipParentheses(declaration.initializer), methods);
  if (first < 0 || first > index || !subject) return undefined;
  const between = list.slice(first + 1, index);
  if (!between.some((s) => does(s, subject))) return undefined;
  return referencesWithin(draft, operand, list) === 1 ? first : undefined;
}

interface Awaited {
  readonly socket: ts.Expression;
  readonly method: RegExp;
}

/** `socket` of `once(socket, 'close')`, where it is a value that turns blocking. */
function waitedFor(draft: Draft, node: ts.Expression, methods: Readonly<Record<string, RegExp>>): Awaited | undefined {
  if (ts.isCallExpression(node) && node.arguments.length === 1 && methods === closedAfter) {
    const [socket] = node.arguments;
    const waits = draft.checker.api(node) === 'node:stream/promises#finished' && isSocket(draft, socket!);
    return waits ? { socket: socket!, method: methods['close']! } : undefined;
  }
  const told = ts.isNewExpression(node) ? toldBy(draft, node) : undefined;
  if (told) {
    const [event] = told.arguments;
    const { expression: socket } = told.expression as ts.PropertyAccessExpression;
    const method = ts.isStringLiteralLike(event!) ? methods[event.text] : undefined;
    return method && isSocket(draft, socket) ? { socket, method } : undefined;
  }
  if (!ts.isCallExpression(node) || node.arguments.length !== 2) return undefined;
  const [socket, event] = node.arguments;
  const method = event && ts.isStringLiteralLike(event) ? methods[event.text] : undefined;
  if (!method || !/^node:events#(once|EventEmitter\.once|default\.once)$/.test(draft.checker.api(node) ?? ''))
    return undefined;
  return isSocket(draft, socket!) ? { socket: socket!, method } : undefined;
}

/** `socket.once('close', resolve)` of a `new Promise` that does nothing else. */
export function toldBy(draft: Draft, node: ts.NewExpression): ts.CallExpression | undefined {
  const [given] = node.arguments ?? [];
  const executor = given && skipParentheses(given);
  if (node.expression.getText() !== 'Promise' || !executor || !ts.isArrowFunction(executor)) return undefined;
  const [only, ...more] = ts.isBlock(executor.body) ? executor.body.statements : [];
  const call = ts.isBlock(executor.body)
    ? only && more.length === 0 && ts.isExpressionStatement(only) && only.expression
    : skipParentheses(executor.body);
  if (!call || !ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return undefined;
  const [, listener, ...others] = call.arguments;
  if (!/^(on|once)$/.test(call.expression.name.text) || !listener || others.length > 0) return undefined;
  const settles = (name: ts.Expression): boolean =>
    ts.isIdentifier(name) && draft.checker.declarations(name)[0] === executor.parameters[0];
  const plain = skipParentheses(listener);
  if (settles(plain)) return call;
  const body = ts.isArrowFunction(plain) && plain.parameters.length === 0 ? plain.body : undefined;
  const done = body && ts.isBlock(body) ? undefined : body && skipParentheses(body);
  return done && ts.isCallExpression(done) && done.arguments.length === 0 && settles(done.expression)
    ? call
    : undefined;
}

/** A `net.Socket` or `tls.TLSSocket`, whose value turns blocking. */
export function isSocket(draft: Draft, node: ts.Expression): boolean {
  const type = draft.checker.typeOf(node);
  return (
    draft.checker.bearing(type) === 'swapped' &&
    /^node:(net#Socket|tls#TLSSocket)$/.test(draft.checker.typeApi(type) ?? 'node:net#Socket')
  );
}

function does(statement: ts.Statement, { socket, method }: Awaited): boolean {
  const call = methodCall(statement);
  return call !== undefined && method.test(call.name) && call.receiver.getText() === socket.getText();
}

/** `socket.setTimeout(0); socket.off('timeout', onTimeout);` */
function isTimeoutOff(draft: Draft, previous: ts.Statement, statement: ts.Statement): boolean {
  const set = methodCall(previous);
  const off = methodCall(statement);
  if (!set || !off || set.name !== 'setTimeout' || !/^(off|removeListener)$/.test(off.name)) return false;
  const [zero, ...more] = set.arguments;
  const [event, listener] = off.arguments;
  return (
    zero?.getText() === '0' &&
    more.length === 0 &&
    event !== undefined &&
    ts.isStringLiteralLike(event) &&
    event.text === 'timeout' &&
    listener !== undefined &&
    ts.isIdentifier(listener) &&
    set.receiver.getText() === off.receiver.getText() &&
    draft.checker.bearing(draft.checker.typeOf(off.receiver)) === 'swapped'
  );
}

function methodCall(
  statement: ts.Statement,
): { name: string; receiver: ts.Expression; arguments: readonly ts.Expression[] } | undefined {
  if (!ts.isExpressionStatement(statement)) return undefined;
  const call = skipParentheses(statement.expression);
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return undefined;
  return { name: call.expression.name.text, receiver: call.expression.expression, arguments: call.arguments };
}

function referencesWithin(draft: Draft, name: ts.Identifier, list: readonly ts.Statement[]): number {
  const [declaration] = draft.checker.declarations(name);
  let count = 0;
  for (const statement of list) {
    for (const node of walk(statement)) {
      if (
        ts.isIdentifier(node) &&
        node.text === name.text &&
        node.parent !== declaration &&
        draft.checker.declarations(node)[0] === declaration
      )
        count++;
    }
  }
  return count;
}
