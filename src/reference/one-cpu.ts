import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

let found: readonly string[] | undefined;

/**
 * What stands before a command so that it stays on one CPU, always the same: runtime and server take turns there, as in a small Lambda, and
 * neither hides its work behind the other's. Empty where the system cannot (other than Linux with `taskset`).
 */
export function onOneCpu(): readonly string[] {
  return (found ??= findPrefix());
}

function findPrefix(): readonly string[] {
  const cpu = lastAllowedCpu();
  if (cpu === null) return [];
  const prefix = ['taskset', '-c', cpu];
  return spawnSync('taskset', ['-c', cpu, process.execPath, '--version']).status === 0 ? prefix : [];
}

/** The last of the CPUs that this process may run on: the first has the system's own work. */
function lastAllowedCpu(): string | null {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
    return /\d+$/.exec(list ?? '')?.[0] ?? null;
  } catch {
    return null;
  }
}
