import { statSync } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { convert, type Conversion, type ConvertOptions } from './convert.ts';
import type { VerifyConfig } from './load/config.ts';
import { UsageError } from './load/usage-error.ts';
import { lostCalls } from './lost-calls.ts';
import type { AsyncOnlyTest, SecondRun, Verdict } from './model/verdict.ts';
import { parseScenario } from './reference/parse-scenario.ts';
import type { Scenario } from './reference/scenario.ts';
import { temporaryFolder } from './reference/temporary-folder.ts';
import { residual } from './recheck.ts';
import { verify } from './verify/verify.ts';
import { writeChanges } from './write.ts';

export interface VerifyProjectOptions extends ConvertOptions, VerifyConfig {
  /** A folder that holds the converted project; without it the project is converted into a temporary one. */
  readonly result?: string;
}

/** Converts a project beside itself and proves that the result does the same. The project is only read. */
export async function verifyProject(
  options: VerifyProjectOptions,
): Promise<{ verdict: Verdict; conversion: Conversion }> {
  if (options.result !== undefined) checkResult(options.result);
  const conversion = await convert(options);
  const { root } = conversion.workspace;
  const { scenarios: files = [], ...settings } = { ...conversion.config.verify, ...given(options) };
  const scenarios = (await Promise.all(files.map((file) => readScenarios(root, file)))).flat();
  const place = temporaryFolder('result');
  try {
    const after = options.result === undefined ? join(place.path, 'result') : resolve(options.result);
    if (options.result === undefined) {
      options.onStep?.('Writing the result to a temporary folder');
      await writeChanges(root, conversion.changes, { out: after, needed: 'everything' });
    }
    const secondRun = async (folder: string): Promise<SecondRun> => {
      const { onStep: _, ...quiet } = options;
      const again = await convert({ ...quiet, project: folder, config: conversion.config });
      const leftovers = [...residual(conversion, again), ...lostCalls(conversion)];
      return { files: again.changes.map(({ file }) => file), leftovers };
    };
    const verdict = await verify({
      ...settings,
      tsconfigs: settings.tsconfigs ?? conversion.workspace.programs.flatMap(({ tsconfig }) => tsconfig ?? []),
      outputs: conversion.workspace.outputs,
      before: root,
      after,
      scenarios,
      secondRun,
      asyncOnly: asyncOnly(conversion),
    });
    return { verdict, conversion };
  } finally {
    place.remove();
  }
}

function asyncOnly({ facts }: Conversion): AsyncOnlyTest[] {
  return facts.sites.flatMap((site) =>
    site.kind === 'async-test' && site.topic !== 'concurrent'
      ? [{ file: site.place.file, title: site.title, exact: site.exact }]
      : [],
  );
}

/** Settings of verify among the options; the rest says what to convert. */
function given(options: VerifyProjectOptions): Partial<VerifyConfig> & { onStep?: (step: string) => void } {
  const {
    project: _1,
    config: _2,
    include: _3,
    exclude: _4,
    policies: _5,
    onlySafe: _6,
    rows: _7,
    result: _8,
    ...rest
  } = options;
  return rest;
}

function checkResult(result: string): void {
  const stat = statSync(result, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new UsageError(`There is no folder ${result}. Write it with \`unawait run --out ${result}\`.`);
  if (!stat.isDirectory())
    throw new UsageError(`${result} is a file; --result wants the folder of the converted project.`);
}

/** One scenario file, or all of a folder by name. */
async function readScenarios(root: string, name: string): Promise<Scenario[]> {
  const path = resolve(root, name);
  if (!(await stat(path).catch(() => null))?.isDirectory()) return [await readScenario(path, name)];
  const files = (await readdir(path)).filter((file) => file.endsWith('.json')).sort();
  if (files.length === 0) throw new UsageError(`The folder ${name} holds no scenario (*.json).`);
  return Promise.all(files.map((file) => readScenario(join(path, file), join(name, file))));
}

async function readScenario(path: string, name: string): Promise<Scenario> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new UsageError(`There is no scenario ${name} in the project. Paths start at its folder.`);
    throw new UsageError(`The scenario ${name} cannot be read (${code}).`);
  });
  try {
    return parseScenario(JSON.parse(text), name);
  } catch (error) {
    throw new UsageError(`The scenario ${name} cannot be used: ${(error as Error).message}`);
  }
}
