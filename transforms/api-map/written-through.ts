import { ts } from 'ts-morph';
import type { Context } from '../../src/transform.ts';

const platform = /^(node:[\w/]+|(fs|dns|timers|stream|readline|util)(\/promises)?|(zlib|crypto|child_process))$/;

/** How the function of a library is written in a call. */
export interface Written {
  /** Local name of the namespace or default import (or `require`) in `fs.readFile(…)`, and in `glob(…)` of a default import. */
  readonly through?: string;
  /** The package that hands on a module of Node as its own: `graceful-fs` of `require('graceful-fs').promises.stat(…)`. */
  readonly handedOn?: string;
  /** Reached through a value that is no import: `deps.fs.readFile(…)`, `this.fs.readFile(…)`. */
  readonly injected: boolean;
}

/** Looks at the imports of the file, by name; a name that a library declares is a global one. */
export function writtenThrough(callee: ts.Expression, context: Context): Written {
  const promisified = ts.isIdentifier(callee) ? promisifiedAs(callee.text, context.source) : undefined;
  const handedOn = handedOnBy(promisified ?? callee, context.source);
  if (handedOn === undefined) return throughOf(callee, context);
  return { ...throughOf(promisified ?? callee, context), handedOn };
}

/** `graceful-fs` or `fs-extra`, where the function was taken from there. */
function handedOnBy(callee: ts.Expression, source: ts.SourceFile): string | undefined {
  let root: ts.Expression = callee;
  while (ts.isPropertyAccessExpression(root) || ts.isNonNullExpression(root)) root = root.expression;
  const module = ts.isIdentifier(root) ? moduleOf(root.text, source) : undefined;
  return module !== undefined && /^(graceful-fs|fs-extra)$/.test(module) ? module : undefined;
}

/** `fs.readFile`, for `readFile` of `const readFile = promisify(fs.readFile)` at the top of the file. */
function promisifiedAs(name: string, source: ts.SourceFile): ts.Expression | undefined {
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name: local, initializer } of statement.declarationList.declarations) {
      if (!ts.isIdentifier(local) || local.text !== name || !initializer || !ts.isCallExpression(initializer)) continue;
      if (/^(\w+\.)?promisify$/.test(initializer.expression.getText(source))) return initializer.arguments[0];
    }
  }
  return undefined;
}

/** The module that a name of the file's top level is imported or required from. */
function moduleOf(name: string, source: ts.SourceFile): string | undefined {
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier)) {
      const { name: whole, namedBindings: names } = statement.importClause ?? {};
      const parts = names && ts.isNamedImports(names) ? names.elements.map((each) => each.name.text) : [];
      const space = names && ts.isNamespaceImport(names) ? names.name.text : undefined;
      if ([whole?.text, space, ...parts].includes(name)) return statement.moduleSpecifier.text;
    } else if (ts.isVariableStatement(statement)) {
      for (const { name: local, initializer } of statement.declarationList.declarations) {
        if (!initializer || !isRequired(initializer) || !namesOf(local).includes(name)) continue;
        return /^require\((['"])([\w-]+)\1\)/.exec(initializer.getText())?.[2];
      }
    }
  }
  return undefined;
}

function throughOf(callee: ts.Expression, { source, types }: Context): Written {
  let root: ts.Expression = callee;
  while (ts.isPropertyAccessExpression(root) || ts.isNonNullExpression(root) || ts.isParenthesizedExpression(root)) {
    root = root.expression;
  }
  if (!ts.isIdentifier(root)) return { injected: !isRequired(root) && !isLoaded(root) };
  const binding = bindingOf(root.text, source);
  if (binding === 'whole') return { through: root.text, injected: false };
  const beside = root === callee || binding !== 'part' ? undefined : wholeBeside(root.text, source);
  if (beside !== undefined) return { through: beside, injected: false };
  const known = root === callee || binding === 'part' || root.text === 'globalThis' || types.api(root) !== undefined;
  return { injected: !known && !isLoadedName(root) };
}

/** `whole`: the name is a default or namespace import, or `require` of a module; `part`: a named import. */
function bindingOf(name: string, source: ts.SourceFile): 'whole' | 'part' | undefined {
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) {
      const clause = statement.importClause;
      if (clause?.name?.text === name) return 'whole';
      const bindings = clause?.namedBindings;
      if (bindings && ts.isNamespaceImport(bindings) && bindings.name.text === name) return 'whole';
      if (bindings && ts.isNamedImports(bindings) && bindings.elements.some((element) => element.name.text === name))
        return 'part';
    } else if (ts.isImportEqualsDeclaration(statement) && statement.name.text === name) {
      return 'whole';
    } else if (ts.isVariableStatement(statement)) {
      for (const { name: local, initializer } of statement.declarationList.declarations) {
        if (!initializer || !isRequired(initializer)) continue;
        if (ts.isIdentifier(local) && local.text === name) return ts.isCallExpression(initializer) ? 'whole' : 'part';
        if (
          ts.isObjectBindingPattern(local) &&
          local.elements.some((e) => ts.isIdentifier(e.name) && e.name.text === name)
        )
          return 'part';
      }
    }
  }
  return undefined;
}

