import { ts } from 'ts-morph';
import type { Checker, Type } from '../checker/checker.ts';
import type { UnitId } from '../model/ids.ts';
import { untypedApi } from './boundary.ts';
import type { Draft } from './draft.ts';
import { isPlainValue } from './plain-values.ts';
import { excerpt, isFunctionLike, skipParentheses } from './syntax.ts';
import type { Receiver, Receivers } from './untyped-receivers.ts';

/** They look at an object and call nothing of it. */
const onlyLooks =
  /^global#(Console|JSON|ObjectConstructor|Array|Set|Map|WeakMap|WeakSet)\b|^node:(util#(inspect|format)|console#)/;

/**
 * `lib.register({ load: async () => … })`, where nothing says what the library does with it: it may wait for what `load` gives by `.then`. So
 * with a constant that holds an object, with an instance of a class, and where a function of the project's own hands it on.
 */
export function collectUntypedObject(draft: Draft, node: ts.Node, receivers: Receivers): void {
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) collectArguments(draft, node, receivers);
  else if (ts.isBinaryExpression(node) && receivers.keeps(node)) {
    handOver(draft, `unknown#${excerpt(node.left)}`, node.right, 'package');
  }
}

function collectArguments(draft: Draft, call: ts.CallExpression | ts.NewExpression, receivers: Receivers): void {
  const { checker } = draft;
  if (!call.arguments?.some((each) => mayHold(each, draft))) return;
  const isOwn = checker.callee(call).declarations.some((d) => checker.isOwn(d));
  const receiver = isOwn ? 'package' : receivers.receiver(call);
  for (const [index, argument] of call.arguments.entries()) {
    if (!mayHold(argument, draft) || isTyped(argument, checker)) continue;
    if (isOwn ? !receivers.handsOn(call, index) : onlyLooks.test(checker.api(call) ?? '')) continue;
    handOver(draft, checker.api(call) ?? untypedApi(call), argument, receiver);
  }
}

/** It is, or may name, an object or a list of functions. */
function mayHold(argument: ts.Expression, { checker }: Draft): boolean {
  const value = skipParentheses(ts.isSpreadElement(argument) ? argument.expression : argument);
  if (isLiteral(value)) return true;
  if (isPlainValue(value) || isFunctionLike(value)) return false;
  return (
    (checker.typeOf(value).flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection | ts.TypeFlags.TypeParameter)) !== 0
  );
}

/**
 * Everything asynchronous that can be reached from the value goes out with it. An instance that goes to code which may be the project's own is
 * noted: what that does with members is asked by their names.
 */
function handOver(draft: Draft, api: string, argument: ts.Expression, receiver: Receiver | undefined): void {
  const { checker } = draft;
  const value = ts.isSpreadElement(argument) ? argument.expression : argument;
  const literal = literalOf(value, checker);
  if (literal) for (const each of functionsIn(literal, checker)) handOverUnits(draft, api, each, unitsOf(draft, each));
  if (receiver === undefined) return;
  const objects = literal ? valuesIn(literal) : [skipParentheses(value)];
  for (const each of objects) {
    const units = memberUnits(draft, checker.typeOf(each));
    if (receiver === 'package') handOverUnits(draft, api, each, units);
    else noteUnits(draft, api, each, units);
  }
}

function literalOf(argument: ts.Expression, checker: Checker): Literal | undefined {
  const plain = skipParentheses(argument);
  if (isLiteral(plain)) return plain;
  const [only, ...others] = ts.isIdentifier(plain) ? checker.declarations(plain) : [];
  if (!only || others.length > 0 || !ts.isVariableDeclaration(only) || !only.initializer) return undefined;
  const value = skipParentheses(only.initializer);
  return isLiteral(value) ? value : undefined;
}

type Literal = ts.ObjectLiteralExpression | ts.ArrayLiteralExpression;

const isLiteral = (node: ts.Node): node is Literal =>
  ts.isObjectLiteralExpression(node) || ts.isArrayLiteralExpression(node);

function isTyped(argument: ts.Expression, checker: Checker): boolean {
  const wanted = checker.contextualType(argument);
  return wanted !== undefined && !checker.isAnyLike(wanted);
}

/** Values and methods of the object or array, and of those in it, that are functions of the project's own. */
function functionsIn(literal: Literal, checker: Checker): ts.Node[] {
  return valuesIn(literal).filter((node) => checker.signatures(checker.typeOf(node)).length > 0);
}

function valuesIn(literal: Literal): ts.Node[] {
  const found: ts.Node[] = [];
  const literals = [literal];
  for (const each of literals) {
    for (const part of ts.isArrayLiteralExpression(each) ? each.elements : each.properties) {
      const value = valueOf(part);
      if (value && isLiteral(value)) literals.push(value);
      else if (value) found.push(value);
    }
  }
  return found;
}

function valueOf(part: ts.Expression | ts.ObjectLiteralElementLike): ts.Node | undefined {
  if (ts.isMethodDeclaration(part)) return part;
  if (ts.isShorthandPropertyAssignment(part)) return part.name;
  if (ts.isPropertyAssignment(part)) return skipParentheses(part.initializer);
  if (ts.isSpreadElement(part)) return skipParentheses(part.expression);
  return ts.isExpression(part) ? skipParentheses(part) : undefined;
}

function unitsOf(draft: Draft, value: ts.Node): UnitId[] {
  return asynchronous(draft, draft.checker.signatures(draft.checker.typeOf(value)));
}

/** Methods of an instance, functions of an object, elements of a list. */
export function memberUnits(draft: Draft, type: Type): UnitId[] {
  const { checker } = draft;
  const members = checker.properties(type).filter(({ declarations }) => declarations.some((d) => checker.isOwn(d)));
  const types = [...members.map((each) => each.type), ...checker.indexTypes(type)];
  return asynchronous(
    draft,
    types.flatMap((each) => checker.signatures(each)),
  );
}

function asynchronous(draft: Draft, signatures: readonly ts.SignatureDeclaration[]): UnitId[] {
  const units = signatures
    .filter((d) => draft.checker.isOwn(d) && isFunctionLike(d))
    .map((d) => draft.functionUnit(d))
    .filter((unit) => draft.unit(unit).asynchronous);
  return [...new Set(units)];
}

function handOverUnits(draft: Draft, api: string, value: ts.Node, units: readonly UnitId[]): void {
  if (units.length === 0) return;
  const site = draft.emit(
    { kind: 'callback', api, accepts: 'unknown', loop: false, given: 'other', parameters: [] },
    value,
    units[0],
    0,
  );
  for (const unit of units) draft.require(unit, site.id, 'is handed to a library in');
}

function noteUnits(draft: Draft, api: string, value: ts.Node, units: readonly UnitId[]): void {
  const [first] = units;
  if (first === undefined) return;
  const member = draft.unit(first).name;
  const site = draft.emit({ kind: 'exposed', to: api.slice(api.indexOf('#') + 1), member }, value, first, 0);
  for (const unit of units) draft.require(unit, site.id, 'is a member of what is given away in');
}
