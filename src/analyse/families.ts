import { ts } from 'ts-morph';
import { askOnce } from '../checker/ask-once.ts';
import type { Type } from '../checker/checker.ts';
import { boundFunctions, boundUnits, collectBound } from './bound.ts';
import { collectBoundary } from './boundary.ts';
import type { Draft } from './draft.ts';
import { collectKindGuard } from './function-kinds.ts';
import { mockedType } from './mocks.ts';
import { collectOverloads } from './overloads.ts';
import { isPlainLiteral } from './plain-values.ts';
import { isProtocolMember, protocolOwners } from './protocols.ts';
import { givenTo, isFunctionLike, isLogicalOperator, keyOf } from './syntax.ts';
import { documented } from './told.ts';

const DEPTH = 4;
/** Where the search begins for a type argument and its bound: bounds are wide (options of options), and hold functions near their top. */
const BOUND_DEPTH = 2;
/** Types that have members of their own. */
const MEMBERS = ts.TypeFlags.Object | ts.TypeFlags.Intersection;

/** What may hold type arguments. */
export type GivesTypes = ts.TypeReferenceNode | ts.ExpressionWithTypeArguments | ts.CallExpression | ts.NewExpression;

/** Joins functions that one call may reach or one type must fit, by following where values flow. */
export interface Families {
  /** An expression that has a contextual type: an argument, an initialiser, a returned value. */
  flow(node: ts.Expression): void;
  /** Type arguments: what they are must fit what bounds their parameters. */
  given(node: GivesTypes): void;
  /** `f is () => Promise<T>`: what a guard finds is some of what its parameter may be. */
  guard(node: ts.TypePredicateNode): void;
  /** Overrides and implementations of a class or interface. */
  heritage(node: ts.ClassLikeDeclaration | ts.InterfaceDeclaration): void;
  /** Overloads and merged declarations of one name. */
  overloads(node: ts.SignatureDeclaration): void;
}

