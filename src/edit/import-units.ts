import { isBuiltin } from 'node:module';
import { ts } from 'ts-morph';

/** One name that an import brings in. */
export interface Binding {
  readonly local: string;
  /** Name in the module; `*` for all of it (a namespace import, `require`), `default` for the default import. */
  readonly imported: string;
  readonly typeOnly: boolean;
}

/** One import declaration, or one `const … = require(…)` at the top of a file. */
export interface ImportUnit {
  readonly node: ts.Statement;
  readonly form: 'import' | 'require' | 'equals';
  /** As written. */
  readonly specifier: ts.StringLiteralLike;
  /** The same for `fs`, `node:fs`; `require('fs').promises` is `node:fs/promises`. */
  readonly module: string;
  readonly typeOnly: boolean;
  readonly bindings: readonly Binding[];
  /** `{ a, b as c }`, `{ a, b: c }`, of an import or of the pattern before `require`. */
  readonly list: ts.NamedImports | ts.ObjectBindingPattern | undefined;
  /** The one of several declarations of a `const a = require(…), b = …`. */
  readonly declaration: ts.VariableDeclaration | undefined;
  /** Written in a way that is read but never changed. */
  readonly fixed: boolean;
}

/** One name for a module, however it is written: builtin modules with `node:`. */
export function canonical(module: string): string {
  return isBuiltin(module) && !module.startsWith('node:') ? `node:${module}` : module;
}

/** All imports at the top level of a file, in order. */
export function readUnits(tree: ts.SourceFile): ImportUnit[] {
  return tree.statements.flatMap((statement): ImportUnit[] => {
    if (ts.isImportDeclaration(statement)) return declaration(statement);
    if (ts.isImportEqualsDeclaration(statement)) return equals(statement);
    return ts.isVariableStatement(statement) ? requires(statement) : [];
  });
}

function declaration(node: ts.ImportDeclaration): ImportUnit[] {
  const { importClause: clause, moduleSpecifier } = node;
  if (!ts.isStringLiteralLike(moduleSpecifier)) return [];
  const bindings: Binding[] = [];
  const typeOnly = clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
  if (clause?.name) bindings.push({ local: clause.name.text, imported: 'default', typeOnly });
  const named = clause?.namedBindings;
  if (named && ts.isNamespaceImport(named)) bindings.push({ local: named.name.text, imported: '*', typeOnly });
  const list = named && ts.isNamedImports(named) ? named : undefined;
  for (const element of list?.elements ?? []) {
    bindings.push({
      local: element.name.text,
      imported: (element.propertyName ?? element.name).text,
      typeOnly: typeOnly || element.isTypeOnly,
    });
  }
  const fixed = clause?.phaseModifier !== undefined && !typeOnly;
  return [unit(node, 'import', moduleSpecifier, typeOnly, bindings, list, fixed)];
}

function equals(node: ts.ImportEqualsDeclaration): ImportUnit[] {
  const { moduleReference: reference, name, isTypeOnly } = node;
  if (!ts.isExternalModuleReference(reference) || !ts.isStringLiteralLike(reference.expression)) return [];
  const bindings = [{ local: name.text, imported: '*', typeOnly: isTypeOnly }];
  return [unit(node, 'equals', reference.expression, isTypeOnly, bindings, undefined, false)];
}

function requires(node: ts.VariableStatement): ImportUnit[] {
  const { declarations } = node.declarationList;
  return declarations.flatMap((declared): ImportUnit[] => {
    const { name, initializer } = declared;
    const found = initializer && requiredModule(initializer);
    if (!found) return [];
    let fixed = node.modifiers !== undefined || found.member !== undefined;
    const bindings: Binding[] = [];
    if (ts.isIdentifier(name)) {
      bindings.push({ local: name.text, imported: found.member ?? '*', typeOnly: false });
    } else if (ts.isObjectBindingPattern(name)) {
      for (const { name: local, propertyName, dotDotDotToken, initializer: initial } of name.elements) {
        const plain = ts.isIdentifier(local) && !dotDotDotToken && !initial;
        if (!plain || (propertyName && !ts.isIdentifier(propertyName))) fixed = true;
        else bindings.push({ local: local.text, imported: (propertyName ?? local).text, typeOnly: false });
      }
    } else return [];
    const list = ts.isObjectBindingPattern(name) ? name : undefined;
    const made = unit(node, 'require', found.specifier, false, bindings, list, fixed, found.promises);
    return [declarations.length > 1 ? { ...made, declaration: declared } : made];
  });
}

/** Modules whose `promises` are those of `node:fs`. */
const holdsPromises = /^(node:fs|graceful-fs|fs-extra)$/;

/** `require('m')`, `require('fs').promises`, `require('m').member` */
function requiredModule(
  node: ts.Expression,
): { specifier: ts.StringLiteralLike; promises: boolean; member: string | undefined } | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const inner = requiredModule(node.expression);
    if (!inner || inner.promises || inner.member !== undefined) return undefined;
    const isPromises = node.name.text === 'promises' && holdsPromises.test(canonical(inner.specifier.text));
    return { ...inner, promises: isPromises, member: isPromises ? undefined : node.name.text };
  }
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression) || node.expression.text !== 'require') {
    return undefined;
  }
  const [specifier] = node.arguments;
  return specifier && ts.isStringLiteralLike(specifier) ? { specifier, promises: false, member: undefined } : undefined;
}

function unit(
  node: ts.Statement,
  form: ImportUnit['form'],
  specifier: ts.StringLiteralLike,
  typeOnly: boolean,
  bindings: readonly Binding[],
  list: ImportUnit['list'],
  fixed: boolean,
  promises = false,
): ImportUnit {
  const module = canonical(specifier.text) + (promises ? '/promises' : '');
  return { node, form, specifier, module, typeOnly, bindings, list, declaration: undefined, fixed };
}
