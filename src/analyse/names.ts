import { ts } from 'ts-morph';
import { isFunctionLike, nameOf, walk } from './syntax.ts';

/** Names of declarations within their file. */
export interface Names {
  /** Lexical: the same whatever else is in the program, and in whatever order it is looked at. */
  of(node: ts.Node, source: ts.SourceFile): string;
}

/** Gives the first function of a name the name itself and numbers what else is called so, functions before values before types. */
export function createNames(): Names {
  const known = new Map<ts.SourceFile, Map<ts.Node, string>>();
  return {
    of(node, source) {
      let names = known.get(source);
      if (names === undefined) known.set(source, (names = numbered(source)));
      // Declarations of no usual kind are told by where they stand.
      return names.get(node) ?? `${nameOf(node)}~${node.getStart(source)}`;
    },
  };
}

function numbered(source: ts.SourceFile): Map<ts.Node, string> {
  const groups: ts.Node[][] = [[], [], []];
  for (const node of walk(source)) groups[rankOf(node)]?.push(node);
  const counts = new Map<string, number>();
  const names = new Map<ts.Node, string>();
  for (const node of groups.flat()) {
    const name = nameOf(node);
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    names.set(node, count === 1 ? name : `${name}~${count}`);
  }
  return names;
}

function rankOf(node: ts.Node): number {
  if (isFunctionLike(node)) return 0;
  if (
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertySignature(node)
  )
    return 1;
  if (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node)) return 1;
  return ts.isClassLike(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) ? 2 : 3;
}
