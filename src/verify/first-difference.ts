import { parseJson } from './normalise.ts';

/** Where two values part; `path` is empty where they part as a whole. Values are texts for people, shortened. */
export interface Parting {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

const SHOWN = 300;

/** Two texts: inside of them where both are JSON. Null where they are equal. */
export function partingOfTexts(before: string, after: string): Parting | null {
  if (before === after) return null;
  const [left, right] = [parseJson(before), parseJson(after)];
  const inside = left !== undefined && right !== undefined ? partingOfValues(left, right) : null;
  return inside ?? { path: '', ...around(before, after) };
}

/** Two JSON values, walked in the order of the first. */
export function partingOfValues(before: unknown, after: unknown, path = ''): Parting | null {
  if (Object.is(before, after)) return null;
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before) !== Array.isArray(after)) {
    return typeof before === 'string' && typeof after === 'string'
      ? { path, ...around(before, after) }
      : { path, before: show(before), after: show(after) };
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const inner = Array.isArray(before) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    const parting = partingOfValues(before[key], after[key], inner);
    if (parting !== null) return parting;
  }
  return null;
}

/** The part of two texts in which they differ, with a little before it. */
function around(before: string, after: string): { readonly before: string; readonly after: string } {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at++;
  const from = at > 60 ? at - 40 : 0;
  return { before: show(before.slice(from), from > 0), after: show(after.slice(from), from > 0) };
}

export function show(value: unknown, cut = false): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return `${cut ? '…' : ''}${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}`;
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
