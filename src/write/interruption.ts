import { setImmediate } from 'node:timers/promises';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The user stopped the program and everything was put back; `signal` is raised again by whoever ends the process. */
export class Interrupted extends Error {
  override name = 'Interrupted';
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`Stopped by ${signal}; nothing was changed.`);
    this.signal = signal;
  }
}

/**
 * Runs `work` with signals held back. `checkpoint` lets them in and throws `Interrupted`, so that `work` can put things back; a signal that
 * comes after the last checkpoint takes effect when `work` is done.
 */
export async function holdingSignals<T>(work: (checkpoint: () => Promise<void>) => Promise<T>): Promise<T> {
  let caught: NodeJS.Signals | undefined;
  const note = (signal: NodeJS.Signals): void => {
    caught ??= signal;
  };
  for (const signal of SIGNALS) process.on(signal, note);
  try {
    const result = await work(async () => {
      await setImmediate();
      if (caught !== undefined) throw new Interrupted(caught);
    });
    await setImmediate();
    return result;
  } finally {
    for (const signal of SIGNALS) process.off(signal, note);
    if (caught !== undefined) process.exitCode = 130;
  }
}
