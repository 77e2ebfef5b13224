/** Whether a version lies in a range of the forms `^9`, `>=4.1 <6`, `<12`, `8`, joined by `||`; pre-release tags are not looked at. */
export function satisfies(version: string, range: string): boolean {
  const given = numbers(version);
  return range.split('||').some((part) =>
    part
      .trim()
      .split(/\s+/)
      .every((bound) => holds(given, bound)),
  );
}

function holds(given: readonly number[], bound: string): boolean {
  const [, operator = '', text = ''] = /^(\^|>=|<=|>|<|=)?(.*)$/.exec(bound) ?? [];
  const limit = numbers(text);
  const order = compare(given, limit);
  switch (operator) {
    case '>=':
      return order >= 0;
    case '<':
      return order < 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    case '^':
      return order >= 0 && given[0] === limit[0];
    default:
      return limit.every((number, i) => number === given[i]);
  }
}

function numbers(version: string): readonly number[] {
  return version
    .replace(/[-+].*$/, '')
    .split('.')
    .map(Number);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
