import { ts } from 'ts-morph';
import { defineTransform, refuse } from '../src/transform.ts';
import { recipes } from './packages/calls.ts';
import { Stop } from './packages/mapper.ts';

export default defineTransform({
  id: 'sequence-package',
  code: 'UA160',
  claims: 'api-call',
  applicability: 'safe',
  summary: 'Write out what `p-map` and its relatives scheduled',
  docs:
    '`p-map`, `p-filter`, `p-locate`, `p-reduce`, `p-each-series`, `p-times`, `p-series`, `p-all` and `p-props` become the array method (or the list) ' +
    'that they are when each step blocks. A limit of one changes nothing but the waiting; with a higher one, or none, the steps took turns before.',
  priority: 5,
  reasons: {
    option: {
      short: 'An option of the package has no meaning when each step blocks.',
      extra: 'Signals, time limits and collected errors need several things at once. Leave the option out.',
    },
    input: {
      short: 'The elements come from the event loop, or nothing is known of them.',
      extra: 'Give the list a type, or collect it first.',
    },
    callback: {
      short: 'The function takes other arguments than an array method gives it.',
      extra: 'Write an arrow function that takes what the package gives.',
    },
    control: {
      short: 'The function steers the package.',
      extra: '`pMapSkip`, `pMapStop` and `pEachSeries.stop` have no counterpart in an array method. Write a loop.',
    },
  },
  rewrite(site, node, context) {
    const recipe = recipes[site.api];
    if (!recipe || !ts.isCallExpression(node)) return undefined;
    if (node.questionDotToken) return undefined;
    try {
      const { pieces, note } = recipe(node, context);
      const drops =
        'What only told the package how many may run at once goes, and so do functions that it called at once.';
      return { rewrite: { pieces }, drops, ...(note !== undefined && { applicability: 'noted' as const, note }) };
    } catch (error) {
      if (error instanceof Stop) return refuse(error.reason, error.message);
      throw error;
    }
  },
});
