import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readPackageJson } from './package-json.ts';
import { projectFiles } from './project-files.ts';
import { runTests, type TestRun } from './run-tests.ts';
import { findScriptedTests, findTestCommand, type TestCommand } from './test-runner.ts';

/** Tests that are run in one folder of a project (project-relative, `` for the project itself). */
export interface TestPlace {
  readonly folder: string;
  readonly command: TestCommand;
}

/** Packages that are there to be broken, or to be copied. */
const NOT_OURS = /(^|\/)(__)?(fixtures?|templates?|examples?)(__)?\//;

/**
 * Where a project's tests are run: in its folder or, where its own scripts leave that to the packages of its workspace, in each of those.
 * None where nothing says how.
 */
export function testPlaces(root: string, standsBuilt: boolean): TestPlace[] {
  const files = projectFiles(root);
  const packageJson = readPackageJson(root);
  const isWorkspace = packageJson.workspaces !== undefined || existsSync(join(root, 'pnpm-workspace.yaml'));
  if (isWorkspace && findScriptedTests(packageJson) === null) {
    const packages = files.filter((file) => file.endsWith('/package.json') && !NOT_OURS.test(file)).map(dirname);
    const places = packages.flatMap((folder): TestPlace[] => {
      const command = findScriptedTests(readPackageJson(join(root, folder)), standsBuilt);
      return command === null ? [] : [{ folder, command }];
    });
    if (places.length > 0) return places;
  }
  const hasTestFiles = files.some((file) => /(^|\/)(test|tests)\/.*\.[cm]?js$|\.test\.[cm]?js$/.test(file));
  const command = findTestCommand(packageJson, hasTestFiles, standsBuilt);
  return command === null ? [] : [{ folder: '', command }];
}

/** What the tests of all places give on one side. A package whose tests cannot be run counts as a test that fails. */
export async function runPlaces(places: readonly TestPlace[], root: string, timeoutMs: number): Promise<TestRun> {
  const [only, ...others] = places;
  if (only?.folder === '' && others.length === 0) return runTests(only.command, root, timeoutMs);
  const results: TestRun['results'][number][] = [];
  for (const { folder, command } of places) {
    const run = await runTests(command, join(root, folder), timeoutMs);
    const failure = {
      file: folder,
      name: '(the tests of the package)',
      status: 'failed',
      message: run.failure,
    } as const;
    if (run.failure !== null) results.push(failure);
    results.push(...run.results.map((result) => ({ ...result, file: join(folder, result.file) })));
  }
  return { results, failure: null };
}
