import { existsSync, readFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { type Conversion, convert } from '../convert.ts';
import { headline, type ReporterOptions } from '../report/reporter.ts';
import { reporters } from '../report/reporters.ts';
import { writeChanges } from '../write.ts';
import { EXIT, exitCodeOf } from './exit.ts';
import { convertOptions, emit, progressOn, type ProjectFlags, type Terminal, wantsColor, warn } from './output.ts';
import { typeWarning } from './report.ts';

export interface RunFlags extends ProjectFlags {
  readonly out?: string;
  readonly force?: boolean;
  readonly report?: string;
  readonly dryRun?: boolean;
  readonly check?: boolean;
  readonly allowDirty?: boolean;
  readonly types?: boolean;
  readonly failOn?: string;
}

const BY_EXTENSION = { '.json': 'json', '.md': 'markdown', '.html': 'html', '.sarif': 'sarif' } as const;

/** `unawait run`: converts in place or to a folder, or shows the diff, or checks that there is nothing to do. */
export async function runCommand(terminal: Terminal, project: string, flags: RunFlags): Promise<number> {
  const progress = progressOn(terminal, flags.quiet === true);
  const conversion = await convert(convertOptions(project, flags, progress)).finally(() => progress.done());
  const { report, changes, workspace, warnings } = conversion;
  warn(terminal, [...warnings, ...(flags.types === true ? typeWarning(workspace) : [])], flags.quiet);
  const writes = flags.dryRun !== true && flags.check !== true;
  if (writes) {
    progress.step(`Writing ${changes.length} files`);
    const leftOut = await writeChanges(workspace.root, changes, {
      ...(flags.out !== undefined && { out: flags.out }),
      needed: [...conversion.texts.keys()],
      force: flags.force === true,
      allowDirty: flags.allowDirty === true,
    }).finally(() => progress.done());
    if (leftOut.length > 0)
      warn(
        terminal,
        [`Not copied, for git ignores ${leftOut.length === 1 ? 'it' : 'them'}: ${leftOut.join(', ')}.`],
        flags.quiet,
      );
  }
  const options: ReporterOptions = {
    color: wantsColor(terminal.stdout, terminal.env),
    written: writes,
    diff: flags.dryRun === true,
  };
  if (flags.report !== undefined) {
    const format = BY_EXTENSION[extname(flags.report) as keyof typeof BY_EXTENSION] as 'json' | undefined;
    emit(terminal, reporters[format ?? 'json'](report, { ...options, color: false }), flags.report);
  }
  if (flags.json === true) emit(terminal, reporters.json(report), undefined);
  else if (flags.check === true) emit(terminal, checkText(conversion, flags.out), undefined);
  else if (flags.quiet === true) emit(terminal, `${headline(report, writes)}\n`, undefined);
  else emit(terminal, reporters.terminal(report, options), undefined);
  const code = exitCodeOf(terminal, report, flags.failOn);
  const stale = flags.check === true && staleFiles(conversion, flags.out).length > 0;
  return code === EXIT.done && stale ? EXIT.findings : code;
}

function checkText(conversion: Conversion, out: string | undefined): string {
  const stale = staleFiles(conversion, out);
  if (stale.length === 0) return out === undefined ? 'There is nothing to convert.\n' : `${out} is up to date.\n`;
  const what = out === undefined ? 'These files would change' : `These files of ${out} are stale`;
  return `${what}:\n${stale.map((file) => `  ${file}\n`).join('')}`;
}

/** Files that a run would change; with `out`, sources that are not in `out` as a run would write them. */
function staleFiles({ changes, texts }: Conversion, out: string | undefined): string[] {
  if (out === undefined) return changes.map(({ file }) => file).sort();
  const expected = new Map(texts);
  for (const { file, after } of changes) expected.set(file, after);
  return [...expected].flatMap(([file, text]) => {
    const path = join(resolve(out), file);
    const same = existsSync(path) && readFileSync(path, 'utf8').replace(/^\uFEFF/, '') === text;
    return same ? [] : [file];
  });
}
