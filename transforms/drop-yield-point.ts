import { defineTransform, template } from '../src/transform.ts';

export default defineTransform({
  id: 'drop-yield-point',
  code: 'UA144',
  claims: 'idiom',
  applicability: 'safe',
  summary: 'Drop a wait for nothing, which only let other work run',
  docs: '`await null;` and `await Promise.resolve();` as statements have no value and no effect of their own.',
  reasons: {},
  rewrite(site) {
    if (site.idiom !== 'yield-point') return undefined;
    return {
      rewrite: template``,
      drops: 'There is nothing to wait for, and no other work to let run.',
      applicability: 'noted',
      note: 'An ordering point is removed: other work could run here.',
    };
  },
});
