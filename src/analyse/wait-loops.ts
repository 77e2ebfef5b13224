import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { isReached, stateOf, type State } from './loop-state.ts';
import { enclosingFunction, hasBody, isAsync, isFunctionLike, isLogicalOperator, skipParentheses } from './syntax.ts';

type Loop = ts.WhileStatement | ts.DoStatement | ts.ForStatement;

/**
 * A loop that waits, and looks at something between its waits which nothing that runs within the loop changes: an event, a timer or another
 * task did, and none of them runs while code blocks. Each such look is a site: `wait-loop` where the loop would never end as it used to,
 * `flag-loop` where it has another way out.
 */
export function collectWaitLoop(draft: Draft, node: ts.Node): void {
  if (isFunctionLike(node) && hasBody(node)) collectWaitRecursion(draft, node);
  if (ts.isNewExpression(node)) collectInterval(draft, node);
  if (!ts.isWhileStatement(node) && !ts.isDoStatement(node) && !ts.isForStatement(node)) return;
  const owner = enclosingFunction(node);
  if (owner && !isAsync(owner)) return;
  const awaits = [...ownNodes(node)].filter(ts.isAwaitExpression);
  if (awaits.length === 0) return;
  collectIdle(draft, node);
  const idle = awaits.every((one) => isWait(draft, one.expression, 3));
  const exits = exitsOf(node).flatMap(conjuncts);
  if (exits.length === 0) return;
  const states = exits.map((exit) => stateOf(draft, exit, node));
  const stuck = exits.filter((exit, i) =>
    isStuck(draft, states[i], node, idle && /\.(shift|pop)\(\)/.test(exit.getText())),
  );
  if (stuck.length === 0) return;
  const waits = awaits.every(
    (one) => isWait(draft, one.expression, 3) || stuck.some((exit) => exit.pos <= one.pos && one.end <= exit.end),
  );
  const never = waits || (stuck.length === exits.length && !leavesAnyway(node));
  for (const exit of stuck) {
    const site = draft.emit(
      { kind: 'idiom', idiom: never ? 'wait-loop' : 'flag-loop' },
      exit,
      draft.enclosing(node),
      -2,
    );
    if (never) draft.concurrent(site, 'what the loop waits for');
  }
}

/** `if (job === undefined) { await sleep(10); continue; }`: nobody puts anything into the queue while it sleeps. */
function collectIdle(draft: Draft, loop: Loop): void {
  const body = loop.statement;
  if (!ts.isBlock(body)) return;
  for (const [i, statement] of body.statements.entries()) {
    if (!ts.isIfStatement(statement) || statement.elseStatement || !ts.isBlock(statement.thenStatement)) continue;
    const done = [...statement.thenStatement.statements];
    const last = done.at(-1);
    const again =
      last && ts.isContinueStatement(last) ? done.slice(0, -1) : i === body.statements.length - 1 ? done : [];
    const waits = again.map((one) => (ts.isExpressionStatement(one) ? skipParentheses(one.expression) : one));
    if (!waits.some(ts.isAwaitExpression)) continue;
    if (!waits.every((one) => ts.isAwaitExpression(one) && isWait(draft, one.expression, 3))) continue;
    const path = [...body.statements.slice(0, i), statement];
    const state = stateOf(draft, statement.expression, loop);
    if (!state || state.length === 0) continue;
    if (state.some((each) => path.some((one) => isReached(draft, each, one, true)))) continue;
    const site = draft.emit(
      { kind: 'idiom', idiom: 'wait-loop' },
      statement.expression,
      draft.enclosing(statement),
      -2,
    );
    draft.concurrent(site, 'what the loop waits for');
  }
}

/** `async function ready() { if (open) return; await sleep(5); return ready(); }`: a loop by another name. */
function collectWaitRecursion(draft: Draft, node: ts.FunctionLikeDeclaration & { readonly body: ts.Node }): void {
  if (!isAsync(node) || !ts.isBlock(node.body)) return;
  const inner = [...ownNodes(node.body)];
  const again = new Set<ts.Node>(
    inner.filter((call) => ts.isCallExpression(call) && draft.checker.callee(call).declarations.includes(node)),
  );
  if (again.size === 0) return;
  const awaits = inner.filter(ts.isAwaitExpression).filter((one) => !again.has(skipParentheses(one.expression)));
  if (awaits.length === 0 || !awaits.every((one) => isWait(draft, one.expression, 3))) return;
  const conditions = inner.filter(ts.isIfStatement).map((one) => one.expression);
  for (const exit of conditions.flatMap(conjuncts)) {
    if (!isStuck(draft, stateOf(draft, exit, node), node)) continue;
    const site = draft.emit({ kind: 'idiom', idiom: 'wait-loop' }, exit, draft.enclosing(exit), -2);
    draft.concurrent(site, 'what the function waits for');
  }
}

