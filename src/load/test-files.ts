import { globMatcher } from './glob.ts';

const TESTS = [
  '**/*.{test,spec,tests,specs,e2e,bench}.{ts,tsx,mts,cts,js,jsx,mjs,cjs}',
  '**/{*-test,*_test,test-*}.{ts,tsx,mts,cts,js,jsx,mjs,cjs}',
  '**/{test,tests,spec,specs,__tests__,__test__,__mocks__,e2e}/**',
  '**/{vitest,jest,mocha,ava,playwright}.{config,setup,workspace}.*',
  '**/{test,tests}.{ts,js,mjs,cjs}',
];

/** Whether a project-relative file is test code, by the configured globs or the usual names. */
export function testMatcher(globs: readonly string[] | undefined): (file: string) => boolean {
  return globMatcher(globs ?? TESTS);
}

/** Whether a file was written by a program, by its name or a mark in its first comment: it would be overwritten, so it is left alone. */
export function isGeneratedFile(file: string, text: string): boolean {
  if (/\.(gen|generated)\.[cm]?[jt]sx?$/.test(file) || /(^|\/)(__generated__|generated)\//.test(file)) return true;
  const head =
    /^(?:#![^\n]*\n)?(?:\s+|\/\/[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|['"]use strict['"];?)*/.exec(
      text.slice(0, 4096),
    )?.[0] ?? '';
  return /@generated\b|\bgenerated\b[^\n]*\bdo not (edit|modify)\b|\bdo not (edit|modify)\b[^\n]*\bgenerated\b/i.test(
    head,
  );
}
