import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { startChild, type ChildRun } from './child.ts';
import { payloadBytes } from './payload.ts';
import type { ProgramScenario } from './scenario.ts';
import { recordBody, type RecordedBody } from './transcript.ts';

/** A program ready to be started; the scenario's `argv` follows `args`. */
export interface PlainProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface ProgramRun extends ChildRun {
  /** The working folder, already removed: for taking it out of what was printed. */
  readonly folder: string;
  /** Files found in the working folder afterwards, by relative path with `/`. */
  readonly files: Readonly<Record<string, RecordedBody>>;
  /** Names of files that were there before and are gone. */
  readonly removed: readonly string[];
}

/** Runs a program in an empty working folder with the scenario's files, arguments and standard input. */
export async function runProgram(program: PlainProgram, scenario: ProgramScenario): Promise<ProgramRun> {
  const folder = await mkdtemp(join(tmpdir(), 'unawait-sandbox-'));
  try {
    const given = new Map(Object.entries(scenario.files ?? {}).map(([name, spec]) => [name, payloadBytes(spec)]));
    for (const [name, bytes] of given) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), bytes);
    }
    const child = startChild({
      command: program.command,
      args: [...program.args, ...(scenario.argv ?? [])],
      cwd: folder,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: folder,
        TMPDIR: folder,
        LANG: 'en_US.UTF-8',
        TZ: ':UTC',
        NO_COLOR: '1',
        ...program.env,
        ...scenario.env,
      },
      ...(scenario.stdin === undefined ? {} : { stdin: payloadBytes(scenario.stdin) }),
      timeoutMs: scenario.timeoutMs ?? 20_000,
    });
    const run = await child.finished;
    const found = await filesBelow(folder);
    const files: Record<string, RecordedBody> = {};
    for (const [name, bytes] of found) {
      if (given.get(name)?.equals(bytes) !== true) files[name] = recordBody(bytes);
    }
    const removed = [...given.keys()].filter((name) => !found.has(name)).sort();
    return { ...run, folder, files, removed };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function filesBelow(folder: string): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    found.set(relative(folder, path).split(sep).join('/'), await readFile(path));
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}
