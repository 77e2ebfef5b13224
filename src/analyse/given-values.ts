import { ts } from 'ts-morph';
import type { Type } from '../checker/checker.ts';
import type { Draft } from './draft.ts';
import { enclosingFunction, isAsync, isFunctionLike, leaves, outermost, walk } from './syntax.ts';

/** Helpers that hand on what a helper returns are followed this far. */
const DEPTH = 5;

/** On a value of no type, members of arrays and strings are taken for what they are everywhere else. */
const plainMembers = new Set([
  ...[
    'filter',
    'flat',
    'flatMap',
    'includes',
    'indexOf',
    'join',
    'keys',
    'map',
    'pop',
    'push',
    'shift',
    'slice',
    'sort',
    'splice',
  ],
  ...[
    'endsWith',
    'match',
    'replace',
    'replaceAll',
    'split',
    'startsWith',
    'substring',
    'toLowerCase',
    'toString',
    'toUpperCase',
    'trim',
  ],
]);

/**
 * Values that are awaited for somebody: what an async function returns, what an async generator yields, what a handler of a chain gives. One of
 * which nothing is known may be a promise, and would be handed on as it is.
 */
export function collectGiven(draft: Draft, node: ts.Node): void {
  if (ts.isReturnStatement(node) && node.expression) collectReturned(draft, node, node.expression);
  else if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) collectReturned(draft, node.body, node.body);
  else if (ts.isYieldExpression(node) && node.expression && !node.asteriskToken) collectYielded(draft, node.expression);
  if (ts.isCallExpression(node)) for (const handler of handlersOf(draft, node)) collectHandler(draft, node, handler);
}

/** What an async function returns is awaited for it, and so is what a handler of a chain returns. */
function collectReturned(draft: Draft, at: ts.Node, value: ts.Expression): void {
  const owner = enclosingFunction(at === value ? value : at);
  if (!owner || owner.asteriskToken) return;
  const chain = isAsync(owner) ? undefined : handedTo(draft, owner);
  const unit = chain ? draft.enclosing(chain) : draft.functionUnit(owner);
  // Another function that is not async hands on what it has; where its type is written, that says what is taken for a promise.
  const handsOn = !isAsync(owner) && !chain;
  if (handsOn && (isTyped(owner) || !draft.unit(unit).asynchronous)) return;
  for (const leaf of leaves(value)) {
    if (isThenable(draft, draft.checker.typeOf(leaf)))
      draft.emit({ kind: 'escape', how: 'returned', detail: 'thenable' }, leaf, unit, 0);
    if (!mayGivePromise(draft, leaf)) continue;
    if (handsOn || ts.isCallExpression(leaf))
      draft.emit({ kind: 'escape', how: 'returned', detail: '' }, leaf, unit, 0);
    else draft.emit({ kind: 'cast', detail: leaf.getText().slice(0, 60) }, leaf, unit, 0);
  }
}

function isTyped(owner: ts.FunctionLikeDeclaration): boolean {
  return owner.type !== undefined || ts.getJSDocReturnType(owner) !== undefined;
}

/** The chain that a function is a handler of: `p.then((value) => …)`. */
function handedTo(draft: Draft, owner: ts.Node): ts.CallExpression | undefined {
  const value = ts.isExpression(owner) ? outermost(owner) : owner;
  const call = value.parent;
  return ts.isCallExpression(call) && handlersOf(draft, call).includes(value as ts.Expression) ? call : undefined;
}

/** The arguments of `.then`, `.catch` and `.finally` of a promise. */
function handlersOf(draft: Draft, call: ts.CallExpression): readonly ts.Expression[] {
  const { expression: callee } = call;
  if (!ts.isPropertyAccessExpression(callee) || !/^(then|catch|finally)$/.test(callee.name.text)) return [];
  return draft.checker.bearing(draft.checker.typeOf(callee.expression)) === 'promise' ? call.arguments : [];
}

/** A handler that is named: a function of the project's own, or one of which nothing is known. */
function collectHandler(draft: Draft, call: ts.CallExpression, handler: ts.Expression): void {
  const { checker } = draft;
  for (const leaf of leaves(handler)) {
    if (isFunctionLike(leaf)) continue;
    const type = checker.typeOf(leaf);
    const own = checker.signatures(type).filter((d) => checker.isOwn(d) && !isAsync(d));
    if (checker.isAnyLike(type) || own.some((d) => returned(d).some((each) => isUnknownCall(draft, each))))
      draft.emit({ kind: 'escape', how: 'returned', detail: '' }, leaf, draft.enclosing(call), 0);
    else if (checker.returnTypes(type).some((returns) => isThenable(draft, returns)))
      draft.emit({ kind: 'escape', how: 'returned', detail: 'thenable' }, leaf, draft.enclosing(call), 0);
  }
}

