import { ts } from 'ts-morph';
import type { UnitId } from '../model/ids.ts';
import { armOf, askedBy, formOf, tieAsked } from './conditional-types.ts';
import type { Draft } from './draft.ts';
import { enclosingFunction, isFunctionLike } from './syntax.ts';
import { isToldOfNothing, toldOf } from './told.ts';

const promiseTypes = new Set([
  'Promise',
  'PromiseLike',
  'Awaited',
  'PromiseSettledResult',
  'AsyncIterable',
  'AsyncIterator',
  'AsyncIterableIterator',
  'AsyncGenerator',
  'AsyncDisposable',
]);

type Alias = ts.TypeAliasDeclaration | ts.JSDocTypedefTag;
type TypeReference = ts.TypeReferenceNode | ts.ExpressionWithTypeArguments;

/** A type that names a promise, an async iterator or a swapped type; or an alias of the project's own for one. */
export function collectTypeReference(draft: Draft, node: TypeReference, swapped: ReadonlySet<string>): void {
  const name = ts.isTypeReferenceNode(node) ? node.typeName : node.expression;
  const text = ts.isIdentifier(name) ? name.text : undefined;
  if (text !== undefined && promiseTypes.has(text) && text !== 'PromiseSettledResult') {
    if (draft.checker.declarations(name).some((d) => draft.checker.isOwn(d))) return;
    // `typeof (value as Promise<T>).then` looks whether there is one, and says what a plain value has not.
    if (isLookedAt(node)) return;
    if (text === 'Awaited') collectAwaited(draft, node);
    else collectPromiseType(draft, node, text);
    return;
  }
  const declaration = draft.checker
    .declarations(ts.isQualifiedName(name) ? name.right : name)
    .find((d) => draft.checker.isOwn(d));
  if (declaration) {
    collectAliasReference(draft, node, declaration);
    return;
  }
  if (swapped.size === 0) return;
  const api = draft.checker.api(node);
  if (api !== undefined && swapped.has(api))
    draft.emit({ kind: 'type-reference', name: name.getText(), api }, node, ownerOf(draft, node), 2);
}

function isLookedAt(node: TypeReference): boolean {
  if (!ts.isAsExpression(node.parent)) return false;
  let up: ts.Node = node.parent.parent;
  while (ts.isParenthesizedExpression(up) || ts.isNonNullExpression(up)) up = up.parent;
  if (!ts.isPropertyAccessExpression(up) || !/^(then|catch|finally)$/.test(up.name.text)) return false;
  return ts.isTypeOfExpression(up.parent);
}

/** `Promise<T>`, `AsyncIterable<T>`: it turns with what it is the type of. */
function collectPromiseType(draft: Draft, node: TypeReference, name: string): void {
  if (ts.isTypePredicateNode(node.parent)) {
    collectPredicate(draft, node.parent);
    return;
  }
  if (isToldOfShim(draft, node) || isToldOfNothing(node)) return;
  if (ts.isHeritageClause(node.parent) && /^Promise(Like)?$/.test(name)) {
    draft.emit({ kind: 'type-reference', name: 'heir', api: null }, node, draft.slotUnit(node.parent.parent), 2);
    return;
  }
  joinTypedFunction(draft, node);
  const asked = askedBy(node);
  const form = asked && formOf(asked);
  if (form === 'same') return;
  const owner = ownerOf(draft, asked ?? node);
  if (asked) {
    tieAsked(draft, asked.checkType, owner);
    if (isFunctionLike(node.parent)) draft.join(draft.functionUnit(node.parent), owner, 'is asked for in');
  }
  const arm = armOf(node, (type) => namesPromise(draft, type));
  if (arm) draft.join(owner, ownerOf(draft, arm), 'is an arm of');
  if (form === 'value' || form === 'unknown')
    draft.emit({ kind: 'type-reference', name: 'conditional', api: null }, asked!, owner, 2);
  else draft.emit({ kind: 'type-reference', name, api: null }, saysTwice(node) ? node.parent : node, owner, 2);
}

