import { defineTransform, keep } from '../src/transform.ts';

export default defineTransform({
  id: 'note-early-throw',
  code: 'UA137',
  claims: 'early-throw',
  applicability: 'safe',
  summary: 'Note where a function that is not async throws, and a chain on what it gives catches that now',
  reasons: {},
  rewrite(site) {
    return keep(`Thrown before there was a promise, this went past \`${site.chain}\`; it is caught there now.`);
  },
});
