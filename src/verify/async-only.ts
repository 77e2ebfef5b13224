import type { AsyncOnlyTest, TestDifference } from '../model/verdict.ts';

/** Whether a test that broke is one of those that say nothing of blocking code, by its file and its titles. */
export function isAsyncOnly({ file, name, before }: TestDifference, tests: readonly AsyncOnlyTest[]): boolean {
  return before === 'passed' && tests.some((test) => test.file === file && pattern(test).test(name));
}

/** Runners join titles by ` > ` or by a space, and number those that come twice; a title for many has places for values. */
function pattern({ title, exact }: AsyncOnlyTest): RegExp {
  const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const parts = title.split(' > ').map((part) => {
    return exact
      ? literal(part)
      : part
          .split(/%[\w#%]|\$\{?[\w.]+\}?/)
          .map(literal)
          .join('.*');
  });
  return new RegExp(`^${exact ? '' : '.*'}${parts.join('( > | )')}( \\(\\d+\\))?$`);
}
