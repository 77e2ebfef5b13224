import { ts } from 'ts-morph';
import type { Checker, Type } from '../checker/checker.ts';
import { outermost } from './syntax.ts';

/**
 * `if (!cached)`, `cached === undefined`, `cached ?? load()`: the test asks whether there is a promise yet, and the value it becomes
 * answers the same, for it is never missing (and never falsy, where truth is tested).
 */
export function isPresenceTest(at: ts.Node, node: ts.Expression, checker: Checker): boolean {
  const parts = checker.unionParts(checker.typeOf(node));
  const missing = parts.filter((part) => part.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null));
  const values = parts
    .filter((part) => !missing.includes(part))
    .flatMap((part) => checker.unionParts(checker.awaited(part)));
  if (missing.length === 0) return false;
  if (ts.isBinaryExpression(at) && at.operatorToken.kind !== ts.SyntaxKind.AmpersandAmpersandToken) {
    const other = at.left === outermost(node) ? at.right : at.left;
    const nullish = checker
      .unionParts(checker.typeOf(other))
      .every((part) => part.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null));
    return nullish && !values.some(mayBeMissing);
  }
  return !values.some(mayBeFalsy);
}

/** What stands on the left of `??` or `||` and is a promise today, and whether its value would go to the right side for another reason. */
export function fallsThrough(node: ts.Expression, checker: Checker): boolean {
  const outer = outermost(node);
  for (let inner: ts.Node = node; inner !== outer; inner = inner.parent) {
    const { parent } = inner;
    if (!ts.isBinaryExpression(parent) || parent.left !== inner) continue;
    const values = checker
      .unionParts(checker.typeOf(inner))
      .filter((part) => !(part.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)))
      .flatMap((part) => checker.unionParts(checker.awaited(part)));
    if (values.some(parent.operatorToken.kind === ts.SyntaxKind.BarBarToken ? mayBeFalsy : mayBeMissing)) return true;
  }
  return false;
}

export function mayBeMissing(type: Type): boolean {
  return (
    (type.flags &
      (ts.TypeFlags.Any |
        ts.TypeFlags.Unknown |
        ts.TypeFlags.Void |
        ts.TypeFlags.Undefined |
        ts.TypeFlags.Null |
        ts.TypeFlags.Instantiable)) !==
    0
  );
}

export function mayBeFalsy(type: Type): boolean {
  return (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.NonPrimitive | ts.TypeFlags.ESSymbolLike)) === 0;
}
