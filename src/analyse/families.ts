import { ts } from 'ts-morph';
import { moduleOf } from '../checker/api-id.ts';
import type { Type } from '../checker/checker.ts';
import type { Draft } from './draft.ts';
import { takesSubject } from './expectations.ts';
import { filled, isFixedName } from './handed-over.ts';
import { callsAtOnce, callsFromLoop } from './loop.ts';
import { mockedType, mockedUnits } from './mocks.ts';
import { collectOverloads } from './overloads.ts';
import { isProtocolMember, protocolOwners } from './protocols.ts';
import { givenTo, isFunctionLike, isUnnamed } from './syntax.ts';
import { isCombinatorCall, chainCall, promiseMember } from './uses.ts';

const DEPTH = 4;

/** Joins functions that one call may reach or one type must fit, by following where values flow. */
export interface Families {
  /** An expression that has a contextual type: an argument, an initialiser, a returned value. */
  flow(node: ts.Expression): void;
  /** A method of an object literal. */
  method(node: ts.MethodDeclaration): void;
  /** Overrides and implementations of a class or interface. */
  heritage(node: ts.ClassLikeDeclaration | ts.InterfaceDeclaration): void;
  /** Overloads and merged declarations of one name. */
  overloads(node: ts.SignatureDeclaration): void;
}

