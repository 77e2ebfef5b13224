import { ts } from 'ts-morph';
import { normaliseModule } from './api-id.ts';

/** How another thread finds a function: the module as it is written here, and the names from its namespace down. */
export interface Importable {
  readonly module: string;
  readonly name: string;
  /** The name can be written as a type: `typeof import(module).name`. */
  readonly typed: boolean;
  /** It has one signature without type parameters: its type says what it takes and gives. */
  readonly simple: boolean;
}

/** A function of a package or of Node that is called by its import: `fn`, `ns.fn`, `lib.fn` of a default import or of `require`. */
export function importable(callee: ts.Expression, checker: ts.TypeChecker): Importable | undefined {
  const names: string[] = [];
  let root = callee;
  while (ts.isPropertyAccessExpression(root) && !root.questionDotToken) {
    names.unshift(root.name.text);
    root = root.expression;
  }
  if (!ts.isIdentifier(root) || names.length > 1) return undefined;
  const found = rootOf(root, checker);
  if (!found || found.module.startsWith('.') || found.module.startsWith('#')) return undefined;
  const name = [...found.names, ...names].join('.');
  // What a named import has as members lives in this thread: a client, an instance.
  if (name === '' || (names.length > 0 && found.names.length > 0 && found.names[0] !== 'default')) return undefined;
  const signatures = checker.getTypeAtLocation(callee).getCallSignatures();
  const simple = signatures.length === 1 && !signatures[0]!.typeParameters?.length;
  return { module: normaliseModule(found.module), name, typed: found.names[0] !== 'default', simple };
}

/** The module that a name comes from, by an import or by `require`, and the names in it from the module's own down. */
export function rootOf(root: ts.Identifier, checker: ts.TypeChecker): { module: string; names: string[] } | undefined {
  const declaration = checker.getSymbolAtLocation(root)?.declarations?.[0];
  if (!declaration) return undefined;
  if (ts.isImportSpecifier(declaration))
    return written(declaration.parent.parent.parent.moduleSpecifier, [
      (declaration.propertyName ?? declaration.name).text,
    ]);
  if (ts.isImportClause(declaration)) return written(declaration.parent.moduleSpecifier, ['default']);
  if (ts.isNamespaceImport(declaration)) return written(declaration.parent.parent.moduleSpecifier, []);
  // `const { fn } = require('lib')`: `require` gives what is the default to `import()`.
  const variable = ts.isBindingElement(declaration) ? declaration.parent.parent : declaration;
  if (!ts.isVariableDeclaration(variable) || !variable.initializer) return undefined;
  const { initializer } = variable;
  if (!ts.isCallExpression(initializer) || initializer.expression.getText() !== 'require') return undefined;
  const member = ts.isBindingElement(declaration) ? (declaration.propertyName ?? declaration.name) : undefined;
  if (member && !ts.isIdentifier(member)) return undefined;
  return initializer.arguments[0] && written(initializer.arguments[0], ['default', ...(member ? [member.text] : [])]);
}

function written(specifier: ts.Expression, names: string[]): { module: string; names: string[] } | undefined {
  return ts.isStringLiteralLike(specifier) ? { module: specifier.text, names } : undefined;
}