const isUnknownCall = (draft: Draft, value: ts.Expression): boolean =>
  ts.isCallExpression(value) && mayGivePromise(draft, value, 1);

/** It has a `then` of its own: to wait for it is to call that. */
function isThenable(draft: Draft, type: Type): boolean {
  const { checker } = draft;
  return !checker.isAnyLike(type) && checker.colour(type) === 'unknown' && checker.property(type, 'then') !== undefined;
}

/** An async generator awaits what it yields. */
function collectYielded(draft: Draft, value: ts.Expression): void {
  const owner = enclosingFunction(value);
  if (!owner || !isAsync(owner)) return;
  for (const leaf of leaves(value)) {
    if (ts.isAwaitExpression(leaf) || !draft.checker.isAnyLike(draft.checker.typeOf(leaf))) continue;
    if (!ts.isCallExpression(leaf) || mayGivePromise(draft, leaf))
      draft.emit({ kind: 'escape', how: 'returned', detail: '' }, leaf, draft.functionUnit(owner), 0);
  }
}

/**
 * A value of which nothing is known: a parameter or a member without a type, or what a call gives that calls something unknown, itself or in
 * a helper of the project's own that returns what it got.
 */
function mayGivePromise(draft: Draft, value: ts.Expression, depth = 0): boolean {
  const { checker } = draft;
  if (ts.isAwaitExpression(value) || !checker.isAnyLike(checker.typeOf(value))) return false;
  if (ts.isIdentifier(value)) return variableMayHold(draft, value, depth);
  if (!ts.isCallExpression(value))
    return (ts.isPropertyAccessExpression(value) || ts.isElementAccessExpression(value)) && !isThrown(draft, value);
  const { declarations } = checker.callee(value);
  if (declarations.length === 0)
    return !ts.isPropertyAccessExpression(value.expression) || !plainMembers.has(value.expression.name.text);
  if (/^global#(Callable)?Function\.(apply|call)$|^global#Reflect\.apply$/.test(checker.api(value) ?? '')) return true;
  if (depth === DEPTH) return true;
  return declarations.some(
    (d) =>
      checker.isOwn(d) &&
      isFunctionLike(d) &&
      returned(d).some((each) => ts.isCallExpression(each) && mayGivePromise(draft, each, depth + 1)),
  );
}

/** `error.message`: what is told of something that was thrown. */
function isThrown(draft: Draft, value: ts.Expression): boolean {
  let root = value;
  while (ts.isPropertyAccessExpression(root) || ts.isElementAccessExpression(root)) root = root.expression;
  return ts.isIdentifier(root) && draft.checker.declarations(root).some((d) => isErrorName(draft, d));
}

/** The variable of a `catch` clause, or what a handler of failures is given. */
function isErrorName(draft: Draft, declaration: ts.Declaration): boolean {
  if (ts.isVariableDeclaration(declaration)) return ts.isCatchClause(declaration.parent);
  if (!ts.isParameter(declaration)) return false;
  const handler = declaration.parent;
  const chain = handedTo(draft, handler);
  if (!chain || handler.parameters[0] !== declaration) return false;
  const isCatch = (chain.expression as ts.PropertyAccessExpression).name.text === 'catch';
  return chain.arguments.indexOf(outermost(handler as ts.Expression)) === (isCatch ? 0 : 1);
}

/** A `const` holds what it was made with; what is caught was thrown, and nobody waits for that. */
function variableMayHold(draft: Draft, name: ts.Identifier, depth: number): boolean {
  if (depth === DEPTH) return true;
  return draft.checker.declarations(name).some((d) => {
    if (ts.isParameter(d)) return !isErrorName(draft, d);
    if (!ts.isVariableDeclaration(d) || ts.isCatchClause(d.parent)) return false;
    const isFixed = (ts.getCombinedNodeFlags(d) & ts.NodeFlags.Const) !== 0;
    if (!isFixed || !d.initializer) return true;
    return leaves(d.initializer).some((each) => mayGivePromise(draft, each, depth + 1));
  });
}

function returned(declaration: ts.SignatureDeclaration): ts.Expression[] {
  const { body } = declaration as ts.FunctionLikeDeclaration;
  if (!body) return [];
  if (!ts.isBlock(body)) return leaves(body);
  return [...walk(body)].flatMap((node) =>
    ts.isReturnStatement(node) && node.expression && enclosingFunction(node) === declaration
      ? leaves(node.expression)
      : [],
  );
}
