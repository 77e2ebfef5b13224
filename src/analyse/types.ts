import { ts } from 'ts-morph';
import type { UnitId } from '../model/ids.ts';
import type { Draft } from './draft.ts';
import { documented, enclosingFunction, isFunctionLike } from './syntax.ts';

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

type TypeReference = ts.TypeReferenceNode | ts.ExpressionWithTypeArguments;

/** A type that names a promise, an async iterator or a swapped type; or an alias of the project's own for one. */
export function collectTypeReference(draft: Draft, node: TypeReference, swapped: ReadonlySet<string>): void {
  const name = ts.isTypeReferenceNode(node) ? node.typeName : node.expression;
  const text = ts.isIdentifier(name) ? name.text : undefined;
  if (text !== undefined && promiseTypes.has(text) && text !== 'PromiseSettledResult') {
    if (draft.checker.declarations(name).some((d) => draft.checker.isOwn(d))) return;
    draft.emit(
      { kind: 'type-reference', name: text, api: null },
      saysTwice(node) ? node.parent : node,
      ownerOf(draft, node),
      2,
    );
    return;
  }
  const declaration = draft.checker
    .declarations(ts.isQualifiedName(name) ? name.right : name)
    .find((d) => draft.checker.isOwn(d));
  if (declaration) {
    if (ts.isTypeAliasDeclaration(declaration) && carriesPromise(declaration.type)) {
      draft.join(ownerOf(draft, node), draft.slotUnit(declaration), 'is typed by');
    }
    return;
  }
  if (swapped.size === 0) return;
  const api = draft.checker.api(node);
  if (api !== undefined && swapped.has(api))
    draft.emit({ kind: 'type-reference', name: name.getText(), api }, node, ownerOf(draft, node), 2);
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
  const name = ts.isQualifiedName(node.exprName) ? node.exprName.right : node.exprName;
  for (const declaration of draft.checker.declarations(name)) {
    if (!draft.checker.isOwn(declaration)) continue;
    for (const signature of draft.checker.signatures(draft.checker.typeOf(declaration))) {
      if (!draft.checker.isOwn(signature) || !isFunctionLike(signature)) continue;
      const unit = draft.functionUnit(signature);
      if (draft.unit(unit).asynchronous) draft.join(unit, ownerOf(draft, node), 'is named by a type in');
    }
  }
}

/** A promise stands in the alias's own type, not only in what a function type of it returns. */
function carriesPromise(type: ts.TypeNode): boolean {
  const stack: ts.Node[] = [type];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (isFunctionLike(node) || ts.isTypeLiteralNode(node)) continue;
    if (ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName) && promiseTypes.has(node.typeName.text))
      return true;
    ts.forEachChild(node, (child) => void stack.push(child));
  }
  return false;
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
    if (ts.isJSDocReturnTag(up)) {
      const host = documented(up.parent);
      if (host) return draft.functionUnit(host);
    }
    if (ts.isTypeAliasDeclaration(up) || ts.isInterfaceDeclaration(up) || ts.isClassLike(up)) {
      if (ts.isHeritageClause(child) || ts.isTypeAliasDeclaration(up) || ts.isTypeParameterDeclaration(child))
        return draft.slotUnit(up);
    }
  }
  const found = enclosingFunction(node);
  return found ? draft.functionUnit(found) : draft.moduleUnit(node.getSourceFile());
}

function carriesOwn(draft: Draft, declaration: ts.Node): boolean {
  return draft.checker.bearing(draft.checker.typeOf(declaration)) !== undefined;
}
