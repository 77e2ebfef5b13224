import { availableParallelism } from 'node:os';

/** Where server and runtime have one CPU between them, what the server does keeps the runtime from its work. */
const takesTurns = availableParallelism() === 1;

/** A clock in milliseconds that stands still while this process works, where it shares its one CPU with what it measures. */
export function timeOfOthers(): number {
  if (!takesTurns) return performance.now();
  const { user, system } = process.cpuUsage();
  return performance.now() - (user + system) / 1000;
}

/** Times event pairs from the server's side. All times are of one clock of the server, in milliseconds. */
export interface PairClock {
  delivered(at: number, undisturbed: boolean): void;
  responseArrived(at: number): void;
  responseAnswered(at: number, undisturbed: boolean): void;
  polled(at: number): void;
  readonly micros: readonly number[];
}

/**
 * A pair is what the runtime needs between two answers of ours: from the event to its whole response, and from the 202 to the next poll.
 * Pairs in which a fault, a delay or a refusal had a part are left out.
 */
export function createPairClock(): PairClock {
  const micros: number[] = [];
  let deliveredAt: number | null = null;
  let arrivedAt: number | null = null;
  let answeredAt: number | null = null;
  return {
    micros,
    delivered(at, undisturbed) {
      deliveredAt = undisturbed ? at : null;
      arrivedAt = null;
      answeredAt = null;
    },
    responseArrived(at) {
      arrivedAt ??= at;
    },
    responseAnswered(at, undisturbed) {
      answeredAt = undisturbed ? at : null;
    },
    polled(at) {
      if (deliveredAt !== null && arrivedAt !== null && answeredAt !== null) {
        micros.push((arrivedAt - deliveredAt + (at - answeredAt)) * 1000);
      }
      deliveredAt = null;
    },
  };
}
