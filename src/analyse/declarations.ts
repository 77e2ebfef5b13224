import { ts } from 'ts-morph';
import type { Type } from '../checker/checker.ts';
import type { Unit } from '../model/facts.ts';
import { declarationOf, type UnitId } from '../model/ids.ts';
import type { Draft, OwnFile } from './draft.ts';
import { isFunctionLike, walk } from './syntax.ts';

interface Named {
  readonly id: UnitId;
  readonly unit: Unit;
  readonly node: ts.Node;
  /** `Pool.query`, without what CommonJS or a function type adds. */
  readonly name: string;
}

/**
 * Ties the declarations of `a.d.ts` to the functions of `a.js` that they speak of: they turn together or not at all. What is declared of no
 * function that is found there stays, and holds those back that go by its name.
 */
export function collectDeclarations(draft: Draft, files: readonly OwnFile[]): void {
  const byPath = new Map(files.map((each) => [each.file, each]));
  const beside = new Map(files.flatMap(({ file }) => [[declarationOf(file), file] as const]));
  const declared = files.flatMap((found) => {
    const codes = found.speaksOf ?? [beside.get(found.file) ?? ''];
    const known = codes.flatMap((each) => byPath.get(each) ?? []);
    return known.length > 0 ? [{ found, codes: known }] : [];
  });
  if (declared.length === 0) return;
  const bySource = new Map<ts.SourceFile, Named[]>();
  for (const [id, node] of draft.unitNodes) {
    const source = node.getSourceFile();
    const unit = draft.unit(id);
    if (unit.kind === 'module') continue;
    const named = { id, unit, node, name: plainName(unit.name) };
    const list = bySource.get(source);
    if (list) list.push(named);
    else bySource.set(source, [named]);
  }
  const namedIn = (source: ts.SourceFile): readonly Named[] => bySource.get(source) ?? [];
  for (const { found, codes } of declared) tie(draft, found, codes, namedIn);
}

function tie(
  draft: Draft,
  found: OwnFile,
  codes: readonly OwnFile[],
  namedIn: (source: ts.SourceFile) => readonly Named[],
): void {
  const declarations = namedIn(found.source);
  const defined = codes.flatMap(({ source }) => namedIn(source));
  const paired = new Set<UnitId>();
  const pair = (a: UnitId, b: UnitId): void => {
    draft.join(a, b, 'is declared as');
    paired.add(a);
  };
  for (const { source } of codes) pairExports(draft, found.source, source, pair);
  for (const each of declarations) {
    if (!isFunctionLike(each.node) || !isValue(each.node)) continue;
    for (const other of defined) {
      if (other.name !== each.name || !isFunctionLike(other.node)) continue;
      // Of an overloaded function each declaration speaks of the same body.
      if (turns(draft, each) && turns(draft, other)) pair(each.id, other.id);
      pairParameters(draft, each.node, other.node, pair);
      pairMembers(draft, each.node, other.node, pair);
    }
  }
  const all = once(() => [...imported(draft, codes)].flatMap((source) => namedIn(source)));
  for (const each of declarations) {
    if (paired.has(each.id)) continue;
    if (each.unit.kind === 'slot') tieSlot(draft, each, defined, all);
    else if (turns(draft, each)) pin(draft, each, all());
  }
}

/** It gives a promise, or a value of a type that is swapped: a socket. */
function turns({ checker }: Draft, { unit, node }: Named): boolean {
  return unit.asynchronous || (isFunctionLike(node) && checker.bearing(checker.returnType(node)) === 'swapped');
}

/** The same name stands for the same value on both sides, wherever it is defined: `export { load } from './load.js'`. */
function pairExports(
  draft: Draft,
  declaration: ts.SourceFile,
  code: ts.SourceFile,
  pair: (a: UnitId, b: UnitId) => void,
): void {
  const { checker } = draft;
  const defined = checker.exportTypes(code);
  for (const [name, type] of checker.exportTypes(declaration)) {
    const other = defined.get(name);
    if (!other) continue;
    for (const [a, b] of [[type, other] as const, ...sameMembers(draft, type, other)]) {
      for (const one of unitsOf(draft, a)) for (const another of unitsOf(draft, b)) pair(one, another);
      for (const one of ownSignatures(draft, a))
        for (const another of ownSignatures(draft, b)) {
          pairParameters(draft, one, another, pair);
          pairMembers(draft, one, another, pair);
        }
    }
  }
}

/** Members of an object, static members of a class, and those of what it makes. */
function sameMembers({ checker }: Draft, a: Type, b: Type): (readonly [Type, Type])[] {
  const made = (type: Type): Type | undefined => type.getConstructSignatures()[0]?.getReturnType();
  const [one, other] = [made(a), made(b)];
  const sides: (readonly [Type, Type])[] = [[a, b], ...(one && other ? [[one, other] as const] : [])];
  return sides.flatMap(([left, right]) =>
    checker.properties(left).flatMap(({ name, type, declarations }) => {
      if (!declarations.every((each) => checker.isOwn(each))) return [];
      const same = checker.property(right, name);
      return same ? [[type, same.type] as const] : [];
    }),
  );
}

