import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CONTENDERS, type Places } from './contenders.ts';
import { judge, met } from './goals.ts';
import { generatedInput, longInputs, realInputs } from './inputs.ts';
import { measureLambdaPair } from './lambda-pair.ts';
import { measurePhases, type Shares } from './phases.ts';
import { type Measured, measureInput } from './rounds.ts';
import { table } from './table.ts';

const HELP = `npm run bench -- [option]…

  --quick            50 and 100 generated files only, one round: a minute or two, says little of the goals
  --sizes N,N        files of the generated projects (100,1000,5000)
  --rounds N         interleaved rounds (5)
  --large-rounds N   rounds of projects of 5,000 files or more (as --rounds)
  --json FILE        everything measured, as JSON
`;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    sizes: { type: 'string' },
    rounds: { type: 'string' },
    'large-rounds': { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else await bench();

async function bench(): Promise<void> {
  const { quick } = values;
  const sizes = (values.sizes ?? (quick ? '50,100' : '100,1000,5000')).split(',').map(Number);
  const rounds = Number(values.rounds ?? (quick ? 1 : 5));
  const largeRounds = Number(values['large-rounds'] ?? rounds);
  const root = join(import.meta.dirname, '..');
  const scratch = join(root, 'tmp/bench');
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  try {
    const places: Places = { root, scratch, cli: compile(root, join(scratch, 'dist')) };
    const real = quick ? [] : realInputs(root, scratch);
    const generated = sizes.map((files) => generatedInput(scratch, files));
    const inputs: Measured[] = [];
    for (const input of [...real, ...generated]) {
      inputs.push(await measureInput(input, CONTENDERS, input.files >= 5000 ? largeRounds : rounds, places, say));
    }
    const long: Measured[] = [];
    for (const input of quick ? [] : longInputs(scratch)) {
      long.push(await measureInput(input, ['report', 'run', 'tsc6', 'tsc7'], rounds, places, say));
    }
    const shares = new Map<string, Shares>();
    for (const input of [...real.slice(-1), ...generated]) {
      say(`${input.name}: profile of a run`);
      shares.set(input.name, await measurePhases(input, places));
    }
    say('the Lambda runtime, before and after');
    const lambda = quick ? null : await measureLambdaPair(places);
    const findings = { inputs, shares, long };
    const goals = judge(findings);
    process.stdout.write(`${machine()}\n\n${table(findings, goals)}`);
    if (lambda !== null) process.stdout.write(`\n${lambda.text}`);
    if (values.json !== undefined) {
      const all = {
        machine: machine(),
        inputs,
        long,
        shares: Object.fromEntries(shares),
        goals: goals.map((goal) => ({ ...goal, met: met(goal) })),
        lambda: lambda?.measurements ?? null,
      };
      writeFileSync(resolve(values.json), `${JSON.stringify(all, null, 2)}\n`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Compiles unawait as it is published, into a folder of its own, so that what is measured is what is here. */
function compile(root: string, to: string): string {
  say('compiling unawait');
  const tsc = join(root, 'node_modules/.bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', to], { stdio: 'inherit' });
  return join(to, 'src/cli.js');
}

function machine(): string {
  const [cpu] = cpus();
  return `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} × ${cpu?.model ?? 'unknown'}`;
}

function say(step: string): void {
  process.stderr.write(`${step}\n`);
}
