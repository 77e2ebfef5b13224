import { existsSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { convert } from '../convert.ts';
import { explain } from '../report/explain.ts';
import { EXIT } from './exit.ts';
import { convertOptions, progressOn, type ProjectFlags, type Terminal, warn } from './output.ts';

/** `unawait explain`: one chain of reasons. */
export async function explainCommand(
  terminal: Terminal,
  query: string,
  project: string,
  flags: ProjectFlags,
): Promise<number> {
  const progress = progressOn(terminal, flags.quiet === true);
  const conversion = await convert(convertOptions(project, flags, progress)).finally(() => progress.done());
  warn(terminal, conversion.warnings, flags.quiet);
  const answer = explain({ ...conversion, query: projectRelative(query, conversion.workspace.root) });
  if (flags.json === true) terminal.stdout.write(`${JSON.stringify(answer)}\n`);
  else (answer.found ? terminal.stdout : terminal.stderr).write(answer.text);
  return answer.found ? EXIT.done : EXIT.usage;
}

/** A place as typed from the working directory, relative to the project. */
function projectRelative(query: string, root: string): string {
  const [, file, rest] = /^(.+?)((?::\d+){1,2})$/.exec(query) ?? [];
  if (file === undefined || rest === undefined) return query;
  if (existsSync(resolve(root, file))) return relative(root, resolve(root, file)).split(sep).join('/') + rest;
  return relative(root, resolve(file)).split(sep).join('/') + rest;
}
