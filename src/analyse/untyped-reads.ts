import { ts } from 'ts-morph';
import type { Checker } from '../checker/checker.ts';
import { enclosingFunction, isNamed, keyOf, outermost, walk } from './syntax.ts';
import { parameterAt } from './uses.ts';

/** Names that are given what was read are followed this far. */
const DEPTH = 4;

/** A use of what was read of a value without types: a call of it, or the expression that goes where it cannot be followed. */
export type UntypedUse =
  | { readonly node: ts.CallExpression; readonly called: true }
  | { readonly node: ts.Expression; readonly called: false };

/** The member that is read by `o.f`, `o['f']` or `{ f } = o`. */
export function nameRead(node: ts.Node): string | undefined {
  if (ts.isElementAccessExpression(node))
    return ts.isStringLiteralLike(node.argumentExpression) ? node.argumentExpression.text : undefined;
  if (ts.isPropertyAccessExpression(node)) return ts.isIdentifier(node.name) ? node.name.text : undefined;
  if (!ts.isBindingElement(node) || node.dotDotDotToken || !ts.isObjectBindingPattern(node.parent)) return undefined;
  return ts.isIdentifier(node.name) ? (keyOf(node.propertyName) ?? node.name.text) : undefined;
}

/** What becomes of the member that a node reads, where nothing says what it is a member of. */
export function untypedUses(node: ts.Node, checker: Checker): UntypedUse[] {
  const member = nameRead(node)!;
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node))
    return isUnknown(node, checker) ? usesOf(node, member, checker, 0) : [];
  const { name, parent } = node as ts.BindingElement;
  return isUntyped(name, checker) && isUntyped(parent, checker)
    ? usesOfName(node as ts.BindingElement, name as ts.Identifier, member, checker, 0)
    : [];
}

/** What becomes of `o[name]`, which may be any member of `o`, whose type is known. */
export function computedUses(node: ts.Node, checker: Checker): { of: ts.Expression; uses: UntypedUse[] } | undefined {
  if (!ts.isElementAccessExpression(node) || ts.isStringLiteralLike(node.argumentExpression)) return undefined;
  if (isUntyped(node.expression, checker) || !isUnknown(node, checker)) return undefined;
  return { of: node.expression, uses: usesOf(node, '', checker, 0) };
}

/** Nothing declares the member, and it may be anything. */
function isUnknown(node: ts.PropertyAccessExpression | ts.ElementAccessExpression, checker: Checker): boolean {
  return isUntyped(node, checker) && checker.declarations(node).length === 0;
}

function isUntyped(node: ts.Node, checker: Checker): boolean {
  return checker.isAnyLike(checker.typeOf(node));
}

function usesOfName(
  declaration: ts.Declaration,
  name: ts.Identifier,
  member: string,
  checker: Checker,
  depth: number,
): UntypedUse[] {
  if (depth === DEPTH) return [];
  const owner = ts.isParameter(declaration) ? declaration.parent : enclosingFunction(declaration);
  return [...walk(owner ?? declaration.getSourceFile())].flatMap((node) =>
    ts.isIdentifier(node) &&
    node !== name &&
    node.text === name.text &&
    !isNameOnly(node) &&
    checker.declarations(node).includes(declaration)
      ? usesOf(node, member, checker, depth + 1)
      : [],
  );
}

/** The name of a member or of a property, not a value. */
function isNameOnly(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isBindingElement(parent)) return parent.initializer !== node;
  return (
    isNamed(parent as ts.NamedDeclaration) &&
    (parent as ts.NamedDeclaration).name === node &&
    !ts.isShorthandPropertyAssignment(parent)
  );
}

function usesOf(read: ts.Expression, member: string, checker: Checker, depth: number): UntypedUse[] {
  const value = outermost(read);
  const { parent } = value;
  const handed: UntypedUse[] = [{ node: value, called: false }];
  if (ts.isCallExpression(parent) && parent.expression === value) return [{ node: parent, called: true }];
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) {
    const { declarations } = checker.callee(parent);
    const index = parent.arguments?.indexOf(value) ?? -1;
    if (declarations.length === 0) return handed;
    // Of what a library asks a function of some type, its callback's rules are asked.
    if (!declarations.every((each) => checker.isOwn(each)))
      return ts.isSpreadElement(value) || onlyTells(parent, checker) || !takesAnything(value, checker) ? [] : handed;
    return declarations
      .flatMap((each) => parameterAt(each, index))
      .flatMap((each) =>
        ts.isIdentifier(each.name) && isUntyped(each.name, checker)
          ? usesOfName(each, each.name, member, checker, depth)
          : [],
      );
  }
  if (ts.isVariableDeclaration(parent))
    return ts.isIdentifier(parent.name) ? usesOfName(parent, parent.name, member, checker, depth) : [];
  if (ts.isPropertyAssignment(parent)) return keyOf(parent.name) === member ? [] : handed;
  if (ts.isShorthandPropertyAssignment(parent)) return parent.name.text === member ? [] : handed;
  if (
    ts.isBinaryExpression(parent) &&
    parent.right === value &&
    parent.operatorToken.kind === ts.SyntaxKind.EqualsToken
  )
    return ts.isPropertyAccessExpression(parent.left) && parent.left.name.text === member ? [] : handed;
  return ts.isArrayLiteralExpression(parent) || ts.isReturnStatement(parent) ? handed : [];
}

function takesAnything(argument: ts.Expression, checker: Checker): boolean {
  const wanted = checker.contextualType(argument);
  return wanted !== undefined && checker.isAnyLike(wanted);
}

function onlyTells(call: ts.CallExpression | ts.NewExpression, checker: Checker): boolean {
  return /^(global#(Console|JSON|Boolean|String)\b|node:(util|assert|console)\b)/.test(checker.api(call) ?? '');
}
