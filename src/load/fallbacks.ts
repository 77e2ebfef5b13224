import { join } from 'node:path';
import type { ts } from 'ts-morph';
import type { SourceOfOutput } from './built-output.ts';
import { installedVersion } from './packages.ts';
import { withGlobals } from './program.ts';
import { testGlobals, undeclaredTestGlobals } from './test-globals.ts';
import { packageSignatures, untypedPackages } from './untyped-packages.ts';

/**
 * The program with declarations of ours for what has none: the functions of a test runner in the files that `isTested` names, and packages
 * that are known by themselves. What such a function gives, or does with what it gets, would be unknown.
 */
export function withFallbacks(
  program: ts.Program,
  root: string,
  files: readonly string[],
  isTested: (file: string) => boolean,
  sourceOf: SourceOfOutput,
): ts.Program {
  const sources = (names: readonly string[]): ts.SourceFile[] =>
    names.flatMap((file) => program.getSourceFile(join(root, file)) ?? []);
  const names = undeclaredTestGlobals(program, sources(files.filter(isTested)));
  const packages = untypedPackages(program, sources(files), (name) => installedVersion(root, name));
  if (names.length === 0 && packages.length === 0) return program;
  return withGlobals(program, (names.length === 0 ? '' : testGlobals(names)) + packageSignatures(packages), sourceOf);
}
