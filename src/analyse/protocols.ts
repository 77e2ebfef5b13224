import { ts } from 'ts-morph';
import type { Type } from '../checker/checker.ts';
import type { UnitId } from '../model/ids.ts';
import type { Draft } from './draft.ts';

type Container = ts.ClassLikeDeclaration | ts.InterfaceDeclaration;

const isContainer = (node: ts.Node): node is Container => ts.isClassLike(node) || ts.isInterfaceDeclaration(node);

/** `[Symbol.asyncIterator]` and `[Symbol.asyncDispose]`, which a library's types declare and a language construct calls. */
export const isProtocolMember = (name: string | undefined): name is string =>
  name?.startsWith('[Symbol.async') === true;

/**
 * Classes and interfaces of the project's own, this one or above it, that say of themselves what `name` is a member of: `interface Feed<T> extends
 * AsyncIterable<T>`. They turn with the members that make them so.
 */
export function protocolOwners(draft: Draft, node: Container, name: string): UnitId[] {
  const { checker } = draft;
  const found = new Set<UnitId>();
  const seen = new Set<Container>([node]);
  for (const each of seen) {
    for (const base of checker.baseTypes(each)) {
      const fits =
        name === '[Symbol.asyncIterator]'
          ? checker.bearing(base) === 'iterable'
          : checker.typeApi(base) === 'global#AsyncDisposable';
      if (fits) found.add(draft.slotUnit(each));
      for (const above of declarationsOf(base)) if (isContainer(above) && checker.isOwn(above)) seen.add(above);
    }
  }
  return [...found];
}

/** The same for the type of a value. */
export function protocolOwnersOf(draft: Draft, type: Type, name: string): UnitId[] {
  return draft.checker
    .unionParts(type)
    .flatMap(declarationsOf)
    .filter((each): each is Container => isContainer(each) && draft.checker.isOwn(each))
    .flatMap((each) => protocolOwners(draft, each, name));
}

const declarationsOf = (type: Type): readonly ts.Declaration[] =>
  (type.symbol as ts.Symbol | undefined)?.declarations ?? [];
