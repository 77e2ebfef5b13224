import { join } from 'node:path';
import type { Measure, Measurements, Verdict } from '../src/model/verdict.ts';
import type { Places } from './contenders.ts';
import { runCommand } from './run-command.ts';

const HANDLER = ['--handler', 'handlers/pure.handler'];

/** What the conversion is for: the Lambda runtime's time for an event, its source beside its result, as `unawait verify` measures it. */
export async function measureLambdaPair({
  root,
  cli,
}: Places): Promise<{ readonly measurements: Measurements; readonly text: string }> {
  const project = join(root, 'fixtures/projects/lambda-runtime/before');
  const skip = ['types', 'second-run', 'tests', 'runs'];
  const command = [
    process.execPath,
    cli,
    'verify',
    project,
    '--runtime',
    'lambda',
    ...HANDLER,
    '--skip',
    ...skip,
    '--json',
  ];
  const { output } = await runCommand([...command, '--quiet'], root);
  const { measurements } = JSON.parse(output) as Verdict;
  const line = (what: string, measure: Measure | null): string =>
    measure === null
      ? `  ${what}: not measured\n`
      : `  ${what}: ${measure.before.toFixed(1)} before, ${measure.after.toFixed(1)} after, ${measure.ratio.toFixed(2)} ×\n`;
  const text = [
    `The Lambda runtime, medians of ${measurements.rounds} rounds of ${measurements.events} events\n`,
    line('µs for an event', measurements.eventPairMicros),
    line('µs of CPU for an event', measurements.cpuMicrosPerEvent),
    line('ms to the first response', measurements.coldStartMs),
    line('MB at most', measurements.peakMemoryMb),
  ].join('');
  return { measurements, text };
}
