import type { AddressInfo, Server } from 'node:net';
import type { PairClock } from './pair-clock.ts';
import { watchUsage, type UsageWatch } from './process-usage.ts';
import type { LambdaScenario } from './scenario.ts';
import type { Transcript } from './transcript.ts';

export interface LambdaServer {
  readonly port: number;
  /** Reads CPU time and memory of the process with this id, over the events after the first `warmUp`. */
  watch(pid: number, warmUp: number): void;
  /** Closes everything and returns what was recorded. */
  finish(): Transcript;
}

/** What measures while a server serves. */
export interface Meters {
  readonly clock: PairClock;
  /** Null until the process to read is named. */
  usage: UsageWatch | null;
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** Lets a server listen on a free local port. `finish` closes it and returns what it recorded beside the measurements. */
export function listenLocally(
  server: Server,
  scenario: LambdaScenario,
  meters: Meters,
  finish: () => Omit<Transcript, 'scenario' | 'pairMicros' | 'usage'>,
): Promise<LambdaServer> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      resolve({
        port: portOf(server),
        watch(pid, warmUp) {
          meters.usage = watchUsage(pid, warmUp);
        },
        finish: () => ({
          scenario: scenario.name,
          ...finish(),
          pairMicros: meters.clock.micros,
          usage: meters.usage?.read() ?? null,
        }),
      });
    });
  });
}
