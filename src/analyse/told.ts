import { ts } from 'ts-morph';
import { isFunctionLike } from './syntax.ts';

/** What a JSDoc tag tells the type of: the function of `@returns`, the parameter of `@param`, the variable or property of `@type`. */
export function toldOf(
  tag: ts.Node,
): ts.SignatureDeclaration | ts.ParameterDeclaration | ts.VariableDeclaration | undefined {
  if (ts.isJSDocReturnTag(tag)) {
    const { parent } = tag as ts.Node;
    return isFunctionLike(parent) ? parent : documented(parent);
  }
  if (ts.isJSDocParameterTag(tag) && ts.isJSDoc(tag.parent)) {
    const name = tag.name.getText();
    return documented(tag.parent)?.parameters.find((each) => each.name.getText() === name);
  }
  const host = ts.isJSDocTypeTag(tag) && ts.isJSDoc(tag.parent) ? (tag.parent.parent as ts.Node) : undefined;
  return host && ts.isVariableStatement(host) ? host.declarationList.declarations[0] : undefined;
}

/** A comment about a function that does not stand behind it: like everything that nobody claims, it stays. */
export function isToldOfNothing(node: ts.Node): boolean {
  const tag = ts.findAncestor(node, (up) => ts.isJSDocReturnTag(up) || ts.isJSDocParameterTag(up));
  return tag !== undefined && ts.isJSDoc(tag.parent) && toldOf(tag) === undefined;
}

/** The function that a JSDoc comment documents: its own node, or what is set to it, exported or returned by what it stands in front of. */
export function documented(doc: ts.Node): ts.SignatureDeclaration | undefined {
  const host = doc.parent;
  // Of several comments the last one counts; the others speak of something that is not there.
  if ((host as { jsDoc?: ts.JSDoc[] }).jsDoc?.at(-1) !== doc) return undefined;
  if (isFunctionLike(host)) return host;
  let value: ts.Node | undefined = host;
  if (ts.isVariableStatement(host)) value = host.declarationList.declarations[0]?.initializer;
  else if ('initializer' in host) value = host.initializer as ts.Node | undefined;
  else if ('expression' in host) value = host.expression as ts.Node | undefined;
  while (value && (ts.isParenthesizedExpression(value) || ts.isBinaryExpression(value))) {
    if (ts.isParenthesizedExpression(value)) value = value.expression;
    else value = value.operatorToken.kind === ts.SyntaxKind.EqualsToken ? value.right : undefined;
  }
  return value && isFunctionLike(value) ? value : undefined;
}