const ownSignatures = ({ checker }: Draft, type: Type): ts.SignatureDeclaration[] =>
  checker.signatures(type).filter((each) => checker.isOwn(each) && isFunctionLike(each));

/** The files and those of the project's own that they import, however far. */
function imported(draft: Draft, codes: readonly OwnFile[]): ReadonlySet<ts.SourceFile> {
  const found = new Set(codes.map(({ source }) => source));
  for (const source of found) {
    for (const node of walk(source)) {
      const name = moduleNamed(node);
      if (!name || !ts.isStringLiteral(name) || !name.text.startsWith('.')) continue;
      for (const each of draft.checker.declarations(name))
        if (ts.isSourceFile(each) && draft.files.has(each)) found.add(each);
    }
  }
  return found;
}

/** `'./a.js'` of an import, an export, `require` or `import()` */
function moduleNamed(node: ts.Node): ts.Expression | undefined {
  if (ts.isImportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  const loads =
    expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === 'require');
  return loads ? node.arguments[0] : undefined;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** What a callback is declared to give, the function that calls it must know too. */
function pairParameters(
  draft: Draft,
  a: ts.SignatureDeclaration,
  b: ts.SignatureDeclaration,
  pair: (a: UnitId, b: UnitId) => void,
): void {
  for (const [i, parameter] of a.parameters.entries()) {
    const other = b.parameters[i];
    if (!other) return;
    const [from, to] = [parameter, other].map((each) => unitsOf(draft, draft.checker.typeOf(each)));
    for (const one of from!) for (const another of to!) pair(one, another);
  }
}

/** `createStore(): Store` gives an object with the methods of `Store`. */
function pairMembers(
  draft: Draft,
  a: ts.SignatureDeclaration,
  b: ts.SignatureDeclaration,
  pair: (a: UnitId, b: UnitId) => void,
): void {
  const { checker } = draft;
  const [declared, given] = [a, b].map((each) => checker.awaited(checker.returnType(each)));
  if (
    !checker
      .unionParts(declared!)
      .every((part) => (part.symbol as ts.Symbol | undefined)?.declarations?.every((d) => checker.isOwn(d)))
  )
    return;
  for (const member of checker.properties(declared!)) {
    const other = checker.property(given!, member.name);
    if (!other) continue;
    for (const one of unitsOf(draft, member.type)) for (const another of unitsOf(draft, other.type)) pair(one, another);
  }
}

/** Functions of the project's own that such a type may be and that yield promises. */
function unitsOf(draft: Draft, type: Type): UnitId[] {
  return draft.checker
    .signatures(type)
    .filter((each) => draft.checker.isOwn(each) && isFunctionLike(each))
    .map((each) => draft.functionUnit(each))
    .filter((each) => draft.unit(each).asynchronous);
}

/** `export const ready: Promise<void>` */
function tieSlot(draft: Draft, each: Named, defined: readonly Named[], all: () => readonly Named[]): void {
  // An alias turns with what it is the type of.
  if (ts.isTypeAliasDeclaration(each.node)) return;
  if (draft.checker.bearing(draft.checker.typeOf(each.node)) === undefined) return;
  const same = defined.filter((other) => other.unit.kind === 'slot' && other.name === each.name);
  for (const other of same) draft.join(each.id, other.id, 'is declared as');
  if (same.length === 0) pin(draft, each, all());
}

function pin(draft: Draft, each: Named, defined: readonly Named[]): void {
  const detail = ', in JavaScript that does not say that it is the same';
  const site = draft.emit({ kind: 'escape', how: 'declared', detail }, each.node, each.id, 0);
  const last = lastOf(each.name);
  const same = defined.filter((other) => lastOf(other.name) === last);
  // A value that is nowhere by its name may be any of them.
  const held = same.length > 0 || !isValue(each.node) || !each.unit.asynchronous ? same : defined;
  for (const other of held) if (turns(draft, other)) draft.require(other.id, site.id, 'may be declared in');
}

/** A function, method or constant, and no part of a type or parameter. */
function isValue(node: ts.Node): boolean {
  if (ts.isFunctionDeclaration(node) || ts.isClassElement(node) || ts.isVariableDeclaration(node)) return true;
  return (
    ts.isFunctionTypeNode(node) && (ts.isVariableDeclaration(node.parent) || ts.isPropertyDeclaration(node.parent))
  );
}

const plainName = (name: string): string => name.replace(/^(module\.)?exports\./, '').replace(/\.type$/, '');
const lastOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
