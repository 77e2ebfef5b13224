/** A change of meaning that is only made when the user names it. */
export interface Policy {
  readonly summary: string;
  /** What the program does then that it did not do before. */
  readonly extra: string;
}

/** Every policy, by the name that `--policy` takes. */
export const policies: Readonly<Record<string, Policy>> = {
  'fix-async-predicates': {
    summary: 'Convert async callbacks of `filter`, `some`, `every`, `find` and `sort`',
    extra:
      'Today these methods get a promise, which is always true (and sorts as `NaN`). Blocking, they get the answer: the result is another one, and most ' +
      'likely the one that was meant.',
  },
  'float-inline': {
    summary: 'Run work in place that nobody waits for',
    extra:
      'A floating promise runs beside what follows. In place, its work is done first, and its errors are thrown where it was started instead of being ' +
      'reported as unhandled.',
  },
  islands: {
    summary: 'Convert functions that are awaited by functions that stay async',
    extra:
      'While such a function blocks, nothing else runs on its caller’s event loop: no other request, timer or listener. By default it converts only where ' +
      'nothing of the kind is in reach.',
  },
};
