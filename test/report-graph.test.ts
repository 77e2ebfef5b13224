import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FallGraph, freedAlone, freedTogether } from '../src/report/fall-graph.ts';

function graph(size: number, edges: readonly (readonly [number, number])[], roots: readonly number[]): FallGraph {
  const falls: number[][] = Array.from({ length: size }, () => []);
  for (const [from, to] of edges) if (from !== to) falls[from]!.push(to);
  const ids = falls.map((_, i) => `unit${i}`);
  return {
    ids,
    index: new Map(ids.map((id, i) => [id, i])),
    falls,
    roots,
    counted: ids.map((_, i) => !roots.includes(i)),
  };
}

/** Counted nodes that a walk from the other roots does not meet when `without` is taken out. */
function brute({ falls, roots, counted }: FallGraph, without: number): number {
  const reached = new Set<number>();
  const visit = (node: number): void => {
    if (node === without || reached.has(node)) return;
    reached.add(node);
    falls[node]!.forEach(visit);
  };
  roots.forEach(visit);
  return counted.filter((counts, i) => counts && !reached.has(i) && reachable(falls, roots, i)).length;
}

function reachable(falls: FallGraph['falls'], roots: readonly number[], target: number): boolean {
  const seen = new Set(roots);
  for (const node of seen) falls[node]!.forEach((to) => seen.add(to));
  return seen.has(target);
}

const graphs = fc.integer({ min: 2, max: 12 }).chain((size) => {
  const node = fc.integer({ min: 0, max: size - 1 });
  return fc
    .tuple(fc.array(fc.tuple(node, node), { maxLength: 30 }), fc.uniqueArray(node, { minLength: 1, maxLength: 4 }))
    .map(([edges, roots]) => graph(size, edges, roots));
});

test('a node frees exactly those that nothing else would have taken down', () => {
  fc.assert(
    fc.property(graphs, (each) => {
      const freed = freedAlone(each);
      const expected = each.ids.map((_, i) => (reachable(each.falls, each.roots, i) ? brute(each, i) : 0));
      expect(freed).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test('removing roots together frees what they share', () => {
  const shared = graph(
    5,
    [
      [0, 2],
      [1, 2],
      [2, 3],
      [1, 4],
    ],
    [0, 1],
  );
  expect(freedAlone(shared)).toEqual([0, 1, 2, 1, 1]);
  expect(freedTogether(shared, new Set([0]))).toBe(0);
  expect(freedTogether(shared, new Set([1]))).toBe(1);
  expect(freedTogether(shared, new Set([0, 1]))).toBe(3);
});

test('a call chain of 100,000 functions neither overflows the stack nor takes long', () => {
  const size = 100_000;
  const chain = graph(
    size,
    Array.from({ length: size - 1 }, (_, i) => [i, i + 1] as const),
    [0],
  );
  const started = performance.now();
  expect(freedAlone(chain)[0]).toBe(size - 1);
  expect(performance.now() - started).toBeLessThan(5_000);
});
