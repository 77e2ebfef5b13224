import { defineTransform, keep, refuse } from '../src/transform.ts';

/** Array methods that take what a callback returns for a truth value: with a promise they were always true. */
const predicates = /^global#(Readonly)?Array\.(filter|some|every|find|findIndex|findLast|findLastIndex|sort|toSorted)$/;

/** They call back at once or wait for nothing else: test runners, iteration. */
const inline =
  /^(vitest|@jest\/globals|node:test|mocha|ava|tap|uvu|chai|commander|yargs|p-\w[\w-]*|async-retry|async-mutex)#|^global#|^node:(test|assert|async_hooks|util)#|^@types|^unknown(#|$)/;

export default defineTransform({
  id: 'hand-over-callback',
  code: 'UA106',
  claims: 'callback',
  applicability: 'safe',
  summary: 'Hand a blocking callback to a library that accepts one',
  reasons: {
    'promise-only': {
      short: 'The library demands a promise.',
      extra:
        'The type of the parameter or member belongs to a library and does not accept the plain value. Call the blocking function from an async one of your own.',
    },
    'from-loop': {
      short: 'The callback is called from the event loop.',
      extra: 'A listener, timer or server calls it while other work waits: blocking there holds everything up.',
    },
    untyped: {
      short: 'The callback goes to code without types.',
      extra: 'Nothing says what is done with its result (`any`, `Function`, `unknown`). Give the parameter a type.',
    },
  },
  rewrite(site) {
    const name = site.api.slice(site.api.indexOf('#') + 1);
    if (predicates.test(site.api)) {
      return {
        keep: true,
        applicability: { policy: 'fix-async-predicates' },
        note: `\`${name}\` tests the promise of an async callback, which is always true; blocking, the result counts.`,
      };
    }
    if (site.loop) return refuse('from-loop', `\`${name}\` calls this from the event loop.`);
    if (site.accepts === 'promise-only') return refuse('promise-only', `\`${name}\` demands a promise.`);
    if (site.accepts === 'unknown') {
      const taker =
        name === 'unknown' ? 'The object that this is put in has no type.' : `\`${name}\` takes this without a type.`;
      return refuse('untyped', taker);
    }
    return inline.test(site.api)
      ? { keep: true }
      : keep(`\`${name}\` gets a blocking callback: where it calls from the event loop, that loop waits.`);
  },
});
