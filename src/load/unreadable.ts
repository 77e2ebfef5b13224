import { UsageError } from './usage-error.ts';

/** What the system says of a path that exists and cannot be read, for people. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'you have no right to read it',
  EPERM: 'you have no right to read it',
  EIO: 'the disk reports an error',
  ELOOP: 'its links lead in a circle',
};

/** Reads what `path` (as the user knows it) names. An error of the disk is a `UsageError`: code that nobody read cannot be judged. */
export function readOrRefuse<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(`${path} cannot be read: ${REASONS[code] ?? code}. Mend that, and run again.`);
  }
}
