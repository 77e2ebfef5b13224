import { defineTransform } from '../src/transform.ts';

export default defineTransform({
  id: 'step-iterator',
  code: 'UA126',
  claims: 'api-call',
  applicability: 'safe',
  summary: 'Leave `next()`, `return()` and `throw()` of an iterator that turned blocking as they are',
  priority: 10,
  reasons: {},
  rewrite: (site) =>
    /^global#Async(Generator|Iterator|IterableIterator|IteratorObject)\.(next|return|throw)$/.test(site.api)
      ? { keep: true }
      : undefined,
});
