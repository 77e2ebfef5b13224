import type { Report } from '../model/report.ts';
import { UsageError } from '../load/usage-error.ts';
import { ownManifest } from '../version.ts';
import { Interrupted } from '../write/interruption.ts';
import type { Terminal } from './output.ts';

export const EXIT = { done: 0, findings: 1, usage: 2, bug: 3, interrupted: 130 } as const;

/** 3 with an account of each bug of ours, 1 when `refused` is what the user wants to fail on, else 0. */
export function exitCodeOf(terminal: Terminal, report: Report, failOn: string | undefined): number {
  const bugs = report.findings.filter((finding) => finding.kind === 'bug');
  for (const { place, reason, message } of bugs) {
    terminal.stderr.write(
      `unawait has a bug in \`${reason.split('/')[0]!}\` at ${place.file}:${place.line}:${place.column}: ${message}\n`,
    );
  }
  if (bugs.length > 0) {
    terminal.stderr.write(`What stands there is left as it was; the rest of the run is good. ${whereToReport()}\n`);
    return EXIT.bug;
  }
  return failOn === 'refused' && report.counts.staysAsync > 0 ? EXIT.findings : EXIT.done;
}

/** Says what went wrong and gives the exit code: 2 for what the user can put right, 3 with the stack for a bug of ours. */
export function exitCodeOfError(terminal: Terminal, error: unknown): number {
  if (error instanceof UsageError) {
    terminal.stderr.write(`error: ${error.message}\n`);
    return EXIT.usage;
  }
  if (error instanceof Interrupted) {
    terminal.stderr.write(`${error.message}\n`);
    return EXIT.interrupted;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.stderr.write(`unawait has a bug and stopped: ${text}\n${whereToReport()}\n`);
  return EXIT.bug;
}

function whereToReport(): string {
  const { version, bugs } = ownManifest();
  const facts = `unawait ${version}, Node ${process.version}, ${process.platform}`;
  return `Please report this${bugs === undefined ? ' to the issue tracker of unawait' : `: ${bugs}`} (${facts}).`;
}
