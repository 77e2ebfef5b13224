import { writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Config } from '../load/config.ts';
import { UsageError } from '../load/usage-error.ts';
import { makeFolder } from '../write/make-folder.ts';

/** Where a command writes and how; the streams are parameters so that tests can read them. */
export interface Terminal {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
}

/** Whether to colour what goes to a stream: terminals, unless `NO_COLOR`; elsewhere only with `FORCE_COLOR`. */
export function wantsColor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

export interface Progress {
  step(text: string): void;
  /** Takes the line away. */
  done(): void;
}

/** One line that changes, on a terminal; nothing elsewhere. */
export function progressOn({ stderr }: Terminal, quiet: boolean): Progress {
  if (stderr.isTTY !== true || quiet) return { step: () => undefined, done: () => undefined };
  return {
    step: (text) => void stderr.write(`\r\u001b[2K${text}…`),
    done: () => void stderr.write('\r\u001b[2K'),
  };
}

/** Writes text to a file, or to standard output without one. */
export function emit(terminal: Terminal, text: string, file: string | undefined): void {
  if (file === undefined) {
    terminal.stdout.write(text);
    return;
  }
  try {
    makeFolder(dirname(resolve(file)), file);
    writeFileSync(file, text);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file} cannot be written: ${(error as Error).message}`);
  }
}

/** Options that every command which reads a project has, as commander gives them. */
export interface ProjectFlags {
  readonly config?: string;
  readonly include?: string[];
  readonly exclude?: string[];
  readonly policy?: string[];
  readonly onlySafe?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** The flags as options of `convert`. */
export function convertOptions(project: string, flags: ProjectFlags, progress: Progress) {
  return {
    project,
    onStep: (step: string) => progress.step(step),
    ...(flags.config !== undefined && { config: flags.config as string | Config }),
    ...(flags.include !== undefined && { include: flags.include }),
    ...(flags.exclude !== undefined && { exclude: flags.exclude }),
    ...(flags.policy !== undefined && { policies: flags.policy }),
    ...(flags.onlySafe !== undefined && { onlySafe: flags.onlySafe }),
  };
}

export function warn(terminal: Terminal, warnings: readonly string[], quiet: boolean | undefined): void {
  if (quiet !== true) for (const warning of warnings) terminal.stderr.write(`warning: ${warning}\n`);
}
