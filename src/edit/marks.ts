/**
 * Parentheses and semicolons that rewriting puts in to be safe. Each is one private-use character while text is put together; all are
 * made real for one parse, and those that turn out to change nothing are taken away.
 */
export interface Marks {
  readonly open: string;
  readonly close: string;
  readonly semicolon: string;
  /** A line break that belongs to a template literal and must not be indented. */
  readonly newline: string;
  /** Start of identifiers that stand for imported names until those are known. */
  readonly imported: string;
}

/** Where the marks stood, in text of the same length with real characters in their places. */
export interface Marked {
  readonly text: string;
  /** Place of each opening parenthesis, with that of its closing one. */
  readonly pairs: ReadonlyMap<number, number>;
  readonly semicolons: readonly number[];
}

/** Marks that occur in none of the texts. */
export function chooseMarks(texts: readonly string[]): Marks {
  const chosen: string[] = [];
  for (let code = 0xe000; chosen.length < 4 && code <= 0xf8ff; code++) {
    const char = String.fromCharCode(code);
    if (!texts.some((text) => text.includes(char))) chosen.push(char);
  }
  const [open, close, semicolon, newline] = chosen;
  if (newline === undefined) throw new RangeError('The file uses every private-use character');
  let imported = 'imported$';
  while (texts.some((text) => text.includes(imported))) imported += '$';
  return { open: open!, close: close!, semicolon: semicolon!, newline, imported };
}

export function realise(text: string, marks: Marks): Marked {
  const pairs = new Map<number, number>();
  const semicolons: number[] = [];
  const opened: number[] = [];
  const parts: string[] = [];
  const pattern = new RegExp(`[${marks.open}${marks.close}${marks.semicolon}${marks.newline}]`, 'g');
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const at = match.index;
    let real = '\n';
    if (match[0] === marks.open) {
      opened.push(at);
      real = '(';
    } else if (match[0] === marks.close) {
      pairs.set(opened.pop()!, at);
      real = ')';
    } else if (match[0] === marks.semicolon) {
      semicolons.push(at);
      real = ';';
    }
    parts.push(text.slice(from, at), real);
    from = at + 1;
  }
  parts.push(text.slice(from));
  return { text: parts.join(''), pairs, semicolons };
}
