import { convert } from '../convert.ts';
import type { Format } from '../load/config.ts';
import { typeErrors, type Workspace } from '../load/workspace.ts';
import { headline } from '../report/reporter.ts';
import { reporters } from '../report/reporters.ts';
import { exitCodeOf } from './exit.ts';
import { convertOptions, emit, type ProjectFlags, progressOn, type Terminal, wantsColor, warn } from './output.ts';

export interface ReportFlags extends ProjectFlags {
  readonly format?: Format;
  readonly output?: string;
  readonly diff?: boolean;
  readonly types?: boolean;
  readonly failOn?: string;
}

/** `unawait report`: what would change, what stays async and why. */
export async function reportCommand(terminal: Terminal, project: string, flags: ReportFlags): Promise<number> {
  const progress = progressOn(terminal, flags.quiet === true);
  const { report, warnings, config, workspace } = await convert(convertOptions(project, flags, progress)).finally(() =>
    progress.done(),
  );
  warn(terminal, [...warnings, ...(flags.types === true ? typeWarning(workspace) : [])], flags.quiet);
  const format = flags.json === true ? 'json' : (flags.format ?? config.format ?? 'terminal');
  const color = flags.output === undefined && wantsColor(terminal.stdout, terminal.env);
  const text =
    flags.quiet === true && format === 'terminal'
      ? `${headline(report, false)}\n`
      : reporters[format](report, { color, ...(flags.diff !== undefined && { diff: flags.diff }) });
  emit(terminal, text, flags.output);
  return exitCodeOf(terminal, report, flags.failOn);
}

/** The source's own type errors, as a warning: types that are wrong are answers that are wrong. */
export function typeWarning(workspace: Workspace): string[] {
  const errors = typeErrors(workspace);
  return errors === undefined ? [] : [`The source has ${errors.count} type errors, first ${errors.first}`];
}
