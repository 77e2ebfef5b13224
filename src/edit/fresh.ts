import { ts } from 'ts-morph';
import type { ClaimNode } from './claim-tree.ts';
import { type Source, walk } from './source.ts';

/** Final name of each new local, by claim and wished name. */
export type FreshNames = ReadonlyMap<ClaimNode, ReadonlyMap<string, string>>;

/**
 * New names are no identifier of the file nor of any template. Two claims share one only where they stand in different functions,
 * counted at the outermost level of functions, so that none can hide the other.
 */
export function nameFresh(source: Source, written: readonly ClaimNode[]): FreshNames {
  const names = new Map<ClaimNode, Map<string, string>>();
  const asking = written.filter(({ claim }) => claim.template.parts.some(isFresh));
  if (asking.length === 0) return names;
  const taken = new Set(source.identifiers);
  for (const { claim } of written) {
    for (const part of claim.template.parts) {
      if (typeof part === 'string')
        for (const [word] of part.matchAll(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu)) taken.add(word);
    }
    for (const need of claim.imports) taken.add(need.name);
  }
  const functions = outermostFunctions(source);
  const inFunction = new Map<number, Set<string>>();
  const atTop = new Set<string>();
  const everywhere = new Set<string>();
  let index = 0;
  for (const node of asking) {
    const { start, end } = node.span;
    while (index < functions.length && functions[index]!.end <= start) index++;
    const around = functions[index];
    const inside = around !== undefined && around.start <= start && end <= around.end;
    let used = inside ? inFunction.get(around.start) : atTop;
    if (used === undefined) inFunction.set(around!.start, (used = new Set()));
    const own = new Map<string, string>();
    for (const part of node.claim.template.parts) {
      if (!isFresh(part) || own.has(part.fresh)) continue;
      let name = part.fresh;
      for (let n = 2; taken.has(name) || used.has(name) || (inside ? atTop : everywhere).has(name); n++) {
        name = `${part.fresh}${n}`;
      }
      used.add(name);
      everywhere.add(name);
      own.set(part.fresh, name);
    }
    names.set(node, own);
  }
  return names;
}

function isFresh(part: ClaimNode['claim']['template']['parts'][number]): part is { fresh: string } {
  return typeof part === 'object' && 'fresh' in part;
}

function outermostFunctions(source: Source): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  walk(source.tree, (node) => {
    if (!ts.isFunctionLike(node)) return;
    const start = node.getStart(source.tree);
    if (found.length === 0 || found.at(-1)!.end <= start) found.push({ start, end: node.end });
  });
  return found;
}
