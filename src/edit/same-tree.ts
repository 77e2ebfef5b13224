import { ts } from 'ts-morph';

/**
 * The first node of `a` that `b` does not have in its place, parentheses, lone semicolons and imports aside; undefined where both
 * trees are the same. `isOpen` names identifiers of `a` that may have become something else.
 */
export function firstDifference(
  a: ts.SourceFile,
  b: ts.SourceFile,
  isOpen: (name: string) => boolean,
): ts.Node | undefined {
  const stack: [ts.Node, ts.Node][] = [[a, b]];
  while (stack.length > 0) {
    const [left, right] = stack.pop()!;
    if (ts.isIdentifier(left) && isOpen(left.text)) continue;
    if (left.kind !== right.kind || !sameOwn(left, right)) return left;
    const lefts = childrenOf(left);
    const rights = childrenOf(right);
    if (lefts.length !== rights.length) {
      return lefts.find((child, i) => rights[i] === undefined || child.kind !== rights[i].kind) ?? left;
    }
    for (let i = lefts.length - 1; i >= 0; i--) stack.push([lefts[i]!, rights[i]!]);
  }
  return undefined;
}

function childrenOf(node: ts.Node): ts.Node[] {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    let bare = child;
    while (ts.isParenthesizedExpression(bare)) bare = bare.expression;
    if (ts.isEmptyStatement(bare) || ts.isSemicolonClassElement(bare)) return;
    if (ts.isSourceFile(node) && (isImport(bare, node) || bare.kind === ts.SyntaxKind.EndOfFileToken)) return;
    children.push(bare);
  });
  return children;
}

/** Statements that the imports may replace. */
function isImport(node: ts.Node, tree: ts.SourceFile): boolean {
  if (ts.isImportDeclaration(node) || ts.isImportEqualsDeclaration(node)) return true;
  return ts.isVariableStatement(node) && /\brequire\s*\(/.test(node.getText(tree));
}

function sameOwn(a: ts.Node, b: ts.Node): boolean {
  if ((a.flags & ts.NodeFlags.OptionalChain) !== (b.flags & ts.NodeFlags.OptionalChain)) return false;
  if (ts.isPrefixUnaryExpression(a) || ts.isPostfixUnaryExpression(a)) {
    return a.operator === (b as ts.PrefixUnaryExpression).operator;
  }
  if (ts.isIdentifier(a) || ts.isPrivateIdentifier(a) || ts.isLiteralExpression(a)) {
    return a.text === (b as ts.Identifier).text;
  }
  return true;
}
