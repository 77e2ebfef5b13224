import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { walk } from './syntax.ts';

/**
 * Where a function of this file is named, besides its declaration; undefined where it is exported or stands under JSDoc, and for what is
 * no function: it does not go with its uses.
 */
export function namesOnly(
  draft: Draft,
  node: ts.FunctionDeclaration | ts.VariableStatement,
): ts.Identifier[] | undefined {
  const source = node.getSourceFile();
  if (node.modifiers?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword)) return undefined;
  const list: readonly (ts.VariableDeclaration | ts.FunctionDeclaration)[] = ts.isVariableStatement(node)
    ? node.declarationList.declarations
    : [node];
  const [declaration, ...more] = list;
  const name = declaration?.name;
  if (!declaration || more.length > 0 || !name || !ts.isIdentifier(name)) return undefined;
  if (ts.isVariableDeclaration(declaration)) {
    const made = declaration.initializer;
    if (!made || !(ts.isArrowFunction(made) || ts.isFunctionExpression(made))) return undefined;
  }
  if (source.text.slice(node.getFullStart(), node.getStart()).includes('/**')) return undefined;
  return [...walk(source)].filter(
    (use): use is ts.Identifier =>
      ts.isIdentifier(use) &&
      use.text === name.text &&
      use !== name &&
      draft.checker.declarations(use).includes(declaration),
  );
}
