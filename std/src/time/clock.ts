/** Milliseconds on the monotonic clock; bound early, so that a test's fake timers do not stop the time we wait by. */
export const now: () => number = performance.now.bind(performance);
