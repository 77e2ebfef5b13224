/**
 * `npm run demo [project]…`: converts projects of `fixtures/projects` into a temporary folder, proves that the result does the same, and prints
 * the verdict; unless others are named, the Lambda runtime over plain sockets and the one over `fetch`. The exit code is 0 when all do the same.
 */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pc from 'picocolors';
import type { Report } from '../src/model/report.ts';
import type { Verdict } from '../src/model/verdict.ts';
import { terminalVerdict } from '../src/verify/report/terminal.ts';
import { verifyProject } from '../src/verify-project.ts';

/** What the blocking Lambda runtime is to reach: its time for an event against that of the async one. */
const PAIR_GOAL = 0.6;

/** A handler that answers any event, for what is measured and for the built-in scenarios. */
const HANDLERS: Readonly<Record<string, string>> = {
  'lambda-runtime': 'handlers/pure.handler',
  'lambda-runtime-fetch': 'handlers/text.handler',
};

const startedAt = performance.now();
for (const name of process.argv.length > 2 ? process.argv.slice(2) : ['lambda-runtime', 'lambda-runtime-fetch']) {
  await show(name);
}

async function show(name: string): Promise<void> {
  const project = join(fixturesFolder(), 'projects', name);
  console.log(`Converting fixtures/projects/${name} into a temporary folder.`);
  const handler = HANDLERS[name];
  const { verdict, conversion } = await verifyProject({
    project: join(project, 'before'),
    ...(handler !== undefined && { handler }),
    scenarios: scenarioFiles(project),
    onStep: (step) => console.log(pc.dim(`  ${seconds()} ${step}`)),
  });
  console.log(`\n${countsOf(conversion.report)}\n`);
  console.log(terminalVerdict(verdict) + goalLine(verdict));
  if (!verdict.ok) process.exitCode = 1;
}

/** Built, this file lies one folder deeper than its source. */
function fixturesFolder(): string {
  for (let folder = import.meta.dirname; dirname(folder) !== folder; folder = dirname(folder)) {
    if (existsSync(join(folder, 'fixtures', 'projects'))) return join(folder, 'fixtures');
  }
  throw new Error('The demo runs in a clone of the repository: there is no folder fixtures/projects above it.');
}

/** The scenarios kept beside the project, relative to its source. */
function scenarioFiles(project: string): string[] {
  const folder = join(project, 'scenarios');
  return existsSync(folder) ? readdirSync(folder).map((file) => join('..', 'scenarios', file)) : [];
}

function countsOf({ counts }: Report): string {
  const { asynchronous, blocking, staysAsync, claims, filesChanged } = counts;
  return `${blocking} of ${asynchronous} async functions turn blocking (${staysAsync} stay), ${claims} places changed in ${filesChanged} files.`;
}

function goalLine({ measurements }: Verdict): string {
  const ratio = measurements.eventPairMicros?.ratio;
  if (ratio === undefined) return '';
  const text = `An event takes ${ratio.toFixed(2)} × the async runtime's time; the goal is at most ${PAIR_GOAL} ×.`;
  return ratio <= PAIR_GOAL ? `${pc.green(`✔ ${text}`)}\n` : `${pc.yellow(`– ${text}`)}\n`;
}

function seconds(): string {
  return `${((performance.now() - startedAt) / 1000).toFixed(0).padStart(3)} s`;
}
