import { ts } from 'ts-morph';

/** Declarations of all that a module exports, re-exports and `export *` followed. */
export function moduleExports(checker: ts.TypeChecker, source: ts.SourceFile): readonly ts.Declaration[] {
  const symbol = checker.getSymbolAtLocation(source);
  return (symbol ? checker.getExportsOfModule(symbol) : []).flatMap((each) => {
    const target = each.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each;
    return target.declarations ?? [];
  });
}

/** What a module exports by its names, re-exports followed; `export=` for what it is as a whole. What is a type alone has no value. */
export function exportTypes(checker: ts.TypeChecker, source: ts.SourceFile): ReadonlyMap<string, ts.Type> {
  const symbol = checker.getSymbolAtLocation(source);
  const types = new Map<string, ts.Type>();
  if (!symbol) return types;
  const whole = symbol.exports?.get(ts.InternalSymbolName.ExportEquals);
  for (const each of [...checker.getExportsOfModule(symbol), ...(whole ? [whole] : [])]) {
    const target = each.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each;
    if (target.flags & ts.SymbolFlags.Value) types.set(each.name, checker.getTypeOfSymbol(target));
  }
  return types;
}
