import { expect, it } from 'vitest';
import { describeOutcome, search } from './fuzz/search.ts';

it(
  '200 generated programs do the same when they block, or a note says where they may not',
  { timeout: 240_000 },
  () => {
    const found = search(20_261_122, 200);
    expect(found.silent.map(describeOutcome)).toEqual([]);
    // The programs are there to be converted: a run in which most stay async shows nothing.
    expect(found.whole).toBeGreaterThan(60);
  },
);
