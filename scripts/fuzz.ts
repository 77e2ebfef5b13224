import { parseArgs } from 'node:util';
import { describeOutcome, search } from '../test/fuzz/search.ts';

/** `npm run fuzz -- --runs N [--seed S]`: exit 1 with the smallest programs whose trace changes without a note. */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const found = search(Number(values.seed), Number(values.runs), (done) =>
  process.stderr.write(`${done} of ${values.runs}\n`),
);
for (const outcome of found.silent) process.stdout.write(`${describeOutcome(outcome)}\n`);
const reasons = [...found.reasons].sort(([, a], [, b]) => b - a).slice(0, 12);
process.stdout.write(`What keeps programs async: ${reasons.map(([reason, n]) => `${n} ${reason}`).join(', ')}\n`);
const share = ((100 * found.whole) / found.programs).toFixed(1);
process.stdout.write(
  `seed ${values.seed}: ${found.programs} programs, ${share} % convert whole, ${found.noted} differ with a note, ${found.unsteady} not steady, ${found.silent.length} differ silently\n`,
);
process.exitCode = found.silent.length > 0 ? 1 : 0;
