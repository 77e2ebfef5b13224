import { defineTransform, template } from '../src/transform.ts';

export default defineTransform({
  id: 'drop-yield-point',
  code: 'UA144',
  claims: 'idiom',
  applicability: 'safe',
  summary: 'Drop a wait for nothing, which only let other work run',
  docs: '`await null;` and `await Promise.resolve();` as statements have no value and no effect of their own. Nor has `await this.ready;` where the field holds the value by then.',
  reasons: {},
  rewrite(site) {
    if (site.idiom === 'idle-read')
      return { rewrite: template``, drops: 'The work was done before: what is left would only read a name.' };
    if (site.idiom !== 'yield-point' && site.idiom !== 'idle-value') return undefined;
    return {
      rewrite: template``,
      drops: 'There is nothing to wait for, and no other work to let run.',
      applicability: 'noted',
      note: 'An ordering point is removed: other work could run here.',
    };
  },
});
