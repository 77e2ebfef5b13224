import { ts } from 'ts-morph';
import { collectAbortTimer } from './abort-timers.ts';
import { collectCaughtValue } from './caught-values.ts';
import type { Draft } from './draft.ts';
import { collectChildIdioms } from './child-idioms.ts';
import { collectEarlyRead } from './early-reads.ts';
import { collectHeldLock } from './held-locks.ts';
import { refersTo, writeTarget } from './loop-state.ts';
import { collectPipelineLoop } from './pipeline-loops.ts';
import { collectPipelineNames } from './pipeline-names.ts';
import { collectPipelineStages } from './pipeline-stages.ts';
import { collectSocketIdioms } from './socket-idioms.ts';
import { collectSocketSettle } from './socket-settle.ts';
import { collectDestroyTimer } from './socket-timers.ts';
import { collectReadListener } from './read-listeners.ts';
import { collectRaceLimit } from './race-limits.ts';
import { collectResponseHead } from './response-heads.ts';
import { reduction } from './reductions.ts';
import { settledStatement, spanOfStatement } from './settled-statements.ts';
import { enclosingFunction, lineOf, skipParentheses, walk } from './syntax.ts';
import { isChained, promiseMember } from './uses.ts';
import { collectWaitFor } from './wait-for.ts';
import { collectWaitLoop } from './wait-loops.ts';
import { collectWriteStream } from './write-streams.ts';

/** Statements that only make sense together; each recogniser names the idiom or says nothing. */
const recognisers: readonly ((node: ts.Node, draft: Draft) => string | undefined)[] = [
  writeThenDrain,
  thenStatement,
  rejectStatement,
  resolveStatement,
  allStatement,
  settledStatement,
  reduction,
];

export function collectIdiom(draft: Draft, node: ts.Node): void {
  collectAbortTimer(draft, node);
  collectSocketIdioms(draft, node);
  collectSocketSettle(draft, node);
  collectDestroyTimer(draft, node);
  collectChildIdioms(draft, node);
  collectPipelineLoop(draft, node);
  collectPipelineNames(draft, node);
  collectPipelineStages(draft, node);
  collectReadListener(draft, node);
  collectResponseHead(draft, node);
  collectWriteStream(draft, node);
  collectWaitLoop(draft, node);
  collectWaitFor(draft, node);
  collectEarlyRead(draft, node);
  collectRaceLimit(draft, node);
  collectHeldLock(draft, node);
  if (isReturn(node) && !givesPromise(draft, node)) return;
  collectCaughtValue(draft, node);
  for (const recognise of recognisers) {
    const idiom = recognise(node, draft);
    if (idiom !== undefined)
      draft.emit(
        { kind: 'idiom', idiom },
        node,
        ts.isArrowFunction(node) ? draft.functionUnit(node) : draft.enclosing(node),
        -1,
        idiom === 'settled-statement' && ts.isStatement(node)
          ? spanOfStatement(node)
          : idiom === 'all-stored'
            ? lineOf(node)
            : undefined,
      );
  }
}

function isReturn(node: ts.Node): node is ts.ReturnStatement | ts.ArrowFunction {
  return ts.isReturnStatement(node) || (ts.isArrowFunction(node) && !ts.isBlock(node.body));
}

/** Where the type of a function hides its promise, it stays as it is. */
function givesPromise(draft: Draft, node: ts.ReturnStatement | ts.ArrowFunction): boolean {
  const owner = ts.isArrowFunction(node) ? node : enclosingFunction(node);
  return owner === undefined || draft.unit(draft.functionUnit(owner)).asynchronous;
}

