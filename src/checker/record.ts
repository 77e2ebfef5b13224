import { ts } from 'ts-morph';
import type { Type } from './checker.ts';

/** What members are, of a `Record<K, T>` and of a type of the project's own that names none of them: `{ [name: string]: T }`. */
export function recordElements(
  checker: ts.TypeChecker,
  type: Type,
  own: (declaration: ts.Declaration) => boolean,
): readonly Type[] {
  const indexed = (): Type[] => checker.getIndexInfosOfType(type).map((each) => each.type);
  if ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Mapped) {
    // Members that are declared somewhere are known by that.
    const unnamed = checker.getPropertiesOfType(type).filter((each) => (each.declarations ?? []).length === 0);
    return [...indexed(), ...unnamed.map((each) => checker.getTypeOfSymbol(each))];
  }
  const symbol = type.symbol as ts.Symbol | undefined;
  const isIndexed = symbol?.members?.has(ts.InternalSymbolName.Index) === true && symbol.declarations?.some(own);
  return isIndexed ? indexed() : [];
}