/** `new Promise((resolve) => { const timer = setInterval(() => { if (done) … }, 50); })`: a loop too, once it sleeps. */
function collectInterval(draft: Draft, node: ts.NewExpression): void {
  if (node.expression.getText() !== 'Promise') return;
  for (const call of allNodes(node)) {
    if (!ts.isCallExpression(call) || !/^(global|node:timers)#setInterval$/.test(draft.checker.api(call) ?? ''))
      continue;
    const [callback] = call.arguments;
    if (!callback || !isFunctionLike(callback) || !hasBody(callback)) continue;
    const conditions = [...ownNodes(callback.body)].filter(ts.isIfStatement).map((one) => one.expression);
    for (const exit of conditions.flatMap(conjuncts)) {
      if (!isStuck(draft, stateOf(draft, exit, callback), callback)) continue;
      const site = draft.emit({ kind: 'idiom', idiom: 'wait-loop' }, exit, draft.enclosing(node), -2);
      draft.concurrent(site, 'what the interval waits for');
    }
  }
}

/** Nothing in it answers anew, it looks at something that others change, and nothing that the loop runs changes that. */
function isStuck(draft: Draft, state: State | undefined, loop: ts.Node, grows = false): boolean {
  return state !== undefined && state.length > 0 && !state.some((each) => isReached(draft, each, loop, grows));
}

/** What decides whether the loop goes on: its condition, and those around `break`, `return` and `throw`. */
function exitsOf(loop: Loop): ts.Expression[] {
  const found: ts.Expression[] = [];
  const condition = ts.isForStatement(loop) ? loop.condition : loop.expression;
  if (condition && !isTrue(condition)) found.push(condition);
  for (const node of ownNodes(loop.statement)) {
    if (ts.isIfStatement(node) && leaves(node, loop)) found.push(node.expression);
    else if (
      (ts.isWhileStatement(node) || ts.isDoStatement(node)) &&
      [...ownNodes(node)].some((inner) => isExit(inner, loop))
    )
      found.push(node.expression);
  }
  return found;
}

const isTrue = (node: ts.Expression): boolean => /^(true|1)$/.test(skipParentheses(node).getText());

/** One of its branches leaves the loop. */
function leaves(node: ts.IfStatement, loop: Loop): boolean {
  return [node.thenStatement, node.elseStatement].some(
    (branch) => branch && [...ownNodes(branch)].some((inner) => isExit(inner, loop)),
  );
}

function isExit(node: ts.Node, loop: Loop): boolean {
  if (ts.isReturnStatement(node) || ts.isThrowStatement(node)) return true;
  if (!ts.isBreakStatement(node)) return false;
  if (node.label) return true;
  for (let up = node.parent; ; up = up.parent) {
    if (up === loop) return true;
    if (ts.isIterationStatement(up, false) || ts.isSwitchStatement(up)) return false;
  }
}

/** A `return`, `break` or `throw` under no condition that is looked at. */
function leavesAnyway(loop: Loop): boolean {
  return [...ownNodes(loop.statement)].some((node) => {
    if (!isExit(node, loop)) return false;
    for (let up = node.parent; up !== loop; up = up.parent) {
      if (ts.isIfStatement(up) || ts.isWhileStatement(up) || ts.isDoStatement(up)) return false;
    }
    return true;
  });
}

function conjuncts(node: ts.Expression): ts.Expression[] {
  const found: ts.Expression[] = [];
  const stack = [node];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const inner = skipParentheses(next);
    if (ts.isBinaryExpression(inner) && isLogicalOperator(inner.operatorToken.kind))
      stack.push(inner.right, inner.left);
    else if (ts.isPrefixUnaryExpression(inner) && inner.operator === ts.SyntaxKind.ExclamationToken)
      stack.push(inner.operand);
    else found.push(inner);
  }
  return found;
}

const pause = /^(node:timers\/promises#|delay#|node:util#promisify\((global|node:timers)#)|Scheduler\.(wait|yield)$/;

/** It only lets time pass, or other work run. */
function isWait(draft: Draft, operand: ts.Expression, depth: number): boolean {
  const value = skipParentheses(operand);
  if (/^(null|undefined|void 0|0|true|false|Promise\.resolve\(\))$/.test(value.getText())) return true;
  if (ts.isNewExpression(value) && value.expression.getText() === 'Promise') {
    return [...allNodes(value)].every(
      (inner) =>
        !ts.isCallExpression(inner) ||
        /^(setTimeout|setImmediate|queueMicrotask|process\.nextTick)$/.test(inner.expression.getText()) ||
        (ts.isIdentifier(inner.expression) && inner.arguments.length === 0),
    );
  }
  if (!ts.isCallExpression(value)) return false;
  if (pause.test(draft.checker.api(value) ?? '')) return true;
  const { declarations } = draft.checker.callee(value);
  return depth > 0 && declarations.length > 0 && declarations.every((d) => onlyWaits(draft, d, depth - 1));
}

/** `const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))` */
function onlyWaits(draft: Draft, declaration: ts.SignatureDeclaration, depth: number): boolean {
  if (!draft.checker.isOwn(declaration)) return false;
  const body = (declaration as ts.FunctionLikeDeclaration).body;
  if (!body) return false;
  if (!ts.isBlock(body)) return isWait(draft, skipAwait(body), depth);
  const waits = [...ownNodes(body)].flatMap((node) =>
    ts.isAwaitExpression(node)
      ? [node.expression]
      : ts.isReturnStatement(node) && node.expression
        ? [skipAwait(node.expression)]
        : [],
  );
  return waits.length > 0 && waits.every((each) => isWait(draft, each, depth));
}

function skipAwait(node: ts.Expression): ts.Expression {
  const value = skipParentheses(node);
  return ts.isAwaitExpression(value) ? value.expression : value;
}

/** Nodes below `root` without those of functions inside of it. */
function* ownNodes(root: ts.Node): Generator<ts.Node> {
  const stack: ts.Node[] = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    yield node;
    if (!isFunctionLike(node)) ts.forEachChild(node, (child) => void stack.push(child));
  }
}

function* allNodes(root: ts.Node): Generator<ts.Node> {
  const stack: ts.Node[] = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    yield node;
    ts.forEachChild(node, (child) => void stack.push(child));
  }
}
