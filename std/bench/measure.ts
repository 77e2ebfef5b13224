import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { bundleSizes } from './bundle-size.ts';
import { coldPrograms } from './cold.ts';
import type { Measured, Run } from './table.ts';

const std = fileURLToPath(new URL('../', import.meta.url));
const out = join(std, 'node_modules/.cache/unawait-std/bench');
mkdirSync(out, { recursive: true });
const external = ['koffi', 'undici', 'sync-fetch', 'synckit'];
const build = {
  outdir: out,
  bundle: true,
  platform: 'node',
  format: 'esm',
  external,
  outExtension: { '.js': '.mjs' },
} as const;
buildSync({
  ...build,
  entryPoints: ['server', 'subject', 'synckit-worker'].map((name) => join(std, `bench/${name}.ts`)),
});

/** Pins a command to the last CPU, as in a small machine. */
const pinned =
  spawnSync('taskset', ['--version']).status === 0 ? ['taskset', '-c', String(availableParallelism() - 1)] : [];
const run = (command: string[], env: Record<string, string> = {}) => {
  const [file, ...words] = [...pinned, ...command] as [string, ...string[]];
  return spawnSync(file, words, {
    encoding: 'utf8',
    // Authorities beyond Node's own would be read at every start.
    env: { ...process.env, NODE_OPTIONS: '', NODE_EXTRA_CA_CERTS: '', ...env },
    timeout: 120_000,
  });
};

/** Measures the library against its peers, everything in one run and interleaved; client and server share one CPU. */
export async function measure(rounds: number, budget: string): Promise<Run> {
  const serverCommand = [...pinned, process.execPath, join(out, 'server.mjs')];
  const server = spawn(serverCommand[0]!, serverCommand.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  const ports = await new Promise<[number, number]>((resolve) =>
    server.stdout.once('data', (line: Buffer) => resolve(JSON.parse(line.toString()) as [number, number])),
  );

  const floor = join(out, 'floor');
  const compiled = spawnSync('cc', ['-O2', '-D_GNU_SOURCE', '-o', floor, join(std, 'bench/floor.c')]).status === 0;
  buildParts();
  const parts = ['std', 'native', 'bridge'].map((name) => `import 'file://${join(out, `${name}.mjs`)}';`).join('');
  const backends = ['koffi', 'ffi', 'descriptor', 'bridge'].filter((backend) => {
    const program = `${parts} import { backendName } from 'file://${join(out, 'std.mjs')}'; backendName();`;
    return run([process.execPath, '--input-type=module', '-e', program], { UNAWAIT_BACKEND: backend }).status === 0;
  });
  const subjects = [
    ...(compiled ? ['C'] : []),
    ...backends.map((name) => `std ${name}`),
    'node',
    'undici',
    'fetch',
    'synckit',
    'sync-fetch',
  ];

  const measured: Measured = new Map();
  const note = (subject: string, kind: string, value: number): void => {
    const kinds = measured.get(subject) ?? new Map<string, number[]>();
    measured.set(subject, kinds);
    kinds.set(kind, [...(kinds.get(kind) ?? []), value]);
  };

  function measureWarm(subject: string): void {
    const words = [String(ports[0]), String(ports[1]), budget];
    const command =
      subject === 'C' ? [floor, ...words] : [process.execPath, join(out, 'subject.mjs'), subject, ...words];
    const result = run(command, {
      ...(subject.startsWith('std ') && { UNAWAIT_BACKEND: subject.slice(4) }),
      SYNCKIT_WORKER: join(out, 'synckit-worker.mjs'),
    });
    if (result.status !== 0) throw new Error(`${subject} failed: ${result.stderr}`);
    const found = JSON.parse(result.stdout) as Record<string, { us: number; cpu: number }>;
    for (const [kind, { us, cpu }] of Object.entries(found)) {
      note(subject, kind, us);
      if (kind === 'pair') note(subject, 'cpu', cpu);
    }
  }

  /** Milliseconds from the start of the process to its end, one request made. */
  function measureCold(subject: string): void {
    const program = coldPrograms[subject]?.(JSON.stringify(`http://127.0.0.1:${ports[1]}/next`));
    if (program === undefined) return;
    const file = join(out, `cold-${subject.replace(' ', '-')}.mjs`);
    writeFileSync(file, program.replace(/'(std|native|bridge)'/g, "'./$1.mjs'"));
    const env = subject.startsWith('std ') ? { UNAWAIT_BACKEND: subject.slice(4) } : {};
    let fastest = Infinity;
    for (let times = 0; times < (subject === 'sync-fetch' ? 1 : 5); times++) {
      const start = performance.now();
      if (run([process.execPath, file], env).status !== 0) throw new Error(`${subject} does not start`);
      fastest = Math.min(fastest, performance.now() - start);
    }
    note(subject, 'cold', fastest);
  }

  try {
    for (let round = 0; round < rounds; round++) {
      process.stderr.write(`round ${round + 1} of ${rounds}\n`);
      for (const subject of subjects) measureWarm(subject);
      for (const subject of ['empty', ...subjects]) measureCold(subject);
    }
  } finally {
    server.kill();
  }

  const machine = {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? '',
    rounds,
  };

  const results = [...measured].map(([subject, kinds]) => ({ subject, samples: Object.fromEntries(kinds) }));
  return { machine, bundle: bundleSizes(), results };
}

/** net and http as a program would bundle them, and the parts beside. */
function buildParts(): void {
  const sources = join(std, 'src');
  const entries = {
    std: `export * from '${sources}/net.ts'; export * from '${sources}/http.ts';`,
    native: `import '${sources}/parts/native.ts';`,
    bridge: `import '${sources}/parts/bridge.ts';`,
  };
  const entryPoints = Object.entries(entries).map(([name, text]) => {
    writeFileSync(join(out, `${name}.ts`), text);
    return join(out, `${name}.ts`);
  });
  buildSync({ ...build, splitting: true, minify: true, entryPoints });
}
