import { defineTransform, refuse, template, verbatim } from '../src/transform.ts';

export default defineTransform({
  id: 'for-await',
  code: 'UA104',
  claims: 'for-await',
  applicability: 'safe',
  summary: 'Turn `for await` over a converted iterable into `for`',
  reasons: {
    'library-stream': {
      short: 'The iterated value comes from a library and has no blocking form.',
      extra:
        'A stream or async iterator of a library yields its values from the event loop. An API row or an idiom for its producer would unlock it.',
    },
  },
  rewrite(site, node, { source, text, types }) {
    if (site.operand !== 'promise' && site.operand !== 'plain')
      return refuse(
        'library-stream',
        `\`${text(node.expression).slice(0, 80)}\` is iterated with \`for await\` and has no blocking form.`,
      );
    const rewrite = template`for (${verbatim(source, node.initializer, node.statement)}`;
    if (!site.elements) return rewrite;
    const isLazy = /^(Generator|Iterable|IterableIterator)</.test(types.text(node.expression));
    const note = isLazy
      ? 'A failure of an element closes what is iterated now, and its `finally` runs.'
      : 'All of the elements are done before the loop begins now.';
    return { rewrite, applicability: 'noted', note };
  },
});
