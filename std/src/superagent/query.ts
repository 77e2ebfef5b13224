/** What is sent in a query or a form: undefined leaves a name out, null sends it without a value. */
export type SuperagentSyncPairs = object;

type Visit = (name: string, value: string | null) => void;

/** `a=1&a=2` for arrays, `a[b]=1` for objects, all encoded, as the `qs` of `superagent` writes them. */
export function formText(pairs: SuperagentSyncPairs): string {
  const written: string[] = [];
  eachPair(pairs, (name, value) => written.push(value === null ? encode(name) : `${encode(name)}=${encode(value)}`));
  return written.join('&');
}

function eachPair(pairs: object, visit: Visit): void {
  const walk = (name: string, value: unknown): void => {
    if (value === undefined || typeof value === 'function') return;
    if (value === null) visit(name, null);
    else if (value instanceof Date) visit(name, value.toISOString());
    else if (Array.isArray(value)) for (const each of value as unknown[]) walk(name, each);
    else if (typeof value === 'object')
      for (const [key, inner] of Object.entries(value)) walk(`${name}[${key}]`, inner);
    else visit(name, (value as number).toString());
  };
  for (const [name, value] of Object.entries(pairs)) walk(name, value);
}

/** `encodeURIComponent`, and the five marks that it leaves. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

/** A form that came as an answer. Names with brackets have no blocking form. */
export function parseForm(text: string): object {
  const all: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (name.includes('[')) throw new TypeError(`A form with the name ${name} has no blocking form`);
    if (name === '' || name in Object.prototype) continue;
    const before = all[name];
    all[name] = before === undefined ? value : [...(Array.isArray(before) ? (before as unknown[]) : [before]), value];
  }
  return all;
}