export function createFamilies(draft: Draft): Families {
  const { checker } = draft;
  const seen = new Map<Type, Set<Type>>();
  const shapes = new Map<Type, boolean>();

  const yieldsBearer = askOnce((type: Type) => checker.returnTypes(type).some((r) => checker.bearing(r) !== undefined));
  const bearingNames = askOnce(
    (type: Type) =>
      new Set(checker.properties(type).flatMap((p) => (checker.bearing(p.type) !== undefined ? [p.name] : []))),
  );

  /** It has a call signature, or a member of the project's own, that yields a promise. */
  function asyncShape(type: Type, depth = 0): boolean {
    const known = shapes.get(type);
    if (known !== undefined) return known;
    shapes.set(type, false);
    const found =
      checker.unionParts(type).some((part) => part !== type && asyncShape(part, depth)) ||
      yieldsBearer(type) ||
      checker.constructed(type).some((made) => asyncShape(made, depth)) ||
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
  function relate(from: Type, to: Type, at: ts.Node, depth = 0): void {
    if (depth > DEPTH) return;
    const bound = checker.bound(to);
    if (bound) {
      relate(from, bound, at, depth);
      return;
    }
    if (from === to) return;
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
        if (!asyncShape(f) && !asyncShape(t)) continue;
        relateMembers(f, t, at, depth);
        if (depth === DEPTH) continue;
        for (const made of checker.constructed(f))
          for (const asked of checker.constructed(t)) relate(made, asked, at, depth + 1);
        const args = checker.typeArguments(f);
        const wanted = checker.typeArguments(t);
        if (f.symbol === t.symbol) args.forEach((a, i) => wanted[i] && relate(a, wanted[i], at, depth + 1));
      }
    }
  }

  function relateSignatures(from: Type, to: Type, at: ts.Node): void {
    if (!yieldsBearer(from) && !yieldsBearer(to)) return;
    const sources = checker.signatures(from).filter((d) => checker.isOwn(d) && isFunctionLike(d));
    const targets = checker.signatures(to).filter((d) => checker.isOwn(d) && isFunctionLike(d));
    const returns = checker.returnTypes(from);
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

  function relateMembers(from: Type, to: Type, at: ts.Node, depth: number): void {
    if (!isOwnType(from) && !isOwnType(to)) return;
    if (to.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown) || !(to.flags & MEMBERS)) return;
    // What is below the last members is not looked at: of them only those matter that bear something themselves.
    const bearers = depth === DEPTH && from.flags & MEMBERS ? bearingNames(from) : undefined;
    for (const wanted of checker.properties(to)) {
      if (bearers?.has(wanted.name) === false && checker.bearing(wanted.type) === undefined) continue;
      const given = checker.property(from, wanted.name);
      if (given) relateProperty(given, wanted, at, depth);
    }
    if (depth === DEPTH) return;
    // `{ async pack() { … } }` as a `Record<string, Command>`
    for (const index of checker.indexTypes(to))
      for (const given of checker.properties(from)) relate(given.type, index, at, depth + 1);
  }

  function relateProperty(
    given: { type: Type; declarations: readonly ts.Declaration[] },
    wanted: { type: Type; declarations: readonly ts.Declaration[] },
    at: ts.Node,
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

  /** `f.bind(…)`: what it calls goes where it goes. */
  function flowBound(node: ts.Expression, bound: readonly ts.Expression[], to: Type | undefined): void {
    const units = boundUnits(draft, node);
    if (units.length === 0) return;
    const wanted = to ? checker.signatures(to).filter((d) => checker.isOwn(d)) : [];
    if (to && wanted.length > 0) for (const each of bound) relate(checker.typeOf(each), to, node);
    else if (to && givenTo(node)) for (const each of bound) collectBoundary(draft, node, checker.typeOf(each), to);
    else collectBound(draft, node, units);
  }

  return {
    flow(node) {
      const to = checker.contextualType(node) ?? reducedType(node);
      const bound = boundFunctions(node, checker);
      if (bound.length > 0) {
        flowBound(node, bound, to);
        return;
      }
      if (!to) return;
      if (isPlainLiteral(node) && !asyncShape(to)) return;
      const from = checker.typeOf(node);
      if (ts.isShorthandPropertyAssignment(node.parent)) {
        // What is of a known type is related with the object as a whole.
        if (checker.isAnyLike(to) && checker.signatures(from).length > 0) collectBoundary(draft, node, from, to);
        return;
      }
      if (!asyncShape(from) && !asyncShape(to)) return;
      if (checker.isAnyLike(from)) {
        cast(node, to);
        return;
      }
      relate(from, to, node);
      const declared = declaredFor(node);
      if (declared) relate(from, declared, node);
      if (checker.signatures(from).length > 0) collectBoundary(draft, node, from, to);
    },
    given(node) {
      const { typeArguments = [] } = node;
      if (typeArguments.length === 0) return;
      const name = ts.isTypeReferenceNode(node) ? node.typeName : node.expression;
      const parameters = checker
        .declarations(ts.isQualifiedName(name) ? name.right : name)
        .filter((each) => checker.isOwn(each))
        .flatMap(typeParametersOf);
      for (const [i, argument] of typeArguments.entries()) {
        const constraint = parameters[i]?.constraint;
        if (constraint) relate(checker.typeOf(argument), checker.typeOf(constraint), argument, BOUND_DEPTH);
      }
    },
    guard({ parameterName, parent, type }) {
      const told = ts.isJSDocTypeExpression(parent) ? documented(parent.parent.parent) : undefined;
      const guard = isFunctionLike(parent) ? parent : told;
      const guarded = guard?.parameters.find((each) => each.name.getText() === parameterName.getText());
      if (!guarded || !type) return;
      const [found, given] = [checker.typeOf(type), checker.typeOf(guarded)];
      relate(found, given, type);
      const others = checker.unionParts(given).some((part) => isPlainFunction(part));
      if (others && asyncShape(found)) collectKindGuard(draft, type, found);
    },
    heritage(node) {
      const [made] = ts.isClassExpression(node) ? checker.constructed(checker.typeOf(node)) : [];
      const own = made ?? checker.typeOf(node.name ?? node);
      for (const base of checker.baseTypes(node)) {
        // Members that a class inherits from one parent may implement another parent's interface.
        if (ts.isClassLike(node)) relate(own, base, node, 1);
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

  /** Of `[f, g]` and `c ? f : g`, where nothing says what is wanted: what the whole may be, if one of them is left out there. */
  function reducedType(node: ts.Expression): Type | undefined {
    const { parent } = node;
    const isList = ts.isArrayLiteralExpression(parent);
    const isArm = ts.isConditionalExpression(parent)
      ? parent.condition !== node
      : ts.isBinaryExpression(parent) && isLogicalOperator(parent.operatorToken.kind);
    if (!isList && !isArm) return undefined;
    const own = checker.typeOf(node);
    if (!asyncShape(own)) return undefined;
    const whole = isList ? checker.indexTypes(checker.typeOf(parent))[0] : checker.typeOf(parent);
    return whole && !checker.unionParts(whole).includes(own) ? whole : undefined;
  }

  /** What the generic function or class of the project's own, which takes this argument, says of it before it knows what it is. */
  function declaredFor(node: ts.Expression): Type | undefined {
    const call = node.parent;
    if (!ts.isCallExpression(call) && !ts.isNewExpression(call)) return undefined;
    const [callee] = checker.callee(call).declarations;
    if (!callee || !checker.isOwn(callee)) return undefined;
    const generic = typeParametersOf(ts.isConstructorDeclaration(callee) ? callee.parent : callee).length > 0;
    const at = generic ? (call.arguments?.indexOf(node) ?? -1) : -1;
    const parameter = callee.parameters[at];
    if (parameter) return parameter.dotDotDotToken ? elementOf(parameter) : checker.typeOf(parameter);
    const last = at < 0 ? undefined : callee.parameters.at(-1);
    return last?.dotDotDotToken && elementOf(last);
  }

  function isPlainFunction(type: Type): boolean {
    const returns = checker.returnTypes(type);
    return returns.length > 0 && returns.every((each) => checker.bearing(each) === undefined);
  }

  /** `T` of `...given: T[]`, of a tuple what any of it may be. */
  function elementOf(rest: ts.ParameterDeclaration): Type | undefined {
    const type = checker.typeOf(rest);
    return checker.indexTypes(checker.bound(type) ?? type)[0];
  }

  /** What an overload takes is what the implementation is given. */
  function relateParameters(a: ts.SignatureDeclaration, b: ts.SignatureDeclaration): void {
    for (const [i, given] of a.parameters.entries()) {
      const wanted = b.parameters[i];
      if (!wanted) return;
      const [from, to] = [checker.typeOf(given), checker.typeOf(wanted)];
      if ((checker.bearing(from) ?? checker.bearing(to)) !== undefined)
        draft.join(draft.slotUnit(given), draft.slotUnit(wanted), 'is the same parameter as');
      relate(from, to, given.name);
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

function typeParametersOf(node: ts.Declaration): readonly ts.TypeParameterDeclaration[] {
  return (node as Partial<ts.SignatureDeclaration>).typeParameters ?? [];
}
