import type { Row } from './row.ts';

const dialogue =
  'a child that runs beside this code has no blocking form; `execFile` and `exec` that are awaited to the end have one';

/** `node:child_process`; the promisified functions keep the result and error shape of the asynchronous ones. */
export const nodeChildProcess: readonly Row[] = [
  {
    api: 'node:util#promisify(node:child_process#execFile)',
    sync: '@unawait/std/child#execFileSync',
    options: { at: 3, timeout: 'timeout', keepsSignal: true },
    example: [
      "const { stdout } = await promisify(execFile)('git', ['log'])",
      "const { stdout } = execFileSync('git', ['log'])",
    ],
  },
  {
    api: 'node:util#promisify(node:child_process#exec)',
    sync: '@unawait/std/child#execSync',
    options: { at: 2, timeout: 'timeout', keepsSignal: true },
    example: ["const { stdout } = await promisify(exec)('git log')", "const { stdout } = execSync('git log')"],
  },
  { api: 'node:child_process#exec', refuse: dialogue, unlocks: 'Write `promisify(exec)`' },
  { api: 'node:child_process#execFile', refuse: dialogue, unlocks: 'Write `promisify(execFile)`' },
  { api: 'node:child_process#fork', refuse: 'messages to and from a child arrive on the event loop' },
  { api: 'node:child_process#spawn', refuse: dialogue, unlocks: '`spawnSync` runs a child to its end' },
  { api: 'node:child_process#execSync', same: true },
  { api: 'node:child_process#execFileSync', same: true },
  { api: 'node:child_process#spawnSync', same: true },
];