/** `if (!socket.write(data)) await once(socket, 'drain')`, with the wait written in any way that names `'drain'`. */
function writeThenDrain(node: ts.Node, draft: Draft): string | undefined {
  if (!ts.isIfStatement(node) || node.elseStatement) return undefined;
  const condition = skipParentheses(node.expression);
  if (!ts.isPrefixUnaryExpression(condition) || condition.operator !== ts.SyntaxKind.ExclamationToken) return undefined;
  const call = skipParentheses(condition.operand);
  if (
    !ts.isCallExpression(call) ||
    !ts.isPropertyAccessExpression(call.expression) ||
    call.expression.name.text !== 'write'
  )
    return undefined;
  if (draft.checker.bearing(draft.checker.typeOf(call.expression.expression)) !== 'swapped') return undefined;
  const body = ts.isBlock(node.thenStatement) ? node.thenStatement.statements : [node.thenStatement];
  const [only] = body;
  if (
    body.length !== 1 ||
    !only ||
    !ts.isExpressionStatement(only) ||
    !ts.isAwaitExpression(skipParentheses(only.expression))
  )
    return undefined;
  return /(['"`])drain\1/.test(only.getText()) ? 'write-drain' : undefined;
}

/** `await p.catch((e) => {…})` and `await p.finally(() => {…})` as statements, with a handler that can be the block of a `try`. */
function thenStatement(node: ts.Node, draft: Draft): string | undefined {
  if (!ts.isExpressionStatement(node) || !ts.isAwaitExpression(node.expression)) return undefined;
  const call = node.expression.expression;
  if (
    !ts.isCallExpression(call) ||
    !ts.isPropertyAccessExpression(call.expression) ||
    call.questionDotToken ||
    call.expression.questionDotToken
  )
    return undefined;
  const { name, expression: root } = call.expression;
  const [handler] = call.arguments;
  if (
    (name.text !== 'catch' && name.text !== 'finally') ||
    call.arguments.length !== 1 ||
    !handler ||
    !ts.isArrowFunction(handler)
  )
    return undefined;
  if (handler.parameters.length > (name.text === 'catch' ? 1 : 0)) return undefined;
  const [parameter] = handler.parameters;
  if (parameter && (parameter.initializer || parameter.dotDotDotToken)) return undefined;
  if (!isTryBody(handler.body) || holdsAwait(root) || isChained(root)) return undefined;
  return draft.checker.colour(draft.checker.typeOf(root)) === 'promise' ? 'then-statement' : undefined;
}

/** As a block it does the same as in a function: no `return` of its own, no `var`, not empty when it is an expression's value that counts. */
function isTryBody(body: ts.ConciseBody): boolean {
  if (!ts.isBlock(body))
    return !ts.isIdentifier(body) && !ts.isLiteralExpression(body) && !ts.isObjectLiteralExpression(body);
  const stack: ts.Node[] = [body];
  while (stack.length > 0) {
    const inner = stack.pop()!;
    if (ts.isReturnStatement(inner)) return false;
    if (ts.isVariableDeclarationList(inner) && !(inner.flags & ts.NodeFlags.BlockScoped)) return false;
    if (!ts.isFunctionLike(inner)) ts.forEachChild(inner, (child) => void stack.push(child));
  }
  return true;
}

function holdsAwait(node: ts.Node): boolean {
  const stack: ts.Node[] = [node];
  while (stack.length > 0) {
    const inner = stack.pop()!;
    if (ts.isAwaitExpression(inner) || ts.isYieldExpression(inner)) return true;
    if (!ts.isFunctionLike(inner)) ts.forEachChild(inner, (child) => void stack.push(child));
  }
  return false;
}

/** `return Promise.reject(e)`, `await Promise.reject(e)` and `() => Promise.reject(e)`: a `throw` where a statement can stand. */
function rejectStatement(node: ts.Node, draft: Draft): string | undefined {
  const value =
    ts.isReturnStatement(node) || ts.isExpressionStatement(node)
      ? node.expression
      : ts.isArrowFunction(node)
        ? node.body
        : undefined;
  if (!value || ts.isBlock(value) || (ts.isArrowFunction(node) && node.modifiers)) return undefined;
  let call = skipParentheses(value);
  if (ts.isAwaitExpression(call)) call = skipParentheses(call.expression);
  else if (ts.isExpressionStatement(node)) return undefined;
  if (!ts.isCallExpression(call) || promiseMember(call) !== 'reject' || call.arguments.length > 1) return undefined;
  const target = (call.expression as ts.PropertyAccessExpression).expression;
  return draft.checker.declarations(target).some((d) => draft.checker.isOwn(d)) ? undefined : 'reject-statement';
}

/** `return Promise.resolve()` and `() => Promise.resolve()` in a function that gives nothing. */
function resolveStatement(node: ts.Node, draft: Draft): string | undefined {
  if (!isReturn(node) || (ts.isArrowFunction(node) && node.modifiers)) return undefined;
  const value = ts.isReturnStatement(node) ? node.expression : (node.body as ts.Expression);
  const call = value && skipParentheses(value);
  if (!call || !ts.isCallExpression(call) || promiseMember(call) !== 'resolve' || call.arguments.length > 0)
    return undefined;
  const { checker } = draft;
  const target = (call.expression as ts.PropertyAccessExpression).expression;
  const owner = ts.isArrowFunction(node) ? node : enclosingFunction(node);
  if (!owner || owner.asteriskToken || checker.declarations(target).some((d) => checker.isOwn(d))) return undefined;
  return checker.awaited(checker.returnType(owner)).flags & ts.TypeFlags.Void ? 'resolve-statement' : undefined;
}

/** `await Promise.all([f(), g()])` as a statement among others: two statements; of what was stored, nothing is left to be done. */
function allStatement(node: ts.Node, draft: Draft): string | undefined {
  if (!ts.isExpressionStatement(node) || !(ts.isBlock(node.parent) || ts.isSourceFile(node.parent))) return undefined;
  const awaited = skipParentheses(node.expression);
  const call = ts.isAwaitExpression(awaited) ? skipParentheses(awaited.expression) : awaited;
  const method = call === awaited ? undefined : promiseMember(call);
  if (!ts.isCallExpression(call) || call.arguments.length !== 1 || (method !== 'all' && method !== 'allSettled'))
    return undefined;
  const target = (call.expression as ts.PropertyAccessExpression).expression;
  if (draft.checker.declarations(target).some((d) => draft.checker.isOwn(d))) return undefined;
  const list = call.arguments[0]!;
  const workers = method === 'all' ? workersOf(draft, list) : undefined;
  if (workers) return workers;
  if (ts.isIdentifier(list) && draft.checker.bearing(draft.checker.typeOf(list)) === 'container') {
    const made = onlyFor(draft, list);
    if (made) {
      const { initializer } = made.declarationList.declarations[0]!;
      const idiom = workersOf(draft, skipParentheses(initializer!)) ?? 'unnamed';
      draft.emit({ kind: 'idiom', idiom }, made, draft.enclosing(made), -3);
    }
    return 'all-stored';
  }
  return method === 'all' &&
    ts.isArrayLiteralExpression(list) &&
    list.elements.length > 0 &&
    list.elements.every(standsAlone)
    ? 'all-statement'
    : undefined;
}

/** A call, or `condition && call`: what reads as a statement of its own. */
function standsAlone(element: ts.Expression): boolean {
  if (!ts.isBinaryExpression(element)) return ts.isCallExpression(element);
  const { left, operatorToken, right } = element;
  return (
    operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken &&
    ts.isCallExpression(right) &&
    !ts.isObjectLiteralExpression(left)
  );
}

/** `const workers = …;` that nothing else names: without the wait for it, it needs no name. */
function onlyFor(draft: Draft, list: ts.Identifier): ts.VariableStatement | undefined {
  const [declaration] = draft.checker.declarations(list);
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
  const statement = declaration.parent.parent;
  if (!ts.isVariableStatement(statement) || statement.declarationList.declarations.length !== 1 || statement.modifiers)
    return undefined;
  const uses = [...walk(statement.parent)].filter(
    (node) =>
      ts.isIdentifier(node) && node.text === list.text && draft.checker.declarations(node).includes(declaration),
  );
  return uses.length === 2 && ts.isCallExpression(skipParentheses(declaration.initializer)) ? statement : undefined;
}

/** `Array.from({ length: 4 }, worker)` with a function that takes nothing. */
function workersOf(draft: Draft, list: ts.Expression): string | undefined {
  if (!ts.isCallExpression(list) || draft.checker.api(list) !== 'global#ArrayConstructor.from') return undefined;
  const [shape, worker, ...more] = list.arguments;
  if (!shape || !worker || more.length > 0 || !ts.isObjectLiteralExpression(shape) || shape.properties.length !== 1)
    return undefined;
  const [length] = shape.properties;
  if (!length || length.name?.getText() !== 'length' || !ts.isPropertyAssignment(length)) return undefined;
  const takesNothing = ts.isArrowFunction(worker)
    ? worker.parameters.length === 0
    : ts.isIdentifier(worker) &&
      draft.checker.signatures(draft.checker.typeOf(worker)).every((d) => d.parameters.length === 0);
  if (!takesNothing) return undefined;
  return isFixed(draft, length.initializer) ? 'all-workers' : 'all-counted-workers';
}

/** A number, a `const`, or a parameter that nothing is assigned to. */
function isFixed(draft: Draft, node: ts.Expression): boolean {
  if (!ts.isIdentifier(node)) return ts.isNumericLiteral(node);
  return draft.checker.declarations(node).every((d) => {
    if (ts.isVariableDeclaration(d)) return (ts.getCombinedNodeFlags(d) & ts.NodeFlags.Const) !== 0;
    const writes = (inner: ts.Node): boolean => {
      const target = writeTarget(inner);
      return target !== undefined && refersTo(draft, target, d);
    };
    return ts.isParameter(d) && ![...walk(d.parent)].some(writes);
  });
}
