import type { VerifyConfig } from '../load/config.ts';
import { terminalVerdict } from '../verify/report/terminal.ts';
import { VERDICT_REPORTERS, type VerdictFormat } from '../verify/report/reporters.ts';
import type { Step } from '../verify/options.ts';
import { verifyProject } from '../verify-project.ts';
import { EXIT, exitCodeOf } from './exit.ts';
import { convertOptions, emit, type ProjectFlags, progressOn, type Terminal, wantsColor, warn } from './output.ts';

export interface VerifyFlags extends ProjectFlags {
  readonly runtime?: 'lambda' | 'program';
  readonly entry?: string;
  readonly handler?: string;
  readonly scenario?: string[];
  readonly skip?: string[];
  readonly timeout?: number;
  readonly result?: string;
  readonly format?: VerdictFormat;
  readonly output?: string;
}

/** `unawait verify`: converts into a temporary folder and proves that the result does the same. */
export async function verifyCommand(terminal: Terminal, project: string, flags: VerifyFlags): Promise<number> {
  const progress = progressOn(terminal, flags.quiet === true);
  const settings: VerifyConfig = {
    ...(flags.runtime !== undefined && { runtime: flags.runtime }),
    ...(flags.entry !== undefined && { entry: flags.entry }),
    ...(flags.handler !== undefined && { handler: flags.handler }),
    ...(flags.scenario !== undefined && { scenarios: flags.scenario }),
    ...(flags.skip !== undefined && { skip: flags.skip as Step[] }),
    ...(flags.timeout !== undefined && { timeout: flags.timeout }),
  };
  const options = { ...convertOptions(project, flags, progress), ...settings };
  const work = verifyProject(flags.result === undefined ? options : { ...options, result: flags.result });
  const { verdict, conversion } = await work.finally(() => progress.done());
  warn(terminal, conversion.warnings, flags.quiet);
  const format = flags.json === true ? 'json' : (flags.format ?? 'terminal');
  const color = flags.output === undefined && wantsColor(terminal.stdout, terminal.env);
  emit(
    terminal,
    format === 'terminal' ? terminalVerdict(verdict, color) : VERDICT_REPORTERS[format](verdict),
    flags.output,
  );
  const code = exitCodeOf(terminal, conversion.report, undefined);
  return code === EXIT.done && !verdict.ok ? EXIT.findings : code;
}
