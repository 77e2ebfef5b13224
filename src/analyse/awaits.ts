import { ts } from 'ts-morph';
import type { SiteId, UnitId } from '../model/ids.ts';
import { boundCall } from './bound.ts';
import { calledUnit, functionValues } from './calls.ts';
import type { Type } from '../checker/checker.ts';
import { valueColour } from '../checker/value-colour.ts';
import type { Draft } from './draft.ts';
import { expectationOf } from './expectations.ts';
import { collectFileRead } from './file-reads.ts';
import { collectIdleRead, placeOf } from './idle-reads.ts';
import { isStageInput } from './pipeline-stages.ts';
import { protocolOwnersOf } from './protocols.ts';
import { isResponse } from './response-heads.ts';
import { enclosingFunction, isAsync, leaves, memberFunction } from './syntax.ts';

export function collectAwait(draft: Draft, node: ts.AwaitExpression): void {
  // What chai-as-promised gives has the type of any thenable, and is one of a test's own.
  const settles = expectationOf(node.expression, draft.checker) !== undefined;
  const operand = settles ? 'promise' : valueColour(draft.checker, node.expression);
  const callees: UnitId[] = [];
  let onlyCalls = true;
  for (const leaf of leaves(node.expression)) {
    const called = calledUnits(draft, leaf);
    if (called.length > 0) callees.push(...called);
    else if (draft.checker.colour(draft.checker.typeOf(leaf)) !== 'plain') onlyCalls = false;
  }
  draft.emit(
    { kind: 'await', operand, concurrent: false, callees, onlyCalls: onlyCalls && callees.length > 0 },
    node,
    draft.enclosing(node),
    1,
  );
  const statement = node.parent;
  if (ts.isExpressionStatement(statement) && isYieldPoint(draft, node))
    draft.emit({ kind: 'idiom', idiom: 'yield-point' }, statement, draft.enclosing(node), -1, placeOf(statement));
  else collectIdleRead(draft, node, operand === 'plain');
}

