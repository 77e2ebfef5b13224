import { ts } from 'ts-morph';
import type { SiteOf } from '../src/model/facts.ts';
import { type Answer, type Context, defineTransform, imported, keep, refuse, template } from '../src/transform.ts';
import { holdsAwait, settledElements, settledMap } from './combinator/settled.ts';

export default defineTransform({
  id: 'store-promise',
  code: 'UA122',
  claims: ['store', 'promise-value'],
  applicability: 'safe',
  summary: 'Keep the value, or the outcome, where a promise was kept',
  docs:
    'A promise that is awaited next is its value. Where other work stands between, the outcome is kept: `settled` of `@unawait/std/outcome` runs the ' +
    'call and keeps a failure, `unwrap` gives the value or throws where the `await` stood. A field, a map or a parameter holds the value when ' +
    'every read awaits it.',
  priority: 10,
  reasons: {
    shared: {
      short: 'The promise is kept, and not every read of it can do with a value.',
      extra: 'Await it where it is made, or keep a function that makes it.',
    },
    'awaits-inside': {
      short: 'The call whose outcome is kept awaits its arguments.',
      extra:
        'A failure of an argument was thrown at once, and would be kept with that of the call. Await the argument in a statement of its own.',
    },
  },
  rewrite(site, node, context) {
    const { text } = context;
    if (site.kind === 'promise-value') {
      if (site.taken?.fits === false)
        return refuse('shared', `The promise of \`${shorten(text(node))}\` is kept: ${lower(site.taken.why)}.`);
      if (site.form === 'outcome') return template`${imported('@unawait/std/outcome', 'unwrap')}(${node})`;
      if (site.form === 'thunk') return template`${node}()`;
      return site.taken && keep(site.taken.why);
    }
    const shown = shorten(text(node));
    switch (site.form) {
      case 'value':
        return site.why === '' ? keep() : keep(site.why);
      case 'none':
        return refuse('shared', `The promise of \`${shown}\` is kept: ${lower(site.why)}.`);
      case 'outcomes':
        return eachKept(site.why, node as ts.Expression, context) ?? kept(site, node, context);
      case 'outcome':
      case 'thunk':
        return kept(site, node, context);
    }
  },
});

function kept(site: SiteOf<'store'>, node: ts.Node, { text }: Context): Answer {
  if (holdsAwait(node)) return refuse('awaits-inside', `\`${shorten(text(node))}\` awaits an argument.`);
  if (site.form === 'thunk') return template`() => ${node}`;
  const settled = imported('@unawait/std/outcome', 'settled');
  return { rewrite: template`${settled}(() => ${node})`, applicability: 'noted', note: site.why };
}

/** What fills a container in one go. */
function eachKept(note: string, node: ts.Expression, context: Context): Answer {
  if (!ts.isArrayLiteralExpression(node)) {
    const mapped = settledMap(node, context);
    return mapped && { ...mapped, applicability: 'noted', note };
  }
  const each = settledElements(node, context);
  if ('pieces' in each) return { rewrite: template`${each.pieces}`, applicability: 'noted', note };
  return refuse('awaits-inside', `\`${shorten(context.text(each.bad))}\` awaits an argument.`);
}

const lower = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1);

const shorten = (text: string): string => text.split('\n', 1)[0]!.slice(0, 80);
