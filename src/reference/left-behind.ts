/** What must not outlive the process: temporary folders, children in groups of their own. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const cleaners = new Set<() => void>();

/**
 * Calls `clean` if the process is ended from outside or ends before the returned function was called. Signals that somebody else listens to
 * are left to them.
 */
export function whenEnded(clean: () => void): () => void {
  if (cleaners.size === 0) {
    for (const signal of SIGNALS) process.on(signal, onSignal);
    process.on('exit', cleanAll);
  }
  cleaners.add(clean);
  return () => {
    cleaners.delete(clean);
    if (cleaners.size === 0) stopListening();
  };
}

function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  cleanAll();
  process.kill(process.pid, signal);
}

function cleanAll(): void {
  stopListening();
  // The last to come rests on those before it: children run in folders.
  for (const clean of [...cleaners].reverse()) {
    try {
      clean();
    } catch {
      // The others are still to be cleaned.
    }
  }
  cleaners.clear();
}

function stopListening(): void {
  for (const signal of SIGNALS) process.off(signal, onSignal);
  process.off('exit', cleanAll);
}