/** `@returns {Promise<T>}` of a function that goes on giving a promise, whatever becomes of what it does. */
function isToldOfShim(draft: Draft, node: ts.Node): boolean {
  const tag = node.parent.parent as ts.Node | undefined;
  if (!ts.isJSDocTypeExpression(node.parent) || !tag || !ts.isJSDocReturnTag(tag)) return false;
  const told = toldOf(tag);
  if (!told || !isFunctionLike(told)) return false;
  return draft.demanded.has(told) || draft.shims.has(draft.functionUnit(told));
}

/** `@type {() => Promise<T>}` in front of a function is the type of that function. */
function joinTypedFunction(draft: Draft, node: ts.Node): void {
  const type = node.parent;
  if (!ts.isFunctionTypeNode(type) || !ts.isJSDocTypeExpression(type.parent)) return;
  const tag: ts.Node = type.parent.parent;
  if (!ts.isJSDocTypeTag(tag) || !ts.isJSDoc(tag.parent)) return;
  const host: ts.Node = tag.parent.parent;
  if (isFunctionLike(host)) draft.join(draft.functionUnit(type), draft.functionUnit(host), 'is the type of');
}

/** `x is Promise<T>` says what the function looks for, and stays; where what it looks at would turn, its test would fail. */
function collectPredicate(draft: Draft, node: ts.TypePredicateNode): void {
  const { parameterName, parent } = node;
  const parameter =
    isFunctionLike(parent) && parent.parameters.find((p) => p.name.getText() === parameterName.getText());
  if (!parameter || !carriesOwn(draft, parameter)) return;
  draft.emit({ kind: 'escape', how: 'tested', detail: '' }, node, draft.slotUnit(parameter), 0);
}

/**
 * `Awaited<Promise<T>>`, `Awaited<Text>` of an alias, and `Awaited<ReturnType<typeof load>>` say nothing more once what they await is plain.
 * Nobody needs that they go: where the function stays async, so do they.
 */
function collectAwaited(draft: Draft, node: TypeReference): void {
  const [argument] = node.typeArguments ?? [];
  if (!argument || !ts.isTypeReferenceNode(argument) || askedBy(node)) return;
  const [inner] = argument.typeArguments ?? [];
  const name = argument.typeName.getText();
  const alias = inner ? undefined : ownAliases(draft, argument).find(isPromiseAlias);
  if (!(inner ?? alias) || draft.checker.colour(draft.checker.awaited(draft.checker.typeOf(argument))) !== 'plain')
    return;
  const { source } = draft.files.get(node.getSourceFile())!;
  const site = (): string =>
    draft.emitOptional({ kind: 'type-reference', name: 'Awaited', api: null }, node, {
      start: node.getStart(source),
      end: node.end,
    }).id;
  if (name === 'Promise' || name === 'PromiseLike') draft.require(site(), ownerOf(draft, argument), 'awaits');
  if (alias) draft.require(site(), draft.slotUnit(alias), 'awaits');
  if (name !== 'ReturnType' || !inner || !ts.isTypeQueryNode(inner)) return;
  const units = ownSignatures(draft, inner).map((signature) => draft.functionUnit(signature));
  if (units.length === 0 || !units.every((unit) => draft.unit(unit).asynchronous)) return;
  for (const unit of units) draft.require(site(), unit, 'awaits');
}

/** `type Text = Promise<string>` is a plain type once it turns. */
function isPromiseAlias(alias: Alias): boolean {
  const type = aliased(alias);
  return (
    type !== undefined &&
    ts.isTypeReferenceNode(type) &&
    /^(Promise|PromiseLike)$/.test(type.typeName.getText()) &&
    type.typeArguments !== undefined
  );
}

