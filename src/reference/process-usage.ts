import { readdirSync, readFileSync } from 'node:fs';
import type { RuntimeUsage } from './transcript.ts';

/** CPU time of all living threads of a process in microseconds; null where the system does not tell (other than Linux) or it is gone. */
function cpuMicros(pid: number): number | null {
  try {
    let nanos = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      // First field: nanoseconds on a CPU. `/proc/<pid>/stat` counts in ticks of 10 ms, too coarse for one event.
      nanos += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]);
    }
    return Number.isFinite(nanos) && nanos > 0 ? nanos / 1000 : cpuMicrosFromTicks(pid);
  } catch {
    return cpuMicrosFromTicks(pid);
  }
}

function cpuMicrosFromTicks(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The process name may hold spaces and parentheses: count from the last one. `utime` and `stime` are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return null;
  }
}

/** Highest resident memory of a process so far, in bytes (`VmHWM`); null where the system does not tell or it is gone. */
function peakMemoryBytes(pid: number): number | null {
  try {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return line === null ? null : Number(line[1]) * 1024;
  } catch {
    return null;
  }
}

export interface UsageWatch {
  /** A poll has come in; `pairs` is the number of events done so far. */
  polled(pairs: number): void;
  /** The last event is done. */
  done(): void;
  read(): RuntimeUsage | null;
}

/** Reads a process's CPU time after the warm-up and at the end. Calls fall into the server's own time, which no measurement counts. */
export function watchUsage(pid: number, warmUp: number): UsageWatch {
  let from: { readonly cpu: number; readonly pairs: number } | null = null;
  let pairsSoFar = 0;
  let result: RuntimeUsage | null = null;
  return {
    polled(pairs) {
      pairsSoFar = pairs;
      if (from !== null || pairs < warmUp) return;
      const cpu = cpuMicros(pid);
      if (cpu !== null) from = { cpu, pairs };
    },
    done() {
      const cpu = cpuMicros(pid);
      const peak = peakMemoryBytes(pid);
      if (result !== null || from === null || cpu === null || peak === null || pairsSoFar <= from.pairs) return;
      result = { cpuMicrosPerEvent: (cpu - from.cpu) / (pairsSoFar - from.pairs), peakMemoryBytes: peak };
    },
    read: () => result,
  };
}
