import { ts } from 'ts-morph';
import type { Checker, Type } from '../checker/checker.ts';
import type { OwnFile } from './draft.ts';
import { isExported } from './exports.ts';
import { isFunctionLike, walk } from './syntax.ts';

/** A type may return itself with ever more arguments (the `execa` of execa does): beyond this many forms of it, what it returns is not asked. */
const MOST_FORMS = 8;

/**
 * Whether code outside of the package reaches a declaration: what the entries export, re-exports followed, and the members of the types
 * that show in it (a class that a function returns, an interface that it takes). Without `entries` each file is one.
 */
export function handedOut(
  checker: Checker,
  files: readonly OwnFile[],
  entries: ReadonlySet<string> | undefined,
): (node: ts.Node) => boolean {
  const reached = new Set<ts.Node>();
  const types = new Set<Type>();
  const forms = new Map<ts.Symbol | undefined, number>();
  const signed = new Set<ts.Symbol>();
  const open = new Set<ts.SourceFile>();
  const add = (declaration: ts.Node): void => {
    if (!checker.isOwn(declaration) || reached.has(declaration)) return;
    reached.add(declaration);
    if (ts.isSourceFile(declaration)) return;
    for (const type of typesOf(declaration, checker)) addType(type);
  };
  const addType = (first: Type): void => {
    const stack = [first];
    while (stack.length > 0) {
      const type = stack.pop()!;
      if (types.has(type)) continue;
      types.add(type);
      stack.push(...checker.unionParts(type), ...checker.typeArguments(type));
      const symbol = type.symbol as ts.Symbol | undefined;
      const form = (forms.get(type.aliasSymbol ?? symbol) ?? 0) + 1;
      forms.set(type.aliasSymbol ?? symbol, form);
      // The parts of an intersection say together what it returns; those of a union follow by themselves.
      if (type.isIntersection()) stack.push(...type.types);
      else if (form <= MOST_FORMS && !type.isUnion()) stack.push(...checker.returnTypes(type));
      for (const each of [...(symbol?.declarations ?? []), ...(type.aliasSymbol?.declarations ?? [])]) queue.push(each);
      // All forms of one declaration have its signatures.
      if (type.isUnionOrIntersection() || (symbol && signed.has(symbol))) continue;
      if (symbol) signed.add(symbol);
      for (const each of checker.signatures(type)) queue.push(each);
    }
  };
  const queue: ts.Node[] = [];
  const sources = files.filter(({ file, test }) => !test && (entries?.has(file) ?? true)).map(({ source }) => source);
  for (const source of sources) open.add(source);
  for (const source of open) {
    queue.push(...checker.moduleExports(source));
    for (const each of requiredBy(source, checker)) open.add(each);
  }
  for (let next = queue.pop(); next; next = queue.pop()) {
    // `export * as inner from './inner'`
    if (ts.isSourceFile(next) && checker.isOwn(next) && !reached.has(next)) queue.push(...checker.moduleExports(next));
    add(next);
  }

  return (node) => {
    if (open.has(node.getSourceFile()) && isExported(node)) return true;
    for (let up: ts.Node | undefined = node; up && !ts.isSourceFile(up); up = up.parent as ts.Node | undefined) {
      if (isPrivate(up)) return false;
      if (reached.has(up)) return true;
      if (ts.isBlock(up) || isInnerOfNamespace(up)) return false;
    }
    return false;
  };
}

/** The types that show in a declaration to who uses it. */
function* typesOf(declaration: ts.Node, checker: Checker): Generator<Type> {
  if (isFunctionLike(declaration)) {
    yield checker.returnType(declaration);
    for (const parameter of declaration.parameters) yield checker.typeOf(parameter);
  } else if (
    ts.isClassLike(declaration) ||
    ts.isInterfaceDeclaration(declaration) ||
    ts.isTypeLiteralNode(declaration)
  ) {
    for (const base of ts.isTypeLiteralNode(declaration) ? [] : checker.baseTypes(declaration)) yield base;
    for (const member of declaration.members) {
      if (isPrivate(member)) continue;
      if (!isFunctionLike(member)) yield checker.typeOf(member);
      else {
        yield checker.returnType(member);
        for (const parameter of member.parameters) yield checker.typeOf(parameter);
      }
    }
  } else if (ts.isObjectLiteralExpression(declaration)) {
    for (const property of declaration.properties) yield checker.typeOf(property);
  } else yield checker.typeOf(declaration);
}

function isPrivate(node: ts.Node): boolean {
  if (!ts.isClassElement(node)) return false;
  const flags = ts.getCombinedModifierFlags(node);
  return Boolean(flags & ts.ModifierFlags.Private) || (node.name !== undefined && ts.isPrivateIdentifier(node.name));
}

function isInnerOfNamespace(node: ts.Node): boolean {
  return (
    ts.isStatement(node) &&
    ts.isModuleBlock(node.parent) &&
    !(ts.canHaveModifiers(node) && ts.getModifiers(node)?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword))
  );
}

/** Own files that a CommonJS module hands on: `module.exports = require('./a')`, `exports.b = require('./b').b`. */
function requiredBy(source: ts.SourceFile, checker: Checker): ts.SourceFile[] {
  if (!/\.c?js$/.test(source.fileName) || !source.text.includes('require')) return [];
  return source.statements.flatMap((statement) => {
    if (!ts.isExpressionStatement(statement) || !/^(module\s*\.\s*)?exports\b/.test(statement.getText())) return [];
    return [...walk(statement)].flatMap((node) => filesOf(node, source, checker));
  });
}

function filesOf(node: ts.Node, source: ts.SourceFile, checker: Checker): ts.SourceFile[] {
  if (!ts.isIdentifier(node) && !ts.isStringLiteral(node)) return [];
  const declarations = checker.declarations(node);
  const elsewhere = declarations.map((each) => each.getSourceFile()).filter((each) => each !== source);
  // `const { two } = require('./two')`: what the name is taken from.
  const bound = declarations.flatMap((each) => {
    const variable = ts.isBindingElement(each) ? each.parent.parent : each;
    const value =
      ts.isVariableDeclaration(variable) && each.getSourceFile() === source ? variable.initializer : undefined;
    return value === undefined || !/\brequire\b/.test(value.getText())
      ? []
      : [...walk(value)].filter(ts.isStringLiteral);
  });
  return [...elsewhere, ...bound.flatMap((each) => checker.declarations(each).map((d) => d.getSourceFile()))].filter(
    (each) => checker.isOwn(each),
  );
}
