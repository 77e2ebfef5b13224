import { ts } from 'ts-morph';
import { notHere } from './api-map/fetch.ts';
import { defineTransform, imported, refuse } from '../src/transform.ts';

const fetches = /^(global|undici)#fetch$/;

export default defineTransform({
  id: 'fetch-request',
  code: 'UA166',
  claims: ['api-call', 'idiom'],
  applicability: 'safe',
  priority: 10,
  summary: 'Hand what a `Request` is made of to `fetchSync`',
  docs:
    '`fetch(new Request(url, init))` is `fetch(url, init)`, and becomes `fetchSync(url, init)`. Form data that is made in the same function and ' +
    'given nothing but text is sent as it is; a file in it could only be read asynchronously.',
  reasons: {
    'form-data': {
      short: 'Form data may hold a file.',
      extra:
        'The bytes of a file or blob can only be read asynchronously. Make the form in the function that sends it, of text alone, or send bytes.',
    },
  },
  rewrite(site, node, context) {
    if (site.kind === 'idiom') {
      if (site.idiom !== 'form-data') return undefined;
      return refuse(
        'form-data',
        `The form data in \`${context.text(node).split('\n', 1)[0]!.slice(0, 60)}\` may hold a file, whose bytes are read asynchronously.`,
        'Make the form in the function that sends it, with text alone.',
      );
    }
    if (!fetches.test(site.api) || !ts.isCallExpression(node) || node.arguments.length !== 1) return undefined;
    const made = node.arguments[0]!;
    if (!ts.isNewExpression(made) || !/^(global|undici)#Request\.constructor$/.test(context.types.api(made) ?? ''))
      return undefined;
    const given = made.arguments;
    const plain = (each: ts.Expression): boolean =>
      !ts.isSpreadElement(each) && !new RegExp(notHere).test(context.types.text(each));
    if (!given || given.length === 0 || given.length > 2 || !given.every(plain)) return undefined;
    return {
      rewrite: {
        pieces: [imported('@unawait/std/http', 'fetchSync'), { span: { start: given.pos - 1, end: made.end } }],
      },
      drops: '`fetch` makes the same request of the same arguments.',
    };
  },
});
