import { ts } from 'ts-morph';
import type { Type } from '../checker/checker.ts';
import type { Unit } from '../model/facts.ts';
import { declarationOf, type UnitId } from '../model/ids.ts';
import type { Draft, OwnFile } from './draft.ts';
import { isFunctionLike } from './syntax.ts';

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
  const declared = files.flatMap((code) => {
    const file = declarationOf(code.file);
    const found = file === undefined ? undefined : byPath.get(file);
    return found ? [{ code, found }] : [];
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
  for (const { code, found } of declared) tie(draft, bySource.get(found.source) ?? [], bySource.get(code.source) ?? []);
}

function tie(draft: Draft, declarations: readonly Named[], defined: readonly Named[]): void {
  const paired = new Set<UnitId>();
  const pair = (a: UnitId, b: UnitId): void => {
    draft.join(a, b, 'is declared as');
    paired.add(a);
  };
  for (const each of declarations) {
    if (!isFunctionLike(each.node) || !isValue(each.node)) continue;
    for (const other of defined) {
      if (other.name !== each.name || !isFunctionLike(other.node)) continue;
      // Of an overloaded function each declaration speaks of the same body.
      if (each.unit.asynchronous && other.unit.asynchronous) pair(each.id, other.id);
      pairParameters(draft, each.node, other.node, pair);
      pairMembers(draft, each.node, other.node, pair);
    }
  }
  for (const each of declarations) {
    if (paired.has(each.id)) continue;
    if (each.unit.kind === 'slot') tieSlot(draft, each, defined);
    else if (each.unit.asynchronous) pin(draft, each, defined);
  }
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
function tieSlot(draft: Draft, each: Named, defined: readonly Named[]): void {
  // An alias turns with what it is the type of.
  if (ts.isTypeAliasDeclaration(each.node)) return;
  if (draft.checker.bearing(draft.checker.typeOf(each.node)) === undefined) return;
  const same = defined.filter((other) => other.unit.kind === 'slot' && other.name === each.name);
  for (const other of same) draft.join(each.id, other.id, 'is declared as');
  if (same.length === 0) pin(draft, each, defined);
}

function pin(draft: Draft, each: Named, defined: readonly Named[]): void {
  const detail = ', in JavaScript that does not say that it is the same';
  const site = draft.emit({ kind: 'escape', how: 'declared', detail }, each.node, each.id, 0);
  const last = lastOf(each.name);
  const same = defined.filter((other) => lastOf(other.name) === last);
  // A value that is nowhere by its name may be any of them.
  const held = same.length > 0 || !isValue(each.node) ? same : defined;
  for (const other of held) if (other.unit.asynchronous) draft.require(other.id, site.id, 'may be declared in');
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
