/** The user asked for something that cannot be done as asked: exit 2, the message says what to do instead. */
export class UsageError extends Error {
  override name = 'UsageError';
}
