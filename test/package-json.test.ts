import { describe, expect, test } from 'vitest';
import { editPackageJsons } from '../transforms/package-json.ts';

function edited(manifest: object, before: string, after: string): unknown {
  const file = 'a.js';
  const [change] = editPackageJsons({
    packageJsons: new Map([['package.json', JSON.stringify(manifest)]]),
    before: new Map([[file, before]]),
    changes: [{ file, before, after }],
  });
  return change === undefined ? undefined : JSON.parse(change.after);
}

const manifest = { dependencies: { delay: '^6.0.0', yaml: '^2.0.0' } };

describe('a dependency', () => {
  test('that nothing names any more is dropped, with its types', () => {
    const typed = { ...manifest, devDependencies: { '@types/delay': '1', vitest: '4' } };
    expect(edited(typed, "import delay from 'delay';", "import { sleepSync } from '@unawait/std/time';")).toEqual({
      dependencies: { '@unawait/std': '^0.1.0', yaml: '^2.0.0' },
      devDependencies: { vitest: '4' },
    });
  });

  test.each([
    "importSync('yaml', import.meta.url)",
    'require.resolve("yaml/package.json")',
    "callSync('yaml', 'parse', [])",
  ])('that %s names stays', (after) => {
    expect(edited(manifest, "await import('yaml')", after)).toBeUndefined();
  });

  test('that a script runs stays', () => {
    const run = { ...manifest, scripts: { wait: 'delay 5 && node .' } };
    expect(edited(run, "import delay from 'delay';", '')).toBeUndefined();
  });

  test('that was never imported is not ours to drop', () => {
    expect(edited(manifest, '', '1')).toBeUndefined();
  });
});
