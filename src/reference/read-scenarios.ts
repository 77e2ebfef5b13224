import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseScenario } from './parse-scenario.ts';
import type { Scenario } from './scenario.ts';

/** Reads scenario files (one scenario or a list of them each) relative to a folder; throws with the file and the place that is wrong. */
export async function readScenarios(folder: string, files: readonly string[]): Promise<Scenario[]> {
  const scenarios: Scenario[] = [];
  for (const file of files) {
    const value = parse(await readFile(resolve(folder, file), 'utf8'), file);
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    scenarios.push(
      ...list.map((each, index) => parseScenario(each, Array.isArray(value) ? `${file}[${index}]` : file)),
    );
  }
  return scenarios;
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new TypeError(`${file} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
