import { ts } from 'ts-morph';
import type { Type } from '../checker/checker.ts';
import type { Draft } from './draft.ts';
import { isTypedLiteral } from './plain-values.ts';
import { enclosingFunction, isAssignmentOperator, isAsync, isFunctionLike, skipParentheses } from './syntax.ts';
import { chainCall, parameterAt } from './uses.ts';

/**
 * A value of no known type is taken for a promise: `lib.load() as Promise<T>`, `const p: Promise<T> = lib.load()`. It is one, whatever becomes of the
 * types around it.
 */
export function collectAsserted(draft: Draft, node: ts.Expression): void {
  if (isTypedLiteral(node)) return;
  const { checker } = draft;
  const narrowed = isWaitedFor(node) && isNarrowed(draft, node);
  const to = narrowed ? checker.typeOf(node) : takenFor(draft, node);
  const bearing = to && checker.bearing(to);
  if (bearing === undefined || bearing === 'swapped') return;
  if (!narrowed && !checker.isAnyLike(checker.typeOf(node)) && !isNarrowed(draft, node)) return;
  const value = skipParentheses(node);
  const site = draft.emit({ kind: 'escape', how: 'asserted', detail: '' }, node, draft.enclosing(node), 0);
  for (const slot of slotsOf(draft, node)) draft.require(draft.slotUnit(slot), site.id, 'is given');
  if (!ts.isCallExpression(value)) return;
  for (const declaration of checker.callee(value).declarations) {
    if (checker.isOwn(declaration) && isFunctionLike(declaration))
      draft.require(draft.functionUnit(declaration), site.id, 'is taken for a promise in');
  }
}

/** `await x`, `x.then(…)`, `return x`: what `x` was narrowed to says that it is a promise. */
function isWaitedFor(node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isAwaitExpression(parent)) return true;
  if (ts.isReturnStatement(parent)) return ts.isIdentifier(node);
  return ts.isPropertyAccessExpression(parent) && chainCall(node) !== undefined;
}

/** A name of no known type, of which a test before says that it is a promise. */
function isNarrowed(draft: Draft, node: ts.Expression): boolean {
  const { checker } = draft;
  if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node)) return false;
  if (checker.bearing(checker.typeOf(node)) === undefined) return false;
  return checker
    .declarations(node)
    .some((each) => checker.isOwn(each) && !isFunctionLike(each) && checker.isAnyLike(checker.typeOf(each)));
}

/** The type that the place of an expression gives it, where that is written down. */
function takenFor(draft: Draft, node: ts.Expression): Type | undefined {
  const { checker } = draft;
  const { parent } = node;
  if (ts.isAsExpression(parent) || ts.isTypeAssertionExpression(parent)) return checker.typeOf(parent);
  if (ts.isParenthesizedExpression(parent)) return ts.getJSDocTypeTag(parent) ? checker.typeOf(parent) : undefined;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyDeclaration(parent) || ts.isParameter(parent))
    return parent.initializer === node ? checker.typeOf(parent.name) : undefined;
  if (ts.isBinaryExpression(parent))
    return parent.right === node && isAssignmentOperator(parent.operatorToken.kind)
      ? checker.typeOf(parent.left)
      : undefined;
  if (ts.isReturnStatement(parent) || (ts.isArrowFunction(parent) && parent.body === node)) {
    const owner = ts.isArrowFunction(parent) ? parent : enclosingFunction(parent);
    // What an async function returns is awaited there: that is asked elsewhere.
    return owner && !isAsync(owner) && !owner.asteriskToken && isTyped(owner) ? checker.returnType(owner) : undefined;
  }
  if (ts.isPropertyAssignment(parent) && parent.initializer === node) return checker.contextualType(node);
  if ((ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression !== node) {
    const { declarations } = checker.callee(parent);
    return declarations.length > 0 && declarations.every((each) => checker.isOwn(each))
      ? checker.contextualType(node)
      : undefined;
  }
  return undefined;
}

/** The parameter or property that is given the value. */
function slotsOf(draft: Draft, node: ts.Expression): readonly ts.Declaration[] {
  const { checker } = draft;
  const { parent } = node;
  if (ts.isPropertyAssignment(parent)) {
    const context = checker.contextualType(parent.parent);
    const declared = context && checker.property(context, parent.name.getText())?.declarations;
    return [parent, ...(declared ?? []).filter((each) => checker.isOwn(each))];
  }
  if ((!ts.isCallExpression(parent) && !ts.isNewExpression(parent)) || parent.expression === node) return [];
  const index = parent.arguments?.indexOf(node) ?? -1;
  return checker.callee(parent).declarations.flatMap((each) => (checker.isOwn(each) ? parameterAt(each, index) : []));
}

/** Its return type is written, by itself or where it stands. */
function isTyped(node: ts.FunctionLikeDeclaration): boolean {
  return node.type !== undefined || !ts.isFunctionDeclaration(node);
}
