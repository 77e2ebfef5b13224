import { isBuiltin } from 'node:module';
import type { ts } from 'ts-morph';
import type { ImportUnit } from './import-units.ts';
import type { Source } from './source.ts';

/** How a file writes its imports. */
export interface ImportStyle {
  readonly quote: string;
  readonly semicolon: ';' | '';
  /** Inside of `{ a }`. */
  readonly space: string;
  /** `node:fs`, not `fs`; undefined where the file imports no builtin module. */
  readonly nodePrefix: boolean | undefined;
  /** `import fs from 'node:fs'`, not `import * as fs`. */
  readonly defaultBuiltins: boolean;
  /** Lines longer than this are broken. */
  readonly width: number;
  readonly trailingComma: boolean;
  readonly unit: string;
  readonly eol: string;
  readonly form: 'import' | 'require';
}

export function readStyle(
  source: Source,
  tree: ts.SourceFile,
  units: readonly ImportUnit[],
  form: 'import' | 'require',
): ImportStyle {
  const { text, unit, eol } = source;
  const [first] = units;
  const builtins = units.filter(({ module }) => isBuiltin(module));
  const lists = units.flatMap(({ list }) => (list && list.elements.length > 0 ? [list.getText(tree)] : []));
  const broken = lists.filter((list) => list.includes('\n'));
  const longest = units.reduce(
    (most, { node }) =>
      Math.max(
        most,
        ...node
          .getText(tree)
          .split('\n')
          .map((line) => line.length),
      ),
    80,
  );
  const quote = first ? first.specifier.getText(tree)[0]! : count(text, '"') > count(text, "'") ? '"' : "'";
  return {
    quote,
    semicolon: (first ? first.node.getText(tree).endsWith(';') : endsWithSemicolon(text)) ? ';' : '',
    space: lists[0]?.startsWith('{') === true && /^\{\S/.test(lists[0]) ? '' : ' ',
    nodePrefix:
      builtins.length === 0 ? undefined : builtins.some(({ specifier }) => specifier.text.startsWith('node:')),
    defaultBuiltins: builtins.some(({ bindings }) => bindings.some(({ imported }) => imported === 'default')),
    width: broken.length > 0 || longest > 80 ? Math.max(longest, 80) : 120,
    trailingComma: broken.length === 0 || broken.some((list) => /,\s*\}$/.test(list)),
    unit,
    eol,
    form,
  };
}

function endsWithSemicolon(text: string): boolean {
  return !/\S/.test(text) || /;[ \t]*\r?$/m.test(text);
}

function count(text: string, char: string): number {
  return text.split(char).length - 1;
}

/** The module as this file would write it. */
export function specifierText(module: string, { nodePrefix, quote }: ImportStyle): string {
  let written = module;
  if (isBuiltin(module)) {
    const bare = module.replace(/^node:/, '');
    written = nodePrefix === false && isBuiltin(bare) ? bare : `node:${bare}`;
  }
  return quote + written + quote;
}

/** `{ a, type B, c as d }`, or `{ a, c: d }` before `require`; broken into lines where `broken` or too long for `before` and `after`. */
export function listText(
  names: readonly string[],
  style: ImportStyle,
  line: { broken: boolean; around: number },
): string {
  const flat = `{${style.space}${names.join(', ')}${style.space}}`;
  if (!line.broken && flat.length + line.around <= style.width) return flat;
  const comma = style.trailingComma ? ',' : '';
  return `{${style.eol}${names.map((name) => style.unit + name).join(`,${style.eol}`)}${comma}${style.eol}}`;
}

/** Is the list sorted, as people sort: by letters whatever their case, or by code. */
export function isSorted(names: readonly string[], by: (name: string) => string): boolean {
  return names.every((name, i) => i === 0 || by(names[i - 1]!) <= by(name));
}
