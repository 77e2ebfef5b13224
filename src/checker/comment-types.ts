import { ts } from 'ts-morph';

/**
 * It stands in a type, in a comment of a TypeScript file, that names a type parameter of its own: `{[Name in keyof T]: …}`, `infer U`. The
 * compiler reads no such comment, so that parameter has no symbol, and asking for the type fails.
 */
export function isUnreadComment(node: ts.Node): boolean {
  if (!(node.flags & ts.NodeFlags.JSDoc) || node.flags & ts.NodeFlags.JavaScriptFile) return false;
  const whole = ts.findAncestor(node, ts.isJSDocTypeExpression) ?? node;
  const stack: ts.Node[] = [whole];
  while (stack.length > 0) {
    const inner = stack.pop()!;
    if (ts.isTypeParameterDeclaration(inner)) return true;
    ts.forEachChild(inner, (child) => void stack.push(child));
  }
  return false;
}
