import { defineTransform, template } from '../src/transform.ts';

export default defineTransform({
  id: 'drop-alias',
  code: 'UA142',
  claims: 'idiom',
  applicability: 'safe',
  summary: 'Drop a promisified function that nothing calls any more',
  reasons: {},
  rewrite(site) {
    if (site.idiom !== 'promisified') return undefined;
    return { rewrite: template``, drops: 'It only names functions that are no longer called.' };
  },
});
