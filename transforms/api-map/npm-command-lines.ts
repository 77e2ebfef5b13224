import type { Row } from './row.ts';

const dialogue = 'a dialogue on the terminal lives on the event loop';

/** Packages that read command lines, run the actions that belong to them, and ask questions on the terminal. */
export const npmCommandLines: readonly Row[] = [
  ...['Command.parseAsync', 'program.parseAsync'].map((name): Row => ({
    api: `commander#${name}`,
    refuse: 'it waits for actions and hooks that give promises',
    unlocks: 'Write `parse`, which runs actions that block, once none of them gives a promise',
  })),
  ...['Argv.parseAsync', 'default.parseAsync'].map((name): Row => ({
    api: `yargs#${name}`,
    refuse: 'it waits for commands, checks and middleware that give promises',
    unlocks: 'Write `parseSync`, which throws where one of them gives a promise',
  })),
  { api: '@oclif/core#run', refuse: 'it loads its commands and waits for them' },
  { api: '@oclif/core#execute', refuse: 'it loads its commands and waits for them' },
  { api: 'inquirer#default.prompt', refuse: dialogue },
  { api: 'inquirer#prompt', refuse: dialogue },
  ...['input', 'select', 'confirm', 'checkbox', 'password', 'search', 'editor', 'expand', 'rawlist', 'number'].map(
    (name): Row => ({ api: `@inquirer/prompts#${name}`, refuse: dialogue }),
  ),
  ...['text', 'select', 'multiselect', 'confirm', 'password', 'group'].map((name): Row => ({
    api: `@clack/prompts#${name}`,
    refuse: dialogue,
  })),
  { api: 'prompts#default', refuse: dialogue },
  { api: 'enquirer#prompt', refuse: dialogue },
  {
    api: 'open#default',
    refuse: 'it hands out the child that it starts',
    unlocks: 'Run the platform’s own command with `spawnSync`',
  },
  { api: 'zx#$', refuse: 'it gives a child that runs beside this code', unlocks: 'Write `$.sync` (zx 8 and later)' },
];
