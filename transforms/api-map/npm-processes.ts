import type { Row } from './row.ts';

const errors = 'A failure throws an `ExecaSyncError`, where it was an `ExecaError`';
const options = {
  at: 3,
  timeout: 'timeout',
  refuse: {
    cancelSignal: 'nobody can fire it while the thread blocks',
    ipc: 'messages arrive on the event loop',
    gracefulCancel: 'nobody can fire it while the thread blocks',
    detached: 'a blocking call waits for its child',
  },
} as const;

/** Packages that run other programs. */
export const npmProcesses: readonly Row[] = [
  {
    api: 'execa#execa',
    sync: 'execa#execaSync',
    versions: '>=6',
    options,
    note: errors,
    example: ["const { stdout } = await execa('git', ['status']);", "const { stdout } = execaSync('git', ['status']);"],
  },
  {
    api: 'execa#execaCommand',
    sync: 'execa#execaCommandSync',
    versions: '>=6',
    options: { ...options, at: 2 },
    note: errors,
  },
  { api: 'execa#$', sync: 'execa#$.sync', versions: '>=7', note: errors },
  { api: 'execa#execaNode', refuse: 'a Node child is spoken to by messages', unlocks: "Write `execa('node', […])`" },
  { api: 'execa#default', sync: 'execa#sync', versions: '<6', options },
  { api: 'execa#default.command', sync: 'execa#commandSync', versions: '<6', options: { ...options, at: 2 } },
  {
    api: 'cross-spawn#default',
    refuse: 'a child that runs beside this code has no blocking form',
    unlocks: '`spawn.sync` runs a child to its end',
  },
  { api: 'cross-spawn#sync', same: true },
  { api: 'tinyexec#x', sync: 'tinyexec#xSync', versions: '>=1.2', options },
  { api: 'tinyexec#exec', sync: 'tinyexec#execSync', versions: '>=1.2', options },
  { api: 'tinyexec#x', refuse: 'this version has no blocking form', versions: '<1.2', unlocks: 'Update `tinyexec`' },
  { api: 'clipboardy#default.read', sync: 'clipboardy#readSync' },
  { api: 'clipboardy#default.write', sync: 'clipboardy#writeSync' },
];