export function createFamilies(draft: Draft): Families {
  const { checker } = draft;
  const seen = new Map<Type, Set<Type>>();
  const shapes = new Map<Type, boolean>();

  /** It has a call signature, or a member of the project's own, that yields a promise. */
  function asyncShape(type: Type, depth = 0): boolean {
    const known = shapes.get(type);
    if (known !== undefined) return known;
    shapes.set(type, false);
    const found =
      checker.unionParts(type).some((part) => part !== type && asyncShape(part, depth)) ||
      checker.returnTypes(type).some((r) => checker.bearing(r) !== undefined) ||
      (depth < DEPTH &&
        (checker.typeArguments(type).some((a) => asyncShape(a, depth + 1)) ||
          (isOwnType(type) &&
            checker
              .properties(type)
              .some((p) => checker.bearing(p.type) !== undefined || asyncShape(p.type, depth + 1)))));
    shapes.set(type, found);
    return found;
  }

  function isOwnType(type: Type): boolean {
    const declaration = (type.symbol as ts.Symbol | undefined)?.declarations?.[0];
    return declaration !== undefined ? checker.isOwn(declaration) : type.isIntersection();
  }

  /** A value of type `from` goes where `to` is asked for. */
  function relate(from: Type, to: Type, at: ts.Expression, depth = 0): void {
    if (from === to || depth > DEPTH) return;
    const mocked = mockedType(from, checker);
    if (mocked) {
      for (const given of checker.returnTypes(mocked))
        for (const wanted of checker.returnTypes(to)) relate(given, wanted, at, depth + 1);
      relate(mocked, to, at, depth);
      return;
    }
    let partners = seen.get(from);
    if (!partners) seen.set(from, (partners = new Set()));
    if (partners.has(to)) return;
    partners.add(to);
    if (!asyncShape(from) && !asyncShape(to)) return;
    for (const part of checker.unionParts(to)) relateSignatures(from, part, at);
    for (const f of checker.unionParts(from)) {
      for (const t of checker.unionParts(to)) {
        relateMembers(f, t, at, depth);
        const args = checker.typeArguments(f);
        const wanted = checker.typeArguments(t);
        if (f.symbol === t.symbol) args.forEach((a, i) => wanted[i] && relate(a, wanted[i], at, depth + 1));
      }
    }
  }

  function relateSignatures(from: Type, to: Type, at: ts.Expression): void {
    const sources = checker.signatures(from).filter((d) => checker.isOwn(d) && isFunctionLike(d));
    const targets = checker.signatures(to).filter((d) => checker.isOwn(d) && isFunctionLike(d));
    const returns = checker.returnTypes(from);
    if (
      !returns.some((r) => checker.bearing(r) !== undefined) &&
      !checker.returnTypes(to).some((r) => checker.bearing(r) !== undefined)
    )
      return;
    for (const s of sources)
      for (const t of targets) draft.join(draft.functionUnit(s), draft.functionUnit(t), 'must fit the same type as');
    // A library's function in a place of the project's own: nothing can turn it blocking.
    if (
      sources.length === 0 &&
      returns.length > 0 &&
      targets.length > 0 &&
      checker.bearing(returns[0]!) !== undefined
    ) {
      for (const t of targets)
        draft.require(
          draft.functionUnit(t),
          draft.emit({ kind: 'api-value', api: checker.api(at) ?? 'unknown' }, at).id,
          'may be',
        );
    }
  }

  function relateMembers(from: Type, to: Type, at: ts.Expression, depth: number): void {
    if (!isOwnType(from) && !isOwnType(to)) return;
    if (
      to.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown) ||
      !(to.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))
    )
      return;
    for (const wanted of checker.properties(to)) {
      const given = checker.property(from, wanted.name);
      if (given) relateProperty(given, wanted, at, depth);
    }
    // `{ async pack() { … } }` as a `Record<string, Command>`
    for (const index of checker.indexTypes(to))
      for (const given of checker.properties(from)) relate(given.type, index, at, depth + 1);
  }

  function relateProperty(
    given: { type: Type; declarations: readonly ts.Declaration[] },
    wanted: { type: Type; declarations: readonly ts.Declaration[] },
    at: ts.Expression,
    depth: number,
  ): void {
    const bearing = checker.bearing(given.type) ?? checker.bearing(wanted.type);
    if (bearing !== undefined) {
      for (const a of given.declarations)
        for (const b of wanted.declarations)
          if (a !== b && checker.isOwn(a) && checker.isOwn(b))
            draft.join(draft.slotUnit(a), draft.slotUnit(b), 'holds the same as');
    }
    relate(given.type, wanted.type, at, depth + 1);
  }

  /** A callback handed to a library's parameter. */
  function boundary(node: ts.Expression, from: Type, to: Type): void {
    const returns = checker.returnTypes(from);
    if (!returns.some((r) => (checker.bearing(r) ?? 'swapped') !== 'swapped')) return;
    const units = checker.signatures(from).filter((d) => checker.isOwn(d) && isFunctionLike(d));
    if (units.length === 0) return;
    const call = node.parent;
    if (
      (ts.isCallExpression(call) || ts.isNewExpression(call)) &&
      (isPromiseMachinery(call) || takesSubject(call, checker))
    )
      return;
    const wanted = checker.signatures(to);
    if (wanted.some((d) => checker.isOwn(d))) return;
    const api =
      ts.isCallExpression(call) || ts.isNewExpression(call) ? (checker.api(call) ?? untypedApi(call)) : 'unknown';
    const accepts = accepted(to, returns);
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

  function accepted(to: Type, returns: readonly Type[]): 'blocking' | 'promise-only' | 'unknown' {
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

  function isPromiseMachinery(call: ts.CallExpression | ts.NewExpression): boolean {
    if (ts.isNewExpression(call)) return ts.isIdentifier(call.expression) && call.expression.text === 'Promise';
    return (
      isCombinatorCall(call) ||
      promiseMember(call) !== undefined ||
      (ts.isPropertyAccessExpression(call.expression) && chainCall(call.expression.expression) === call)
    );
  }

  /** A method written in an object that a library asks for. */
  function method(node: ts.MethodDeclaration): void {
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
    if ((checker.bearing(returns[0]!) ?? 'swapped') === 'swapped' || checker.signatures(wanted.type).length === 0)
      return;
    if (accepted(wanted.type, returns) !== 'promise-only') return;
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

  /** A value of no known type is taken for a function of the project's own: nothing says that it blocks. */
  function cast(node: ts.Expression, to: Type): void {
    const units = checker
      .signatures(to)
      .filter((d) => checker.isOwn(d) && isFunctionLike(d))
      .map((d) => draft.functionUnit(d))
      .filter((u) => draft.unit(u).asynchronous);
    if (units.length === 0) return;
    const site = draft.emit({ kind: 'cast', detail: checker.text(to, node) }, node);
    for (const unit of units) draft.require(unit, site.id, 'is the type given to');
  }

  return {
    method,
    flow(node) {
      const to = checker.contextualType(node);
      if (!to) return;
      const from = checker.typeOf(node);
      if (!asyncShape(from) && !asyncShape(to)) return;
      if (checker.isAnyLike(from)) {
        cast(node, to);
        return;
      }
      relate(from, to, node);
      if (checker.signatures(from).length > 0) boundary(node, from, to);
    },
    heritage(node) {
      const own = checker.typeOf(node.name ?? node);
      for (const base of checker.baseTypes(node)) {
        // Members that a class inherits from one parent may implement another parent's interface.
        if (ts.isClassLike(node)) relate(own, base, node as unknown as ts.Expression, 1);
        for (const member of node.members) {
          const name = keyOf(member.name);
          // `implements AsyncIterable<T>` and the member that makes it so turn together.
          const owners = isFunctionLike(member) && isProtocolMember(name) ? protocolOwners(draft, node, name) : [];
          for (const owner of owners)
            draft.join(draft.functionUnit(member as ts.SignatureDeclaration), owner, 'is what makes it');
          const wanted = name === undefined ? undefined : checker.property(base, name);
          const given = name === undefined ? undefined : checker.property(own, name);
          if (!wanted || !given) continue;
          for (const a of given.declarations) {
            for (const b of wanted.declarations) if (owners.length === 0 || checker.isOwn(b)) joinMembers(a, b);
          }
        }
      }
    },
    overloads(node) {
      const symbol = checker.declarations((node as ts.NamedDeclaration).name ?? node);
      const same = symbol.filter((d): d is ts.SignatureDeclaration => checker.isOwn(d) && isFunctionLike(d));
      if (same.length < 2) return;
      if (same[0] === node) collectOverloads(draft, same);
      for (let i = 1; i < same.length; i++) {
        draft.join(draft.functionUnit(same[0]!), draft.functionUnit(same[i]!), 'is an overload of');
        relateParameters(same[0]!, same[i]!);
      }
    },
  };

  function keyOf(name: ts.PropertyName | undefined): string | undefined {
    if (!name) return undefined;
    if (ts.isIdentifier(name) || ts.isStringLiteral(name)) return name.text;
    return ts.isComputedPropertyName(name) ? name.getText() : undefined;
  }

  /** What an overload takes is what the implementation is given. */
  function relateParameters(a: ts.SignatureDeclaration, b: ts.SignatureDeclaration): void {
    for (const [i, given] of a.parameters.entries()) {
      const wanted = b.parameters[i];
      if (!wanted) return;
      const [from, to] = [checker.typeOf(given), checker.typeOf(wanted)];
      if ((checker.bearing(from) ?? checker.bearing(to)) !== undefined)
        draft.join(draft.slotUnit(given), draft.slotUnit(wanted), 'is the same parameter as');
      relate(from, to, given.name as ts.Expression);
    }
  }

  function joinMembers(a: ts.Declaration, b: ts.Declaration): void {
    if (a === b || !checker.isOwn(a)) return;
    if (checker.isOwn(b)) {
      if (isFunctionLike(a) && isFunctionLike(b))
        draft.join(draft.functionUnit(a), draft.functionUnit(b), 'overrides or implements');
      else if (checker.bearing(checker.typeOf(a)) !== undefined)
        draft.join(draft.slotUnit(a), draft.slotUnit(b), 'overrides');
      return;
    }
    if (!isFunctionLike(a) || !isFunctionLike(b)) return;
    const returns = checker.returnType(a);
    if (checker.bearing(returns) === undefined) return;
    const wanted = checker.returnType(b);
    const fits =
      checker.isAnyLike(wanted) || checker.isVoid(wanted) || checker.assignable(checker.awaited(returns), wanted);
    const api = checker.api((b as ts.NamedDeclaration).name ?? b) ?? 'unknown';
    const unit = draft.functionUnit(a);
    // A method stays async towards the library, and may do so for its other callers.
    const isShim = !fits && ts.isMethodDeclaration(a) && a.body !== undefined;
    if (isShim) draft.shims.set(unit, api);
    draft.emit(
      {
        kind: 'callback',
        api,
        accepts: fits ? 'blocking' : 'promise-only',
        loop: false,
        given: isShim ? 'member' : 'other',
        parameters: [],
      },
      isShim ? a : ((a as ts.NamedDeclaration).name ?? a),
      unit,
      isShim ? -1 : 0,
    );
  }
}

/** Stands for the API of a callee without a type, and ends as its text: `unknown#app.get`. */
function untypedApi(call: ts.CallExpression | ts.NewExpression): string {
  const [line = ''] = call.expression.getText().split('\n', 1);
  return `unknown#${line.slice(0, 60)}`;
}
