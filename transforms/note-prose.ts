import { ts } from 'ts-morph';
import { defineTransform, keep } from '../src/transform.ts';

export default defineTransform({
  id: 'note-prose',
  code: 'UA133',
  claims: 'idiom',
  applicability: 'safe',
  summary: 'Note comments that go on speaking of a promise',
  docs: 'Types in JSDoc are rewritten, words are not: a sentence such as "resolves with the rows" is for its author to change.',
  reasons: {},
  rewrite(site, node) {
    if (site.idiom !== 'prose' || !ts.isJSDoc(node)) return undefined;
    return keep('The comment speaks of a promise, and the function gives its value now.');
  },
});
