import type { PackageJson } from './package-json.ts';

export type RunnerName = 'vitest' | 'jest' | 'node:test' | 'mocha' | 'ava' | 'tap' | 'tape';

/** A shell command that runs the project's tests and leaves a report; `{report}` and `{reporter}` are file paths to be filled in. */
export interface TestCommand {
  readonly runner: RunnerName;
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

interface Runner {
  readonly name: RunnerName;
  /** Finds the runner in one command of a script. */
  readonly inScript: RegExp;
  readonly packageName: string | null;
  readonly fallback: string;
  readonly flags: string;
  readonly env?: Readonly<Record<string, string>>;
}

const RUNNERS: readonly Runner[] = [
  {
    name: 'vitest',
    inScript: /(^|\s|\/)vitest(\.mjs)?(\s|$)/,
    packageName: 'vitest',
    fallback: 'vitest run',
    flags: '--watch=false --reporter=json --outputFile="{report}"',
  },
  {
    name: 'jest',
    inScript: /(^|\s|\/)jest(\.js)?(\s|$)/,
    packageName: 'jest',
    fallback: 'jest',
    flags: '--json --outputFile="{report}"',
  },
  {
    name: 'mocha',
    inScript: /(^|\s|\/)mocha(\.js)?(\s|$)/,
    packageName: 'mocha',
    fallback: 'mocha',
    flags: '--reporter json --reporter-option output="{report}"',
  },
  {
    name: 'ava',
    inScript: /(^|\s|\/)ava(\s|$)/,
    packageName: 'ava',
    fallback: 'ava',
    flags: '--tap > "{report}"',
  },
  {
    name: 'tap',
    inScript: /(^|\s|\/)tap(\s|$)/,
    packageName: 'tap',
    fallback: 'tap',
    flags: '--reporter=tap > "{report}"',
  },
  {
    name: 'tape',
    inScript: /(^|\s|\/)tape(\s|$)/,
    packageName: 'tape',
    fallback: "tape 'test/**/*.js'",
    flags: '> "{report}"',
  },
  {
    name: 'node:test',
    // A script of tests that is run directly reports in the same way.
    inScript: /(^|\s)(node|tsx)\s(.*\s)?--test(\s|$)/,
    packageName: null,
    fallback: 'node --test',
    flags: '',
    env: { NODE_OPTIONS: '--test-reporter={reporter} --test-reporter-destination={report}' },
  },
];

const BUILDS = /\b(tsc\d?|build|compile|tsup|swc|esbuild|babel|rollup|vite build)\b/;

/**
 * How the project runs its tests: from its scripts, else from what it depends on; null where there is nothing to go by. Tests of a project
 * that `standsBuilt` may be about its output, so it is built first, whatever they say of that.
 */
export function findTestCommand(
  packageJson: PackageJson,
  hasTestFiles: boolean,
  standsBuilt = false,
): TestCommand | null {
  const found = findInScripts(packageJson) ?? findOtherwise(packageJson, hasTestFiles);
  return found && afterBuild(found, packageJson, standsBuilt);
}

/** The same by a script alone: null where no script names a runner. */
export function findScriptedTests(packageJson: PackageJson, standsBuilt = false): TestCommand | null {
  const found = findInScripts(packageJson);
  return found && afterBuild(found, packageJson, standsBuilt);
}

function afterBuild(found: TestCommand, packageJson: PackageJson, standsBuilt: boolean): TestCommand {
  const build = packageJson.scripts?.['build'];
  if (build === undefined || !standsBuilt || BUILDS.test(found.command)) return found;
  // A build with type errors may leave its output all the same: the tests tell.
  return { ...found, command: `(${build}); ${found.command}` };
}

function findInScripts(packageJson: PackageJson): TestCommand | null {
  const scripts = Object.entries(packageJson.scripts ?? {});
  const ordered = [
    ...scripts.filter(([name]) => name === 'test'),
    ...scripts.filter(([name]) => name.startsWith('test') && name !== 'test'),
  ];
  for (const [name, script] of ordered) {
    const commands = commandsOf(script);
    for (const [at, command] of commands.entries()) {
      const runner = RUNNERS.find((each) => each.inScript.test(command));
      if (runner === undefined) continue;
      // Steps before the tests are left out, linters above all; a build is what the tests may stand on.
      const earlier = [...commandsOf(packageJson.scripts?.[`pre${name}`]), ...commands.slice(0, at)];
      const builds = earlier.filter((each) => BUILDS.test(each));
      return commandOf(runner, [...builds, `${command} ${runner.flags}`.trim()].join(' && '));
    }
  }
  return null;
}

function findOtherwise(packageJson: PackageJson, hasTestFiles: boolean): TestCommand | null {
  const packages = { ...packageJson.dependencies, ...packageJson.devDependencies };
  const runner = RUNNERS.find((each) => each.packageName !== null && each.packageName in packages);
  if (runner !== undefined) return commandOf(runner, `${runner.fallback} ${runner.flags}`);
  const plain = RUNNERS.find((each) => each.name === 'node:test');
  return hasTestFiles && plain !== undefined ? commandOf(plain, plain.fallback) : null;
}

function commandsOf(script = ''): string[] {
  return script.split(/&&|;/).map((command) => command.trim());
}

function commandOf(runner: Runner, command: string): TestCommand {
  return { runner: runner.name, command, env: runner.env ?? {} };
}
