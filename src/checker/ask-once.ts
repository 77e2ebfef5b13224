/** Asks once for each type or node: what it is does not change while its program lives. */
export function askOnce<K extends object, T>(ask: (key: K) => T): (key: K) => T {
  const known = new Map<K, { readonly answer: T }>();
  return (key) => {
    let found = known.get(key);
    if (found === undefined) known.set(key, (found = { answer: ask(key) }));
    return found.answer;
  };
}
