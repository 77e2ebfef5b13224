import { ts } from 'ts-morph';
import type { ImportUnit } from './import-units.ts';
import { walk } from './source.ts';

/**
 * Names that a file uses or declares outside of its imports; names of members, of labels and of what other modules export do not count.
 * Types named in JSDoc do.
 */
export function namesIn(tree: ts.SourceFile, units: readonly ImportUnit[]): ReadonlySet<string> {
  const names = new Set<string>();
  const own = new Set<ts.Node>();
  for (const { node, form, declaration } of units) {
    const declarations = declaration
      ? [declaration]
      : form === 'require'
        ? (node as ts.VariableStatement).declarationList.declarations
        : [];
    for (const { name } of declarations) walk(name, (inner) => void own.add(inner));
    if (form !== 'require') walk(node, (inner) => void own.add(inner));
  }
  walk(tree, (node) => {
    if (ts.isIdentifier(node) && !own.has(node) && !isMember(node)) names.add(node.text);
  });
  for (const [comment] of tree.text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    for (const [braces] of comment.matchAll(/\{[^}]*\}|@(?:see|link)\s+\S+/g)) {
      for (const [word] of braces.matchAll(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu)) names.add(word);
    }
  }
  return names;
}

function isMember(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isMetaProperty(parent)) return parent.name === node;
  if (ts.isQualifiedName(parent)) return parent.right === node;
  if (ts.isBindingElement(parent)) return parent.propertyName === node;
  if (ts.isExportSpecifier(parent)) {
    return (
      parent.parent.parent.moduleSpecifier !== undefined || (parent.propertyName !== undefined && parent.name === node)
    );
  }
  if (
    ts.isPropertyAssignment(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isGetAccessor(parent) ||
    ts.isSetAccessor(parent) ||
    ts.isEnumMember(parent) ||
    ts.isJsxAttribute(parent) ||
    ts.isNamedTupleMember(parent)
  ) {
    return parent.name === node;
  }
  return (
    ts.isLabeledStatement(parent) ||
    ts.isBreakOrContinueStatement(parent) ||
    ts.isNamespaceExport(parent) ||
    (ts.isImportTypeNode(parent) && parent.qualifier === node)
  );
}
