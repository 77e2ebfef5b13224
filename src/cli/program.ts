import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { FORMATS } from '../load/config.ts';
import { STEPS } from '../verify/options.ts';
import { VERDICT_FORMATS } from '../verify/report/reporters.ts';
import { ownManifest } from '../version.ts';
import { EXIT, exitCodeOfError } from './exit.ts';
import type { ProjectFlags, Terminal } from './output.ts';
import type { ReportFlags } from './report.ts';
import type { RunFlags } from './run.ts';
import type { VerifyFlags } from './verify.ts';

/** Runs the command line; the exit code. Nothing is thrown, and nothing ends the process. */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = EXIT.done;
  const program = commands(terminal, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return exitCodeOfError(terminal, error);
  }
}

/** Each command loads its own code, so that help and mistakes are answered at once. */
function commands(terminal: Terminal, finish: (code: number) => void): Command {
  const program = new Command('unawait')
    .description(
      'Turns asynchronous TypeScript and JavaScript into blocking code, and proves that the result still does the same.',
    )
    .version(ownManifest().version)
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
    })
    .exitOverride()
    .helpCommand(false)
    .addHelpText(
      'after',
      `
Exit codes: 0 done, 1 findings, 2 usage or configuration, 3 a bug of unawait.

Examples:
  $ unawait report                      what would change, what stays async and why
  $ unawait run --out ../converted      write the whole converted project there
  $ unawait verify                      convert a copy and prove that it does the same
  $ unawait explain src/db.ts:42        why this function stays async`,
    );

  selecting(program.command('report').description('Show what would change, what stays async and why; write nothing.'))
    .addOption(new Option('--format <name>', 'how to show it').choices(FORMATS))
    .option('--output <file>', 'write the report to a file')
    .option('--diff', 'with the diff of each file (terminal, markdown)')
    .option('--types', 'warn of type errors of the source (takes as long as tsc)')
    .addOption(failOn())
    .addHelpText(
      'after',
      examples(
        'unawait report packages/api',
        'unawait report --format html --output report.html',
        'unawait report --json --fail-on refused',
      ),
    )
    .action(async (project: string, flags: ReportFlags) =>
      finish(await (await import('./report.ts')).reportCommand(terminal, project, flags)),
    );

  selecting(program.command('run').description('Convert the project, in place or to a folder.'))
    .option('--out <folder>', 'write the whole converted project there and leave the source alone')
    .option('--force', 'write to --out though it holds files')
    .option('--report <file>', 'write the report to a file: .json, .md, .html or .sarif')
    .option('--dry-run', 'show the diff, write nothing')
    .option('--check', 'write nothing; exit 1 if a run would change something, or if --out is stale')
    .option('--allow-dirty', 'write in place over uncommitted changes, or outside of git')
    .option('--types', 'warn of type errors of the source (takes as long as tsc)')
    .addOption(failOn())
    .addHelpText(
      'after',
      examples(
        'unawait run --dry-run',
        'unawait run --out ../converted --report report.json',
        'unawait run --only-safe --include src/db',
      ),
    )
    .action(async (project: string, flags: RunFlags) =>
      finish(await (await import('./run.ts')).runCommand(terminal, project, flags)),
    );

  selecting(program.command('verify').description('Convert a copy and prove that it does the same.'))
    .addOption(new Option('--runtime <name>', 'what drives the program').choices(['lambda', 'program']))
    .option('--entry <file>', 'the file that starts the program')
    .option('--handler <name>', 'the Lambda handler, as handlers/echo.handler')
    .option(
      '--scenario <file>',
      'a scenario (JSON) or a folder of them, beside the built-in ones; can be repeated',
      collect,
    )
    .addOption(new Option('--skip <step...>', 'leave out steps').choices(STEPS))
    .option('--timeout <seconds>', 'how long a build, a test run or a type check may take', positive)
    .option('--result <folder>', 'the converted project, where it is there already')
    .addOption(new Option('--format <name>', 'how to show the verdict').choices(VERDICT_FORMATS))
    .option('--output <file>', 'write the verdict to a file')
    .addHelpText(
      'after',
      examples(
        'unawait verify',
        'unawait verify --runtime lambda --handler handlers/echo.handler',
        'unawait verify --format junit --output verdict.xml',
      ),
    )
    .action(async (project: string, flags: VerifyFlags) =>
      finish(await (await import('./verify.ts')).verifyCommand(terminal, project, flags)),
    );

  selecting(
    program
      .command('explain')
      .description('Show why a function stays async, or by what it turns blocking.')
      .argument('<place-or-name>', 'src/db.ts:42, Pool.query or src/db.ts#Pool.query'),
  )
    .addHelpText('after', examples('unawait explain src/db.ts:42', 'unawait explain Pool.query packages/api'))
    .action(async (query: string, project: string, flags: ProjectFlags) =>
      finish(await (await import('./explain.ts')).explainCommand(terminal, query, project, flags)),
    );

  program
    .command('swaps')
    .description('Search the API map: what each asynchronous API becomes.')
    .argument('[words...]', 'words that the row must hold')
    .option('--json', 'rows as JSON')
    .option('--config <file>', 'configuration whose rows are searched too')
    .addHelpText('after', examples('unawait swaps readFile', 'unawait swaps net socket'))
    .action(async (words: string[], flags: { json?: boolean; config?: string }) =>
      finish(await (await import('./swaps.ts')).swapsCommand(terminal, words, flags)),
    );

  program
    .command('init')
    .description('Write unawait.config.ts.')
    .argument('[project]', 'folder', '.')
    .action(async (project: string) => finish((await import('./init.ts')).initCommand(terminal, project)));

  const names = program.commands.map((command) => command.name()).join(', ');
  // After the commands, which would inherit it.
  return program.showHelpAfterError(`Commands are ${names}. See \`unawait --help\`.`);
}

/** What is common to commands that read a project. */
function selecting(command: Command): Command {
  return command
    .argument('[project]', 'a folder or a tsconfig', '.')
    .option('--config <file>', 'configuration, in place of unawait.config.* of the project')
    .option('--include <glob>', 'convert only these files or functions; can be repeated', collect)
    .option('--exclude <glob>', 'leave these files or functions async; can be repeated', collect)
    .option('--policy <name>', 'allow the changes of a policy; can be repeated', collect)
    .option('--only-safe', 'leave out changes that carry a note')
    .option('--json', 'the result as JSON')
    .option('--quiet', 'only the result and errors');
}

function failOn(): Option {
  return new Option('--fail-on <what>', 'exit 1 when something stays async').choices(['refused']);
}

function collect(value: string, all: string[] | undefined): string[] {
  return [...(all ?? []), ...value.split(',').filter((each) => each !== '')];
}

function positive(value: string): number {
  const seconds = Number(value);
  if (!(seconds > 0) || !Number.isFinite(seconds)) throw new InvalidArgumentError('It must be a positive number.');
  return seconds;
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`;
}
