import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What one command took. */
export interface Usage {
  readonly wallMs: number;
  /** User and system time of the process and those it started. */
  readonly cpuMs: number;
  /** Sum of each process's highest resident memory, in MiB; null where the system does not tell (other than Linux). */
  readonly peakMb: number | null;
}

export interface Ran extends Usage {
  readonly code: number;
  readonly output: string;
}

const POLL_MS = 15;

/** Runs a command to its end, its output kept and not shown. Never throws for an exit code. */
export function runCommand(command: readonly string[], folder: string): Promise<Ran> {
  return new Promise((resolve, reject) => {
    // The shell waits for the command, and its `time` counts what that waited for in turn.
    const child = spawn('bash', ['-c', `TIMEFORMAT='${MARK}%U %S'; time "$@"`, 'bash', ...command], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1', LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const peaks = new Map<number, number>();
    const timer = setInterval(() => notePeaks(child.pid, peaks), POLL_MS);
    const began = performance.now();
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      const wallMs = performance.now() - began;
      clearInterval(timer);
      const [said = '', times = ''] = errors.split(MARK);
      const [user = 0, system = 0] = times.trim().split(' ').map(Number);
      if (child.pid !== undefined) peaks.delete(child.pid);
      const peak = [...peaks.values()].reduce((a, b) => a + b, 0);
      const peakMb = peaks.size === 0 ? null : peak / 1024;
      resolve({ code: code ?? -1, output: output + said, wallMs, cpuMs: (user + system) * 1000, peakMb });
    });
  });
}

const MARK = '=times=';

/** Keeps the highest resident memory so far, in KiB, of all processes below `pid`. */
function notePeaks(pid: number | undefined, peaks: Map<number, number>): void {
  const pids = pid === undefined ? [] : [pid];
  for (const each of pids) {
    try {
      const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${each}/status`, 'latin1'));
      if (line !== null) peaks.set(each, Math.max(peaks.get(each) ?? 0, Number(line[1])));
      // Each thread has children of its own: Go starts processes from any.
      for (const thread of readdirSync(`/proc/${each}/task`)) {
        const children = readFileSync(`/proc/${each}/task/${thread}/children`, 'latin1');
        pids.push(...children.trim().split(' ').filter(Boolean).map(Number));
      }
    } catch {
      // It has ended, or this is no Linux.
    }
  }
}
