import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { placeOf } from './idle-reads.ts';
import { enclosingFunction, skipParentheses, walk } from './syntax.ts';

/** Options of `createWriteStream` that mean the same where each write blocks, or nothing. */
const options = /^(flags|encoding|mode|start|highWaterMark|autoClose|emitClose)$/;

type Role = 'written' | 'wait' | 'drain';

/**
 * `const out = createWriteStream(path)`, of which only `write` and `end` are called, and which is waited for: `await once(out, 'finish')`,
 * `await finished(out)`, `await new Promise((resolve) => out.end(resolve))`. Where it is opened, and each wait, is a site of its own. What
 * fails is told where it happens and no longer at the wait, so that no `try` may stand between the two.
 */
export function collectWriteStream(draft: Draft, node: ts.Node): void {
  if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name) || !node.initializer || node.type) return;
  const call = skipParentheses(node.initializer);
  if (!ts.isCallExpression(call) || draft.checker.api(call) !== 'node:fs#createWriteStream' || !isPlain(call)) return;
  const statement = node.parent.parent;
  if (!(ts.getCombinedNodeFlags(node) & ts.NodeFlags.Const) || !ts.isVariableStatement(statement)) return;
  if (ts.getModifiers(statement)?.length) return;
  const scope = enclosingFunction(node);
  if (!scope) return;
  const waits = new Map<ts.Statement, Role>();
  for (const use of walk(scope)) {
    if (!ts.isIdentifier(use) || use === node.name || use.text !== node.name.text) continue;
    if (draft.checker.declarations(use)[0] !== node) continue;
    const found = roleOf(draft, use, scope);
    if (!found || crossesTry(use, statement.parent)) return;
    if (found.statement) waits.set(found.statement, found.role);
  }
  if (![...waits.values()].includes('wait')) return;
  const inside = draft.enclosing(node);
  draft.emit({ kind: 'idiom', idiom: 'file-writer' }, call, inside, -1);
  for (const [wait, role] of waits) {
    const idiom = role === 'drain' ? 'file-writer-drain' : keepsEnd(wait) ? 'file-writer-end' : 'file-writer-wait';
    draft.emit({ kind: 'idiom', idiom }, wait, inside, -1, idiom === 'file-writer-wait' ? placeOf(wait) : undefined);
  }
}

/** Its options, if there are any, can be seen, and none of them asks for the event loop. */
function isPlain(call: ts.CallExpression): boolean {
  const [path, given, ...more] = call.arguments;
  if (!path || more.length > 0 || ts.isSpreadElement(path)) return false;
  if (!given || ts.isStringLiteralLike(given)) return true;
  return (
    ts.isObjectLiteralExpression(given) &&
    given.properties.every((each) => each.name !== undefined && options.test(each.name.getText()))
  );
}

/** What is done with the stream at `use`; undefined for what has no blocking form. `statement` waits for it. */
function roleOf(
  draft: Draft,
  use: ts.Identifier,
  scope: ts.Node,
): { role: Role; statement?: ts.Statement } | undefined {
  const around = statementOf(use);
  const wait = around && enclosingFunction(around) === scope ? waitOf(draft, around, use) : undefined;
  if (wait) return { role: wait, statement: around! };
  const access = use.parent;
  if (!ts.isPropertyAccessExpression(access) || access.expression !== use || access.questionDotToken) return undefined;
  if (/^(bytesWritten|path)$/.test(access.name.text)) return { role: 'written' };
  const call = access.parent;
  if (!ts.isCallExpression(call) || call.expression !== access || !/^(write|end)$/.test(access.name.text))
    return undefined;
  return takesData(draft, call, access.name.text) ? { role: 'written' } : undefined;
}

/** What comes first in `write` is no callback, whatever it is. */
function takesData(draft: Draft, call: ts.CallExpression, member: string): boolean {
  const given = member === 'write' ? call.arguments.slice(1) : call.arguments;
  return !call.arguments.some((each) => ts.isSpreadElement(each)) && given.every((each) => isData(draft, each));
}

/** Text or bytes, and an encoding: no callback. */
function isData(draft: Draft, argument: ts.Expression): boolean {
  const type = draft.checker.typeOf(argument);
  return !ts.isSpreadElement(argument) && !draft.checker.isAnyLike(type) && draft.checker.signatures(type).length === 0;
}

/** The statement that waits, of which the use is a part: the innermost one outside of the functions that it holds. */
function statementOf(use: ts.Node): ts.Statement | undefined {
  for (let node: ts.Node = use; !ts.isSourceFile(node); node = node.parent) {
    const isWait = (ts.isExpressionStatement(node) && isAwait(node.expression)) || ts.isIfStatement(node);
    if (isWait && (ts.isBlock(node.parent) || ts.isIfStatement(node))) return node as ts.Statement;
  }
  return undefined;
}

const isAwait = (node: ts.Expression): node is ts.AwaitExpression => ts.isAwaitExpression(skipParentheses(node));

function waitOf(draft: Draft, statement: ts.Statement, use: ts.Identifier): Role | undefined {
  if (ts.isIfStatement(statement)) return isDrain(draft, statement, use) ? 'drain' : undefined;
  if (!ts.isExpressionStatement(statement)) return undefined;
  const value = skipParentheses((skipParentheses(statement.expression) as ts.AwaitExpression).expression);
  const isWait = ts.isNewExpression(value)
    ? isOwnWait(value, use.text)
    : isWaitCall(draft, value, use, /^(finish|close)$/);
  return isWait ? 'wait' : undefined;
}

