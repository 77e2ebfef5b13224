import { expect, test } from 'vitest';
import { checkPolicies } from '../src/load/policy-names.ts';
import { UsageError } from '../src/load/usage-error.ts';
import { nearestPolicy, policies } from '../src/model/policies.ts';

test.each([
  ['island', 'islands'],
  ['float_inline', 'float-inline'],
  ['floatlog', 'float-log'],
  ['shim-call', 'shim-calls'],
  ['asyncshim', 'async-shim'],
  ['emittwin', 'emit-twin'],
  ['replace-twins', 'replace-twin'],
  ['completely-different', undefined],
])('%s means %s', (name, meant) => {
  expect(nearestPolicy(name)).toBe(meant);
});

test('a policy that does not exist is a mistake of usage, with the nearest name', () => {
  expect(() => checkPolicies(['islands', 'float-inlin'], '--policy')).toThrow(UsageError);
  expect(() => checkPolicies(['float-inlin'], '--policy')).toThrow(
    '--policy: there is no policy `float-inlin`; did you mean `float-inline`?',
  );
  expect(() => checkPolicies(['zzz'], 'The configuration')).toThrow(
    `The configuration: there is no policy \`zzz\`; known are ${Object.keys(policies).sort().join(', ')}.`,
  );
  expect(() => checkPolicies(['constructor'], '--policy')).toThrow(UsageError);
});

test('policies of the project’s own rows are known', () => {
  expect(() => checkPolicies([...Object.keys(policies), 'ours'], '--policy', ['ours'])).not.toThrow();
});
