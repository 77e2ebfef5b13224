/**
 * `npm run demo [project]`: converts a project of `fixtures/projects` (the Lambda runtime unless another is named) into a temporary folder,
 * proves that the result does the same, and prints the verdict. The exit code is 0 when it does.
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

const name = process.argv[2] ?? 'lambda-runtime';
const project = join(fixturesFolder(), 'projects', name);
const startedAt = performance.now();

console.log(`Converting fixtures/projects/${name} into a temporary folder.`);
const { verdict, conversion } = await verifyProject({
  project: join(project, 'before'),
  scenarios: scenarioFiles(),
  onStep: (step) => console.log(pc.dim(`  ${seconds()} ${step}`)),
});
console.log(`\n${countsOf(conversion.report)}\n`);
console.log(terminalVerdict(verdict) + goalLine(verdict));
process.exitCode = verdict.ok ? 0 : 1;

/** Built, this file lies one folder deeper than its source. */
function fixturesFolder(): string {
  for (let folder = import.meta.dirname; dirname(folder) !== folder; folder = dirname(folder)) {
    if (existsSync(join(folder, 'fixtures', 'projects'))) return join(folder, 'fixtures');
  }
  throw new Error('The demo runs in a clone of the repository: there is no folder fixtures/projects above it.');
}

/** The scenarios kept beside the project, relative to its source. */
function scenarioFiles(): string[] {
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