/** A type of the project's own that is, or asks for, a promise. */
function collectAliasReference(draft: Draft, node: TypeReference, declaration: ts.Declaration): void {
  const parameters = (declaration as { typeParameters?: readonly ts.TypeParameterDeclaration[] }).typeParameters ?? [];
  const given = node.typeArguments ?? [];
  const omitted = parameters.slice(given.length).some((each) => each.default && carriesPromise(draft, each.default));
  if (!isAlias(declaration)) {
    const heir = draft.checker.bearing(draft.checker.typeOf(node)) === 'promise';
    if (omitted || heir) draft.join(userOf(draft, node), draft.slotUnit(declaration), 'is typed by');
    return;
  }
  const alias = draft.slotUnit(declaration);
  const type = aliased(declaration);
  const asked = askedBy(node);
  const asks = asksForPromise(draft, declaration);
  const bounds = parameters.flatMap(({ constraint }) => (constraint ? promisingFunctions(draft, constraint) : []));
  for (const bound of bounds) draft.join(alias, bound, 'bounds');
  if (omitted && type && isFunctionLike(type)) draft.join(alias, draft.functionUnit(type), 'is its own default in');
  if (asked && type && namesPromise(draft, type)) collectAskedAlias(draft, asked, alias, type);
  if (!asks && !omitted && bounds.length === 0 && !(type && carriesPromise(draft, type))) return;
  const owner = userOf(draft, asked ?? node);
  draft.join(owner, alias, 'is typed by');
  for (const argument of given) {
    if (asks) tieAsked(draft, argument, owner);
    else if (bounds.length > 0) tieBound(draft, argument, owner);
  }
}

/** A conditional type asks for what an alias says: `T extends AsyncFunction<infer R> ? R : never`. */
function collectAskedAlias(draft: Draft, asked: ts.ConditionalTypeNode, alias: UnitId, type: ts.TypeNode): void {
  const form = formOf(asked);
  if (form === 'same') return;
  const owner = ownerOf(draft, asked);
  draft.join(owner, alias, 'asks for');
  for (const unit of promisingFunctions(draft, type)) draft.join(owner, unit, 'asks for');
  tieAsked(draft, asked.checkType, owner);
  if (form !== 'follows') draft.emit({ kind: 'type-reference', name: 'conditional', api: null }, asked, owner, 2);
}

/** What a type argument may be must turn with what its parameter may be. */
function tieBound(draft: Draft, argument: ts.TypeNode, owner: UnitId): void {
  const declared = ts.isTypeReferenceNode(argument)
    ? draft.checker.declarations(argument.typeName).find(ts.isTypeParameterDeclaration)
    : undefined;
  if (!declared) tieAsked(draft, argument, owner);
  else if (declared.constraint)
    for (const unit of promisingFunctions(draft, declared.constraint)) draft.join(owner, unit, 'is bounded by');
}

/** Function types that are written in a type and yield promises. */
function promisingFunctions(draft: Draft, type: ts.Node): UnitId[] {
  const found: UnitId[] = [];
  someNode(type, (node) => {
    if (isFunctionLike(node)) {
      const unit = draft.functionUnit(node);
      if (draft.unit(unit).asynchronous) found.push(unit);
    }
    return false;
  });
  return found;
}

/** A conditional type in it asks whether its type argument is, or gives, a promise. */
function asksForPromise(draft: Draft, alias: Alias, seen = new Set<ts.Node>()): boolean {
  if (seen.has(alias)) return false;
  seen.add(alias);
  const type = aliased(alias);
  if (!type) return false;
  return someNode(type, (node) => {
    if (ts.isConditionalTypeNode(node)) return namesPromise(draft, node.extendsType) && formOf(node) !== 'same';
    if (!ts.isTypeReferenceNode(node) || !node.typeArguments) return false;
    return ownAliases(draft, node).some((each) => asksForPromise(draft, each, seen));
  });
}

