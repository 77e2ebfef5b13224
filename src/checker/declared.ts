import { ts } from 'ts-morph';

/** `@overload` and its like say again what a function is; `@callback` declares a type. */
export function isComment(node: ts.Node): boolean {
  return ts.isJSDocSignature(node) && !ts.isJSDocCallbackTag(node.parent);
}

export function isAsyncFunction(node: ts.SignatureDeclaration): boolean {
  const { asteriskToken } = node as ts.FunctionLikeDeclaration;
  return (
    !asteriskToken &&
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some((m) => m.kind === ts.SyntaxKind.AsyncKeyword)
  );
}
