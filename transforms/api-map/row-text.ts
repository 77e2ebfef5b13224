/**
 * One part of a row's `call` text. `argument`: `$1`…`$9` · `from`: `$2*`, or 1 for `$*` · `receiver`: `$this` · `types`: `$T` ·
 * `imported`: a name of the row's `imports`.
 */
export type RowPart =
  | string
  | { readonly argument: number }
  | { readonly from: number }
  | { readonly receiver: true }
  | { readonly types: true }
  | { readonly imported: string };

/** Splits the text of a row into literal text and what is put in. */
export function parseRowText(text: string, names: readonly string[]): readonly RowPart[] {
  const named = names.map((name) => name.replaceAll('$', '\\$')).join('|');
  const pattern = new RegExp(
    String.raw`\$(this|T|\*|[1-9]\*?)` + (named && String.raw`|(?<![\w.$'"])(${named})(?![\w'"]|\$(?!T\b))`),
    'g',
  );
  const parts: RowPart[] = [];
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > at) parts.push(text.slice(at, match.index));
    at = match.index + match[0].length;
    parts.push(partOf(match[1], match[2]));
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}

function partOf(token: string | undefined, name: string | undefined): RowPart {
  if (token === undefined) return { imported: name! };
  if (token === 'this') return { receiver: true };
  if (token === 'T') return { types: true };
  if (token === '*') return { from: 1 };
  const number = Number(token[0]);
  return token.endsWith('*') ? { from: number } : { argument: number };
}

/** Leaves out the arguments that a call with `given` arguments does not have, each with the comma in front of it. */
export function withoutMissing(parts: readonly RowPart[], given: number): readonly RowPart[] {
  const kept: RowPart[] = [];
  for (const part of parts) {
    const missing =
      typeof part !== 'string' &&
      (('argument' in part && part.argument > given) || ('from' in part && part.from > given));
    const last = kept.at(-1);
    if (!missing) {
      if (typeof part === 'string' && typeof last === 'string') kept[kept.length - 1] = joined(last, part);
      else kept.push(part);
    } else if (typeof last === 'string') {
      kept[kept.length - 1] = last.replace(/,\s*$/, '');
    }
  }
  return kept;
}

/** `f(` and `, x)` where the argument between them is missing: no comma after the parenthesis. */
function joined(before: string, after: string): string {
  return before.endsWith('(') ? before + after.replace(/^,\s*/, '') : before + after;
}

/** The arguments that a text puts in, by position; `from` counts for all from there on. */
export function usesArgument(parts: readonly RowPart[], position: number): boolean {
  return parts.some(
    (part) =>
      typeof part !== 'string' &&
      (('argument' in part && part.argument === position) || ('from' in part && part.from <= position)),
  );
}
