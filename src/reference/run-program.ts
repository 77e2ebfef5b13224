import { startChild, type ChildRun } from './child.ts';
import { filledPayload, fillPlaces, type Places } from './payload.ts';
import { startPeers, type PeerRecord } from './peers.ts';
import { changesBetween, entriesBelow, placeFiles, type Changes } from './sandbox-files.ts';
import type { ProgramScenario, ProgramStart } from './scenario.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A program ready to be started; the scenario's `argv` follows `args`. */
export interface PlainProgram {
  readonly command: string;
  readonly args: readonly string[];
  /** Folder of the built project, for `{project}`. */
  readonly project?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** All starts of the program in a scenario: output and time are joined, `exit` is the last one's. */
export interface ProgramRun extends ChildRun, Changes {
  /** The working folder, already removed: for taking it out of what was printed. */
  readonly folder: string;
  /** Every start in order; after one that was cut off no other follows. */
  readonly starts: readonly ChildRun[];
  /** What the scenario's servers received. */
  readonly peers: readonly PeerRecord[];
}

/** Runs a program in an empty working folder with the scenario's files, servers, arguments and standard input. */
export async function runProgram(program: PlainProgram, scenario: ProgramScenario): Promise<ProgramRun> {
  const sandbox = temporaryFolder('sandbox');
  const folder = sandbox.path;
  const places = new Map([['folder', folder]]);
  if (program.project !== undefined) places.set('project', program.project);
  const peers = await startPeers(scenario.peers ?? {}, places);
  try {
    await placeFiles(folder, scenario.files ?? {}, places);
    const given = await entriesBelow(folder);
    const startedAt = Date.now();
    const starts: ChildRun[] = [];
    for (const start of [scenario, ...(scenario.then ?? [])]) {
      starts.push(await runOnce(program, { ...start, timeoutMs: scenario.timeoutMs ?? 20_000 }, folder, places));
      if (starts.at(-1)?.exit.by === 'watchdog') break;
    }
    const changes = changesBetween(given, await entriesBelow(folder), startedAt, scenario.ignore);
    return {
      exit: starts.at(-1)!.exit,
      stdout: starts.map(({ stdout }) => stdout).join(''),
      stderr: starts.map(({ stderr }) => stderr).join(''),
      ms: starts.reduce((sum, { ms }) => sum + ms, 0),
      folder,
      starts,
      peers: peers.finish(),
      ...changes,
    };
  } finally {
    peers.finish();
    sandbox.remove();
  }
}

function runOnce(
  program: PlainProgram,
  start: ProgramStart & { readonly timeoutMs: number },
  folder: string,
  places: Places,
): Promise<ChildRun> {
  const env = Object.entries({ ...program.env, ...start.env }).map(([name, value]) => [
    name,
    fillPlaces(value, places),
  ]);
  const child = startChild({
    command: program.command,
    args: [...program.args, ...(start.argv ?? []).map((arg) => fillPlaces(arg, places))],
    cwd: folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      TMPDIR: folder,
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
      NO_COLOR: '1',
      ...(Object.fromEntries(env) as Record<string, string>),
    },
    ...(start.stdin === undefined ? {} : { stdin: filledPayload(start.stdin, places) }),
    timeoutMs: start.timeoutMs,
  });
  return child.finished;
}
