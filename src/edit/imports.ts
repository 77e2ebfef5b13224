import type { ts } from 'ts-morph';
import type { Claim, ImportNeed } from '../model/edit.ts';
import type { Marks } from './marks.ts';
import type { Source } from './source.ts';

/** One import that a claim asks for; its index is the number in its marked identifier. */
export interface Wanted {
  readonly need: ImportNeed;
  readonly claim: Claim;
}

/** A change of the rendered text. */
export interface ImportEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export function settleImports(
  source: Source,
  tree: ts.SourceFile,
  wanted: readonly Wanted[],
  marks: Marks,
  esm: boolean | undefined,
): ImportEdit[] {
  (void source, void esm);
  const edits: ImportEdit[] = [];
  const lines = new Set<string>();
  const pattern = new RegExp(`${marks.imported.replaceAll('$', '\\$')}(\\d+)_`, 'g');
  for (const match of tree.text.matchAll(pattern)) {
    const { need } = wanted[Number(match[1])]!;
    edits.push({ start: match.index, end: match.index + match[0].length, text: need.name });
    lines.add(`import { ${need.name} } from '${need.module}';\n`);
  }
  if (lines.size > 0) edits.unshift({ start: 0, end: 0, text: [...lines].join('') });
  return edits;
}
