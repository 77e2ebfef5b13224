import { defineTransform, keep } from '../src/transform.ts';

export default defineTransform({
  id: 'note-exposed',
  code: 'UA136',
  claims: 'exposed',
  applicability: 'safe',
  summary: 'Note where what blocks now is given to code that may have wanted its promise',
  docs:
    'An object with functions that block now goes to code without types, which may chain on what they give; or a function goes to generic code that keeps ' +
    'what it gives, `memoize(load)`, and kept a failure with its promise.',
  reasons: {},
  rewrite(site) {
    if (site.keeps !== undefined)
      return keep(`\`${site.keeps}\` kept a failure with its promise; now it is thrown before anything is kept.`);
    return keep(
      `\`${site.to}\` has no types: what it chains on a member of this, such as \`${site.member}\`, is no promise any more.`,
    );
  },
});
