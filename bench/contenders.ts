import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Ran, runCommand } from './run-command.ts';

/** A project that is measured. */
export interface Input {
  readonly name: string;
  readonly folder: string;
  /** Generated, or code that people wrote. */
  readonly real: boolean;
  /** Source files. */
  readonly files: number;
}

export const CONTENDERS = ['report', 'run', 'tsc6', 'tsc7', 'jscodeshift'] as const;
export type Contender = (typeof CONTENDERS)[number];

export interface Places {
  /** Root of this repository. */
  readonly root: string;
  /** unawait as it is published: compiled, no loader in between. */
  readonly cli: string;
  /** A folder that may be written to. */
  readonly scratch: string;
}

/** Runs one contender over one input. What it writes goes to a place of its own, made ready outside of the time. Throws when it fails. */
export async function runContender(contender: Contender, input: Input, places: Places): Promise<Ran> {
  const bin = (name: string): string => join(places.root, 'node_modules/.bin', name);
  const copy = join(places.scratch, 'written');
  rmSync(copy, { recursive: true, force: true });
  const { folder } = input;
  const node = process.execPath;
  let command: string[];
  if (contender === 'report') command = [node, places.cli, 'report', folder];
  else if (contender === 'run') command = [node, places.cli, 'run', folder, '--out', copy];
  else if (contender === 'tsc6') command = [node, bin('tsc6'), '--noEmit', '-p', folder];
  else if (contender === 'tsc7') command = [node, bin('tsc'), '--noEmit', '-p', folder];
  else {
    cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith('node_modules') });
    const transform = join(places.root, 'bench/blind-await-removal.cjs');
    const extensions = '--extensions=ts,tsx,mts,cts,js,mjs,cjs';
    command = [node, bin('jscodeshift'), '-t', transform, '--cpus=4', '--parser=ts', extensions, copy];
  }
  const ran = await runCommand(command, places.root);
  rmSync(copy, { recursive: true, force: true });
  // jscodeshift ends with 0 whatever happened.
  const failed = contender === 'jscodeshift' && !/^0 errors$/m.test(ran.output);
  // Type errors of a project that is worked on take no time.
  const checked = input.real && (contender === 'tsc6' || contender === 'tsc7');
  if ((ran.code !== 0 && !checked) || failed) {
    throw new Error(`${contender} ended with exit code ${ran.code} on ${input.name}:\n${ran.output.slice(0, 2000)}`);
  }
  return ran;
}