/** `fs` for the `promises` of `import fs, { promises } from 'node:fs'`. */
function wholeBeside(name: string, source: ts.SourceFile): string | undefined {
  for (const statement of source.statements) {
    const clause = ts.isImportDeclaration(statement) ? statement.importClause : undefined;
    const bindings = clause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings)) continue;
    const found = bindings.elements.some((each) => each.name.text === name && each.propertyName?.text !== 'default');
    if (found) return clause.name?.text;
  }
  return undefined;
}

/** `await import('node:fs/promises')`, with `.default` or `.promises`: a module of the platform, that is there at any rate. */
export function isLoaded(node: ts.Expression): boolean {
  let root = node;
  while (ts.isPropertyAccessExpression(root) || ts.isParenthesizedExpression(root)) {
    if (ts.isPropertyAccessExpression(root) && !/^(default|promises)$/.test(root.name.text)) return false;
    root = root.expression;
  }
  const call = ts.isAwaitExpression(root) ? root.expression : root;
  if (!ts.isCallExpression(call) || call.expression.kind !== ts.SyntaxKind.ImportKeyword) return false;
  const [module] = call.arguments;
  return module !== undefined && ts.isStringLiteralLike(module) && platform.test(module.text);
}

/** `fsp` of `const fsp = await import('node:fs/promises')` in a block around; looks at the nearest declaration of that name. */
function isLoadedName({ text, parent }: ts.Identifier): boolean {
  for (let at: ts.Node = parent; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isFunctionLike(at) && at.parameters.some((p) => namesOf(p.name).includes(text))) return false;
    if (!ts.isBlock(at.parent) && !ts.isSourceFile(at.parent) && !ts.isCaseOrDefaultClause(at.parent)) continue;
    for (const statement of at.parent.statements) {
      if (!ts.isVariableStatement(statement)) continue;
      for (const { name, initializer } of statement.declarationList.declarations) {
        if (!namesOf(name).includes(text)) continue;
        const isConst = (statement.declarationList.flags & ts.NodeFlags.Const) !== 0;
        return isConst && initializer !== undefined && isLoaded(initializer) && isWhole(name, text);
      }
    }
  }
  return false;
}

/** The module itself, or its `default` or `promises`. */
function isWhole(name: ts.BindingName, text: string): boolean {
  if (!ts.isObjectBindingPattern(name)) return true;
  return name.elements.some(
    (e) =>
      ts.isIdentifier(e.name) &&
      e.name.text === text &&
      /^(default|promises)$/.test((e.propertyName ?? e.name).getText()),
  );
}

function namesOf(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((e) => (ts.isBindingElement(e) ? namesOf(e.name) : []));
}

/** `require('fs')`, `require('fs').promises` */
export function isRequired(node: ts.Expression): boolean {
  let root = node;
  while (ts.isPropertyAccessExpression(root)) root = root.expression;
  return ts.isCallExpression(root) && ts.isIdentifier(root.expression) && root.expression.text === 'require';
}
