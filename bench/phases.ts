import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Input, Places } from './contenders.ts';
import { runCommand } from './run-command.ts';

/** Rooms of the corridor, as their files are named. */
const PHASES = {
  load: /\/src\/load\//,
  analyse: /\/src\/(analyse|checker)\//,
  propose: /\/src\/propose\.js$/,
  settle: /\/src\/settle\.js$/,
  render: /\/(src\/edit|transforms)\//,
  report: /\/src\/report\//,
  write: /\/src\/write(\.js$|\/)/,
} as const;

export type Phase = keyof typeof PHASES | 'collect garbage' | 'start and rest';
/** Share of the time of one `run`, from 0 to 1. */
export type Shares = Readonly<Record<Phase, number>>;

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Where `unawait run` spends its time: one run under Node's profiler, each sample counted for the outermost room on its stack. */
export async function measurePhases(input: Input, { cli, root, scratch }: Places): Promise<Shares> {
  const folder = mkdtempSync(join(scratch, 'profile-'));
  try {
    const profiler = ['--cpu-prof', `--cpu-prof-dir=${folder}`];
    const command = [process.execPath, ...profiler, cli, 'run', input.folder, '--out', join(folder, 'out')];
    const { code, output } = await runCommand(command, root);
    if (code !== 0) throw new Error(`run ended with exit code ${code} on ${input.name}:\n${output.slice(0, 2000)}`);
    const file = readdirSync(folder).find((name) => name.endsWith('.cpuprofile'));
    if (file === undefined) throw new Error('Node wrote no profile.');
    return sharesOf(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sharesOf(profile: Profile): Shares {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const phaseOf = new Map<number, Phase | undefined>();
  const root = profile.nodes[0]!;
  const open: { id: number; phase: Phase | undefined }[] = [{ id: root.id, phase: undefined }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const node = nodes.get(next.id)!;
    const { functionName, url } = node.callFrame;
    const phase = next.phase ?? (functionName === '(garbage collector)' ? 'collect garbage' : roomOf(url));
    phaseOf.set(node.id, phase);
    for (const id of node.children ?? []) open.push({ id, phase });
  }
  const times = new Map<Phase, number>();
  let total = 0;
  profile.samples.forEach((id, index) => {
    if (nodes.get(id)?.callFrame.functionName === '(idle)') return;
    const time = profile.timeDeltas[index] ?? 0;
    const phase = phaseOf.get(id) ?? 'start and rest';
    times.set(phase, (times.get(phase) ?? 0) + time);
    total += time;
  });
  const share = (phase: Phase): number => (times.get(phase) ?? 0) / total;
  const all: readonly Phase[] = [
    ...(Object.keys(PHASES) as (keyof typeof PHASES)[]),
    'collect garbage',
    'start and rest',
  ];
  return Object.fromEntries(all.map((phase) => [phase, share(phase)])) as Record<Phase, number>;
}

function roomOf(url: string): Phase | undefined {
  for (const [phase, files] of Object.entries(PHASES)) if (files.test(url)) return phase as Phase;
  return undefined;
}