const isAlias = (node: ts.Node): node is Alias => ts.isTypeAliasDeclaration(node) || ts.isJSDocTypedefTag(node);

/** What the alias is another name for; a `@typedef` with properties is an object type of its own. */
function aliased(alias: Alias): ts.TypeNode | undefined {
  if (ts.isTypeAliasDeclaration(alias)) return alias.type;
  const { typeExpression } = alias;
  return typeExpression && ts.isJSDocTypeExpression(typeExpression) ? typeExpression.type : undefined;
}

function ownAliases(draft: Draft, node: ts.TypeReferenceNode): Alias[] {
  const name = ts.isQualifiedName(node.typeName) ? node.typeName.right : node.typeName;
  return draft.checker
    .declarations(name)
    .filter((d): d is ts.Declaration & Alias => isAlias(d) && draft.checker.isOwn(d));
}

/** A promise type is written in it, or in an alias that it names, however deep. */
function namesPromise(draft: Draft, type: ts.Node, seen = new Set<ts.Node>()): boolean {
  return someNode(type, (node) => {
    if (!ts.isTypeReferenceNode(node)) return false;
    if (ts.isIdentifier(node.typeName) && node.typeName.text !== 'Awaited' && promiseTypes.has(node.typeName.text))
      return true;
    return ownAliases(draft, node).some((alias) => {
      const inner = aliased(alias);
      if (!inner || seen.has(alias)) return false;
      seen.add(alias);
      return namesPromise(draft, inner, seen);
    });
  });
}

function someNode(root: ts.Node, fits: (node: ts.Node) => boolean): boolean {
  const stack = [root];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (fits(node)) return true;
    ts.forEachChild(node, (child) => void stack.push(child));
  }
  return false;
}

/** `T | Promise<T>`: unwrapped, the union would name a member twice, so the union is what changes. */
function saysTwice(node: TypeReference): node is ts.TypeReferenceNode {
  const { parent } = node;
  if (
    !ts.isUnionTypeNode(parent) ||
    !ts.isTypeReferenceNode(node) ||
    !/^(Promise|PromiseLike)$/.test(node.typeName.getText())
  )
    return false;
  const [argument] = node.typeArguments ?? [];
  if (!argument || parent.types.some((each) => each !== node && /^(Promise|PromiseLike)\b/.test(each.getText())))
    return false;
  const inner = ts.isUnionTypeNode(argument) ? [...argument.types] : [argument];
  const others = new Set(parent.types.filter((each) => each !== node).map((each) => each.getText()));
  return inner.some((each) => others.has(each.getText()));
}

/**
 * `typeof load` in a type depends on what `load` returns: both turn blocking or none. Within `Awaited` and `Parameters` it makes no
 * difference.
 */
export function collectTypeQuery(draft: Draft, node: ts.TypeQueryNode): void {
  const { parent } = node;
  const outer = ts.isTypeReferenceNode(parent) ? parent.parent : undefined;
  if (
    ts.isTypeReferenceNode(parent) &&
    /^(Parameters|ConstructorParameters|InstanceType)$/.test(parent.typeName.getText())
  )
    return;
  if (outer && ts.isTypeReferenceNode(outer) && outer.typeName.getText() === 'Awaited') return;
  for (const signature of ownSignatures(draft, node)) {
    const unit = draft.functionUnit(signature);
    if (draft.unit(unit).asynchronous) draft.join(unit, userOf(draft, node), 'is named by a type in');
  }
}

function ownSignatures(draft: Draft, node: ts.TypeQueryNode): ts.SignatureDeclaration[] {
  const name = ts.isQualifiedName(node.exprName) ? node.exprName.right : node.exprName;
  return draft.checker
    .declarations(name)
    .filter((declaration) => draft.checker.isOwn(declaration))
    .flatMap((declaration) => draft.checker.signatures(draft.checker.typeOf(declaration)))
    .filter((signature) => draft.checker.isOwn(signature) && isFunctionLike(signature));
}

