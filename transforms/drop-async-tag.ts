import { defineTransform, template } from '../src/transform.ts';

export default defineTransform({
  id: 'drop-async-tag',
  code: 'UA156',
  claims: 'idiom',
  applicability: 'safe',
  summary: 'Drop `@async` from the comment of a function that turned blocking',
  reasons: {},
  rewrite(site) {
    if (site.idiom !== 'async-tag') return undefined;
    return { rewrite: template``, drops: 'The tag only says that the function is async.' };
  },
});
