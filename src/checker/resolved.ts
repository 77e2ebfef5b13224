import { ts } from 'ts-morph';

/** What a name or a member access stands for, import aliases followed. */
export function resolved(checker: ts.TypeChecker, node: ts.Node): ts.Symbol | undefined {
  const name = ts.isPropertyAccessExpression(node) ? node.name : node;
  let symbol = checker.getSymbolAtLocation(name);
  // `o['f']`, `o[Symbol.iterator]`; a variable says nothing of the member that it names.
  if (!symbol && ts.isElementAccessExpression(node) && !ts.isIdentifier(node.argumentExpression))
    symbol = checker.getSymbolAtLocation(node.argumentExpression);
  if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
  return symbol;
}