/** `await null;`, `await Promise.resolve();`, `await scheduler.yield();`: only there to let other work run. */
function isYieldPoint(draft: Draft, node: ts.AwaitExpression): boolean {
  if (!ts.isExpressionStatement(node.parent) || !ts.isBlock(node.parent.parent)) return false;
  const call = node.expression;
  if (ts.isCallExpression(call) && call.arguments.length === 0) {
    const api = draft.checker.api(call);
    if (api !== undefined && /^node:timers\/promises#(setImmediate|Scheduler\.yield)$/.test(api)) return true;
  }
  if (ts.isNewExpression(call) && isTurn(call)) return true;
  const text = node.expression.getText();
  return /^(null|undefined|void 0|0|true|false|\{\}|''|""|Promise\.resolve\(\))$/.test(text);
}

/** `new Promise((resolve) => setImmediate(resolve))` */
function isTurn({ expression, arguments: given }: ts.NewExpression): boolean {
  const executor = given?.[0];
  if (expression.getText() !== 'Promise' || !executor || !ts.isArrowFunction(executor)) return false;
  const [parameter, ...others] = executor.parameters;
  const { body } = executor;
  const [only, ...more] = ts.isBlock(body) ? body.statements : [];
  const call = ts.isBlock(body) ? only && ts.isExpressionStatement(only) && only.expression : body;
  if (!parameter || others.length > 0 || more.length > 0 || !call || !ts.isCallExpression(call)) return false;
  const settle = parameter.name.getText();
  if (call.expression.getText() === settle) return call.arguments.length === 0;
  return (
    /^(setImmediate|queueMicrotask|process\.nextTick)$/.test(call.expression.getText()) &&
    call.arguments.length === 1 &&
    call.arguments[0]!.getText() === settle
  );
}

/** Units of the project that a call leaf reaches and whose colour decides the colour of its value. */
function calledUnits(draft: Draft, leaf: ts.Expression): UnitId[] {
  if (!ts.isCallExpression(leaf) && !ts.isNewExpression(leaf) && !ts.isTaggedTemplateExpression(leaf)) return [];
  const { declarations, returns, passesThrough } = draft.checker.callee(leaf);
  const bound = declarations.some((d) => draft.checker.isOwn(d)) ? [] : boundCall(draft, leaf);
  if (bound.length > 0) return bound;
  if (draft.checker.bearing(returns) === undefined) return [];
  if (passesThrough) {
    return ts.isTaggedTemplateExpression(leaf)
      ? []
      : [...(leaf.arguments ?? [])].flatMap((a) => functionValues(draft, a));
  }
  if (declarations.length === 0 || declarations.some((d) => !draft.checker.isOwn(d))) return [];
  return declarations.map((d) => calledUnit(draft, leaf, d));
}

export function collectForAwait(draft: Draft, node: ts.ForOfStatement): void {
  const type = draft.checker.typeOf(node.expression);
  const bearing = draft.checker.bearing(type);
  const members = requireMembers(draft, node.expression, '[Symbol.asyncIterator]');
  const known =
    collectFileRead(draft, node) ||
    members.length > 0 ||
    bearing === 'iterable' ||
    bearing === 'container' ||
    bearing === 'swapped' ||
    isStageInput(draft, node.expression) ||
    isResponse(draft, node.expression);
  const operand = known
    ? 'promise'
    : draft.checker.isAnyLike(type)
      ? 'unknown'
      : isPlainIterable(draft, type)
        ? 'plain'
        : 'mixed';
  const site = draft.emit({ kind: 'for-await', operand, elements: bearing === 'container' }, node);
  callEach(draft, node, members, site.id);
}

/** It was always iterated without waiting for anything, and its elements are plain: `for await (const name of ['a', 'b'])`. */
function isPlainIterable({ checker }: Draft, type: Type): boolean {
  return checker.unionParts(type).every((part) => {
    if (checker.property(part, '[Symbol.asyncIterator]') || !checker.property(part, '[Symbol.iterator]')) return false;
    const elements = checker.typeArguments(part);
    // What a generator returns, or is sent, is no element.
    const own = checker.property(part, 'next') ? elements.slice(0, 1) : elements;
    return own.length > 0 && own.every((element) => checker.colour(element) === 'plain');
  });
}

/** `yield* feed` in an async generator: what it hands on turns with it, or has always been blocking. */
export function collectDelegation(draft: Draft, node: ts.YieldExpression): void {
  const { checker } = draft;
  const value = node.expression;
  const owner = enclosingFunction(node);
  if (!value || !owner || !isAsync(owner)) return;
  const type = checker.typeOf(value);
  const bearing = checker.bearing(type);
  if (bearing !== undefined) return;
  const members = requireMembers(draft, value, '[Symbol.asyncIterator]');
  for (const callee of members) draft.call({ caller: draft.enclosing(node), callee, site: '', tolerated: true });
  const named = (symbol: string): boolean =>
    checker.unionParts(type).every((part) => checker.property(part, `[Symbol.${symbol}]`) !== undefined);
  if (members.length > 0 || (!checker.isAnyLike(type) && !named('asyncIterator'))) return;
  const detail = `what \`yield*\` hands on has no blocking form that is known`;
  draft.emit({ kind: 'escape', how: 'other', detail }, value, draft.enclosing(node), 0);
}

/** `await using`: each resource's `[Symbol.asyncDispose]` turns with it. */
export function collectAwaitUsing(draft: Draft, list: ts.VariableDeclarationList): void {
  const members = list.declarations.flatMap(({ initializer }) =>
    initializer ? requireMembers(draft, initializer, '[Symbol.asyncDispose]') : [],
  );
  callEach(draft, list, members, draft.emit({ kind: 'await-using' }, list).id);
  for (const { initializer } of list.declarations) if (initializer) collectDisposed(draft, initializer);
}

/** What a library, or nobody, says how to dispose of: there must be a blocking way. */
function collectDisposed(draft: Draft, value: ts.Expression): void {
  const { checker } = draft;
  const type = checker.awaited(checker.typeOf(value));
  const isKnown = checker.unionParts(type).every((part) => {
    if (checker.isAnyLike(part)) return false;
    const member = checker.property(part, '[Symbol.asyncDispose]');
    return (
      member === undefined ||
      checker.bearing(part) === 'swapped' ||
      checker.property(part, '[Symbol.dispose]') !== undefined ||
      requireMembers(draft, value, '[Symbol.asyncDispose]').length > 0
    );
  });
  if (isKnown) return;
  const detail = 'what `await using` disposes of has no blocking form that is known';
  draft.emit({ kind: 'escape', how: 'other', detail }, value, draft.enclosing(value), 0);
}

/** Members of the project's own that a protocol reaches through this value; blocking ones serve an async statement too. */
function requireMembers(draft: Draft, value: ts.Expression, name: string): UnitId[] {
  const type = draft.checker.awaited(draft.checker.typeOf(value));
  const own = draft.checker
    .unionParts(type)
    .flatMap((part) => draft.checker.property(part, name)?.declarations ?? [])
    .flatMap((d) => (draft.checker.isOwn(d) ? (memberFunction(d) ?? []) : []))
    .map((d) => draft.functionUnit(d));
  if (own.length === 0) own.push(...protocolOwnersOf(draft, type, name));
  for (const member of own) draft.require(draft.enclosing(value), member, 'uses');
  return own;
}

/** The statement calls these: in code that stays async they may hold up others. */
function callEach(draft: Draft, statement: ts.Node, members: readonly UnitId[], site: SiteId): void {
  for (const callee of members) draft.call({ caller: draft.enclosing(statement), callee, site, tolerated: true });
}
