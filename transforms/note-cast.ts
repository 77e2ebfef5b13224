import { defineTransform, keep } from '../src/transform.ts';

export default defineTransform({
  id: 'note-cast',
  code: 'UA132',
  claims: 'cast',
  applicability: 'safe',
  summary: 'Note where a value of unknown type is taken for a function that blocks now',
  reasons: {},
  rewrite(site) {
    return keep(
      `Whatever comes here as \`${site.detail}\` must block now: its type was not checked, and a promise would not be awaited.`,
    );
  },
});
