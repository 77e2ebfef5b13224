import { defineTransform, template } from '../src/transform.ts';

export default defineTransform({
  id: 'await-using',
  code: 'UA108',
  claims: 'await-using',
  applicability: 'safe',
  summary: 'Turn `await using` into `using`',
  reasons: {},
  rewrite(site, node, { source }) {
    const list = node.getText(source);
    const word = /^await\s+(?=using\b)/.exec(list);
    if (!word) return undefined;
    return template`${{ span: { start: site.span.start + word[0].length, end: site.span.end } }}`;
  },
});
