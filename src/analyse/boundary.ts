import { ts } from 'ts-morph';
import { moduleOf } from '../checker/api-id.ts';
import type { Checker, Type } from '../checker/checker.ts';
import { collectWrapped } from './bound.ts';
import type { Draft } from './draft.ts';
import { takesSubject } from './expectations.ts';
import { filled, isFixedName } from './handed-over.ts';
import { callsAtOnce, callsFromLoop } from './loop.ts';
import { mockedType, mockedUnits } from './mocks.ts';
import { excerpt, givenTo, isFunctionLike, isUnnamed, keyOf } from './syntax.ts';
import { isCombinatorCall, chainCall, promiseMember } from './uses.ts';

/** A callback handed to a library's parameter. */
export function collectBoundary(draft: Draft, node: ts.Expression, from: Type, to: Type): void {
  const { checker } = draft;
  const returns = checker.returnTypes(from);
  if (!returns.some((r) => (checker.bearing(r) ?? 'swapped') !== 'swapped')) return;
  const units = checker.signatures(from).filter((d) => checker.isOwn(d) && isFunctionLike(d));
  if (units.length === 0) return;
  const call = node.parent;
  const isGiven = ts.isCallExpression(call) || ts.isNewExpression(call);
  if (isGiven && (isPromiseMachinery(call) || takesSubject(call, checker))) return;
  if (isGiven && makesAnother(call, checker)) {
    collectWrapped(
      draft,
      call,
      units.map((each) => draft.functionUnit(each)),
    );
    return;
  }
  const wanted = checker.signatures(to);
  if (wanted.some((d) => checker.isOwn(d))) return;
  const api = isGiven ? (checker.api(call) ?? untypedApi(call)) : 'unknown';
  const accepts = accepted(to, returns, checker);
  const given =
    ts.isArrowFunction(node) || ts.isFunctionExpression(node)
      ? isUnnamed(node)
        ? 'written'
        : 'other'
      : isFixedName(node, checker)
        ? 'named'
        : 'other';
  const parameters = filled(units[0] as ts.SignatureDeclaration, wanted, node.getSourceFile(), checker);
  // Written out, it is the outer one of the function and what is handed over.
  const isLiteral = ts.isArrowFunction(node) || ts.isFunctionExpression(node);
  const isEach = given === 'written' && api.endsWith('.forEach');
  const rank = isLiteral && (isEach || accepts === 'promise-only') ? -1 : 0;
  const unit = draft.functionUnit(units[0]!);
  const named = isLiteral && given === 'other' && accepts === 'promise-only';
  const demanding = named ? (checker.typeApi(to) ?? api) : api;
  if (named) draft.shims.set(unit, demanding);
  if (isLiteral && given === 'written' && accepts === 'promise-only') draft.demanded.add(node);
  const site = draft.emit(
    {
      kind: 'callback',
      api: demanding,
      accepts,
      loop: callsFromLoop(api),
      given: named ? 'member' : given,
      parameters,
    },
    node,
    unit,
    rank,
  );
  for (const unit of units) draft.require(draft.functionUnit(unit), site.id, 'is handed to a library in');
  // `forEach` and its like call at once and wait for nothing: a callback that stays async floats in the function around.
  if (api.startsWith('global#') || accepts === 'unknown')
    draft.require(draft.enclosing(node), site.id, 'leaves floating');
  const around = givenTo(node);
  const [callee] = around ? checker.callee(around).declarations : [];
  if (callee && callsAtOnce(moduleOf(callee)))
    for (const unit of units) draft.join(draft.enclosing(node), draft.functionUnit(unit), 'runs together with');
  if (ts.isCallExpression(call) && ts.isPropertyAccessExpression(call.expression)) {
    for (const unit of mockedUnits(draft, call.expression.expression))
      draft.join(draft.functionUnit(units[0]!), unit, 'stands for');
  }
  if (callsFromLoop(api)) draft.concurrent(site, `a callback of \`${api.slice(api.indexOf('#') + 1)}\``);
}

function accepted(to: Type, returns: readonly Type[], checker: Checker): 'blocking' | 'promise-only' | 'unknown' {
  if (checker.isAnyLike(to) && checker.returnTypes(to).length === 0) return 'unknown';
  // A type parameter takes whatever the callback returns: `map<U>(f: (x: T) => U)`.
  if (checker.signatures(to).some((d) => checker.returnType(d).flags & ts.TypeFlags.TypeParameter)) return 'blocking';
  const wanted = checker.returnTypes(to);
  if (wanted.length === 0) return to.flags & ts.TypeFlags.TypeParameter ? 'blocking' : 'unknown';
  const fits = wanted.some(
    (w) =>
      checker.isAnyLike(w) ||
      checker.isVoid(w) ||
      returns.every((r) => checker.assignable(checker.awaited(r), w)) ||
      checker.bearing(w) === undefined,
  );
  return fits ? 'blocking' : 'promise-only';
}

/** `debounce(f)`: a library's function type, which yields promises as `f` does. */
function makesAnother(call: ts.Expression, checker: Checker): boolean {
  const made = checker.typeOf(call);
  return (
    mockedType(made, checker) === undefined &&
    !checker.signatures(made).some((each) => checker.isOwn(each)) &&
    checker.returnTypes(made).some((each) => checker.bearing(each) === 'promise')
  );
}

function isPromiseMachinery(call: ts.CallExpression | ts.NewExpression): boolean {
  if (ts.isNewExpression(call)) return ts.isIdentifier(call.expression) && call.expression.text === 'Promise';
  return (
    isCombinatorCall(call) ||
    promiseMember(call) !== undefined ||
    (ts.isPropertyAccessExpression(call.expression) && chainCall(call.expression.expression) === call)
  );
}

/** A method written in an object that a library asks for. */
export function collectLibraryMethod(draft: Draft, node: ts.MethodDeclaration): void {
  const { checker } = draft;
  const name = keyOf(node.name);
  const context = checker.contextualType(node.parent as ts.ObjectLiteralExpression);
  // The protocols of iteration and disposal turn blocking themselves.
  if (
    !context ||
    checker
      .unionParts(context)
      .some((part) => checker.bearing(part) !== undefined || checker.typeApi(part)?.startsWith('global#Async'))
  )
    return;
  const wanted = name === undefined ? undefined : checker.property(context, name);
  if (!wanted || wanted.declarations.some((d) => checker.isOwn(d))) return;
  const returns = [checker.returnType(node)];
  if ((checker.bearing(returns[0]!) ?? 'swapped') === 'swapped' || checker.signatures(wanted.type).length === 0) return;
  if (accepted(wanted.type, returns, checker) !== 'promise-only') return;
  const unit = draft.functionUnit(node);
  const given = isUnnamed(node.parent as ts.ObjectLiteralExpression) ? 'written' : 'member';
  if (given === 'member') draft.shims.set(unit, checker.api(node.name) ?? `unknown#${name!}`);
  draft.emit(
    {
      kind: 'callback',
      api: checker.api(node.name) ?? `unknown#${name!}`,
      accepts: 'promise-only',
      loop: false,
      given,
      parameters: [],
    },
    node,
    unit,
    -1,
  );
}

/** Stands for the API of a callee without a type, and ends as its text: `unknown#app.get`. */
export function untypedApi(call: ts.CallExpression | ts.NewExpression): string {
  return `unknown#${excerpt(call.expression)}`;
}
