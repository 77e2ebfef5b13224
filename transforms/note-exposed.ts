import { defineTransform, keep } from '../src/transform.ts';

export default defineTransform({
  id: 'note-exposed',
  code: 'UA136',
  claims: 'exposed',
  applicability: 'safe',
  summary: 'Note where an object with functions that block now is given to code without types',
  reasons: {},
  rewrite(site) {
    return keep(
      `\`${site.to}\` has no types: what it chains on a member of this, such as \`${site.member}\`, is no promise any more.`,
    );
  },
});
