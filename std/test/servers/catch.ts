/** What a function throws; fails when it throws nothing. */
export function thrownBy(act: () => unknown): Error & Record<string, unknown> {
  try {
    act();
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error('It threw nothing.');
}

/** The facts of an error that Node and this library must agree on. */
export function factsOf(error: unknown): Record<string, unknown> {
  const { message, code, errno, syscall, address, port, hostname } = error as Record<string, unknown>;
  return { message, code, errno, syscall, address, port, hostname };
}