/** `once(out, 'finish')` and `finished(out)`. */
function isWaitCall(draft: Draft, call: ts.Expression, use: ts.Identifier, events: RegExp): boolean {
  if (!ts.isCallExpression(call) || call.arguments[0] !== use) return false;
  const api = draft.checker.api(call) ?? '';
  const [, event, ...more] = call.arguments;
  if (/^node:stream\/promises#finished$/.test(api)) return event === undefined && events.test('finish');
  const isOnce = /^node:events#(once|EventEmitter\.once|default\.once)$/.test(api);
  return isOnce && more.length === 0 && event !== undefined && ts.isStringLiteralLike(event) && events.test(event.text);
}

/** `if (!out.write(chunk)) await once(out, 'drain');` */
function isDrain(draft: Draft, statement: ts.IfStatement, use: ts.Identifier): boolean {
  const condition = skipParentheses(statement.expression);
  const { thenStatement, elseStatement } = statement;
  if (elseStatement || !ts.isPrefixUnaryExpression(condition)) return false;
  if (condition.operator !== ts.SyntaxKind.ExclamationToken) return false;
  const call = skipParentheses(condition.operand);
  if (!ts.isCallExpression(call) || call.expression.getText() !== `${use.text}.write`) return false;
  if (!takesData(draft, call, 'write')) return false;
  const only = ts.isBlock(thenStatement) ? thenStatement.statements : [thenStatement];
  const [wait] = only;
  if (only.length !== 1 || !wait || !ts.isExpressionStatement(wait) || !isAwait(wait.expression)) return false;
  const value = skipParentheses((skipParentheses(wait.expression) as ts.AwaitExpression).expression);
  const names = (inner: ts.Expression | undefined): inner is ts.Identifier =>
    inner !== undefined &&
    ts.isIdentifier(inner) &&
    draft.checker.declarations(inner)[0] === draft.checker.declarations(use)[0];
  if (ts.isNewExpression(value)) return drainExecutor.test(value.getText().replaceAll(/\s+/g, ''));
  const [emitter] = ts.isCallExpression(value) ? value.arguments : [];
  return names(emitter) && isWaitCall(draft, value, emitter, /^drain$/);
}

/** `new Promise((resolve) => out.once('drain', resolve))` */
const drainExecutor = /^newPromise(<void>)?\(\(?(\w+)\)?=>(?:\{?)\w+\.once\((['"])drain\3,\2\);?\}?\)$/;

/**
 * `new Promise((resolve, reject) => { out.on('finish', resolve); out.on('error', reject); out.end(); })`, in any order, with an arrow
 * function of one expression too; `out.end(resolve)` waits as well.
 */
function isOwnWait(promise: ts.NewExpression, name: string): boolean {
  const [executor, ...more] = promise.arguments ?? [];
  if (promise.expression.getText() !== 'Promise' || more.length > 0 || !executor || !ts.isArrowFunction(executor))
    return false;
  const [resolve, reject] = executor.parameters.map((each) => each.name.getText());
  const calls = ts.isBlock(executor.body)
    ? executor.body.statements.map((each) => (ts.isExpressionStatement(each) ? each.expression : undefined))
    : [executor.body];
  let waits = 0;
  for (let call of calls) {
    // `out.on('finish', resolve).on('error', reject)`
    for (; call && !isEnd(call, name, resolve); call = skipParentheses(receiverOf(call)!)) {
      const [event, handler, ...others] = ts.isCallExpression(call) ? call.arguments : [];
      const receiver = receiverOf(call);
      if (!receiver || !event || !handler || others.length > 0 || !ts.isStringLiteralLike(event)) return false;
      if (/^(finish|close)$/.test(event.text) && settles(handler, resolve)) waits++;
      else if (event.text !== 'error' || reject === undefined || handler.getText() !== reject) return false;
      if (receiver.getText() === name) break;
    }
    if (!call) return false;
    if (isEnd(call, name, resolve) && (call as ts.CallExpression).arguments.some((each) => settles(each, resolve)))
      waits++;
  }
  return waits > 0;
}

/** `resolve`, or `() => resolve()`. */
function settles(handler: ts.Expression, resolve: string | undefined): boolean {
  return resolve !== undefined && [resolve, `()=>${resolve}()`].includes(handler.getText().replaceAll(/\s+/g, ''));
}

function receiverOf(call: ts.Expression): ts.Expression | undefined {
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return undefined;
  return /^(on|once|addListener)$/.test(call.expression.name.text) ? call.expression.expression : undefined;
}

/** `out.end()`, `out.end(resolve)`: with what it writes last it would have to be told from a callback. */
function isEnd(call: ts.Expression, name: string, resolve: string | undefined): boolean {
  if (!ts.isCallExpression(call) || call.expression.getText() !== `${name}.end`) return false;
  return call.arguments.length === 0 || (call.arguments.length === 1 && settles(call.arguments[0]!, resolve));
}

/** The wait ends the stream too. */
function keepsEnd(wait: ts.Statement): boolean {
  return [...walk(wait)].some(
    (node) => ts.isPropertyAccessExpression(node) && node.name.text === 'end' && ts.isCallExpression(node.parent),
  );
}

/** Between the place and the block where the stream is made, a `try` could catch what is thrown earlier or later now. */
function crossesTry(use: ts.Node, block: ts.Node): boolean {
  for (let node = use.parent; node !== block; node = node.parent) if (ts.isTryStatement(node)) return true;
  return false;
}