/** A promise or a swapped type stands in the type itself, or in an alias that it names; not only in what a function type of it returns. */
function carriesPromise(draft: Draft, type: ts.TypeNode): boolean {
  const seen = new Set<ts.Node>();
  const stack: ts.Node[] = [type];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (seen.has(node) || isFunctionLike(node) || ts.isTypeLiteralNode(node)) continue;
    seen.add(node);
    if (ts.isTypeReferenceNode(node)) {
      if (ts.isIdentifier(node.typeName) && promiseTypes.has(node.typeName.text)) return true;
      if (isSwapped(draft, node)) return true;
      for (const alias of ownAliases(draft, node)) {
        const type = aliased(alias);
        if (type) stack.push(type);
      }
    }
    if (ts.isConditionalTypeNode(node) && namesPromise(draft, node.extendsType)) {
      if (formOf(node) !== 'same') return true;
      stack.push(node.trueType, node.falseType);
      continue;
    }
    ts.forEachChild(node, (child) => void stack.push(child));
  }
  return false;
}

function isSwapped({ checker, swappedTypes }: Draft, node: TypeReference): boolean {
  return swappedTypes.size > 0 && swappedTypes.has(checker.api(node) ?? '');
}

/** The unit whose colour decides this type: a function's return, a slot's type, or the function around a cast. */
export function ownerOf(draft: Draft, node: ts.Node): UnitId {
  let child = node;
  for (let up = node.parent; !ts.isSourceFile(up); child = up, up = up.parent) {
    if (isFunctionLike(up)) {
      if (up.type === child) return draft.functionUnit(up);
      if (ts.isTypeParameterDeclaration(child)) return draft.functionUnit(up);
      if ('body' in up && up.body === child) return draft.functionUnit(up);
      continue;
    }
    if (
      (ts.isParameter(up) ||
        ts.isVariableDeclaration(up) ||
        ts.isPropertyDeclaration(up) ||
        ts.isPropertySignature(up)) &&
      up.name !== child
    ) {
      // `cache = new Map<string, Promise<T>>()`: the type argument is the slot's; elsewhere the function around decides.
      if (up.type === child || ts.isNewExpression(child)) {
        if (carriesOwn(draft, up)) return draft.slotUnit(up);
      }
      continue;
    }
    if (ts.isJSDocTypedefTag(up) || ts.isJSDocPropertyTag(up)) return draft.slotUnit(up);
    const told = toldOf(up);
    if (told) return isFunctionLike(told) ? draft.functionUnit(told) : draft.slotUnit(told);
    if (ts.isTypeAliasDeclaration(up) || ts.isInterfaceDeclaration(up) || ts.isClassLike(up)) {
      if (ts.isHeritageClause(child) || ts.isTypeAliasDeclaration(up) || ts.isTypeParameterDeclaration(child))
        return draft.slotUnit(up);
    }
  }
  const found = enclosingFunction(node);
  return found ? draft.functionUnit(found) : draft.moduleUnit(node.getSourceFile());
}

/** The owner; at the top level the declaration that the type stands in, so that what is typed there does not hold on to all else of the file. */
function userOf(draft: Draft, node: ts.Node): UnitId {
  const owner = ownerOf(draft, node);
  if (draft.unit(owner).kind !== 'module') return owner;
  for (let up = node.parent; !ts.isSourceFile(up); up = up.parent) {
    if (ts.isVariableDeclaration(up) || ts.isParameter(up) || ts.isClassElement(up) || ts.isTypeElement(up))
      return draft.slotUnit(up);
    if (ts.isInterfaceDeclaration(up) || ts.isTypeAliasDeclaration(up) || ts.isClassLike(up)) return draft.slotUnit(up);
  }
  return owner;
}

function carriesOwn(draft: Draft, declaration: ts.Node): boolean {
  return draft.checker.bearing(draft.checker.typeOf(declaration)) !== undefined;
}
