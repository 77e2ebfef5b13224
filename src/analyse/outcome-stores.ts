import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { combinatorOf, type Read } from './reads.ts';
import { outermost, walk } from './syntax.ts';

/** Every read looks at what became of each element, and each element can be made within `settled`. */
export function holdsOutcomes(
  draft: Draft,
  declaration: ts.VariableDeclaration,
  stores: readonly ts.Node[],
  reads: readonly Read[],
): boolean {
  return !saysPromise(declaration) && reads.every(looksAtAll) && stores.every((store) => isFilledBy(draft, store));
}

/** Its type is another name for a promise, or told by a comment: it cannot be written as that of an outcome. */
export function saysPromise(declaration: ts.VariableDeclaration): boolean {
  const { type } = declaration;
  if (!type) return ts.getJSDocType(declaration) !== undefined;
  const element = ts.isArrayTypeNode(type)
    ? type.elementType
    : ts.isTypeReferenceNode(type) && /^(Array|Set)$/.test(type.typeName.getText())
      ? type.typeArguments?.[0]
      : type;
  return !(element && ts.isTypeReferenceNode(element) && element.typeName.getText() === 'Promise');
}

/** `Promise.allSettled(jobs)` */
function looksAtAll({ node, consumer }: Read): boolean {
  const { parent } = outermost(node);
  return consumer === 'combined' && ts.isCallExpression(parent) && combinatorOf(node) === 'allSettled';
}

/** `xs.map(f)`, `[f(), g()]`, `jobs.push(f())`: each element can be made within `settled`. */
function isFilledBy({ checker }: Draft, store: ts.Node): boolean {
  if (ts.isArrayLiteralExpression(store)) return !store.elements.some(ts.isSpreadElement);
  if (checker.bearing(checker.typeOf(store)) === 'promise') return !ts.isSpreadElement(store.parent);
  return (
    ts.isCallExpression(store) &&
    store.arguments.length === 1 &&
    /^global#(Readonly)?Array\.map$/.test(checker.api(store) ?? '')
  );
}

/**
 * The place where it shows that a set holds values now, of which equal ones are one element; promises were all different. Undefined where
 * nobody looks at what is in it.
 */
export function mergedBy({ checker }: Draft, declaration: ts.Node, reads: readonly Read[]): ts.Node | undefined {
  const type = checker.typeOf(declaration);
  if (!checker.unionParts(type).some((part) => /^global#(Readonly)?Set$/.test(checker.typeApi(part) ?? '')))
    return undefined;
  const seen = reads.find((read) => !isUnlookedAt(read));
  if (seen) return seen.node;
  const name = (declaration as ts.NamedDeclaration).name?.getText();
  return [...walk(declaration.getSourceFile())].find(
    (node) =>
      (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) &&
      node.text === name &&
      checker.declarations(node).includes(declaration as ts.Declaration) &&
      isAsked(node),
  );
}

/** `await Promise.all(jobs);` */
function isUnlookedAt({ node, consumer }: Read): boolean {
  const { parent } = outermost(node);
  if (consumer !== 'combined' || !ts.isCallExpression(parent)) return false;
  const waited = outermost(parent).parent;
  return ts.isAwaitExpression(waited) && ts.isExpressionStatement(outermost(waited).parent);
}

/** `jobs.size`, `this.jobs.has(job)`: anything but filling it. */
function isAsked(name: ts.Node): boolean {
  const value = ts.isPropertyAccessExpression(name.parent) && name.parent.name === name ? name.parent : name;
  const access = value.parent;
  return (
    ts.isPropertyAccessExpression(access) && access.expression === value && !/^(add|clear)$/.test(access.name.text)
  );
}

/**
 * `#ready: Promise<void> | undefined`, filled by `??=` alone and awaited wherever it is read: its outcome is there once the work was done, though
 * the value is nothing.
 */
export function isPrivateMemo(draft: Draft, declaration: ts.Node, reads: readonly Read[]): boolean {
  if (!ts.isVariableDeclaration(declaration) && !ts.isPropertyDeclaration(declaration)) return false;
  if (draft.unit(draft.slotUnit(declaration)).exported || !isPrivate(declaration)) return false;
  return namesOnePromise(declaration.type) && reads.length > 0 && reads.every(isAwaited);
}

function isPrivate(declaration: ts.VariableDeclaration | ts.PropertyDeclaration): boolean {
  if (ts.isVariableDeclaration(declaration)) return ts.isIdentifier(declaration.name);
  return (
    ts.isPrivateIdentifier(declaration.name) ||
    declaration.modifiers?.some((each) => each.kind === ts.SyntaxKind.PrivateKeyword) === true
  );
}

function isAwaited({ node, consumer }: Read): boolean {
  return (consumer === 'awaited' || consumer.startsWith('returned')) && !ts.isBinaryExpression(outermost(node));
}

/** `Promise<T> | undefined` */
function namesOnePromise(type: ts.TypeNode | undefined): boolean {
  const parts = type && ts.isUnionTypeNode(type) ? [...type.types] : type ? [type] : [];
  const promises = parts.filter((part) => ts.isTypeReferenceNode(part));
  return promises.length === 1 && promises[0]!.typeName.getText() === 'Promise' && parts.length <= 2;
}
