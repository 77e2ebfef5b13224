import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { collectRead } from './file-reads.ts';
import { spanOfStatement } from './settled-statements.ts';
import { toldBy } from './socket-idioms.ts';
import { isAsync, skipParentheses, walk } from './syntax.ts';

/** Which event tells that all parts have been told. */
const ends: Readonly<Record<string, RegExp>> = { line: /^close$/, data: /^(end|close)$/ };

/**
 * `lines.on('line', (line) => …); await once(lines, 'close');` over a file or standard input: a loop. Emits the idiom over the two
 * statements, and that of what makes the stream.
 */
export function collectReadListener(draft: Draft, block: ts.Node): void {
  if (!ts.isBlock(block) && !ts.isSourceFile(block)) return;
  for (const [i, statement] of block.statements.entries()) {
    const previous = block.statements[i - 1];
    const waited = previous && waitedFor(draft, statement);
    const heard = waited && heardBy(previous);
    if (!heard || !ends[heard.event]?.test(waited.event) || heard.emitter.text !== waited.emitter.text) continue;
    if (!isLoopBody(heard.listener) || !collectRead(draft, heard.emitter, statement, 2)) continue;
    draft.emit({ kind: 'idiom', idiom: 'read-listener' }, block, draft.enclosing(statement), -1, {
      start: previous.getStart(block.getSourceFile()),
      end: spanOfStatement(statement).end,
    });
  }
}

/** `await once(emitter, event);` or `await new Promise((resolve) => emitter.on(event, resolve));` */
function waitedFor(draft: Draft, statement: ts.Statement): { emitter: ts.Identifier; event: string } | undefined {
  const awaited = ts.isExpressionStatement(statement) ? skipParentheses(statement.expression) : undefined;
  if (!awaited || !ts.isAwaitExpression(awaited)) return undefined;
  const operand = skipParentheses(awaited.expression);
  if (ts.isNewExpression(operand)) {
    const told = toldBy(draft, operand);
    return told && partsOf((told.expression as ts.PropertyAccessExpression).expression, told.arguments[0]);
  }
  if (!ts.isCallExpression(operand) || operand.arguments.length !== 2) return undefined;
  if (!/^node:events#(once|EventEmitter\.once|default\.once)$/.test(draft.checker.api(operand) ?? '')) return undefined;
  return partsOf(operand.arguments[0]!, operand.arguments[1]);
}

function partsOf(
  emitter: ts.Expression,
  event: ts.Expression | undefined,
): { emitter: ts.Identifier; event: string } | undefined {
  const plain = skipParentheses(emitter);
  return ts.isIdentifier(plain) && event && ts.isStringLiteralLike(event)
    ? { emitter: plain, event: event.text }
    : undefined;
}

function heardBy(
  statement: ts.Statement,
): { emitter: ts.Identifier; event: string; listener: ts.Expression } | undefined {
  const call = ts.isExpressionStatement(statement) ? skipParentheses(statement.expression) : undefined;
  if (!call || !ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return undefined;
  const [event, listener, ...more] = call.arguments;
  const parts = partsOf(call.expression.expression, event);
  if (!parts || !listener || more.length > 0 || !/^(on|addListener)$/.test(call.expression.name.text)) return undefined;
  return { ...parts, listener: skipParentheses(listener) };
}

/** A function by name, or one whose body can stand in a loop: what returns from it goes on with the next part. */
function isLoopBody(listener: ts.Expression): boolean {
  if (ts.isIdentifier(listener)) return true;
  if (!ts.isArrowFunction(listener) || isAsync(listener) || listener.parameters.length > 1) return false;
  const [parameter] = listener.parameters;
  if (parameter && (parameter.initializer || parameter.dotDotDotToken)) return false;
  for (const node of walk(listener.body)) {
    if (ts.isReturnStatement(node) && ownerOf(node) === listener && (node.expression || isInLoop(node, listener)))
      return false;
  }
  return true;
}

function ownerOf(node: ts.Node): ts.Node {
  let up = node.parent;
  while (!ts.isFunctionLike(up)) up = up.parent;
  return up;
}

function isInLoop(node: ts.Node, end: ts.Node): boolean {
  for (let up = node.parent; up !== end; up = up.parent)
    if (ts.isIterationStatement(up, false) || ts.isSwitchStatement(up)) return true;
  return false;
}
