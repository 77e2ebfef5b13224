import { ts } from 'ts-morph';

/** Exported by its own file, in whatever way; whether the package hands it out is asked when the report is built. */
export function isExported(node: ts.Node): boolean {
  // What a declaration file speaks of is exported by the JavaScript beside it.
  if (node.getSourceFile().isDeclarationFile) return false;
  let top = node;
  for (let up: ts.Node | undefined = node; up && !ts.isSourceFile(up); up = up.parent as ts.Node | undefined) {
    if (ts.isExportAssignment(up) || isCommonJsExport(up)) return true;
    const marked =
      ts.canHaveModifiers(up) && (ts.getModifiers(up) ?? []).some((m) => m.kind === ts.SyntaxKind.ExportKeyword);
    // What a namespace hands out is exported where the namespace is.
    if (ts.isModuleBlock(up.parent) ? !marked : ts.isBlock(up)) return false;
    if (marked && !ts.isModuleBlock(up.parent)) return true;
    if (
      ts.isClassElement(up) &&
      (ts.getCombinedModifierFlags(up) & ts.ModifierFlags.Private || (up.name && ts.isPrivateIdentifier(up.name)))
    )
      return false;
    top = up;
  }
  const names = exportedNames(top.getSourceFile());
  return names.size > 0 && declaredNames(top).some((name) => names.has(name));
}

const known = new WeakMap<ts.SourceFile, ReadonlySet<string>>();

/** Names of the file's own that `export { … }`, `export default`, `module.exports` and `exports` hand out. */
function exportedNames(source: ts.SourceFile): ReadonlySet<string> {
  const cached = known.get(source);
  if (cached) return cached;
  const names = new Set<string>();
  for (const statement of source.statements) {
    if (ts.isExportAssignment(statement)) addNames(statement.expression, names);
    else if (
      ts.isExportDeclaration(statement) &&
      !statement.moduleSpecifier &&
      statement.exportClause &&
      ts.isNamedExports(statement.exportClause)
    ) {
      for (const { propertyName, name } of statement.exportClause.elements) names.add((propertyName ?? name).text);
    } else if (isCommonJsExport(statement)) addNames((statement.expression as ts.BinaryExpression).right, names);
  }
  known.set(source, names);
  return names;
}

/** `foo`, `{ foo, bar: foo }`, `exports.a = foo` */
function addNames(value: ts.Expression, names: Set<string>): void {
  const stack: ts.Expression[] = [value];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (ts.isIdentifier(node)) names.add(node.text);
    else if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node))
      stack.push(node.expression);
    else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken)
      stack.push(node.right);
    else if (ts.isObjectLiteralExpression(node)) {
      for (const each of node.properties) {
        if (ts.isShorthandPropertyAssignment(each)) names.add(each.name.text);
        else if (ts.isPropertyAssignment(each)) stack.push(each.initializer);
      }
    }
  }
}

/** `module.exports = …`, `module.exports.foo = …`, `exports.foo = …` as a statement of the file. */
function isCommonJsExport(node: ts.Node): node is ts.ExpressionStatement {
  if (!ts.isExpressionStatement(node) || !ts.isSourceFile(node.parent)) return false;
  const { expression } = node;
  if (!ts.isBinaryExpression(expression) || expression.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return false;
  return /^(module\s*\.\s*)?exports\b/.test(expression.left.getText());
}

function declaredNames(statement: ts.Node): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
  }
  const { name } = statement as ts.NamedDeclaration;
  return name && ts.isIdentifier(name) ? [name.text] : [];
}
