import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cycles } from '../src/settle/cycles.ts';

test('cycles are groups that lead to each other, and nodes that lead to themselves', () => {
  const edges = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', ['a']],
    ['d', ['d']],
    ['e', ['a', 'd']],
  ]);
  expect(cycles(edges)).toEqual([['a', 'b', 'c'], ['d']]);
});

test('they are the same as by asking for every pair whether each reaches the other', () => {
  const node = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  fc.assert(
    fc.property(fc.array(fc.tuple(node, node), { maxLength: 14 }), (pairs) => {
      const edges = new Map<string, string[]>();
      for (const [from, to] of pairs) edges.set(from, [...(edges.get(from) ?? []), to]);
      const reaches = (from: string): Set<string> => {
        const seen = new Set(edges.get(from));
        for (const each of seen) for (const next of edges.get(each) ?? []) seen.add(next);
        return seen;
      };
      const groups = new Map<string, string[]>();
      for (const each of ['a', 'b', 'c', 'd', 'e', 'f']) {
        const group = [...reaches(each)].filter((other) => reaches(other).has(each)).sort();
        if (group.includes(each)) groups.set(group[0]!, group);
      }
      expect(cycles(edges)).toEqual([...groups.values()]);
    }),
    { numRuns: 300 },
  );
});

test('a cycle of 5,000 is no danger', () => {
  const edges = new Map(Array.from({ length: 5_000 }, (_, i) => [`n${i}`, [`n${(i + 1) % 5_000}`]]));
  expect(cycles(edges)[0]).toHaveLength(5_000);
});
