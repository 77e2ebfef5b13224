import { defineTransform, keep } from '../src/transform.ts';

export default defineTransform({
  id: 'keep-value',
  code: 'UA105',
  claims: ['call', 'promise-value'],
  applicability: 'safe',
  summary: 'Leave the calls and reads of what turned blocking as they are',
  reasons: {},
  rewrite: () => keep(),
});
